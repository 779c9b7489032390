"""The bash tool, in the shape models are trained on.

Until there is a sandbox behind the same door, only commands from a list run,
without a shell (`commands.py`); anything else is put to the person first.
https://docs.claude.com/en/docs/agents-and-tools/tool-use/bash-tool
"""

from __future__ import annotations

from vly_nb.errors import ToolError
from vly_nb.processes import Completed, run
from vly_nb.tools.ask import agrees
from vly_nb.tools.commands import NO_BUILD, Ask, Refuse, Run, execute, judge, surroundings
from vly_nb.tools.packages import held_back
from vly_nb.tools.tool import Effect, Outcome, Question, tool
from vly_nb.tools.workbench import Workbench

LONGEST = 20_000
SECONDS = 300.0


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
        return await with_leave(bench, command, verdict.reason)
    if (instead := held_back(bench, added(verdict))) is not None:
        return instead
    done = await execute(
        verdict, bench.project.root, package_manager=bench.stack.package_manager, report=bench.report
    )
    return ended(done)


def added(verdict: Run) -> list[str]:
    """The packages that a command would add."""
    programs = [program for pipeline in verdict.pipelines for program in pipeline.programs]
    words = [[word.text for word in one.words] for one in programs if one.where == "package manager"]
    return [word for verb, *rest in words if verb == "add" for word in rest if not word.startswith("-")]


async def with_leave(bench: Workbench, command: str, reason: str) -> Outcome:
    """Ask the person whether a command that isn't on the list may run; run it as they say."""
    if bench.answer is None:
        return Outcome("", asks=Question("", f"May vly run this command? {reason}\n{command}", ("yes", "no")))
    if not agrees(bench.answer):
        return Outcome(f"The person doesn't want this command run. They say: {bench.answer}", failed=True)
    argv = ["sh", "-c", command]
    return ended(await run(argv, cwd=bench.project.root, env=NO_BUILD, timeout=SECONDS, on_line=bench.report))


def ended(done: Completed) -> Outcome:
    """A program's output and how it ended, for the model."""
    if done.timed_out:
        return Outcome(
            f"{done.output}\n(stopped after {done.seconds:.0f} seconds)", failed=True, foreign=True
        )
    tail = "" if done.ok else f"\n(exit code {done.code})"
    return Outcome((done.output.rstrip() or "(no output)") + tail, failed=not done.ok, foreign=True)


BASH = tool(
    bash,
    builtin="bash_20250124",
    effect=Effect.ACT,
    line=lambda a: f"running {str(a.get('command', ''))[:80]}",
)
