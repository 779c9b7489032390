"""Schema: the tables of an app, read from what Convex exports (convex 1.48: `server/schema.ts`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

DEEPEST = 12  # levels of a type that are written out


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a table: its type in words, and the tables whose ids it may hold."""

    name: str
    type: str
    optional: bool
    refers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """An index of a table; `kind` is "index", "search" or "vector"."""

    name: str
    fields: tuple[str, ...]
    kind: str = "index"


@dataclass(frozen=True, slots=True)
class TableSchema:
    """A table as the schema says it."""

    name: str
    fields: Sequence[Field]
    indexes: Sequence[Index]


def tables_of(exported: Mapping[str, Any]) -> list[TableSchema]:
    """The tables of an exported schema, in its order; what can't be read is left out."""
    return [
        TableSchema(str(one.get("tableName", "")), fields_of(one.get("documentType")), list(_indexes(one)))
        for one in exported.get("tables", [])
        if isinstance(one, Mapping)
    ]


def fields_of(validator: Any) -> list[Field]:
    """The fields of a document; of a union of objects those of all its members."""
    if not isinstance(validator, Mapping):
        return []
    if validator.get("type") == "union":
        every = [field for one in validator.get("value", []) for field in fields_of(one)]
        return list({field.name: field for field in every}.values())
    value = validator.get("value")
    if validator.get("type") != "object" or not isinstance(value, Mapping):
        return []
    return [
        Field(
            str(name),
            written(kind := one.get("fieldType")),
            bool(one.get("optional")),
            tuple(dict.fromkeys(_ids(kind))),
        )
        for name, one in value.items()
        if isinstance(one, Mapping)
    ]


def written(validator: Any, depth: int = 0) -> str:
    """A type in words: `string`, `id of users`, `a | b`, `list of number`."""
    if not isinstance(validator, Mapping) or depth > DEEPEST:
        return "…"
    kind, value = str(validator.get("type", "any")), validator.get("value")
    match kind:
        case "id":
            return f"id of {validator.get('tableName')}"
        case "literal":
            return repr(value) if isinstance(value, str) else str(value)
        case "array":
            return f"list of {written(value, depth + 1)}"
        case "union" if isinstance(value, list):
            return " | ".join(written(one, depth + 1) for one in value) or "never"
        case "object" if isinstance(value, Mapping):
            return "{" + ", ".join(map(str, value)) + "}"
        case _:
            return {"bigint": "int64", "commitTs": "commit time"}.get(kind, kind)


def _ids(validator: Any, depth: int = 0) -> Iterator[str]:
    """The tables that a type refers to, however deep."""
    if depth > DEEPEST:
        return
    if isinstance(validator, Mapping):
        if validator.get("type") == "id":
            yield str(validator.get("tableName"))
        for one in validator.values():
            yield from _ids(one, depth + 1)
    elif isinstance(validator, list):
        for one in validator:
            yield from _ids(one, depth + 1)


def _indexes(table: Mapping[str, Any]) -> Iterator[Index]:
    for one in table.get("indexes", []):
        fields = [str(name) for name in one.get("fields", [])]
        if fields[1:] and fields[-1] == "_creationTime":  # a deployment tells what every index ends with
            fields.pop()
        yield Index(str(one["indexDescriptor"]), tuple(fields))
    for one in table.get("searchIndexes", []):
        yield Index(
            str(one["indexDescriptor"]),
            (str(one.get("searchField")), *map(str, one.get("filterFields", []))),
            "search",
        )
    for one in table.get("vectorIndexes", []):
        yield Index(
            str(one["indexDescriptor"]),
            (str(one.get("vectorField")), *map(str, one.get("filterFields", []))),
            "vector",
        )
