"""Mention: a command found somewhere in a piece of bash, with what is known about where it stands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mention:
    """A command as it would be started.

    `name` is without folders, version and `.js`, in small letters; `arguments` are
    spelt out as far as they are known. `folder` is where it runs, from the root;
    None when that can't be told. `writes` and `reads` are files of `>` and `<`,
    `stdin` is what it is given to read, where that is known. `sources` are the
    programs that pipe into it, `sinks` those it pipes into, `within` those whose
    output its words are made of.
    """

    name: str
    arguments: tuple[str, ...] = ()
    folder: str | None = "."
    writes: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    stdin: str | None = None
    sources: frozenset[str] = frozenset()
    sinks: frozenset[str] = frozenset()
    within: frozenset[str] = frozenset()

    @property
    def operands(self) -> list[str]:
        """The arguments that aren't options, also those that are options' values."""
        return [word for word in self.arguments if not word.startswith("-")]

    @property
    def text(self) -> str:
        """All arguments in a row."""
        return " ".join(self.arguments)
