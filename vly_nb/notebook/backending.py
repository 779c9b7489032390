"""Backending: `%vly backend`, which backend is used and how it is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime

from vly_nb.backend.backend import Backend, BackendError, FunctionFailed
from vly_nb.backend.backends import DEPLOYMENT, EMBEDDED, Backends
from vly_nb.backend.embedded import Embedded
from vly_nb.errors import ProjectError, VlyError
from vly_nb.notebook.commands import BACKEND
from vly_nb.notebook.desk import Desk
from vly_nb.notebook.display import Live
from vly_nb.notebook.lines import shown, suggestion
from vly_nb.notebook.tables import table, when
from vly_nb.notebook.waiting import beating

LOG = 12_000  # characters of the log that are shown
MAILS = 5


def backends_of(desk: Desk) -> Backends:
    """The mounted project's. Raises ProjectError for a project without a backend."""
    if (found := desk.mounted.backends) is None:
        raise ProjectError("This project has no backend.", "Mount one that uses Convex.")
    return found


async def used(desk: Desk) -> Backend:
    """The backend that is used, started when it has to be."""
    backends = backends_of(desk)
    if (there := backends.there()) is not None:
        return there
    output = desk.outputs.growing()
    live = Live(output, "Backend", doing="starting the stand-in")
    async with beating(live.beat):
        backend = await desk.engine.call(backends.current(live.report))
    output.put(live.ended(f"the {backend.name} runs"), final=True)
    return backend


# -- %vly backend ---------------------------------------------------------------


async def backend(desk: Desk, rest: str) -> None:
    """Say which backend is used, choose another, or do what the word says to the stand-in."""
    word, _, more = rest.partition(" ")
    if not word:
        await state(desk)
    elif word in DOES:
        await DOES[word](desk, more.strip())
    elif word in (EMBEDDED, DEPLOYMENT) or "://" in word:
        backends_of(desk).choose(word)
        if word == EMBEDDED:
            await used(desk)
        await state(desk)
    else:
        raise VlyError(
            f"%vly backend doesn't know {shown(word)}.", suggestion(word, BACKEND, "%vly backend {}")
        )


async def state(desk: Desk) -> None:
    """Which backend it is, and how it is."""
    backends = backends_of(desk)
    there = backends.there()
    if there is None:
        desk.outputs.say(
            "The stand-in is chosen, and isn't running. %vly backend embedded starts it; so do %vly db "
            "and %vly run."
        )
        return
    rows = [("backend", there.name), ("address", there.url)]
    if there.read_only:
        rows.append(("production", "people use it: vly only reads it"))
    if isinstance(there, Embedded):
        rows += await _stand_in(desk, there)
    desk.outputs.show(table(rows))
    if isinstance(there, Embedded):
        await mails(desk, "")


async def _stand_in(desk: Desk, stand_in: Embedded) -> list[tuple[str, str]]:
    told = await desk.engine.call(stand_in.ask("status"))
    origins = stand_in.reached.origins
    alone = "" if origins else "; nothing leaves it"
    rows = [
        ("is", f"a stand-in for Convex on this machine{alone} (docs/embedded-backend.md)"),
        ("code", told["error"] or f"taken {told['number']} times, the last in {told['seconds']:.2f} s"),
        ("data", f"{sum(one['rows'] for one in told['tables'])} rows in {len(told['tables'])} tables"),
        ("functions", str(len(told["functions"]))),
        ("watched by", f"{told['sessions']} pages, {told['queries']} queries"),
    ]
    if origins:
        rows.append(("reaches", ", ".join(origins)))
    if told["crons"]:
        rows.append(
            (
                "crons",
                f"{', '.join(told['crons'])} ({'run by the clock' if told['clock'] else 'run by hand'})",
            )
        )
    if told["snapshots"]:
        rows.append(("data kept", ", ".join(told["snapshots"][-12:])))
    return rows


def _own(desk: Desk) -> Embedded:
    """The stand-in that is used. Raises BackendError when another backend is."""
    there = backends_of(desk).there()
    if not isinstance(there, Embedded):
        raise BackendError(
            "The stand-in isn't running, or another backend is used.", "Use `%vly backend embedded`."
        )
    return there


async def stop(desk: Desk, rest: str) -> None:
    """End the stand-in; its data stays."""
    embedded = backends_of(desk).embedded
    ran = embedded is not None and await desk.engine.call(embedded.stop())
    desk.outputs.say("The stand-in is stopped; its data is kept." if ran else "The stand-in wasn't running.")


async def reset(desk: Desk, rest: str) -> None:
    """Forget the stand-in's data."""
    stand_in = _own(desk)
    await desk.engine.call(stand_in.snapshot("before-reset"))
    await desk.engine.call(stand_in.reset())
    desk.outputs.say("The stand-in's data is gone. %vly backend restore before-reset brings it back.")


async def snapshot(desk: Desk, rest: str) -> None:
    """Keep the data as it is now; under the present version's number when no name is given."""
    name = rest or str(desk.mounted.project.head.number)
    await desk.engine.call(_own(desk).snapshot(name))
    desk.outputs.say(f"The data is kept as {name}: %vly backend restore {name} brings it back.")


async def restore(desk: Desk, rest: str) -> None:
    """Bring data back that was kept."""
    if not rest:
        raise VlyError("Which data?", "Name a version, as `%vly backend` lists them: %vly backend restore 3")
    await desk.engine.call(_own(desk).restore(rest))
    desk.outputs.say(f"The data is as it was at {rest}.")


async def log(desk: Desk, rest: str) -> None:
    """What the stand-in and the functions printed."""
    desk.outputs.show({"text/plain": _own(desk).log()[-LOG:] or "Nothing was printed yet."})


async def mails(desk: Desk, rest: str) -> None:
    """The mails that were kept instead of sent, with the codes to sign in with."""
    found = await desk.engine.call(_own(desk).mails())
    now = datetime.now(UTC)
    rows = [
        [when(datetime.fromtimestamp(one["when"] / 1000, UTC), now), one["to"], one["code"], one["subject"]]
        for one in reversed(found[-MAILS:])
    ]
    if rows:
        desk.outputs.show(table(rows, ["when", "to", "code", "subject"], "Mails that were kept, not sent"))
    elif rest == "asked":
        desk.outputs.say("No mail was kept yet.")


async def asked_mails(desk: Desk, rest: str) -> None:
    """The same, when they were asked for."""
    await mails(desk, "asked")


async def cron(desk: Desk, rest: str) -> None:
    """Run a cron now."""
    done = await desk.engine.call(_own(desk).ask("cron", name=rest))
    if not done["ok"]:
        raise FunctionFailed(done["message"])
    desk.outputs.say(f"{rest} ran.")


async def clock(desk: Desk, rest: str) -> None:
    """Whether crons run by the clock."""
    if rest not in ("on", "off"):
        raise VlyError("Shall crons run by the clock?", "Use %vly backend clock on, or off.")
    await desk.engine.call(_own(desk).ask("clock", on=rest == "on"))
    desk.outputs.say(
        "Crons run by the clock." if rest == "on" else "Crons run by hand: %vly backend cron NAME."
    )


async def allow(desk: Desk, rest: str) -> None:
    """Let functions fetch from a host, by its name; or say which they may."""
    embedded = _stand_in_of(desk)
    if rest:
        origin = embedded.reached.allow(rest)
        await _anew(desk, embedded)
        desk.outputs.say(
            f"Functions may fetch from {origin}, and send it what they like. "
            f"%vly backend refuse {rest} takes it back."
        )
        return
    origins = embedded.reached.origins
    desk.outputs.say(
        f"Functions may fetch from {', '.join(origins)}." if origins else "Functions reach no host."
    )


async def refuse(desk: Desk, rest: str) -> None:
    """Take back that functions may fetch from a host."""
    embedded = _stand_in_of(desk)
    origin = embedded.reached.refuse(rest)
    await _anew(desk, embedded)
    desk.outputs.say(f"Functions don't reach {origin} any more.")


def _stand_in_of(desk: Desk) -> Embedded:
    if (embedded := backends_of(desk).embedded) is None:
        raise BackendError("This project has no Convex functions.", "Mount one that has.")
    return embedded


async def _anew(desk: Desk, embedded: Embedded) -> None:
    """Start it again where it runs: its box is made for the hosts that it may reach."""
    if not await asyncio.to_thread(embedded.running):
        return
    output = desk.outputs.growing()
    live = Live(output, "Backend", doing="starting the stand-in again")
    async with beating(live.beat):
        await desk.engine.call(embedded.start(live.report))
    output.put(live.ended("the stand-in runs"), final=True)


DOES: Mapping[str, Callable[[Desk, str], Awaitable[None]]] = {
    "stop": stop,
    "reset": reset,
    "snapshot": snapshot,
    "restore": restore,
    "log": log,
    "mails": asked_mails,
    "cron": cron,
    "clock": clock,
    "allow": allow,
    "refuse": refuse,
}
