"""Allowances: one place where a person lets a rule be broken.

    // vly-allow no-collect: a team has at most ten members
    const members = await ctx.db.query("members").withIndex("by_team", …).collect();

The comment asks; only a confirmed Allowance, which is the person's and kept where the model
can't write, silences. An allowance is for that code in that file: copied elsewhere, or with
the code changed, the comment is only a comment.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from vly_nb.policy.source import Source

_PLAIN = os.O_NOFOLLOW | os.O_NONBLOCK
_BIGGEST = 10_000_000  # bytes of a policy file
_COMMENT = re.compile(r"vly-allow\s+([a-z0-9-]{1,60})\s*:\s*(\S[^\n]{0,200})")


@dataclass(frozen=True, slots=True)
class Allowance:
    """A rule, a file, and a digest of the code that may break it there; `reason` is the person's."""

    rule: str
    path: str
    code: str
    reason: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """A comment that asks for an allowance: the lines (from 1) of the code it may be about."""

    rule: str
    reason: str
    line: int
    end_line: int

    def covers(self, first: int, last: int) -> bool:
        """Whether it stands in this code, or right above it."""
        return self.line <= last and self.end_line >= first


def asked(source: Source) -> Iterator[Asked]:
    """The comments of a file that ask for an allowance."""
    if "vly-allow" not in source.text:
        return
    for comment in source.comments:
        place = source.range(comment)
        for match in _COMMENT.finditer(comment.text()):
            reason = match[2].removesuffix("*/").strip()
            behind = source.lines[place.line - 1][: place.column - 1].strip(" \t{")
            last = place.end_line or place.line
            yield Asked(match[1], reason, place.line, last if behind else last + 1)


def digest(code: str) -> str:
    """What an allowance knows code by: its text with white space evened out."""
    return hashlib.sha256(" ".join(code.split()).encode()).hexdigest()[:16]


POLICY_FILE = "vly-policy.json"
"""Where a project keeps what its people have allowed: theirs to commit, never the model's to write."""


def confirmed(place: Path) -> list[Allowance]:
    """The allowances of a policy file; [] when it isn't there (a link is not), or can't be read."""
    try:
        data = json.loads((_held(place) or b"").decode())
        entries = data["allowed"]
        return [Allowance(str(e["rule"]), str(e["path"]), str(e["code"]), str(e["reason"])) for e in entries]
    except (ValueError, KeyError, TypeError, RecursionError):
        return []


def confirm(place: Path, more: Iterable[Allowance]) -> None:
    """Add allowances to a policy file. Raises OSError."""
    every = [*confirmed(place), *more]
    ordered = sorted(every, key=lambda one: (one.path, one.rule, one.code))
    data = {"allowed": [asdict(one) for one in ordered]}
    _put(place, (json.dumps(data, indent=2, ensure_ascii=False) + "\n").encode())


def _held(place: Path) -> bytes | None:
    """A file's bytes; None when there is none that can be read: nothing, a link, a folder."""
    with suppress(OSError):
        with open(place, "rb", opener=lambda name, flags: os.open(name, flags | _PLAIN)) as file:
            return file.read(_BIGGEST)
    return None


def _put(place: Path, data: bytes) -> None:
    beside = place.with_name(f".vly-staged-{place.name}")
    beside.unlink(missing_ok=True)
    with beside.open("xb") as file:  # never through a link that stands there
        file.write(data)
    beside.replace(place)
