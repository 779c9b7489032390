"""Pasted: keys in what a person writes, caught before it is sent or kept anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from vly_nb.errors import KeyPasted
from vly_nb.project import shapes
from vly_nb.project.chance import is_made_up, is_random
from vly_nb.project.secrets import Redactor

_RUN = re.compile(r"(?<![A-Za-z0-9+/_=.-])[A-Za-z0-9+/_=-]{28,200}(?![A-Za-z0-9+/_=-])")
_PUBLIC = re.compile(
    r"""(?x)
    \b\w+://[^\s"'<>]* | data:[^\s"'<>]*              # addresses (a password in one has its own shape)
    | \bpk_(?:live|test)_\w+ | \bphc_\w+ | \bca-pub-\d+   # publishable by design
    | [\w-]+\.apps\.googleusercontent\.com
    | \bsha(?:1|256|384|512)[-:][A-Za-z0-9+/=_-]+
    | \b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b
    """
)
_NAMED = re.compile(r"([A-Z][A-Z0-9_]{2,60})[\"']?\s*[:=]\s*[\"'`]?$")


@dataclass(frozen=True, slots=True)
class _Doubt:
    """What may be a key: the text, what it looks like, and what a variable for it is called."""

    text: str
    kind: str
    variable: str
    line: int
    sure: bool


def refuse_keys(words: str, redactor: Redactor, *, anyway: bool = False) -> list[str]:
    """Raise KeyPasted when a key stands in a person's words.

    With `anyway` what only may be one passes, and is answered, so that it isn't hidden later.
    """
    if names := redactor.known_in(words):
        raise KeyPasted(
            f"This holds the value of {names[0]}, so nothing of it was sent.",
            f"Say {names[0]} instead: vly knows keys by name. Clear this cell, since the notebook keeps it.",
        )
    doubts = list(_doubts(words))
    for doubt in doubts:
        if doubt.sure:
            raise KeyPasted(
                f"Line {doubt.line} holds what looks like {doubt.kind}, so nothing of it was sent.",
                f"Set it with `%vly keys set {doubt.variable}` and say that name instead. "
                "Clear this cell, since the notebook keeps it.",
            )
    if doubts and not anyway:
        raise KeyPasted(
            f"Line {doubts[0].line} may hold a key: {doubts[0].kind}. Nothing of it was sent.",
            f"If it is one, clear this cell and use `%vly keys set {doubts[0].variable}`. "
            "If it is none, ask again with --anyway.",
        )
    return [doubt.text for doubt in doubts]


def _doubts(words: str) -> Iterator[_Doubt]:
    """All that looks like a key, whether it surely is one or only may be."""
    data = words.encode("utf-8", "surrogatepass")
    for found in shapes.find(words):
        before = data[: found.start].decode("utf-8", "surrogatepass")
        text = data[found.start : found.end].decode("utf-8", "surrogatepass")
        named = _NAMED.search(before[-80:])
        variable = named[1] if named else found.shape.variable or "NAME"
        yield _Doubt(text, found.shape.name, variable, before.count("\n") + 1, found.shape.sure)
    bare = _PUBLIC.sub(lambda public: " " * len(public[0]), words)
    for run in _RUN.finditer(bare):
        if _is_drawn(run[0]):
            named = _NAMED.search(bare[max(run.start() - 80, 0) : run.start()])
            line = bare.count("\n", 0, run.start()) + 1
            yield _Doubt(run[0], "a long text without words", named[1] if named else "NAME", line, False)


def _is_drawn(text: str) -> bool:
    """Whether a text looks like a key that no provider's prefix tells: capitals, small letters, digits."""
    return (
        sum(letter.isdigit() for letter in text) >= 3
        and any(letter.isupper() for letter in text)
        and any(letter.islower() for letter in text)
        and text.count("/") < 3
        and not is_made_up(text)
        and is_random(text)
    )
