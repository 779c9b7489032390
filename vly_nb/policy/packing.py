"""Packing: dataclasses as rows of plain values for a JSON file, and back.

    pack(Range(3, 7))                  [3, 7, None, None]
    unpacker(Range)([3, 7, None, None])

A row is read by the types of the class, and one that doesn't fit them raises ValueError: the
file may hold anything. (pydantic does as much, and to import it takes longer than a whole lint.)
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")


def pack(value: Any) -> Any:
    """A value as what JSON has."""
    if hasattr(value, "__dataclass_fields__"):
        return [pack(getattr(value, name)) for name in value.__dataclass_fields__]
    if isinstance(value, tuple | list):
        return [pack(one) for one in value]
    if isinstance(value, dict):
        return {key: pack(one) for key, one in value.items()}
    return value


@cache
def unpacker(kind: Hashable) -> Callable[[Any], Any]:
    """What makes values of a type again. It raises ValueError for what is none."""
    inner = get_args(kind)
    origin: Any = get_origin(kind) or kind
    if origin is UnionType:
        (held,) = (one for one in inner if one is not NoneType)
        some = unpacker(held)
        return lambda value: None if value is None else some(value)
    if origin is tuple and inner[-1] is not ...:
        return _row(tuple, [unpacker(one) for one in inner])
    if origin in (tuple, list):
        each = unpacker(inner[0])
        return lambda value: origin(map(each, _checked(value, list)))
    if origin is dict:
        key, each = unpacker(inner[0]), unpacker(inner[1])
        return lambda value: {key(k): each(v) for k, v in _checked(value, dict).items()}
    if hasattr(origin, "__dataclass_fields__"):
        hints = get_type_hints(origin)
        return _row(lambda row: origin(*row), [unpacker(hints[name]) for name in origin.__dataclass_fields__])
    return origin if issubclass(origin, Enum) else lambda value: _checked(value, origin)


def _row(make: Callable[[Any], Any], parts: list[Callable[[Any], Any]]) -> Callable[[Any], Any]:
    def unpack(value: Any) -> Any:
        if len(_checked(value, list)) != len(parts):
            raise ValueError(f"{len(value)} values instead of {len(parts)}")
        return make(part(one) for part, one in zip(parts, value, strict=True))

    return unpack


def _checked(value: Any, kind: type[T]) -> T:
    if type(value) is not kind:
        raise ValueError(f"{value!r:.100} is no {kind.__name__}")
    return value
