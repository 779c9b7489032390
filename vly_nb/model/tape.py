"""Tape: the model's half of a session in a file, to run the session again without a model.

A tape is JSON lines, made to be read and edited by hand. The first line says what the tape is;
then comes one line a step, in takes: a take is one run of one turn, and its first line alone
carries the prompt.

    {"tape": 1, "stack": "convex-react", "model": "claude-sonnet-5-5", "system": "<digest>", …}
    {"turn": 1, "position": 1, "prompt": "A blue headline", "files": "<tree>", "reply": {…}, "after": {…}}
    {"turn": 1, "position": 2, "files": "<tree>", "reply": {…}, "after": {…}, "kept": {"pnpm-lock.yaml": "…"}}

What the tools answered isn't on it: a replay runs them. The two transports that play and record
are in `transports`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vly_nb.errors import TapeError
from vly_nb.model.failures import quotable
from vly_nb.model.messages import RequestKey
from vly_nb.model.records import After, Header, Record, RecordedReply, first_complaint, is_json

LARGEST = 64_000_000
"""Bytes; a tape of 200 steps has about two million."""


@dataclass(frozen=True, slots=True)
class Found:
    """A record that answers a request; `exact` when the project's files were the same then."""

    record: Record
    exact: bool


class Tape:
    """A tape on disk. It need not be there yet; every finished step writes it anew, whole or not at all.

    `clean` is applied to every text before it is stored (and to prompts before they are compared).
    Raises TapeError when the file is there and can't be used.
    """

    def __init__(self, path: str | Path, clean: Callable[[str], str] = str) -> None:
        self.path = Path(path).resolve()
        self.header = Header(tape=1)
        self._clean = clean
        self._takes: list[list[Record]] = []
        self._pending: tuple[RequestKey, RecordedReply] | None = None
        if self.path.exists():
            self._load(self._read())

    # -- reading -----------------------------------------------------------
    @property
    def takes(self) -> Sequence[Sequence[Record]]:
        """All runs of turns, in the order of the file; the first record of each has the prompt."""
        return [tuple(take) for take in self._takes]

    def has_turn(self, turn: int, prompt: str) -> bool:
        """Whether a replay of this turn can begin."""
        return any(take[0].position == 1 for take in self._takes_of(turn, prompt))

    def lookup(self, key: RequestKey) -> Found | None:
        """The reply for a request. Turn, position and prompt decide; of several takes the one
        where the files were the same, else the newest."""
        found = None
        for take in self._takes_of(key.turn, key.prompt):
            for record in take:
                if record.position == key.position:
                    if record.files == key.files:
                        return Found(record, exact=True)
                    found = Found(record, exact=False)
        return found

    def expected(self, key: RequestKey) -> dict[str, str]:
        """Path → git blob id of every file after a step, as it was recorded; {} where the tape
        doesn't say."""
        found = self.lookup(key)
        for take in self._takes_of(key.turn, key.prompt):
            if found is None or not any(record is found.record for record in take) or not take[0].start:
                continue
            files: dict[str, str | None] = dict(take[0].start)
            for record in take:
                if record.position <= key.position:
                    files.update(record.after.files)
            return {path: blob for path, blob in files.items() if blob is not None}
        return {}

    def miss(self, key: RequestKey) -> TapeError:
        """Why `lookup` found nothing, and what to do."""
        takes = [take for take in self._takes if take[0].turn == key.turn]
        live = "Set ANTHROPIC_API_KEY to record it"
        if not takes:
            last = max((take[0].turn for take in self._takes), default=0)
            there = f"it ends with turn {last}" if last else "it is empty"
            return TapeError(f"The tape {self.path.name} has no turn {key.turn}; {there}.", f"{live}.")
        same = self._takes_of(key.turn, key.prompt)
        if not list(same):
            prompt = quotable(takes[-1][0].prompt or "", 200)
            return TapeError(
                f'Turn {key.turn} on the tape {self.path.name} answers another prompt: "{prompt}".',
                f"Ask just that. {live} with the new prompt.",
            )
        return TapeError(
            f"The tape {self.path.name} has no reply {key.position} for turn {key.turn}.",
            f"The turn was stopped there, or its steps came out otherwise this time. {live} anew.",
        )

    def _takes_of(self, turn: int, prompt: str) -> Iterator[list[Record]]:
        prompt = self._clean(prompt)
        return (take for take in self._takes if take[0].turn == turn and take[0].prompt == prompt)

    # -- recording ---------------------------------------------------------
    def describe(self, **header: str) -> None:
        """Set fields of the header; the next finished step writes them."""
        self.header = Header(**{**self.header.model_dump(), **{k: self._clean(v) for k, v in header.items()}})

    def hold(self, key: RequestKey, reply: RecordedReply) -> None:
        """A reply came in; it is written when `finish` says that its step was carried out."""
        self._pending = key, reply

    def finish(
        self,
        key: RequestKey,
        *,
        tree: str = "",
        files: Mapping[str, str | None] | None = None,
        kept: Mapping[str, str] | None = None,
        start: Mapping[str, str] | None = None,
    ) -> bool:
        """Complete the pending record and write the tape; False when there is none for this key
        (the step was a replay). Raises TapeError when the file can't be written."""
        if self._pending is None or self._pending[0] != key:
            return False
        reply, self._pending = self._pending[1], None
        record = Record(
            turn=key.turn,
            position=key.position,
            prompt=self._clean(key.prompt),
            files=key.files,
            start=self._cleaned(dict(start or {})),
            reply=RecordedReply(**self._cleaned(reply.model_dump())),
            after=After(tree=tree, files=self._cleaned(dict(files or {}))),
            kept=self._cleaned(dict(kept or {})),
        )
        self._insert(record)
        self._write()
        return True

    def _insert(self, record: Record) -> None:
        """Add to its take; what was recorded from this position on is replaced."""
        takes = list(self._takes_of(record.turn, record.prompt or ""))
        if record.position == 1:
            takes = [take for take in takes if take[0].files == record.files and take[0].position == 1]
        else:
            takes = [take for take in takes if take[0].position < record.position]
        if not takes:
            self._takes.append([record])
            return
        take = takes[-1]
        take[:] = [old for old in take if old.position < record.position]
        take.append(record.model_copy(update={"prompt": None}) if take else record)

    def _cleaned(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._clean(value)
        if isinstance(value, dict):
            return {self._clean(k): self._cleaned(v) for k, v in value.items()}
        return [self._cleaned(v) for v in value] if isinstance(value, list) else value

    # -- the file ----------------------------------------------------------
    def _read(self) -> bytes:
        try:
            if self.path.stat().st_size > LARGEST:
                raise TapeError(f"The tape {self.path.name} is too large.", "Record it in several parts.")
            return self.path.read_bytes()
        except OSError as error:
            raise TapeError(f"The tape {self.path.name} can't be read: {error.strerror}.") from None

    def _load(self, data: bytes) -> None:
        """Raises TapeError naming the line. A last line that a crash cut short is left out."""
        lines = data.split(b"\n")
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                if number == 1:
                    self.header = Header.model_validate_json(line)
                else:
                    self._append(Record.model_validate_json(line))
            except ValueError as error:
                if number == len(lines) > 1 and not is_json(line):
                    return
                what = first_complaint(error)
                raise TapeError(
                    f"Line {number} of the tape {self.path.name} can't be used: {what}.",
                    "Mend the line, or record the tape anew.",
                ) from None

    def _append(self, record: Record) -> None:
        """A line of the file: the beginning of a take, or the next step of the one above."""
        if record.prompt is not None:
            self._takes.append([record])
            return
        above = self._takes[-1][-1] if self._takes else None
        if above is None or above.turn != record.turn or above.position >= record.position:
            raise ValueError("it has no prompt and doesn't go on from the line above")
        self._takes[-1].append(record)

    def _write(self) -> None:
        """Beside the file, then in its place."""
        text = self.header.line + "".join(record.line for take in self._takes for record in take)
        beside = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            beside.write_text(text, encoding="utf-8", newline="\n")
            beside.replace(self.path)
        except OSError as error:
            with suppress(OSError):
                beside.unlink()
            raise TapeError(
                f"The tape {self.path.name} can't be written: {error.strerror}.",
                "Choose another place for it.",
            ) from None
