"""Kept: what a linter knows of a project's files, until they change; in memory, and on disk.

    kept.settle(program, stamps)      forget what no longer stands
    kept.load(place, of, …)           take up what an earlier run has kept

What an `alone` rule says of a file stands as long as the file. What the others say stands as
long as the file and the answers to what they asked of the project (questions.py).
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vly_nb.diagnostics import Diagnostic
from vly_nb.policy.packing import pack, unpacker
from vly_nb.policy.program import Program
from vly_nb.policy.questions import Question, digest, same
from vly_nb.policy.tree import Stamp, Tree

NO_FILE = (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError)
"""What a kept file can raise that is none, or not whole."""


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of a file; `asked` is what that rests on besides its text."""

    diagnostics: list[Diagnostic]
    asked: frozenset[Question] = frozenset()


@dataclass(frozen=True, slots=True)
class Digest:
    """An answer that an earlier run was given."""

    of: str


@dataclass
class Kept:
    """See the module's top. `stamps` say of which files."""

    stamps: Mapping[str, Stamp] = field(default_factory=dict)
    alone: dict[str, Said] = field(default_factory=dict)
    together: dict[str, Said] = field(default_factory=dict)
    answers: dict[Question, object] = field(default_factory=dict)
    is_new: bool = True
    """Whether there is something in it that is not on disk."""

    def settle(self, program: Program, stamps: Mapping[str, Stamp]) -> None:
        """Forget what no longer stands, now that the files have these stamps."""
        if self.stamps == stamps:
            return
        self.is_new = True
        for said in (self.alone, self.together):
            for path in [one for one in said if self.stamps.get(one) != stamps.get(one)]:
                del said[path]
        changed = {one for one in self.answers if not self._same(one, program)}
        for path in [one for one, said in self.together.items() if not changed.isdisjoint(said.asked)]:
            del self.together[path]
        asked = {one for said in self.together.values() for one in said.asked}
        self.answers = {one: answer for one, answer in self.answers.items() if one in asked}
        self.stamps = stamps

    def stands(self, path: str, program: Program) -> bool:
        """Whether the rules would say the same of this file in another state of the project."""
        return all(self._same(one, program) for one in self.together[path].asked)

    def _same(self, question: Question, program: Program) -> bool:
        known, now = self.answers[question], program.ask(question)
        return digest(now) == known.of if isinstance(known, Digest) else same(now, known)

    def keep_alone(self, path: str, said: list[Diagnostic]) -> None:
        """Keep what the rules of one file say."""
        self.alone[path] = Said(said)
        self.is_new = True

    def keep_together(self, path: str, said: list[Diagnostic], program: Program) -> None:
        """Keep what the rules of several files say, who have asked `program`."""
        self.is_new = True
        asked = frozenset(program.notes)
        self.answers.update((one, program.ask(one)) for one in asked)
        self.together[path] = Said(said, asked)

    def dump(self, place: Path, of: str, tree: Tree) -> None:
        """Write it to a file, where it isn't; `of` says what it depends on besides. Raises OSError."""
        if not self.is_new:
            return
        numbers = {question: number for number, question in enumerate(self.answers)}
        data = {
            "of": of,
            "stamps": self.stamps,
            "facts": tree.packed(),
            "alone": {path: pack(said.diagnostics) for path, said in self.alone.items()},
            "together": {
                path: (pack(said.diagnostics), [numbers[one] for one in said.asked])
                for path, said in self.together.items()
            },
            "answers": [
                (question, answer.of if isinstance(answer, Digest) else digest(answer))
                for question, answer in self.answers.items()
            ],
        }
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = place.with_name(f"{place.name}.{os.getpid()}")
        beside.write_text(json.dumps(data, separators=(",", ":")), encoding="utf-8")
        beside.replace(place)  # whole at any moment, and a link that stands there leads nowhere
        self.is_new = False

    @classmethod
    def load(cls, place: Path, of: str, tree: Tree) -> Kept | None:
        """What was kept in a file; None when another program wrote it, or for other settings.

        Raises NO_FILE.
        """
        data = json.loads(place.read_text(encoding="utf-8"))
        if data["of"] != of:
            return None
        read = unpacker(list[Diagnostic])
        stamps = unpacker(dict[str, Stamp])(data["stamps"])
        answers: dict[Question, object] = {_tuple(one): Digest(str(of)) for one, of in data["answers"]}
        questions = list(answers)
        tree.remember(stamps, data["facts"])
        return cls(
            stamps,
            {path: Said(read(said)) for path, said in data["alone"].items()},
            {
                path: Said(read(said), frozenset(questions[number] for number in asked))
                for path, (said, asked) in data["together"].items()
            },
            answers,
            is_new=False,
        )


def _tuple(value: Any) -> Any:
    return tuple(map(_tuple, value)) if isinstance(value, list) else value
