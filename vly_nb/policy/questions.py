"""Questions: what is asked of a whole project, answered once, and noted by whom it concerns.

    @question
    def uses_toasts(program: Program) -> bool: …

    noting = program.noting()
    rule.check(source, Context(noting))
    noting.notes                      the questions that the rule has asked

What was said of a file stands as long as its text, and the answers to the questions it asked,
are the same. A question that is asked within another is that one's note: where its answer changes
and the outer one's doesn't, nothing is to be done. So an answer stands in the project's next
state, too, unless one within it has changed. An answer is a plain value, never a tree.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer, and what was asked on the way to it; nothing, where it was read from the files."""

    value: Any
    asked: tuple[Question, ...]


class Answers:
    """The answers of a project in one state; `notes` are the questions asked."""

    def __init__(self, earlier: Answers | None = None) -> None:
        """`earlier` are those of another state of the project, which may be the same in the most."""
        self._answers: dict[Question, _Answer] = {}
        self._earlier = earlier._answers if earlier is not None else {}
        self.notes: dict[Question, None] = {}

    def ask(self, question: Question) -> Any:
        """The answer, found out when it is first asked for."""
        self.notes[question] = None
        found = self._answers.get(question)
        if found is None:
            found = self._answers[question] = self._answer(question)
        return found.value

    def _answer(self, question: Question) -> _Answer:
        known = self._earlier.get(question)
        if known is not None and known.asked and all(map(self.noting()._stands, known.asked)):
            return known
        inner = self.noting()
        value = _READERS[str(question[0])](inner, *question[1:])
        if known is not None and same(known.value, value):
            value = known.value  # the very same is the same at a glance
        return _Answer(value, tuple(inner.notes))

    def _stands(self, question: Question) -> bool:
        known = self._earlier.get(question)
        return known is not None and same(known.value, self.ask(question))

    def noting(self) -> Self:
        """The same answers, with notes of their own."""
        found = object.__new__(type(self))
        found.__dict__ = {**self.__dict__, "notes": {}}
        return found


def same(one: object, other: object) -> bool:
    """Whether two answers are alike."""
    return one is other or one == other


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
