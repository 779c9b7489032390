"""The command line: `python -m vly_nb lint`, the stack's rules without a notebook or a model.

Exit codes as linters have them: 0 no errors, 1 errors, 2 it could not be done.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from vly_nb.diagnostics import Severity
from vly_nb.errors import ProjectError, VlyError
from vly_nb.policy.linter import Linter
from vly_nb.policy.policy import Policy
from vly_nb.policy.reports import REPORTS
from vly_nb.policy.tree import Tree
from vly_nb.processes import run
from vly_nb.project.folder import Folder
from vly_nb.project.state import STATE, own_state
from vly_nb.stacks.convex_react.rules import policy_of

_BIGGEST = 50_000_000  # characters of git's answer


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return lint(options)
    except VlyError as error:
        print(f"vly: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # `… | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m vly_nb", description="vly on the command line.")
    command = parser.add_subparsers(required=True, metavar="COMMAND").add_parser(
        "lint",
        help="judge a project by the rules of its stack",
        description="Judge a project by the rules of its stack. Exits with 1 when there are errors.",
    )
    command.add_argument("paths", nargs="*", metavar="PATH", help="files or folders; the project, if none")
    command.add_argument("--format", choices=sorted(REPORTS), default="text", help="how to say it")
    command.add_argument("--fix", action="store_true", help="write the mechanical fixes")
    command.add_argument("--since", metavar="REV", help="only what is new since this git revision")
    command.add_argument("--select", metavar="RULES", help="only these rules, with commas between")
    command.add_argument("--ignore", metavar="RULES", help="not these rules")
    command.add_argument("--no-cache", action="store_true", help="neither use nor keep what is known")
    return parser


def lint(options: argparse.Namespace) -> int:
    """`lint`; the exit code. Raises VlyError for what the person can mend."""
    root = project_root(options.paths[0] if options.paths else ".")
    policy = _selected(policy_of(root), options.select, options.ignore)
    tree = Tree(Folder(root))
    tree.refresh()
    paths = _within(root, tree, options.paths)
    linter = Linter(policy, tree)
    cache = root / STATE / "lint.json"
    if not options.no_cache:
        linter.load(cache)
    if options.fix:
        for path, text in linter.mended(paths).items():
            _write(root / path, text)
        tree.refresh()
    if options.since:
        before = asyncio.run(texts_at(root, options.since))
        found = [d for d in linter.since(before)[0] if paths is None or d.path in paths]
    else:
        found = linter.all(paths)
    if not options.no_cache:
        with suppress(OSError, ProjectError):  # a read-only folder: it is only slower
            own_state(root)
            linter.dump(cache)
    sys.stdout.write(REPORTS[options.format](found, policy.rules))
    return int(any(d.severity is Severity.ERROR for d in found))


def project_root(start: str | Path) -> Path:
    """The nearest folder upwards that has a package.json. Raises VlyError when there is none."""
    place = Path(start).resolve()
    if not place.exists():
        raise VlyError(f"There is no {start}.", "Name a file or a folder of the project.")
    for folder in (place, *place.parents):
        if (folder / "package.json").is_file():
            return folder
    raise VlyError(
        f"{start} is in no project: no package.json there or above.", "Go to the project's folder."
    )


def _selected(policy: Policy, select: str | None, ignore: str | None) -> Policy:
    wanted = set(filter(None, (select or "").split(","))) or set(policy.ids)
    left_out = set(filter(None, (ignore or "").split(",")))
    if unknown := sorted((wanted | left_out) - set(policy.ids)):
        raise VlyError(f"There is no rule {unknown[0]}.", "docs/rules/index.md lists them all.")
    return policy.only(lambda rule: rule.id in wanted and rule.id not in left_out)


def _within(root: Path, tree: Tree, given: Sequence[str]) -> set[str] | None:
    """The project's files that were named, or lie in a folder that was; None for all of them."""
    if not given:
        return None
    found: set[str] = set()
    for one in given:
        place = Path(one).resolve()
        if not place.is_relative_to(root):
            raise VlyError(f"{one} is not in {root.name}.", "Name files of one project.")
        name = place.relative_to(root).as_posix()
        inside = {path for path in tree.stamps if name in (".", path) or path.startswith(f"{name}/")}
        if not inside and not place.exists():
            raise VlyError(f"There is no {one}.", "Name a file or a folder of the project.")
        found |= inside
    return found


def _write(place: Path, text: str) -> None:
    """Put a text in a file's place, with its byte-order mark and its permissions."""
    mark = "\ufeff" if place.read_bytes().startswith(b"\xef\xbb\xbf") else ""
    beside = place.with_name(f"{place.name}.vly-{os.getpid()}")
    beside.write_bytes((mark + text).encode())
    beside.chmod(place.stat().st_mode)
    beside.replace(place)


async def texts_at(root: Path, revision: str) -> dict[str, str | None]:
    """The texts, at a git revision, of the files that differ from it now; None for those not there then.

    Raises VlyError: no repository, no such revision.
    """
    if revision.startswith("-"):
        raise VlyError(f"{revision} is no revision.", "For example: --since main")
    listed = await _git(root, "diff", "--relative", "--name-only", "-z", revision, "--", ".")
    new = await _git(root, "ls-files", "--others", "--exclude-standard", "-z")
    there = set(filter(None, listed.split("\0")))
    before: dict[str, str | None] = dict.fromkeys(filter(None, new.split("\0")))
    for path in sorted(there):
        try:
            before[path] = (await _git(root, "show", f"{revision}:./{path}")).removeprefix("\ufeff")
        except VlyError:
            before[path] = None
    return before


async def _git(root: Path, *arguments: str) -> str:
    """Git's answer; what a project's own configuration would have it run is turned off."""
    quiet = ("-c", "core.fsmonitor=false", "-c", "core.quotePath=false", "-c", "core.pager=")
    extra = ("--no-ext-diff", "--no-textconv") if arguments[0] in ("diff", "show") else ()
    argv = ["git", *quiet, arguments[0], *extra, *arguments[1:]]
    done = await run(argv, cwd=root, timeout=60, limit=_BIGGEST)
    if done.code != 0:
        said = done.output.strip().splitlines()
        raise VlyError(f"git {arguments[0]} failed: {said[0] if said else 'no reason given'}.")
    return done.output


def leave(code: int) -> NoReturn:
    """End at once: to take apart what is in memory takes longer than all that is left to do."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # nobody reads on, or the disk is full
        code = 2
    os._exit(code)


if __name__ == "__main__":
    leave(main())
