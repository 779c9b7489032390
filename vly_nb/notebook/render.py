"""Render: steps, checks and a turn's end as HTML and as text. Pure functions.

Only tags and inline colours that survive an untrusted notebook, nbviewer and
GitHub; with every style stripped the words still tell the whole story.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from vly_nb.notebook.answer import answer_html, page_html
from vly_nb.notebook.diffs import changes_html, changes_text
from vly_nb.notebook.wire import (
    MIME,
    ChangeData,
    CheckData,
    DiagnosticData,
    ProposalData,
    QuestionData,
    RuleData,
    StepData,
    UsageData,
)
from vly_nb.notebook.words import check_words, complaint, many, mark, usage_words

SHOWN = 12  # complaints of one check that are shown without a click

CARD = "border-left:3px solid rgba(127,127,127,.45);padding:2px 0 2px 14px;margin:4px 0 10px;line-height:1.5"
QUIET = "opacity:.75;font-size:.92em"
HEAD = "font-size:1.08em;margin:0 0 2px"  # of a <p>: without CSS its margins part the steps


def step_bundle(data: StepData, *, recall: bool = False, brief: bool = False) -> dict[str, Any]:
    """One output of a cell: the data, HTML, and a unified diff as text.

    `recall` repeats the wish, for a cell that doesn't hold it; `brief` leaves out what
    the model said, since the turn's closing says it.
    """
    html, text = step_html(data, recall=recall, brief=brief), step_text(data, recall=recall)
    return {MIME: data.bundle(), "text/html": html, "text/plain": text}


def step_html(data: StepData, *, recall: bool = False, brief: bool = False) -> str:
    """A step as HTML."""
    parts = [f'<p style="{HEAD}"><b>Step {data.step} · {escape(data.title)}</b></p>']
    if recall and data.asked:
        parts.append(quiet(f"asked: “{escape(data.asked)}”"))
    if not brief and (rest := beyond_title(data)):
        parts.append(answer_html(rest))
    parts += [_calls(data), _refusals(data.refusals)]
    parts.append(changes_html(data.changes, version=data.version))
    if data.files_left_out:
        parts.append(
            quiet(f"{many(data.files_left_out, 'more file')}: see <code>%vly diff {data.version}</code>")
        )
    parts.append(diagnostics_html(data.diagnostics, data.diagnostics_left_out))
    parts += [check_html(check) for check in data.checks]
    parts.append(rules_html(data.rules))
    if data.proposal:
        parts.append(_proposal(data.proposal))
    if data.question:
        parts.append(_question(data.question))
    if data.sources:
        parts.append(quiet("read: " + ", ".join(_source(s.url, s.title) for s in data.sources)))
    foot = " · ".join(_foot(data, html=True))
    parts.append(quiet(foot) if foot else "")
    return card("\n".join(part for part in parts if part))


def step_text(data: StepData, *, recall: bool = False) -> str:
    """A step as a unified diff under a header of `#` lines."""
    head = [f"Step {data.step} · {data.title}"]
    head += [f"asked: “{data.asked}”"] if recall and data.asked else []
    head += [f"{mark(not call.failed)}{call.line}" if call.failed else call.line for call in data.calls]
    head += [f"turned away, nothing was written: {complaint(one)}" for one in data.refusals]
    foot = [complaint(one) for one in data.diagnostics]
    for check in data.checks:
        foot += [check_words(check), *("  " + complaint(one) for one in check.new)]
    foot += [rules_words(data.rules)] if data.rules else []
    foot += _proposal_words(data.proposal) if data.proposal else []
    if data.question:
        foot.append(data.question.text)
        foot += [f"  {n}. {choice}" for n, choice in enumerate(data.question.choices, 1)]
        foot.append(_answer_with(data.question))
    foot.append(" · ".join(_foot(data, html=False)))  # an empty one leaves no line
    numbered = data.proposal is not None
    changes: Sequence[ChangeData] = [*data.changes, *(data.proposal.changes if data.proposal else [])]
    diff = changes_text(changes, version=data.version, numbered=numbered)
    return "\n".join([*_remarks(head), *([diff] if diff else []), *_remarks(foot)])


# -- pieces that commands show too ------------------------------------------------


def card(inner: str) -> str:
    """A block of its own."""
    return f'<div style="{CARD}">{inner}</div>'


def quiet(inner: str) -> str:
    """A line that stands back. `inner` is HTML."""
    return f'<div style="{QUIET}">{inner}</div>'


def check_html(check: CheckData) -> str:
    """A check's word and its new complaints."""
    shown = "".join(_complaint_html(one) for one in check.new[:SHOWN])
    more = "".join(_complaint_html(one) for one in check.new[SHOWN:])
    unseen = check.new_count - len(check.new)
    if unseen > 0:
        more += quiet(f"{unseen:,} more are left out: see <code>%vly check</code>")
    folded = f"<details><summary>{check.new_count - SHOWN:,} more</summary>{more}</details>" if more else ""
    return f"<div>{mark(check.status == 'green')}<b>{escape(check_words(check))}</b></div>{shown}{folded}"


def diagnostics_html(many: Sequence[DiagnosticData], left_out: int = 0) -> str:
    """Complaints that no check of the step made."""
    more = quiet(f"{left_out:,} more are left out") if left_out else ""
    return "".join(_complaint_html(one) for one in many) + more


def rules_html(rules: Sequence[RuleData]) -> str:
    """Why the rules say so, folded: it is there without a network, a kernel or a package."""
    return "".join(
        f'<details style="{QUIET}"><summary>why <b>{escape(one.id)}</b>: {escape(one.title)}</summary>'
        f"{page_html(one.why)}<div>Good and bad examples: <code>%vly help {escape(one.id)}</code></div>"
        f"</details>"
        for one in rules
    )


def rules_words(rules: Sequence[RuleData]) -> str:
    """Where the rules' pages are."""
    return "why: " + ", ".join(f"%vly help {one.id}" for one in rules)


# -- a step's parts ---------------------------------------------------------------


def beyond_title(data: StepData) -> str:
    """What the model said beyond the title."""
    said = data.said.strip()
    flat = " ".join(said.split())
    if flat.rstrip(".!:") == data.title.rstrip(".!:…"):
        return ""
    return said[len(data.title) :].lstrip(" .!:\n") if said.startswith(data.title) else said


def _calls(data: StepData) -> str:
    # What the diffs and the refusals below show needn't be said twice.
    told = {change.path for change in [*data.changes, *(data.proposal.changes if data.proposal else [])]}
    told |= {one.path for one in data.refusals if one.path}
    shown = [call for call in data.calls if not any(path in call.line for path in told)]
    if not shown:
        return ""
    lines = [("<b>failed:</b> " if call.failed else "") + escape(call.line) for call in shown]
    if len(lines) <= 3:
        return quiet(" · ".join(lines))
    inner = "".join(f"<div>{line}</div>" for line in lines)
    failed = sum(call.failed for call in shown)
    head = f"did {len(lines)} things" + (f", {failed} failed" if failed else "")
    return f'<details style="{QUIET}"><summary>{head}</summary>{inner}</details>'


def _refusals(many: Sequence[DiagnosticData]) -> str:
    return "".join(
        f"<div>{mark(False)}Turned away before anything was written: {_inner(one)}</div>" for one in many
    )


def _complaint_html(one: DiagnosticData) -> str:
    advice = f"<div>→ {escape(one.advice)}</div>" if one.advice else ""
    return f'<div style="margin-left:1.4em">{_inner(one)}{advice}</div>'


def _inner(one: DiagnosticData) -> str:
    place = f"<code>{escape(one.where)}</code> " if one.where else ""
    weight = "" if one.severity == "error" else f"({one.severity}) "
    return f"{place}{escape(one.code)} {weight}{escape(one.message)}"


def _proposal(proposal: ProposalData) -> str:
    changes = changes_html(proposal.changes, numbered=True)
    more = quiet(f"{many(proposal.left_out, 'more file')} not shown") if proposal.left_out else ""
    first, *rest = [escape(line) for line in _proposal_words(proposal)]
    return f"{changes}{more}<div><b>{first}</b></div>" + "".join(_command(line) for line in rest)


def _proposal_words(proposal: ProposalData) -> list[str]:
    paths = [change.path for change in proposal.changes]
    words = ["Nothing is written yet. You decide:", "%vly apply: all of it"]
    if paths:
        # The example has to work when it is copied: a file and a hunk that are there.
        one = next((c for c in proposal.changes if len(c.hunks) > 1), proposal.changes[0])
        path = f'"{one.path}"' if " " in one.path else one.path
        hunks = ",".join(str(hunk.number) for hunk in one.hunks[::2][:2])
        if len(one.hunks) > 1:
            words.append(f"%vly apply {path}:{hunks}: only these parts of that file")
        elif len(paths) > 1:
            words.append(f"%vly apply {path}: only this file")
    return [*words, "%vly reject because …: none of it, and tell vly why"]


def _command(line: str) -> str:
    command, _, words = line.rpartition(": ")
    return f'<div style="margin-left:1.4em"><code>{command}</code> {words}</div>'


def _question(question: QuestionData) -> str:
    choices = "".join(
        f'<div style="margin-left:1.4em">{n}. {escape(choice)} — <code>%vly next {n}</code></div>'
        for n, choice in enumerate(question.choices, 1)
    )
    words = '<div style="margin-left:1.4em">in your own words: <code>%vly next …</code></div>'
    return f"<div><b>vly asks:</b></div>{answer_html(question.text)}{choices}{words}"


def _answer_with(question: QuestionData) -> str:
    first = "%vly next 2, or " if len(question.choices) > 1 else ""
    return f"Answer with {first}%vly next and your own words."


def _source(url: str, title: str) -> str:
    shown = escape(title or url)
    # Only what is plainly an address of the web becomes a link.
    return f'<a href="{escape(url)}">{shown}</a>' if url.startswith(("https://", "http://")) else shown


def _foot(data: StepData, *, html: bool) -> list[str]:
    def code(text: str) -> str:
        return f"<code>{text}</code>" if html else text

    parts = []
    if data.version is not None:
        parts.append(f"Version {data.version} — {code(f'%vly goto {data.version}')}")
    if data.state == "stopped":
        parts.append("stopped here")
    if data.usage != UsageData():
        parts.append(usage_words(data.usage, data.cost))
    if data.replay:
        drifted = ", ".join(data.replay.drifted)
        words = "verified" if data.replay.verified else f"drifted: {drifted}"
        parts.append(f"replayed, {escape(words) if html else words}")
    return parts


def _remarks(lines: Iterable[str]) -> list[str]:
    return [f"# {line}" for text in lines for line in text.splitlines()]
