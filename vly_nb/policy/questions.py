"""Questions: what is asked of a whole project, answered once, and noted by whom it concerns.

    @question
    def uses_toasts(program: Program) -> bool: …

    noting = program.noting()
    rule.check(source, Context(noting))
    noting.notes                      the questions that the rule has asked

What was said of a file stands as long as its text, and the answers to the questions it asked,
are the same. A question that is asked within another isn't noted: where its answer changes and
the outer one's doesn't, nothing is to be done. An answer is a plain value, never a tree.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Hashable
from copy import copy
from functools import wraps
from typing import Any, Self, TypeVar, TypeVarTuple

Question = tuple[Hashable, ...]
"""A reader's name, and what it is given: ("vly_nb.policy.program.Program.facts", "src/pages/A.tsx")."""

_READERS: dict[str, Callable[..., Any]] = {}

A = TypeVar("A", bound="Answers")
Given = TypeVarTuple("Given")
T = TypeVar("T")


def question(reader: Callable[[A, *Given], T]) -> Callable[[A, *Given], T]:
    """A reader of a project's files that answers the same as long as they are the same."""
    name = f"{reader.__module__}.{reader.__qualname__}"
    _READERS[name] = reader

    @wraps(reader)
    def asked(answers: A, /, *given: *Given) -> T:
        found: T = answers.ask((name, *given))
        return found

    return asked


class Answers:
    """The answers of a project in one state; `notes` are the questions asked, where somebody notes them."""

    def __init__(self) -> None:
        self._answers: dict[Question, Any] = {}
        self.notes: set[Question] | None = None

    def ask(self, question: Question) -> Any:
        """The answer, found out when it is first asked for."""
        notes = self.notes
        if notes is not None:
            notes.add(question)
        if question not in self._answers:
            self.notes = None
            try:
                self._answers[question] = _READERS[str(question[0])](self, *question[1:])
            finally:
                self.notes = notes
        return self._answers[question]

    def noting(self) -> Self:
        """The same answers, with notes of their own."""
        found = copy(self)
        found.notes = set()
        return found


def digest(answer: object) -> str:
    """What an answer is known by in another process; two answers are the same when theirs are."""
    return hashlib.blake2b(repr(_plain(answer)).encode("utf-8", "replace"), digest_size=8).hexdigest()


def _plain(answer: object) -> object:
    """An answer in the same order in every process, and whole."""
    match answer:
        case set() | frozenset():
            return sorted(map(_plain, answer), key=repr)
        case dict():
            return sorted(((key, _plain(value)) for key, value in answer.items()), key=repr)
        case list() | tuple():
            return [_plain(one) for one in answer]
        case re.Pattern():
            return answer.pattern, answer.flags
    return answer
