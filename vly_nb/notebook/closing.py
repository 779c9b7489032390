"""Closing: the output at a turn's end, for a person who doesn't read code.

The answer, what changed, where to look, how to undo it, what it cost; or, when
it didn't work out, why, and what to do next.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from vly_nb.agent.turn import End, Turn
from vly_nb.model.messages import Usage
from vly_nb.notebook.answer import answer_html, answer_text
from vly_nb.notebook.bundle import usage_data
from vly_nb.notebook.diffs import line_counts
from vly_nb.notebook.outputs import Bundle
from vly_nb.notebook.render import HEAD, card, quiet
from vly_nb.notebook.visible import name, visible
from vly_nb.notebook.words import usage_words
from vly_nb.project.changes import ChangeSet, FileChange

FILES = 12

_HEADS = {
    End.DONE: "Done",
    End.RED: "Not finished: the checks still complain",
    End.STOPPED: "Stopped",
    End.LIMIT: "Not finished: too many steps",
    End.REFUSAL: "The model declined",
    End.EMPTY: "The model said nothing",
    End.TOO_LONG: "The conversation is too long",
    End.FAILED: "No answer was to be had",
}
_NEXT = {
    End.RED: "Ask in a %%vly cell to mend what is left, or go back.",
    End.STOPPED: "Ask again in a %%vly cell when you like.",
    End.LIMIT: "Ask in a %%vly cell to go on.",
    End.REFUSAL: "Put the wish in other words.",
    End.EMPTY: "Run the cell again.",
    End.TOO_LONG: "Start afresh: %vly unmount, then %vly mount.",
    End.FAILED: "Run the cell again.",
}


@dataclass(frozen=True, slots=True)
class Closing:
    """A turn's end in words. Commands stand between backticks; `said` is Markdown."""

    good: bool
    title: str
    sentences: list[str]
    said: str
    facts: list[tuple[str, str]]
    spent: str


def closing(turn: Turn, change: ChangeSet, head: int, usage: Usage, cost: float | None) -> Closing:
    """A turn's end. `change` is all that the turn changed, `head` the version it came to."""
    said = turn.steps[-1].reply.text if turn.steps and not turn.steps[-1].calls else ""
    title = _HEADS.get(turn.end, "Ended") if turn.end else "Ended"
    sentences = [visible(s) for s in (turn.end_note, _advice(turn)) if s]
    facts = _facts(turn, change, head)
    spent = f"So far: {usage_words(usage_data(usage), cost)}." if usage != Usage() else ""
    if turn.end is End.DONE:  # what the checks have to say comes after the answer
        facts, sentences = [*facts, *(("Checked:", note) for note in sentences)], []
    return Closing(turn.end is End.DONE, title, sentences, said, facts, spent)


def closing_bundle(turn: Turn, change: ChangeSet, head: int, usage: Usage, cost: float | None) -> Bundle:
    """A turn's end as an output."""
    end = closing(turn, change, head, usage, cost)
    said, spent = end.said.strip(), end.spent
    html = [f'<p style="{HEAD}"><b>{end.title}</b></p>']
    html += [f"<div>{_code(sentence)}</div>" for sentence in end.sentences]
    html += [answer_html(said)] if said else []
    html += [f"<div><b>{label}</b> {_code(words)}</div>" for label, words in end.facts]
    html += [quiet(escape(spent))] if spent else []
    text = [end.title, *end.sentences, *([answer_text(said)] if said else [])]
    text += [f"{label} {words}" for label, words in end.facts]
    return {"text/html": card("\n".join(html)), "text/plain": "\n".join([*text, *([spent] if spent else [])])}


def _facts(turn: Turn, change: ChangeSet, head: int) -> list[tuple[str, str]]:
    """What changed, where to look, how to undo it. Commands stand between backticks."""
    if not change:
        return [("What changed:", "nothing.")]
    files = [_file(one) for one in change.changes[:FILES]]
    more = len(change.changes) - FILES
    if more > 0:
        files.append(f"and {more} more")
    undo = "`%vly undo`"
    if head - turn.start > 1:
        undo += f" takes back the last change, `%vly goto {turn.start}` all of this turn"
    return [
        ("What changed:", ", ".join(files) + "."),
        ("Where to look:", f"version {head}; `%vly diff {turn.start} {head}` shows all of it."),
        ("To undo it:", undo + "."),
    ]


def _file(change: FileChange) -> str:
    sums = line_counts(change.added, change.removed)
    return name(change.path) + (f" ({sums})" if sums else "")


def _advice(turn: Turn) -> str:
    return _NEXT.get(turn.end, "") if turn.end else ""


def _code(words: str) -> str:
    """Escaped words, with what stands between backticks as code."""
    pieces = escape(words).split("`")
    if len(pieces) % 2 == 0:
        return "`".join(pieces)
    return "".join(f"<code>{piece}</code>" if n % 2 else piece for n, piece in enumerate(pieces))
