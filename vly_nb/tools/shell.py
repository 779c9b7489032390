"""The bash tool, in the shape models are trained on.

Commands from the list (`commands`) run without a shell, each program in a box of its
own. Where a sandbox holds, any other that isn't refused runs in a real shell within it,
without asking; only for the network a person is asked. Where none holds there is no
shell, and the list is all there is.
https://docs.claude.com/en/docs/agents-and-tools/tool-use/bash-tool
"""

from __future__ import annotations

import re
import shutil
from contextlib import AsyncExitStack
from dataclasses import replace

from vly_nb.errors import ToolError
from vly_nb.processes import Completed, run
from vly_nb.project.confine import PLAIN, Reach
from vly_nb.sandbox.proxy import Host, Proxy, host_of
from vly_nb.sandbox.sandbox import Tier
from vly_nb.tools.ask import agrees
from vly_nb.tools.commands import NO_BUILD, Ask, Refuse, Run, execute, judge, surroundings, without_folder
from vly_nb.tools.packages import held_back
from vly_nb.tools.tool import Effect, Outcome, Question, tool
from vly_nb.tools.workbench import Workbench

LONGEST = 20_000
SECONDS = 300.0
ADDRESS = re.compile(r"https?://[^\s\"'`;|&<>()]+")
FETCHES = re.compile(r"\b(curl|wget|git\s+(clone|fetch|ls-remote))\b")
NO_SHELL = (
    "There is no shell here, since no sandbox works on this machine. {} Use the other tools (the editor, "
    "search_code, run_checks, add_package), or one plain command without a shell's means."
)
NARROW = (
    "(The sandbox here: a command can change what is in the project's folders, but make, rename or remove "
    "nothing right at its top. Temporary files go into $TMPDIR.)"
)
HIDDEN = (
    "(Files with keys are hidden from commands, and some programs stop at one that they can't read. Once the "
    "person has moved them into the vault, with `%vly keys import`, they run.)"
)
OFFLINE = {"npm_config_fetch_retries": "0"}  # else npm and npx try for over a minute to reach nobody
DENIED = re.compile(r"(?i)permission denied|EACCES|operation not permitted")
SECRET = re.compile(r"(?i)(permission denied|EACCES).*\.env|\.env\S*: permission denied")


async def bash(bench: Workbench, command: str | None = None, restart: bool = False) -> Outcome:
    """Run a command in the project's folder."""
    if not command or restart:
        return Outcome("Each command runs by itself in the project's folder: there is no shell to restart.")
    if len(command) > LONGEST:
        raise ToolError("This command is too long. Use the editor tool to write files.")
    verdict = judge(command, surroundings(bench.project.root))
    if isinstance(verdict, Refuse):
        raise ToolError(verdict.sentence)
    if isinstance(verdict, Ask):
        return await in_shell(bench, command, verdict.reason)
    if (instead := held_back(bench, added(verdict))) is not None:
        return instead
    done = await execute(
        verdict,
        bench.project.root,
        package_manager=bench.stack.package_manager,
        report=bench.report,
        confinement=bench.project.confinement,
        keys=bench.keys(),
    )
    return ended(done)


def added(verdict: Run) -> list[str]:
    """The packages that a command would add."""
    programs = [program for pipeline in verdict.pipelines for program in pipeline.programs]
    words = [[word.text for word in one.words] for one in programs if one.where == "package manager"]
    return [word for verb, *rest in words if verb == "add" for word in rest if not word.startswith("-")]


async def in_shell(bench: Workbench, command: str, reason: str) -> Outcome:
    """Run a command by bash in the sandbox; with the network once the person has said so.

    Raises ToolError where there is no sandbox, with the `reason` why it isn't on the list.
    """
    tier = (await bench.project.confinement.standing()).tier
    if tier is Tier.D:
        raise ToolError(NO_SHELL.format(reason))
    hosts = wanted(command)
    if hosts and bench.answer is None:
        names = ", ".join(sorted(f"{host.name}:{host.port}" for host in hosts))
        asked = f"May vly run this command, and may it reach {names}?\n{command}"
        return Outcome("", asks=Question("", asked, ("yes", "no")))
    if hosts and bench.answer is not None and not agrees(bench.answer):
        return Outcome(f"The person doesn't want this command run. They say: {bench.answer}", failed=True)
    async with AsyncExitStack() as exits:
        reach, env = PLAIN, {**NO_BUILD, **OFFLINE}
        if hosts:
            proxy = await exits.enter_async_context(Proxy(hosts))
            reach, env = Reach(network=proxy.address, proxy=proxy.url), dict(NO_BUILD)
        box = await bench.project.confinement.box(reach)
        argv = [shell(), "-c", command]
        done = await run(
            argv, cwd=bench.project.root, env=env, timeout=SECONDS, on_line=bench.report, box=box
        )
    outcome = ended(replace(done, output=without_folder(bench.project.root, done.output)))
    if tier is Tier.B and DENIED.search(outcome.text):
        why = HIDDEN if SECRET.search(outcome.text) else NARROW
        outcome = replace(outcome, text=f"{outcome.text}\n{why}")
    return outcome


def wanted(command: str) -> frozenset[Host]:
    """The hosts that a command names as addresses and would fetch from."""
    if not FETCHES.search(command):
        return frozenset()
    found = (host_of(address, told=True) for address in ADDRESS.findall(command))
    return frozenset(host for host in found if host is not None)


def shell() -> str:
    """bash, or what is there instead."""
    return "bash" if shutil.which("bash") else "sh"


def ended(done: Completed) -> Outcome:
    """A program's output and how it ended, for the model."""
    if done.timed_out:
        said = f"{done.output}\n(stopped after {done.seconds:.0f} seconds)"
        return Outcome(said, failed=True, foreign=True)
    if done.stopped:
        return Outcome(f"{done.output}\n({done.stopped})".strip(), failed=True, foreign=True)
    tail = "" if done.ok else f"\n(exit code {done.code})"
    return Outcome((done.output.rstrip() or "(no output)") + tail, failed=not done.ok, foreign=True)


BASH = tool(
    bash,
    builtin="bash_20250124",
    effect=Effect.ACT,
    line=lambda a: f"running {str(a.get('command', ''))[:80]}",
)
