"""Command: what a line of bash asks for, as plain values that are run without a shell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Where = Literal["system", "packages", "package manager"]


@dataclass(frozen=True, slots=True)
class Word:
    """One argument. `pattern` is set when it holds `*`, `?` or `[` that a shell would expand;
    quoted ones are escaped in it."""

    text: str
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class Program:
    """One program of a pipeline.

    `where` it comes from: the PATH, the project's own node_modules, or the project's
    package manager. `errors` is what becomes of stderr, `silent` drops stdout.
    """

    name: str
    words: tuple[Word, ...] = ()
    where: Where = "system"
    errors: Literal["shown", "piped", "dropped"] = "shown"
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Programs joined by pipes, run in `folder` (relative to the root) when `after` allows.

    `after` is how it is joined to what was before: "&&" runs after success, "||"
    after failure, ";" always. No programs: the `cd` that only changes the folder.
    """

    programs: tuple[Program, ...]
    after: Literal["&&", "||", ";"] = ";"
    folder: str = "."


@dataclass(frozen=True, slots=True)
class Run:
    """It is on the list: these pipelines, in this order."""

    pipelines: tuple[Pipeline, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """It is on no list: the person is asked. `reason` is one sentence."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refuse:
    """It is not done. `sentence` says so, and what is the right way instead."""

    sentence: str


Verdict = Run | Ask | Refuse


class Unlisted(Exception):
    """While a command is read: it is on no list; the text is the reason to ask."""


class Wrong(Exception):
    """While a command is read: it is refused; the text is the sentence."""
