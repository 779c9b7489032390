"""Session: a project, a model and the turns so far; the only long-lived state.

    session = await Session.mount("my-app")
    async for event in session.ask("Make the headline blue"):
        print(event)

One turn at a time. Cells, panels and the command line all drive this and read
its events; to stop is to cancel the task that iterates (or `stop()`).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import Literal

from vly_nb.agent import hiding
from vly_nb.agent.acting import close
from vly_nb.agent.agent import Agent
from vly_nb.agent.context import Conversation, as_data, text
from vly_nb.agent.events import Events, Notice, TurnStarted
from vly_nb.agent.loop import finish, run
from vly_nb.agent.prompt import instructions, opening, published, system
from vly_nb.agent.review import accept, reject
from vly_nb.agent.running import whole
from vly_nb.agent.secrecy import Secrecy, keep_out
from vly_nb.agent.turn import End, Proposal, Step, Turn
from vly_nb.agent.verdict import run_checks
from vly_nb.checks.finding import Finding
from vly_nb.diagnostics import Diagnostic
from vly_nb.errors import ProjectError, VaultError, VlyError
from vly_nb.model.anthropic import AnthropicModel, Patience, preload
from vly_nb.model.messages import Block, Model, Usage
from vly_nb.model.tape import Tape
from vly_nb.policy.allowances import Allowance
from vly_nb.policy.fixes import writable
from vly_nb.policy.linter import debt
from vly_nb.preview.preview import Preview
from vly_nb.process_shield import shield
from vly_nb.process_trial import warm
from vly_nb.progress import Report, silent
from vly_nb.project.keys import MODEL_KEYS, Keys, is_secret_variable
from vly_nb.project.pasted import refuse_keys
from vly_nb.project.project import Project
from vly_nb.project.secrets import MARK
from vly_nb.project.versions import Version
from vly_nb.sandbox.sandbox import Tier
from vly_nb.stacks.stack import Stack
from vly_nb.stacks.stacks import stack_of
from vly_nb.tools.draft import Draft
from vly_nb.tools.scope import only_guard
from vly_nb.tools.web import NO_WEB, has_web, web_tools
from vly_nb.tools.workbench import Workbench

Mode = Literal["run", "step", "review"]

ONCE = Patience(attempts=1, silence=20.0)  # for a key that is tried


class Session:
    """A mounted project and the conversation about it. Make one with `mount`."""

    def __init__(self, project: Project, stack: Stack, model: Model | None = None) -> None:
        self.project = project
        self.stack = stack
        self.keys = Keys(project.folder, stack.variables)
        project.clean = self.keys.clean
        self.mode: Mode = "run"
        self.only: tuple[str, ...] = ()
        self.tape: Tape | None = None
        self.turns: list[Turn] = []
        self._given = model
        self._model: AnthropicModel | None = None
        self._chosen: object = None
        self._notes: list[str] = []
        self._mounted = project.head.number
        self._task: asyncio.Task[object] | None = None
        self.backends = stack.backends(project, lambda: self.keys.given(stack.variables))
        self.preview = Preview(project)
        if self.backends is not None:
            self.preview.variables = self.backends.page_variables
        project.pause = self.preview.paused
        bench = Workbench(
            project,
            stack,
            Draft(project),
            keys=lambda: self.keys.given(stack.variables),
            preview=self.preview,
            backends=self.backends,
        )
        model = model or AnthropicModel()
        self.model_name = model.name
        words = instructions(stack, project)
        secrecy = Secrecy(words, partial(published, stack, project))
        self.agent = Agent(
            model,
            project,
            self.keys,
            stack,
            bench,
            Conversation(
                told=lambda blocks: hiding.told(blocks, self.keys.inspect),
                said=lambda blocks: hiding.said(blocks, self.keys),
            ),
            system(words, secrecy),
            secrecy,
        )
        self.agent.lane = stack.lane(project, self.backends)
        self.keys.learnt = self.agent.conversation.fit_again

    @classmethod
    async def mount(
        cls,
        folder: str | Path,
        *,
        model: Model | None = None,
        report: Report = silent,
        tier: Tier | None = None,
    ) -> Session:
        """Open a folder as a project; `tier` is what holds commands, the best that works when None.

        What other programs may learn of this process's own keys is cut short (`process_shield`).
        Raises ProjectError when it can't be one.
        """
        shield(is_secret_variable)
        root = Path(folder).expanduser()
        stack = stack_of(root)
        project = await whole(Project.open, root, protected=tuple(stack.read_only(root)), tier=tier)
        if project.set_aside:
            names = ", ".join(project.set_aside)
            report(f"{names}: made by a command that ran when the kernel ended; it is in .vly/put-back now")
        if tier is None:
            asyncio.get_running_loop().run_in_executor(None, warm)
        if model is None:  # it takes over a second to import, and the first wish needs it
            asyncio.get_running_loop().run_in_executor(None, preload)
        report(f"{project.root.name}: a {stack.name} project, version {project.head.number}")
        return cls(project, stack, model)

    async def close(self) -> None:
        """Stop what runs and give the project back; its preview goes on."""
        self.stop()
        if self._model is not None:
            await self._model.close()
        await self.preview.close()
        if self.agent.lane is not None:
            await self.agent.lane.close()
        self.project.close()

    # -- turns ---------------------------------------------------------------
    @property
    def turn(self) -> Turn | None:
        """The latest turn."""
        return self.turns[-1] if self.turns else None

    @property
    def usage(self) -> Usage:
        """Tokens of all turns."""
        return sum((turn.usage for turn in self.turns), Usage())

    @property
    def cost(self) -> float | None:
        """US dollars of all turns, None when a price isn't known."""
        costs = [turn.cost for turn in self.turns]
        return None if any(c is None for c in costs) else sum(c for c in costs if c is not None)

    async def ask(
        self,
        prompt: str,
        *,
        attachments: Sequence[Block] = (),
        review: bool = False,
        only: Sequence[str] = (),
        docs: str | None = None,
        steps: int | None = None,
        anyway: bool = False,
    ) -> Events:
        """Take up a wish; ends at the turn's end, when the person must decide, or after `steps`.

        `attachments` go to the model with the prompt. A key in the prompt is refused before
        anything else; `anyway` lets pass what only may be one. Raises KeyPasted, ModelError, TapeError.
        """
        if not prompt.strip():
            raise VlyError("The wish is empty.", "Write what you want changed below `%%vly`.")
        self._idle()
        self.admit(prompt, anyway=anyway)
        attachments = hiding.told(attachments, self.keys.inspect)
        self.leave_turn()
        await self._keep_data()
        if (version := await asyncio.to_thread(self.project.observe, "Changed outside vly")) is not None:
            self._notes.append(f"Files were changed outside vly: {', '.join(version.changed[:20])}")
        wrong = await self.went_wrong(version.changed if version is not None else ())
        number = len(self.turns) + 1
        await self._prepare(number, prompt, docs)
        turn = Turn(
            number,
            prompt,
            self.project.head.number,
            review or self.mode == "review",
            tuple(only) or self.only,
        )
        wish = [text(prompt), *attachments]
        first = not self.agent.conversation.messages
        self.agent.conversation.person(opening(self.project, wish, self._notes, first=first))
        self._notes.clear()
        self.turns.append(turn)
        if self.agent.lane is not None:
            self.agent.lane.begin()
        yield TurnStarted(turn)
        if number == 1 and (held := await self.project.confinement.standing()).tier is Tier.D:
            yield Notice(held.sentence)
        if wrong:
            yield Notice(f"vly was told what the preview shows: {wrong[0]}{_and_more(wrong)}")
        if hidden := marks_in(attachments):
            yield Notice(f"Hidden from vly in what you put in: {', '.join(hidden)}.")
        if not self.agent.web and self._given is None and number == 1:
            yield Notice(NO_WEB)
        async with aclosing(self._pump(turn, steps)) as events:
            async for event in events:
                yield event

    async def go_on(
        self, *, answer: str | None = None, steps: int | None = None, anyway: bool = False
    ) -> Events:
        """Take the turn on: its next step, or the person's `answer` to its question.

        Raises KeyPasted as `ask` does.
        """
        turn = self._open_turn()
        self.admit(answer or "", anyway=anyway)
        if isinstance(turn.waiting, Proposal):
            raise ProjectError("A change waits for you.", "Use `%vly apply` or `%vly reject` first.")
        if turn.waiting is not None:
            if answer is None:
                raise ProjectError("vly asked you something.", "Answer with `%vly next YOUR ANSWER`.")
            turn.answer, turn.waiting = chosen(answer, turn.waiting.choices), None
        elif answer:
            self.agent.conversation.person([text(answer)])
        async with aclosing(self._pump(turn, steps)) as events:
            async for event in events:
                yield event

    async def accept(
        self, picks: Mapping[str, frozenset[int] | None] | None = None, *, steps: int | None = None
    ) -> Events:
        """Write a proposed change, or the files and hunks picked, and go on."""
        turn = self._open_turn()
        yield await accept(turn, self.agent, picks)
        async with aclosing(self._pump(turn, steps)) as events:
            async for event in events:
                yield event

    async def reject(self, reason: str = "", *, steps: int | None = None, anyway: bool = False) -> Events:
        """Turn a proposed change down, say why, and go on. Raises KeyPasted as `ask` does."""
        turn = self._open_turn()
        self.admit(reason, anyway=anyway)
        reject(turn, reason)
        async with aclosing(self._pump(turn, steps)) as events:
            async for event in events:
                yield event

    def stop(self) -> bool:
        """Stop the turn that runs; False when none does. May be called from any thread."""
        task = self._task
        if task is None or task.done():
            return False
        task.get_loop().call_soon_threadsafe(task.cancel)
        return True

    # -- the project's checks and versions --------------------------------------
    async def check(self) -> Events:
        """Run every check on the project as it is; what it was mounted with counts as known."""
        self._idle()
        await asyncio.to_thread(self.project.observe, "Changed outside vly")
        start = self.turns[0].start if self.turns else self.project.head.number
        turn = Turn(0, "", start)
        names = self.stack.checks(self.project, self.project.files(), quick=False)
        async with aclosing(run_checks(names, Step.blank(), turn, self.agent)) as events:
            async for event in events:
                yield event

    async def examine(self) -> list[Finding]:
        """What the project needs of this machine, and what of it is missing. Raises VaultError."""
        named = {key.name for key in self.keys.listed()}
        return await self.stack.examine(self.project, named, self.keys.given(self.stack.variables))

    def lint(self) -> list[Diagnostic]:
        """What the stack's rules say of the whole project."""
        return self.stack.lint(self.project)

    def lint_since_mount(self) -> tuple[list[Diagnostic], int]:
        """What of it is new since the project was mounted, and how many complaints are not."""
        self.project.observe("Changed outside vly")
        new = self.stack.lint(self.project, since=self._mounted)
        return new, len(debt(self.lint(), new))

    def fix(self) -> Version | None:
        """Write the rules' mechanical fixes as a version; None when there are none.

        Files that a gate protects are left as they are.
        """
        self._idle()
        self.project.observe("Changed outside vly")
        change = writable(self.project, self.stack.fix(self.project))
        if not change.changes:
            return None
        files = len(change.changes)
        version = self.project.apply(change, label=f"Mended {files} file{'' if files == 1 else 's'} by rule")
        self._notes.append(f"The person had fixes of the rules applied to {', '.join(change.paths[:20])}")
        return version

    def asked(self) -> list[Allowance]:
        """The places for which a comment asks that a rule be let be."""
        return self.stack.asked(self.project)

    def allow(self, allowances: Sequence[Allowance]) -> None:
        """Agree to them: the person's word. Raises OSError, and VlyError while vly is at work."""
        self._idle()
        self.stack.allow(self.project, allowances)

    def unlock(self, what: str) -> None:
        """Let what is read-only ("auth": the sign-in files) be changed until the turn that runs next ends."""
        self._idle()
        known = self.stack.unlockable(self.project.root)
        if what not in known:
            there = ", ".join(known)
            raise VlyError(f"There is nothing called {what[:60]!r} to unlock.", f"There is: {there}.")
        self.project.unlock(*known[what])
        if self.turn is None or self.turn.end is not None:
            self._notes.append(f"The person unlocked {what} for this turn: its files may be changed now")

    async def _keep_data(self) -> None:
        """The data of the version that is about to be left, so that going back in code can bring it back."""
        if self.backends is not None:
            await self.backends.keep(self.project.head.number)

    async def went_wrong(self, changed: Sequence[str]) -> tuple[Diagnostic, ...]:
        """What the running app complains about and didn't before; the model is told with the next wish."""
        wrong = await self.preview.meanwhile(changed)
        if wrong:
            told = "\n".join(f"  {one}" for one in wrong[:20])
            self._notes.append(f"The running app went wrong before this wish:\n{as_data(told)}")
        return wrong

    def undo(self) -> Version:
        """Take back the last change; going back is a new version."""
        return self._travel(self.project.undo, "The person undid your last change")

    def redo(self) -> Version:
        """Bring back what was undone."""
        return self._travel(self.project.redo, "The person brought back what was undone")

    def goto(self, number: int) -> Version:
        """Bring back version `number`."""
        return self._travel(lambda: self.project.goto(number), f"The person went back to version {number}")

    def _travel(self, go: Callable[[], Version], note: str) -> Version:
        self._idle()
        version = go()
        self._notes.append(f"{note}. It changed: {', '.join(version.changed[:20]) or 'nothing'}")
        return version

    # -- keys ---------------------------------------------------------------------
    def admit(self, words: str, *, anyway: bool = False) -> None:
        """Let a person's words in. Raises KeyPasted when a key stands in them."""
        self.keys.refresh()
        self.keys.allow(refuse_keys(words, self.keys.redactor, anyway=anyway))

    async def use_key(self, name: str, value: str) -> None:
        """Try a key for the model with one small request, and keep it in the vault.

        Raises ModelError when the endpoint doesn't answer with it, VaultError when it can't be kept.
        """
        self.keys.vault.values()  # its troubles come before the request
        where = {"ANTHROPIC_BASE_URL": os.environ.get("ANTHROPIC_BASE_URL", ""), name: value}
        trial = AnthropicModel(self.model_name, options={}, patience=ONCE, environ=where)
        try:
            await trial.check()
        finally:
            await trial.close()
        self.keys.put({**dict.fromkeys(MODEL_KEYS), name: value})

    async def make_signing_keys(self) -> None:
        """Make the keys that sign log-ins and keep them in the vault. Raises VlyError."""
        if self.stack.signing:
            self.keys.put(await self.stack.signing_keys())

    async def push_keys(self, names: Sequence[str]) -> str:
        """Set these keys of the vault on the deployment; its name. Raises VlyError."""
        values = self.keys.given(names)
        if missing := [name for name in names if name not in values]:
            raise VaultError(f"{missing[0]} is not in the vault.", "Make the pair with `%vly keys jwt`.")
        return await self.stack.push_keys(values, self.keys.given(self.stack.variables))

    # -- tape and model ----------------------------------------------------------
    async def use_tape(self, path: str | Path | None) -> None:
        """Replay from this tape what it holds and record the rest; None for no tape."""
        self._idle()
        place = None if path is None else Path(path).expanduser()
        self.tape = None if place is None else await asyncio.to_thread(Tape, place, self.keys.clean)
        self.agent.tape = self.tape

    def use_model(self, name: str) -> None:
        """Ask this model from now on."""
        self._idle()
        self.model_name = name

    async def _prepare(self, number: int, prompt: str, docs: str | None) -> None:
        """Choose who answers a turn (tape or model) and what the web tools may reach."""
        if docs is not None and docs not in self.stack.documentation:
            known = ", ".join(self.stack.documentation)
            raise VlyError(f"No documentation is known by the name {docs!r}.", f"There is: {known}.")
        if self._given is None:
            self.agent.model = await self._answering(number, prompt)
        web = web_tools(self.stack.documentation[docs] if docs else ()) if has_web() else []
        if web != self.agent.web:
            self.agent.web = web
            self.agent.conversation.forget_thoughts()

    async def _answering(self, number: int, prompt: str) -> Model:
        """The model for a turn: from the tape when it has the turn, else the endpoint, recorded."""
        replays = self.tape is not None and self.tape.has_turn(number, prompt)
        chosen = (self.model_name, self.tape, replays)
        if self._model is None or self._chosen != chosen:
            if self._model is not None:
                await self._model.close()
            self._chosen = chosen
            self._model = AnthropicModel(
                self.model_name,
                replay=self.tape if replays else None,
                record=None if replays else self.tape,
                keys=lambda: self.keys.given(MODEL_KEYS),
            )
        return self._model

    # -- one turn at a time --------------------------------------------------------
    async def _pump(self, turn: Turn, steps: int | None) -> Events:
        self._idle()
        self._task = asyncio.current_task()
        self.agent.guards = (
            *self.stack.guards(self.project),
            keep_out(self.agent.secrecy),
            *only_guard(turn.only),
        )
        try:
            async with aclosing(run(turn, self.agent, steps)) as events:
                async for event in events:
                    yield event
        except (asyncio.CancelledError, GeneratorExit, KeyboardInterrupt):
            finish(turn, End.STOPPED, stopped_note(turn))
            raise
        finally:
            self._task = None
            if turn.end is not None:
                self.project.unlock()

    def _idle(self) -> None:
        if self._task is not None and not self._task.done():
            raise VlyError("vly is at work.", "Wait, or stop it with the interrupt button.")

    def _open_turn(self) -> Turn:
        self._idle()
        if self.turn is None or self.turn.end is not None:
            raise VlyError("There is nothing to go on with.", "Ask for something with `%%vly`.")
        return self.turn

    def leave_turn(self) -> bool:
        """End the turn that stands still, its calls answered; False when there is none."""
        self._idle()
        turn = self.turn
        if turn is None or turn.end is not None:
            return False
        if isinstance(turn.waiting, Proposal):
            reject(turn, "They asked for something else instead.")
        if turn.steps and not turn.steps[-1].closed:
            close(turn.steps[-1], self.agent)
        turn.waiting = None
        finish(turn, End.STOPPED, "It was left where it stood.")
        return True


def _and_more(found: Sequence[object]) -> str:
    return f" (and {len(found) - 1} more)" if len(found) > 1 else ""


def marks_in(blocks: Sequence[Block]) -> list[str]:
    """What is hidden in blocks, each once."""
    texts = (str(block.get("text", "")) for block in blocks)
    return list(dict.fromkeys(mark for text in texts for mark in MARK.findall(text)))


def chosen(answer: str, choices: Sequence[str]) -> str:
    """The person's answer: a choice by its number, or their own words."""
    number = answer.strip()
    return choices[int(number) - 1] if number.isdigit() and 0 < int(number) <= len(choices) else answer


def stopped_note(turn: Turn) -> str:
    """What a stop left behind, in a sentence."""
    step = turn.steps[-1] if turn.steps else None
    if step is not None and step.closed and step.versions:
        number = step.versions[-1].number
        return f"Stopped. What was written is whole, as version {number}; `%vly undo` takes it back."
    return "Stopped. Nothing of the step under way was written."
