"""Print labextension/src/protocol.ts from the pydantic classes; `--check` only says whether it is stale.

    python scripts/protocol.py [--check]

Exit code 0: written, or up to date; 1: stale.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from pydantic.json_schema import models_json_schema

from vly_nb.notebook.protocol import PROTOCOL, TARGET, Envelope, Reply, Update
from vly_nb.notebook.wire import MIME

TYPES = Path(__file__).parent.parent / "labextension" / "src" / "protocol.ts"
_PLAIN = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


def typescript() -> str:
    """All classes as interfaces, by name."""
    models = [(Envelope, "validation"), (Reply, "serialization"), (Update, "serialization")]
    _, schema = models_json_schema(models, by_alias=True)  # type: ignore[arg-type]
    lines = [
        "// Printed by `scripts/protocol.py` from vly_nb/notebook/protocol.py and wire.py; don't edit.",
        "/* eslint-disable */",
        "",
        f"export const PROTOCOL = {PROTOCOL};",
        f"export const TARGET = {json.dumps(TARGET)};",
        f"export const MIME = {json.dumps(MIME)};",
    ]
    for name, one in sorted(schema["$defs"].items()):
        lines += ["", *_comment(one.get("description"), ""), f"export interface {name} {{"]
        asked = name in _ASKED
        for field, of in one["properties"].items():
            optional = "?" if asked and field not in one.get("required", ()) and "const" not in of else ""
            lines += _comment(of.get("description"), "  ")
            lines.append(f"  {_key(field)}{optional}: {_type(of)};")
        lines.append("}")
    requests = schema["$defs"]["Envelope"]["properties"]["request"]
    lines += ["", f"export type Request = {_type(requests)};"]
    entries = schema["$defs"]["Page"]["properties"]["entries"]["items"]
    lines += ["", f"export type Entry = {_type(entries)};", ""]
    return "\n".join(lines)


_ASKED = frozenset(
    (
        *("Hello", "Refill", "Plain", "Apply", "Reject", "Next", "Ask", "Goto", "VersionsOf", "DiffOf"),
        *("ProblemsOf", "Complete", "Settings", "Queue", "SetKey", "RemoveKey", "Attach", "Envelope"),
    )
)
"""What the panel makes itself: there a field with a default may be left out."""


def _type(of: dict[str, Any]) -> str:
    if "$ref" in of:
        return str(of["$ref"]).rpartition("/")[2]
    if "const" in of:
        return json.dumps(of["const"])
    if "enum" in of:
        return " | ".join(json.dumps(value) for value in of["enum"])
    if many := of.get("anyOf") or of.get("oneOf"):
        return " | ".join(dict.fromkeys(_type(one) for one in many))
    if of.get("type") == "array":
        inner = _type(of["items"])
        return f"({inner})[]" if "|" in inner else f"{inner}[]"
    if of.get("type") == "object":
        return f"{{ [key: string]: {_type(of['additionalProperties'])} }}"
    return _PLAIN[of["type"]]


def _comment(text: str | None, indent: str) -> list[str]:
    return [f"{indent}/** {' '.join(text.replace('*/', '').split())} */"] if text else []


def _key(field: str) -> str:
    return field if field.isidentifier() else json.dumps(field)


def main() -> int:
    """Write the types, or compare them."""
    text = typescript()
    if TYPES.exists() and TYPES.read_text(encoding="utf-8") == text:
        return 0
    if "--check" in sys.argv:
        print("stale: labextension/src/protocol.ts; run python scripts/protocol.py, then npm run build")
        return 1
    TYPES.write_text(text, encoding="utf-8")
    print("written: labextension/src/protocol.ts")
    return 0


if __name__ == "__main__":
    sys.exit(main())
