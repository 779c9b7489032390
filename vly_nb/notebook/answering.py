"""Answering: what a panel asks for, done on the engine's loop.

A button does what its command does: the same function of the session. What writes checks first
that it can be done, so that a refusal is the button's answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any, cast

from vly_nb import __version__
from vly_nb.agent.events import CheckEnded
from vly_nb.diagnostics import Diagnostic
from vly_nb.errors import VlyError
from vly_nb.notebook import protocol as p
from vly_nb.notebook import requests as r
from vly_nb.notebook import typed_keys
from vly_nb.notebook.asking import proposed
from vly_nb.notebook.attaching import attach
from vly_nb.notebook.bundle import changes_data, check_data, diagnostic_data, proposal_id, usage_data
from vly_nb.notebook.completion import complete
from vly_nb.notebook.desk import Desk
from vly_nb.notebook.mentions import put_in
from vly_nb.notebook.previewing import backed, front_end, mailbox
from vly_nb.notebook.visible import name, one_line
from vly_nb.notebook.words import check_words, complaint, usage_words
from vly_nb.project.versions import Version
from vly_nb.session import Session

DIFF_LINES = 4_000  # lines of a diff that the panel is given
SHOWN = 200  # complaints, files, versions at once
MAILS = 3  # mails with a code to sign in with, beside the preview
PAST = 12  # cells that completion offers


async def answer(desk: Desk, asked: r.Request) -> p.Data | None:
    """Do it. Raises VlyError with a sentence for the person."""
    handler = cast(Callable[[Desk, Any], Awaitable[p.Data | None]], _HANDLERS[asked.do])
    return await handler(desk, asked)


async def _hello(desk: Desk, asked: r.Hello) -> p.Data:
    return p.Welcome(version=__version__, state=desk.hub.state(), page=desk.hub.page())


async def _refill(desk: Desk, asked: r.Refill) -> p.Data:
    return desk.hub.log.page(asked.before)


async def _state(desk: Desk, asked: r.Plain) -> None:
    return None  # every reply brings it


async def _stop(desk: Desk, asked: r.Plain) -> None:
    desk.hub.driving = False
    session = desk.mounted
    if not session.stop() and session.leave_turn():
        desk.hub.left()


async def _apply(desk: Desk, asked: r.Apply) -> None:
    _meant(desk, asked.proposal)
    picks = None
    if asked.picks is not None:
        picks = {path: None if hunks is None else frozenset(hunks) for path, hunks in asked.picks.items()}
        if not any(hunks is None or hunks for hunks in picks.values()):
            raise VlyError("Nothing is chosen.", "Tick what you want, or reject all of it.")
        proposed(desk.mounted).change.pick(picks)  # what isn't there is said here
    if not asked.dry:
        desk.hub.follow(desk.mounted.accept(picks, steps=_steps(desk)))


async def _reject(desk: Desk, asked: r.Reject) -> None:
    _meant(desk, asked.proposal)
    if not asked.dry:
        desk.hub.follow(desk.mounted.reject(asked.reason.strip(), steps=_steps(desk)))


def _steps(desk: Desk) -> int | None:
    """How far to go from here. A turn that the panel drives has cells of a step each; over the line no
    cell comes after this one, so that it runs on."""
    return None if desk.hub.driving and desk.mounted.mode != "step" else desk.steps


def _meant(desk: Desk, proposal: str) -> None:
    """The proposal that waits is the one that the person saw. Raises VlyError."""
    waiting = proposed(desk.mounted)
    if proposal and proposal != proposal_id(waiting):
        raise VlyError("This change no longer waits for you.", "Look at the newest one.")


async def _next(desk: Desk, asked: r.Next) -> None:
    turn = desk.mounted.turn
    if turn is None or turn.end is not None:
        raise VlyError("There is nothing to go on with.", "Ask for something.")
    desk.hub.follow(desk.mounted.go_on(answer=asked.answer or None, steps=_steps(desk)))


async def _ask(desk: Desk, asked: r.Ask) -> None:
    session = desk.mounted
    if not asked.prompt.strip():
        raise VlyError("The wish is empty.", "Write what you want changed.")
    names, hidden = desk.shell.user_ns, desk.shell.user_ns_hidden
    found = await asyncio.to_thread(put_in, asked.prompt, session.project, names, hidden)
    for note in found.notes:
        desk.hub.say(note)
    desk.stepping = session.mode == "step"
    desk.hub.follow(session.ask(asked.prompt, attachments=found.blocks, steps=desk.steps))


async def _undo(desk: Desk, asked: r.Plain) -> None:
    _went(desk, desk.mounted.undo())


async def _redo(desk: Desk, asked: r.Plain) -> None:
    _went(desk, desk.mounted.redo())


def _went(desk: Desk, version: Version) -> None:
    """Tell of another version, and of what the running app says to it, once it has been looked at."""
    desk.hub.touch()
    desk.engine.start(_look(desk, desk.mounted, version.changed))


async def _look(desk: Desk, session: Session, changed: Sequence[str]) -> None:
    with suppress(VlyError):
        for one in (await session.went_wrong(changed))[:3]:
            desk.hub.say(complaint(diagnostic_data(one)), bad=True)


async def _goto(desk: Desk, asked: r.Goto) -> None:
    known = {version.number: version.tree for version in desk.mounted.project.versions}
    if asked.tree and known.get(asked.number) != asked.tree:
        raise VlyError(
            f"This project's version {asked.number} is another one.", "See the versions that it has."
        )
    if not asked.dry:
        _went(desk, desk.mounted.goto(asked.number))


async def _versions(desk: Desk, asked: r.VersionsOf) -> p.Data:
    every = desk.mounted.project.versions
    before = asked.before or every[-1].number + 1
    older = [one for one in reversed(every) if one.number < before]
    shown = [
        p.VersionData(
            number=one.number,
            label=one_line(one.label, 300),
            kind=one.kind,
            when=one.when.isoformat(timespec="seconds"),
            files=[name(path) for path in islice(one.changed, SHOWN)],
            restores=one.restores,
        )
        for one in older[:SHOWN]
    ]
    return p.VersionList(head=every[-1].number, versions=shown, more=len(older) > SHOWN)


async def _diff(desk: Desk, asked: r.DiffOf) -> p.Data:
    older, newer = asked.older, asked.newer
    change = await asyncio.to_thread(desk.mounted.project.changes_between, older, newer)
    changes = changes_data(change.changes, lines=DIFF_LINES)
    left = len(change.changes) - len(changes)
    return p.DiffData(older=older, newer=newer, changes=changes, left_out=left)


async def _problems(desk: Desk, asked: r.ProblemsOf) -> p.Data:
    session = desk.mounted
    found, known = await asyncio.to_thread(session.lint_since_mount)
    every: list[Diagnostic] = list(found)
    checks: list[str] = []
    if asked.check:
        async for event in desk.hub.watched(session.check()):
            if isinstance(event, CheckEnded):
                every += event.result.new
                known += event.result.known
                checks.append(check_words(check_data(event.result)))
    unique = list({one.identity: one for one in every}.values())
    shown = [diagnostic_data(one) for one in unique[:SHOWN]]
    return p.ProblemList(found=shown, known=known, checks=checks)


async def _cost(desk: Desk, asked: r.Plain) -> p.Data:
    session = desk.mounted
    rows = [
        p.CostRow(
            turn=turn.number,
            prompt=one_line(turn.prompt),
            usage=usage_data(turn.usage),
            words=usage_words(usage_data(turn.usage), turn.cost),
        )
        for turn in session.turns
    ]
    return p.CostData(rows=rows, words=usage_words(usage_data(session.usage), session.cost))


async def _complete(desk: Desk, asked: r.Complete) -> p.Data:
    fragment, found = await asyncio.to_thread(complete, f"%%vly\n{asked.before}", desk.session)
    held = desk.shell.user_ns.get("In") or []
    cells = [f"@{kind}[{number}]" for number in range(len(held) - 1, 0, -1) for kind in ("In", "Out")]
    cells = [cell for cell in cells if len(fragment) > 1 and cell.startswith(fragment)][:PAST]
    items = [p.Completion(text=cell, kind="cell") for cell in cells]
    items += [p.Completion(text=text, kind=kind) for text, kind in found]
    return p.Completions(fragment=fragment, items=items)


async def _set(desk: Desk, asked: r.Settings) -> None:
    session = desk.mounted
    if asked.mode is not None:
        session.mode = asked.mode
    if asked.model:
        session.use_model(asked.model.strip())
    if asked.driving is not None:
        desk.hub.driving = asked.driving
    desk.hub.touch()


async def _queue(desk: Desk, asked: r.Queue) -> None:
    desk.hub.queue = [prompt for prompt in asked.prompts if prompt.strip()]
    desk.hub.touch()


async def _take(desk: Desk, asked: r.Plain) -> p.Data:
    prompt = desk.hub.queue.pop(0) if desk.hub.queue else None
    desk.hub.touch()
    return p.Taken(prompt=prompt)


async def _preview(desk: Desk, asked: r.PreviewOf) -> p.Data:
    app, note = desk.mounted.preview, ""
    match asked.act:
        case "start":
            note = await backed(desk.mounted)
            await app.start(front_end(["--proxy"] if asked.away else []))
        case "stop":
            await app.stop()
        case "look":
            await app.look((), app.since)
    state, path, url = await asyncio.to_thread(lambda: (app.state, app.path, app.url))
    found = [diagnostic_data(one) for one in app.found[:SHOWN]]
    mails = await _mails(desk.mounted)
    source = path if path != "/" else url
    return p.PreviewData(state=state, source=source, url=url, note=note, found=found, mails=mails)


async def _mails(session: Session) -> list[p.MailData] | None:
    box = await asyncio.to_thread(mailbox, session)
    if box is None:
        return None
    with suppress(VlyError, KeyError, ValueError):  # it ended meanwhile, or isn't what it was
        newest = reversed((await box.mails())[-MAILS:])
        return [p.MailData(to=one["to"], subject=one["subject"], code=one["code"]) for one in newest]
    return None


async def _attach(desk: Desk, asked: r.Attach) -> p.Data:
    return p.Attached(mention=await asyncio.to_thread(attach, asked.name, asked.data))


_HANDLERS: dict[str, Any] = {
    "hello": _hello,
    "refill": _refill,
    "state": _state,
    "stop": _stop,
    "apply": _apply,
    "reject": _reject,
    "next": _next,
    "ask": _ask,
    "undo": _undo,
    "redo": _redo,
    "goto": _goto,
    "versions": _versions,
    "diff": _diff,
    "problems": _problems,
    "cost": _cost,
    "complete": _complete,
    "set": _set,
    "queue": _queue,
    "take": _take,
    "keys": typed_keys.listed,
    "set_key": typed_keys.keep,
    "remove_key": typed_keys.remove,
    "preview": _preview,
    "attach": _attach,
}
