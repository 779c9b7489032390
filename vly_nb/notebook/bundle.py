"""Bundle: a step, a change, a check as wire data: capped, and safe to show.

What the engine knows goes in whole; what comes out has every hidden character
made visible and never more than the caps below, whatever a model or a program
has produced.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

from vly_nb.agent.turn import Call, Proposal, Replay, Step
from vly_nb.checks.check import CheckResult
from vly_nb.diagnostics import Diagnostic
from vly_nb.model.messages import Usage
from vly_nb.notebook.visible import name, one_line, visible
from vly_nb.notebook.wire import (
    CallData,
    ChangeData,
    CheckData,
    DiagnosticData,
    HunkData,
    LineData,
    ProposalData,
    QuestionData,
    ReplayData,
    RuleData,
    SourceData,
    StepData,
    UsageData,
)
from vly_nb.policy.pages import About
from vly_nb.project.changes import FileChange
from vly_nb.tools.tool import Question

FILE_LINES = 300  # lines of one file's diff that are shown
STEP_LINES = 1200  # lines of all a step's diffs
LINE_LENGTH = 400  # characters of a line
ITEMS = 50  # files, complaints, calls, sources
RULES = 10  # rules that are explained
WORDS = 8000  # characters of what the model said


class _Room:
    """How many lines of diff may still be shown."""

    def __init__(self, step: int = STEP_LINES, file: int = FILE_LINES) -> None:
        self.step, self.file = step, file

    def take(self, wanted: int) -> int:
        given = max(0, min(wanted, self.file, self.step))
        self.step -= given
        return given


AboutRule = Callable[[str], About | None]
"""What a rule is about, by its id: a stack's `about`."""


def step_data(
    step: Step,
    *,
    turn: int,
    asked: str = "",
    waiting: Proposal | Question | None = None,
    about: AboutRule = lambda rule: None,
) -> StepData:
    """A step as data, capped and made safe to show."""
    room = _Room()
    changes = [change for changed in step.changes for change in changed.changes]
    # What a check says and what the step lists are the same complaints: list them once.
    checked = {d.identity for result in step.checks for d in result.new}
    loose = [d for d in step.diagnostics if d.identity not in checked]
    return StepData(
        turn=turn,
        step=step.number,
        title=plain(one_line(step.title, 160)) or "Step",
        asked=one_line(asked),
        said=visible(step.reply.text[:WORDS]),
        state="waiting" if waiting else "done" if step.closed else "stopped",
        version=step.versions[-1].number if step.versions else None,
        tree=step.versions[-1].tree if step.versions else "",
        changes=[change_data(change, room) for change in changes[:ITEMS]],
        files_left_out=max(0, len(changes) - ITEMS),
        calls=[
            CallData(line=one_line(_line(call)), failed=bool(call.outcome and call.outcome.failed))
            for call in step.calls[:ITEMS]
        ],
        refusals=_diagnostics(step.refusals),
        diagnostics=_diagnostics(loose),
        diagnostics_left_out=max(0, len(loose) - ITEMS),
        checks=[check_data(result) for result in step.checks],
        rules=rules_data([*step.refusals, *loose, *(d for check in step.checks for d in check.new)], about),
        usage=usage_data(step.usage),
        cost=step.cost,
        replay=replay_data(step.replay) if step.replay else None,
        sources=[SourceData(url=one_line(s.url, 500), title=one_line(s.title)) for s in step.sources[:ITEMS]],
        proposal=proposal_data(waiting, room) if isinstance(waiting, Proposal) else None,
        question=question_data(waiting) if isinstance(waiting, Question) else None,
    )


def changes_data(changes: Sequence[FileChange], *, lines: int, files: int = 200) -> list[ChangeData]:
    """Changes outside a step (`%vly diff`), with room for that many lines in all."""
    room = _Room(lines, lines)
    return [change_data(change, room) for change in changes[:files]]


def change_data(change: FileChange, room: _Room | None = None) -> ChangeData:
    """A file's change, as many of its lines as there is room for."""
    hunks = change.hunks
    # A line ending is shown only where it is what changed.
    endings = {text.endswith("\r\n") for hunk in hunks for tag, text in hunk.lines if tag != " "}
    left = total = sum(len(hunk.lines) for hunk in hunks)
    left = (room or _Room()).take(total)
    shown: list[HunkData] = []
    for hunk in hunks:
        lines = [LineData(tag=tag, text=_text(text, len(endings) > 1)) for tag, text in hunk.lines[:left]]
        if not lines:
            break
        left -= len(lines)
        shown.append(
            HunkData(
                number=hunk.number,
                before_start=hunk.before_start,
                before_count=hunk.before_count,
                after_start=hunk.after_start,
                after_count=hunk.after_count,
                lines=lines,
            )
        )
    return ChangeData(
        path=name(change.path),
        kind=change.kind,
        binary=change.binary,
        added=change.added,
        removed=change.removed,
        hunks=shown,
        left_out=total - sum(len(hunk.lines) for hunk in shown),
    )


def diagnostic_data(one: Diagnostic) -> DiagnosticData:
    """A complaint, safe to show."""
    return DiagnosticData(
        path=None if one.path is None else name(one.path),
        line=one.range.line if one.range else None,
        column=one.range.column if one.range else None,
        severity=one.severity.value,
        code=one_line(one.code, 80),
        message=visible(one.message[:1000]),
        source=one_line(one.source, 40),
        advice=one_line(one.advice, 500),
    )


def rules_data(said: Iterable[Diagnostic], about: AboutRule) -> list[RuleData]:
    """The rules that complain, each once, in the order of their complaints."""
    codes = dict.fromkeys(one.code for one in said if one.source == "policy")
    found = [one for code in list(codes)[:RULES] if (one := about(code)) is not None]
    return [RuleData(id=one.rule, title=one.title, why=one.why) for one in found]


def check_data(result: CheckResult) -> CheckData:
    """A check's word, safe to show."""
    return CheckData(
        name=one_line(result.name, 60),
        status=one_line(str(result.status), 60),
        new=_diagnostics(result.new),
        new_count=len(result.new),
        known=result.known,
        note=one_line(result.note, 500),
    )


def proposal_data(proposal: Proposal, room: _Room) -> ProposalData:
    """What is proposed, safe to show."""
    changes = proposal.change.changes
    shown = [change_data(change, room) for change in changes[:ITEMS]]
    return ProposalData(id=proposal_id(proposal), changes=shown, left_out=len(changes) - len(shown))


def proposal_id(proposal: Proposal) -> str:
    """The same for the same change of the same files only."""
    told = "".join(change.unified() for change in proposal.change.changes).encode(errors="replace")
    return sha256(told).hexdigest()[:16]


def question_data(question: Question) -> QuestionData:
    """What vly asks, safe to show."""
    choices = [one_line(choice, 400) for choice in question.choices]
    return QuestionData(text=visible(question.text[:WORDS]), choices=choices)


def replay_data(replay: Replay) -> ReplayData:
    """How a replayed step came out."""
    return ReplayData(verified=replay.verified, drifted=[name(path) for path in replay.drifted[:ITEMS]])


def usage_data(usage: Usage) -> UsageData:
    """Tokens, as data."""
    return UsageData(
        input=usage.input,
        output=usage.output,
        cache_read=usage.cache_read,
        cache_write=usage.cache_write,
        searches=usage.searches,
    )


def _diagnostics(many: Iterable[Diagnostic]) -> list[DiagnosticData]:
    return [diagnostic_data(one) for one in list(many)[:ITEMS]]


def plain(words: str) -> str:
    """A title without Markdown's marks."""
    return re.sub(r"\*\*|__|`|(?<!\w)\*|\*(?!\w)", "", words).strip("# ")


def _line(call: Call) -> str:
    """What a call did, in words: what it was to do, and what came of it where that says more."""
    came = call.outcome.line if call.outcome else ""
    about = call.line.partition(" ")[2]
    if not came or not call.line:
        return came or call.line or call.name
    return came if about and about in came else f"{call.line} — {came}"


def _text(text: str, show_return: bool) -> str:
    """A diff's line for showing: no ending, hidden characters visible, cut when very long."""
    ending = "\r\n" if text.endswith("\r\n") else "\n" if text.endswith("\n") else ""
    body = text.removesuffix(ending) if ending else text
    cut = len(body) - LINE_LENGTH
    shown = visible(body[:LINE_LENGTH]) + (f" … ({cut:,} more characters)" if cut > 0 else "")
    if show_return and ending == "\r\n":
        shown += "␍"
    return shown if ending else shown + " ⟨no newline at the end⟩"
