"""Doctor: `%vly doctor`, what is missing or wrong on this machine and in the project, and the mend."""

from __future__ import annotations

import asyncio
import platform
import shutil
from collections.abc import Iterator
from functools import partial
from importlib import metadata

from vly_nb.checks.finding import Finding
from vly_nb.errors import VaultError, VlyError
from vly_nb.notebook.desk import Desk
from vly_nb.notebook.display import Live
from vly_nb.notebook.keynames import remarks
from vly_nb.notebook.standing import reachable
from vly_nb.notebook.tables import table
from vly_nb.notebook.waiting import beating
from vly_nb.preview.browser import chromium
from vly_nb.process_environment import clean_environment
from vly_nb.process_trial import standing
from vly_nb.progress import Report
from vly_nb.sandbox.sandbox import Tier
from vly_nb.sandbox.trial import NAMES, Standing
from vly_nb.session import Session

MARKS = {"good": "✓ good", "note": "· note", "bad": "✗ bad"}
HEARS_BUTTONS = 7  # ipykernel from which buttons are heard while a cell runs


async def doctor(desk: Desk, rest: str) -> None:
    """Look at everything; with `--fix` do the mends that are safe, and look again."""
    if rest not in ("", "--fix"):
        raise VlyError("%vly doctor takes nothing but --fix.", "It is just: %vly doctor")
    output = desk.outputs.growing()
    live = Live(output, "Doctor", doing="looking at this machine and the project")
    failed: list[str] = []
    async with beating(live.beat):
        found = await examined(desk.session)
        if rest and (mends := [one.safe for one in found if one.safe is not None]):
            for mend in mends:
                try:
                    await mend(live.report)
                except VlyError as error:
                    failed.append(str(error))
            found = await examined(desk.session)
    wrong = sum(one.state == "bad" for one in found)
    output.put(live.ended(f"{wrong} to mend" if wrong else "nothing is wrong"), final=True)
    rows = [(MARKS[one.state], one.about, f"{one.says} {one.mend}".strip()) for one in found]
    desk.outputs.show(table(rows, ["", "what", "how it is"]))
    for line in failed:
        desk.outputs.say(line)
    if not rest and any(one.safe for one in found):
        desk.outputs.say("%vly doctor --fix does the mends that can harm nothing.")
    if desk.session is None:
        desk.outputs.say("Mount a project to have its programs, packages and keys looked at too.")


async def examined(session: Session | None) -> list[Finding]:
    """All findings: the machine's, then the project's."""
    held = await (session.project.confinement.standing() if session else standing())
    found = [_python(), _kernel(), _model(session), *_sandbox(held), *_vault(session), _search(), _browser()]
    if session is None:
        return found
    found += _lane(session)
    try:
        return [*found, *await session.examine()]
    except VaultError:  # told above
        return found


def _python() -> Finding:
    version = metadata.version("vly_nb")
    return Finding("Python", "good", f"{platform.python_version()}, vly_nb {version}")


def _kernel() -> Finding:
    try:
        version = metadata.version("ipykernel")
    except metadata.PackageNotFoundError:
        return Finding("kernel", "note", "ipykernel isn't installed: this is no notebook.")
    if int(version.partition(".")[0]) < HEARS_BUTTONS:
        mend = 'Run `pip install "ipykernel>=7"`; until then use the interrupt button, or the commands.'
        return Finding("kernel", "note", f"ipykernel {version} hears buttons only between cells.", mend)
    return Finding("kernel", "good", f"ipykernel {version}")


def _model(session: Session | None) -> Finding:
    if reachable(session):
        return Finding("model", "good", "there is a way to reach it")
    mend = "Set one with %vly keys set ANTHROPIC_API_KEY, or in the panel. A tape needs none: %vly tape PATH."
    return Finding("model", "note", "No key for a model is set.", mend)


def _sandbox(held: Standing) -> Iterator[Finding]:
    says = held.sentence.removeprefix("Commands run in a sandbox: ")
    if held.tier is Tier.D:
        yield Finding("sandbox", "bad", says, _stronger())
        return
    yield Finding("sandbox", "good", says)
    if held.reasons:
        yield Finding("sandbox", "note", " ".join(held.reasons), _stronger() if Tier.A in held.failed else "")


def _stronger() -> str:
    """How to have a sandbox, or a better one."""
    if platform.system() != "Linux":
        return "See docs/security.md."
    if shutil.which("bwrap") is None:
        return f"Install {NAMES[Tier.A]}: `apt-get install bubblewrap`, or your system's way."
    return "See docs/sandbox.md: a container may have to be started with fewer limits."


def _vault(session: Session | None) -> Iterator[Finding]:
    if session is None:
        return
    vault = session.keys.vault
    try:
        count = len(vault.values())
    except VaultError as error:
        yield Finding("vault", "bad", error.message, error.hint, partial(_mend_vault, session))
        return
    yield Finding(
        "vault", "good", f"{count} key{'' if count == 1 else 's'}, outside the project, yours alone"
    )
    yield from (Finding("vault", "note", line) for line in remarks(session))


async def _mend_vault(session: Session, report: Report) -> None:
    report("making the vault yours alone")
    await asyncio.to_thread(session.keys.vault.mend)


def _lane(session: Session) -> Iterator[Finding]:
    lane = session.agent.lane
    if lane is not None and lane.why:
        yield Finding("fast checks", "note", f"{lane.why}: each step waits for the real commands.")


def _search() -> Finding:
    if shutil.which("rg", path=clean_environment()["PATH"]):
        return Finding("search", "good", "ripgrep")
    return Finding("search", "note", "ripgrep isn't installed; Python's slower search is used.")


def _browser() -> Finding:
    if chromium():
        return Finding("browser", "good", "Chromium is here")
    mend = "Install Chromium: pictures of the app, and a look for blank pages, need one."
    return Finding("browser", "note", "No Chromium was found.", mend)
