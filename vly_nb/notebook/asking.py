"""Asking: a `%%vly` cell and the commands that take its turn on: next, apply, reject, stop."""

from __future__ import annotations

from vly_nb.agent.turn import Proposal
from vly_nb.errors import ProjectError, VlyError
from vly_nb.notebook.desk import Desk
from vly_nb.notebook.lines import Ask, shown, split, suggestion
from vly_nb.notebook.mentions import put_in
from vly_nb.session import Session

Picks = dict[str, frozenset[int] | None]


async def ask(desk: Desk, options: Ask, prompt: str) -> None:
    """Take up a wish, with what it mentions put in beside it."""
    session = desk.mounted
    if not prompt.strip():
        raise VlyError("The cell says nothing.", "Write what you want changed below %%vly.")
    session.admit(prompt, anyway=options.anyway)  # before anything of it is evaluated or shown
    found = put_in(prompt, session.project, desk.shell.user_ns, desk.shell.user_ns_hidden)
    for note in found.notes:
        desk.outputs.say(note)
    if found.names:
        desk.outputs.say(f"put in: {', '.join(found.names)}")
    desk.stepping = options.step or (session.mode == "step" and not options.review)
    stream = session.ask(
        prompt,
        anyway=options.anyway,
        attachments=found.blocks,
        review=options.review,
        only=options.only,
        docs=options.docs,
        steps=desk.steps,
    )
    await desk.follow(stream, recall=False)


async def next_step(desk: Desk, rest: str) -> None:
    """Run the next step, or answer the question."""
    answer, anyway = lets_pass(rest)
    await desk.follow(desk.mounted.go_on(answer=answer or None, steps=desk.steps, anyway=anyway))


async def apply(desk: Desk, rest: str) -> None:
    """Write what is proposed, or a part of it."""
    session = desk.mounted
    picks = picks_of(split(rest), proposed(session))
    await desk.follow(session.accept(picks, steps=desk.steps))


async def reject(desk: Desk, rest: str) -> None:
    """Write nothing of what is proposed, and say why."""
    session = desk.mounted
    proposed(session)
    words, anyway = lets_pass(rest)
    reason = words.removeprefix("because ").strip()
    await desk.follow(session.reject(reason, steps=desk.steps, anyway=anyway))


def lets_pass(rest: str) -> tuple[str, bool]:
    """The words of a line, and whether `--anyway` stands before them."""
    first, _, words = rest.partition(" ")
    return (words.strip(), True) if first == "--anyway" else (rest, False)


async def stop(desk: Desk, rest: str) -> None:
    """Stop what runs, where a kernel lets this run beside it; else end the turn that stands still."""
    session = desk.mounted
    if session.stop():
        desk.outputs.say("Stopped.")
    elif session.leave_turn():
        desk.outputs.say("The turn is ended where it stood; what was written stays.")
    else:
        desk.outputs.say("Nothing runs.")


def proposed(session: Session) -> Proposal:
    """What waits for the person. Raises ProjectError when nothing does."""
    waiting = session.turn.waiting if session.turn else None
    if not isinstance(waiting, Proposal):
        raise ProjectError(
            "Nothing is proposed.", "Ask with %%vly --review to see changes before they are made."
        )
    return waiting


def picks_of(words: list[str], proposal: Proposal) -> Picks | None:
    """Files and hunks that `%vly apply` names; None for all of it. A file named twice gets both.

    Raises VlyError naming the nearest path.
    """
    picks: Picks = {}
    for word in words:
        path, numbers = _pick(word, proposal.change.paths)
        before = picks.get(path, frozenset())
        picks[path] = None if numbers is None or before is None else before | numbers
    return picks or None


def _pick(word: str, paths: tuple[str, ...]) -> tuple[str, frozenset[int] | None]:
    word = word.removeprefix("./")
    path, colon, numbers = word.rpartition(":")
    if word in paths or not colon:
        path, colon = word, ""
    if path not in paths:
        raise VlyError(f"{shown(path)} is not in the proposal.", suggestion(path, paths, "{}"))
    if not colon:
        return path, None
    hunks = [part.strip() for part in numbers.split(",") if part.strip()]
    if not hunks or not all(hunk.isdecimal() for hunk in hunks):
        raise VlyError(f"{shown(word)} doesn't say which hunks.", f"For example: %vly apply {path}:1,3")
    return path, frozenset(map(int, hunks))
