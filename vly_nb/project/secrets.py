"""Redactor: takes secrets out of a text before it goes anywhere.

    redactor = Redactor([("OPENAI_API_KEY", "sk-proj-…")])
    redactor.clean("the key is sk-proj-…")       # "the key is ⟨OPENAI_API_KEY hidden⟩"
    redactor.inspect(output)                     # the same, and a second look at odd encodings
    stream = redactor.stream(); stream.feed("the key is sk-p") + stream.feed("roj-…") + stream.end()

Known values are found in all their `forms`, unknown ones by their `shapes`. Both by one pass each of
an Aho-Corasick automaton over the bytes, so that the cost doesn't grow with the number of secrets.
A Redactor never changes: when a key becomes known, another one is made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ahocorasick_rs import BytesAhoCorasick, MatchKind

from vly_nb.project import shapes
from vly_nb.project.forms import BREAK, CERTAIN, Form, forms, is_hideable, pieces_of, stretched
from vly_nb.project.second_look import SecondLook

MARK = re.compile(r"⟨[^⟨⟩\n]{1,120} hidden⟩")
"""What stands in a secret's place."""

LONGEST_HELD = 16_384  # bytes that a stream holds back at most
LONGEST_TAIL = 4_000  # bytes of them that are held whatever they look like
UNFINISHED = 400  # bytes behind an anchor in which a shape must show itself
CONTEXT = 64  # bytes before what is looked at, for what a shape wants in front of it

_REST = re.compile(rb"\A[A-Za-z0-9+/=_-]+")


@dataclass(frozen=True, slots=True)
class Span:
    """A secret in a text, in bytes; `name` is a variable's, or says what kind of key it is."""

    start: int
    end: int
    name: str
    known: bool


class Redactor:
    """See the module's top. `known` are (name, value) pairs; `allowed` texts are left though they
    have the shape of a key, since the person said that they are none."""

    def __init__(self, known: Iterable[tuple[str, str]] = (), allowed: Iterable[str] = ()) -> None:
        self._values = [(_safe(name), value) for name, value in known if is_hideable(value)]
        self._allowed = frozenset(text.encode("utf-8", "surrogatepass") for text in allowed)
        self._forms: list[tuple[bytes, str]] = []
        self._whole: dict[bytes, str] = {}
        self._parts: dict[bytes, list[tuple[int, int]]] = {}
        self._tail = max(CERTAIN - 1, shapes.LONGEST_ANCHOR)
        for name, value in self._values:
            self._learn(name, forms(value))
        self._patterns = [*dict.fromkeys([*self._whole, *self._parts])]
        self._search = (
            BytesAhoCorasick(self._patterns, matchkind=MatchKind.Standard) if self._patterns else None
        )

    def __repr__(self) -> str:
        return f"<Redactor of {len(self._values)} values>"

    def _learn(self, name: str, every: Iterable[Form]) -> None:
        every = list(every)
        telling = any(form.pieces for form in every)
        for form in every:
            self._whole.setdefault(form.text, name)
            if form.pieces:
                self._forms.append((form.text, name))
                for offset, piece in pieces_of(form.text):
                    self._parts.setdefault(piece, []).append((len(self._forms) - 1, offset))
            elif not telling:
                self._tail = min(max(self._tail, len(form.text) - 1), LONGEST_TAIL)

    # -- whole texts ---------------------------------------------------------
    def clean(self, text: str) -> str:
        """The text with a mark in each secret's place; itself when there is none."""
        data = _bytes(text)
        spans = self.spans(data)
        return _text(_marked(data, spans)) if spans else text

    def inspect(self, text: str) -> str:
        """`clean`, and withheld altogether when a secret shows once it is decoded, joined or reversed."""
        cleaned = self.clean(text)
        found = self._second.find(_bytes(cleaned)) if self._second else None
        if found is None:
            return cleaned
        name, how = found
        return f"⟨all of this, which holds {name} in another form ({how}), is hidden⟩"

    def known_in(self, text: str) -> list[str]:
        """Names of the known values that stand in a text, in any form that either look finds."""
        names = [span.name for span in self.spans(_bytes(text)) if span.known]
        if not names and self._second and (found := self._second.find(_bytes(text))):
            names = [found[0]]
        return list(dict.fromkeys(names))

    def spans(self, data: bytes) -> list[Span]:
        """Every secret in a text's bytes, in order, none overlapping another."""
        return _merged([*self._known_spans(data), *self._shape_spans(data)])

    def stream(self) -> Stream:
        """For a text that comes in pieces."""
        return Stream(self)

    @cached_property
    def _second(self) -> SecondLook | None:
        return SecondLook(self._values, self._known_in_bytes) if self._values else None

    def _known_in_bytes(self, data: bytes) -> str | None:
        return next((span.name for span in self._known_spans(data)), None)

    # -- finding -------------------------------------------------------------
    def _known_spans(self, data: bytes) -> Iterator[Span]:
        if self._search is None:
            return
        done: dict[int, int] = {}
        for index, start, end in self._search.find_matches_as_indexes(data, overlapping=True):
            pattern = self._patterns[index]
            if (name := self._whole.get(pattern)) is not None:
                yield Span(start, end, name, True)
            for form, offset in self._parts.get(pattern, ()):
                if start >= done.get(form, 0):
                    text, name = self._forms[form]
                    first, last = stretched(data, start, text, offset)
                    done[form] = last
                    yield Span(first, last, name, True)

    def _shape_spans(self, data: bytes) -> Iterator[Span]:
        for at, shape in shapes.anchored(data):
            found = shape.span_at(data, at)
            if found is not None and data[slice(*found)] not in self._allowed:
                yield Span(*found, shape.name, False)

    def open_from(self, data: bytes, spans: Iterable[Span]) -> int:
        """From where on a text may still turn out to be a secret, as more of it comes."""
        end = len(data)
        first = end - min(self._tail, end)
        for span in spans:
            rest = data[span.end : span.end + CONTEXT + 1]
            if span.end == end or (len(rest) <= CONTEXT and BREAK.fullmatch(rest)):
                first = min(first, span.start)
        near = max(end - UNFINISHED, 0)
        for at, _ in shapes.anchored(data[near:]):
            tail = data[near + at :]
            if tail.startswith(b"-----BEGIN ") or len(tail.split()) <= 4:
                first = min(first, near + at)
        return first


def cleaned(value: Any, clean: Callable[[str], str]) -> Any:
    """A JSON value with every string in it cleaned, names of an object's members too."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {cleaned(name, clean): cleaned(one, clean) for name, one in value.items()}
    return [cleaned(one, clean) for one in value] if isinstance(value, list) else value


class Stream:
    """Cleans a text that comes in pieces: what may be the beginning of a secret waits for more."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._before = b""
        self._held = b""
        self._endless = False

    def feed(self, text: str) -> str:
        """More of the text; what of it can be shown already."""
        return self._release(_bytes(text), final=False)

    def end(self) -> str:
        """There is no more: the rest."""
        return self._release(b"", final=True)

    def _release(self, more: bytes, final: bool) -> str:
        begin = len(self._before)
        if self._endless:  # the rest of a key that went on beyond all bounds
            more = _REST.sub(b"", more, count=1)
            self._endless = not more and not final
        data = self._before + self._held + more
        spans = [span for span in self._redactor.spans(data) if span.end > begin]
        cut = len(data)
        if not final and len(data) - begin > LONGEST_HELD:
            self._endless = bool(spans) and spans[-1].end == cut
        elif not final:
            cut = max(self._redactor.open_from(data, spans), begin)
            cut = next((span.start for span in spans if span.start < cut < span.end), cut)
            while cut > begin and cut < len(data) and data[cut] & 0xC0 == 0x80:
                cut -= 1  # never within a letter
        shown = _marked(data[:cut], [span for span in spans if span.end <= cut], begin)
        self._before, self._held = data[max(cut - CONTEXT, 0) : cut], data[cut:]
        return _text(shown)


def _merged(spans: list[Span]) -> list[Span]:
    """In order, those that overlap made one; a known value's name wins."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start, -one.end, not one.known)):
        if not merged or span.start >= merged[-1].end:
            merged.append(span)
            continue
        last = merged[-1]
        better = span if span.known and not last.known else last
        merged[-1] = Span(last.start, max(last.end, span.end), better.name, better.known)
    return merged


def _marked(data: bytes, spans: Iterable[Span], begin: int = 0) -> bytes:
    """The bytes from `begin` on, with a mark in the place of each span."""
    parts, at = [], begin
    for span in spans:
        parts += [data[at : max(span.start, at)], f"⟨{span.name} hidden⟩".encode()]
        at = max(span.end, at)
    return b"".join([*parts, data[at:]])


def _safe(name: str) -> str:
    """A variable's name fit for a mark: the environment may hold any."""
    return re.sub(r"[^\w.-]", "", name)[:60] or "a key"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")
