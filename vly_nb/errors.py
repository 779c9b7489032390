"""Errors, by who can act.

    VlyError                    a person acts: one sentence, and what to do next
    ├── ProjectError            the folder, its files, its versions
    ├── ModelError              the endpoint: no key, down, refused, broken
    │   └── KeyRefused          the endpoint doesn't accept the key
    ├── TapeError               the tape: not there, unreadable, out of turn
    ├── ProgramError            a program that is needed is missing or failed
    ├── VaultError              the keys: who may read them, where they are, whose they are
    ├── KeyPasted               a key stands in what the person wrote
    └── Stopped                 the person stopped the turn
    ToolError                   the model acts: becomes a failed outcome
    └── Refused                 a change set that a gate turned away

A complaint about code is a `Diagnostic`, the end of a turn is a reason; neither
is an exception. What nobody can act on stays an ordinary traceback.
"""

from __future__ import annotations

from collections.abc import Iterable

from vly_nb.diagnostics import Diagnostic


class VlyError(Exception):
    """Something only a person can mend.

    `message` is one plain sentence; `hint` says what to do next.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()

    def _render_traceback_(self) -> list[str]:
        """IPython asks exceptions for this: a sentence instead of a stack."""
        return [f"vly: {self.message}", *([f"  → {self.hint}"] if self.hint else [])]


class ProjectError(VlyError):
    """The mounted folder can't be used, or not so."""


class ModelError(VlyError):
    """The model can't be reached, or what it answered can't be used."""


class KeyRefused(ModelError):
    """The endpoint doesn't accept the key."""


class TapeError(VlyError):
    """A tape is missing, unreadable, or doesn't have what was asked."""


class ProgramError(VlyError):
    """A program that is needed is not there, or failed."""


class VaultError(VlyError):
    """The vault of keys can't be used, or not so."""


class KeyPasted(VlyError):
    """A key, or what may be one, stands in the person's words; nothing of them was sent or stored."""


class Stopped(VlyError):
    """The person stopped the turn; what was under way is whole or undone."""


class ToolError(Exception):
    """A tool call that can't be done: its text is the tool's answer to the model."""


class Refused(ToolError):
    """A change set that was turned away before a byte was written."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(str(d) for d in self.diagnostics))
