"""The loop: ask the model, carry out what it calls for, check, until it is done.

    run(turn)  =  while the turn goes on:  carry_out(ask())

Everything that happens comes out as Events. To stop is to cancel the task that
iterates: what had to be whole is whole, every call is answered in the history,
and the cancellation goes on its way.
"""

from __future__ import annotations

import json
from contextlib import aclosing
from dataclasses import replace
from functools import partial

from vly_nb.agent import hiding
from vly_nb.agent.acting import carry_out, close, program_wrote
from vly_nb.agent.agent import Agent
from vly_nb.agent.context import THINKING, text
from vly_nb.agent.events import (
    CallGrew,
    Events,
    Paused,
    StepEnded,
    StepStarted,
    TextGrew,
    ThoughtGrew,
    TurnEnded,
    Waiting,
)
from vly_nb.agent.replay import kept_for, settle
from vly_nb.agent.secrecy import WITHHELD, Secrecy
from vly_nb.agent.turn import Call, End, Source, Step, Turn
from vly_nb.agent.verdict import after_step, at_end, when_asked
from vly_nb.errors import ModelError, TapeError
from vly_nb.model.messages import Block, Reply, RequestKey, Retrying, TextDelta, ThoughtDelta, ToolDelta
from vly_nb.model.prices import cost
from vly_nb.model.records import RecordedReply
from vly_nb.tools.tools import named, specs

CUT_OFF = "Your answer was cut off by the length limit. Go on from there, in smaller parts."


async def run(turn: Turn, agent: Agent, steps: int | None = None) -> Events:
    """Take the turn on until it ends, waits for the person, or `steps` more are complete.

    Raises ModelError or TapeError when no reply is to be had; the turn has
    ended then, and the next one goes on from a valid history.
    """
    done = 0
    while turn.end is None:
        async with aclosing(one_step(turn, agent)) as events:
            async for event in events:
                yield event
        if turn.waiting is not None:
            return
        done += 1
        if turn.end is None and len(turn.steps) >= agent.limits.steps:
            finish(turn, End.LIMIT, f"It took {len(turn.steps)} steps. Ask again to go on from here.")
        if done == steps and turn.end is None:
            return
    yield TurnEnded(turn)


async def one_step(turn: Turn, agent: Agent) -> Events:
    """One reply and all that it calls for, or the rest of a step that waited for the person."""
    if not turn.steps or turn.steps[-1].closed:
        async with aclosing(ask(turn, agent)) as asked:
            async for event in asked:
                yield event
    step = turn.steps[-1]
    agent.bench.check = partial(when_asked, step, turn, agent)
    try:
        async with aclosing(carry_out(step, turn, agent)) as events:
            async for event in events:
                yield event
        if turn.waiting is not None:
            yield Paused(step, turn.waiting)
            return
        if step.calls:
            async with aclosing(after_step(step, turn, agent)) as events:
                async for event in events:
                    yield event
            close(step, agent)
        else:
            step.closed = True
            async with aclosing(said_done(step, turn, agent)) as events:
                async for event in events:
                    yield event
    except BaseException:
        program_wrote("Written by what was stopped", step, agent)
        close(step, agent)
        raise
    settle(step, turn, agent)
    yield StepEnded(step)


async def ask(turn: Turn, agent: Agent) -> Events:
    """Send the history and stream the reply, which opens a new step."""
    number = len(turn.steps) + 1
    key = RequestKey(turn.number, number, turn.prompt, agent.project.head.tree)
    agent.bench.kept = kept_for(key, agent)
    request = agent.conversation.request(agent.system, specs(agent.web), key, agent.limits.reply_tokens)
    yield StepStarted(number)
    said: list[str] = []
    reply: Reply | None = None
    watch = agent.secrecy.watch()
    try:
        async with aclosing(hiding.heard(agent.model.stream(request), agent.keys)) as deltas:
            async for delta in deltas:
                match delta:
                    case TextDelta(words):
                        said.append(words)
                        if watch.betrayed_by(words):
                            reply = Reply([text("".join(said))], "end_turn")
                            break
                        yield TextGrew(words)
                    case ThoughtDelta(words):
                        yield ThoughtGrew(words)
                    case ToolDelta(name, size):
                        yield CallGrew(name, size)
                    case Retrying(reason, seconds):
                        said.clear()
                        watch = agent.secrecy.watch()
                        yield Waiting(reason, seconds)
                    case Reply():
                        reply = delta
        if reply is None:
            raise ModelError("The model's answer never came.", "Ask again.")
    except (ModelError, TapeError) as error:
        agent.conversation.broken_off("".join(said), "no answer: the model could not be reached")
        finish(turn, End.FAILED, str(error))
        raise
    except BaseException:
        agent.conversation.broken_off("".join(said), "stopped by the person")
        raise
    reply, shown = discreet(reply, agent.secrecy)
    agent.conversation.model(reply.content)
    if shown is not reply and agent.tape is not None and not reply.replayed:
        agent.tape.hold(key, RecordedReply(content=shown.content, stop_reason=shown.stop_reason))
    reply = shown
    step = Step(number, reply, tree=key.files)
    step.calls = [called(block, cut=block["id"] in reply.broken) for block in reply.calls]
    step.sources = list(sources(reply.content))
    step.cost = cost(reply.usage, reply.model or agent.model.name, agent.prices)
    turn.steps.append(step)


def discreet(reply: Reply, secrecy: Secrecy) -> tuple[Reply, Reply]:
    """A reply as the history has it, and as it is shown and recorded: neither repeats the prompt.

    An answer or a call that does is withheld whole, and nothing of it is run. The model's thoughts
    may speak of its instructions, but only to the model.
    """
    arguments = [json.dumps(call["input"], ensure_ascii=False).replace("\\n", "\n") for call in reply.calls]
    if secrecy.betrayed_by("\n".join([reply.text, *arguments])):
        kept = replace(reply, content=[text(WITHHELD)], stop_reason="end_turn", broken=frozenset())
        return kept, replace(kept)
    if secrecy.betrayed_by(reply.thoughts):
        return reply, replace(reply, content=[b for b in reply.content if b["type"] not in THINKING])
    return reply, reply


def called(block: Block, *, cut: bool) -> Call:
    """A reply's tool_use block as a Call, with its line in plain words."""
    arguments = block["input"] if isinstance(block["input"], dict) else {}
    try:
        line = named(block["name"]).line(arguments)
    except Exception:
        line = f"calling {block['name'][:60]}"
    return Call(block["id"], block["name"], arguments, " ".join(line.split())[:160], cut)


def sources(content: list[Block]) -> list[Source]:
    """The pages that the provider's web tools brought up, each once."""
    found: dict[str, Source] = {}
    for block in content:
        inner = block.get("content") if str(block.get("type", "")).endswith("_tool_result") else None
        for item in inner if isinstance(inner, list) else [inner]:
            if isinstance(item, dict) and isinstance(item.get("url"), str):
                found.setdefault(item["url"], Source(item["url"], str(item.get("title") or "")))
    return list(found.values())


async def said_done(step: Step, turn: Turn, agent: Agent) -> Events:
    """The reply calls for nothing: the model is done, or says why it isn't."""
    match step.reply.stop_reason:
        case "pause_turn":
            return
        case "refusal":
            finish(turn, End.REFUSAL, "The model declined. Put the wish in other words.")
        case "model_context_window_exceeded":
            finish(turn, End.TOO_LONG, "This conversation is too long for the model. Mount the project anew.")
        case "max_tokens" if len(turn.steps) < 2 or turn.steps[-2].reply.stop_reason != "max_tokens":
            agent.conversation.person([text(CUT_OFF)])
        case "max_tokens":
            finish(turn, End.TOO_LONG, "The answer was cut off twice. Ask for less at a time.")
        case _ if not step.reply.content:
            finish(turn, End.EMPTY, "The model sent an empty answer. Ask again.")
        case _:
            async with aclosing(at_end(step, turn, agent)) as events:
                async for event in events:
                    yield event


def finish(turn: Turn, end: End, note: str) -> None:
    """The turn is over, for this reason."""
    turn.end, turn.end_note = end, note
