"""The command line: `python -m vly_nb lint`, the stack's rules without a notebook or a model.

    lint [PATH…]     judge a project; --fix writes the mechanical fixes
    fix [PATH…]      lint --fix --all
    rule [ID]        a rule's page, or the list of rules

What lint reports is docs/lint.md's to tell. Exit codes: 0 clean, 1 findings, 2 it could not be done.
"""

from __future__ import annotations

import os
import sys

# `python -m` looks for modules in the current folder first. That may be the project to be judged,
# and a file `json.py` in it is no module of ours.
if __name__ == "__main__" and sys.path[0] == os.getcwd() and not os.path.isdir("vly_nb"):  # noqa: PTH109, PTH112
    del sys.path[0]

import argparse
import difflib
import io
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from vly_nb.diagnostics import Diagnostic, Severity
from vly_nb.errors import ProjectError, ToolError, VlyError
from vly_nb.policy.fixes import change_of, writable
from vly_nb.policy.linter import Linter, debt
from vly_nb.policy.pages import about, page
from vly_nb.policy.policy import Policy
from vly_nb.policy.reports import REPORTS, printable, totals
from vly_nb.policy.rules import RULES
from vly_nb.policy.tree import Tree
from vly_nb.project.folder import Folder
from vly_nb.project.project import Project
from vly_nb.project.revision import Earlier, earlier_of
from vly_nb.project.state import STATE, own_state
from vly_nb.stacks.convex_react.rules import policy_of

WHAT_COUNTS = """\
What is reported: what is new. In a git repository that is what was not there at the last commit,
or stands on a line that you have touched since; --since compares with another revision. What was
there before is debt: it is counted, and listed with --all. Outside of git all is new.

Exit code: 0 nothing was reported, 1 something was, 2 it could not be done."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
        sys.stdout.flush()
        return code
    except (VlyError, ToolError) as error:
        _note(str(error))
        return 2
    except BrokenPipeError:  # `… | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m vly_nb", description="vly on the command line.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    plain = argparse.RawDescriptionHelpFormatter
    judge = "judge a project by the rules of its stack"
    lint = commands.add_parser("lint", help=judge, description=f"{judge.capitalize()}.\n\n{WHAT_COUNTS}")
    lint.add_argument("--fix", action="store_true", help="write the mechanical fixes of what is reported")
    which = lint.add_mutually_exclusive_group()
    which.add_argument("--since", metavar="REV", help="report what is new since this branch has left REV")
    which.add_argument("--all", action="store_true", help="report debt too")
    mend = "write every mechanical fix, debt's too, and report what is left"
    fix = commands.add_parser("fix", help=mend, description=f"{mend.capitalize()}.")
    fix.set_defaults(fix=True, since=None, all=True)
    for command in (lint, fix):
        command.formatter_class = plain
        command.set_defaults(run=_lint)
        _add_common(command)
    say = "say what a rule is about and why, with good and bad examples; without one, list them all"
    rule = commands.add_parser("rule", help=say, description=f"{say.capitalize()}.")
    rule.add_argument("id", nargs="?", metavar="ID", help="for example no-collect")
    rule.set_defaults(run=_rule)
    return parser


def _add_common(command: argparse.ArgumentParser) -> None:
    command.add_argument("paths", nargs="*", metavar="PATH", help="files or folders; the project, if none")
    command.add_argument("--format", choices=sorted(REPORTS), default="text", help="how to say it")
    command.add_argument("--select", metavar="RULES", help="only these rules, with commas between")
    command.add_argument("--ignore", metavar="RULES", help="not these rules")
    command.add_argument("--quiet", action="store_true", help="errors only: warnings don't count")
    command.add_argument("--no-cache", action="store_true", help="neither use nor keep what is known")


def _lint(options: argparse.Namespace) -> int:
    """`lint` and `fix`; the exit code. Raises VlyError, ToolError for what the person can mend."""
    root = project_root(options.paths[0] if options.paths else ".")
    policy = _selected(policy_of(root), options.select, options.ignore)
    with closing(Folder(root)) as folder:
        tree = Tree(folder)
        tree.refresh()
        paths = _within(root, tree, options.paths)
        earlier = None if options.all else earlier_of(folder, tree.stamps, options.since)
        linter = Linter(policy, tree, request=earlier.said if earlier else None, holds_data=_nobody_knows)
        cache = root / STATE / "lint.json"
        if not options.no_cache:
            linter.load(cache)
        if options.fix and _mend(root, linter, paths, earlier):
            tree.refresh()
            earlier = None if earlier is None else earlier_of(folder, tree.stamps, options.since)
        found, left = _found(linter, paths, earlier)
        if not options.no_cache:
            with suppress(OSError, ProjectError):  # a read-only folder: it is only slower
                own_state(root)
                linter.dump(cache)
    if options.quiet:
        found = [one for one in found if one.severity is Severity.ERROR]
    _write(REPORTS[options.format](_placed(found, root, options.format), policy.rules))
    if left:
        _note(f"left out as debt: {totals(one.severity for one in left)}. --all lists what was there before.")
    return int(bool(found))


def _found(
    linter: Linter, paths: set[str] | None, earlier: Earlier | None
) -> tuple[list[Diagnostic], list[Diagnostic]]:
    """What is reported, and what is debt."""
    every = linter.all(paths)
    if earlier is None:
        return every, []
    new = [one for one in linter.since(earlier.texts)[0] if paths is None or one.path in paths]
    return new, debt(every, new)


def _mend(root: Path, linter: Linter, paths: set[str] | None, earlier: Earlier | None) -> bool:
    """Write the fixes of what is reported, as one version; whether there were any."""
    texts = linter.mended(paths, earlier.texts if earlier else None)
    if not texts:
        return False
    with closing(Project.open(root)) as project:
        change = writable(project, change_of(project, texts))
        count = len(change.changes)
        label = f"Mended {count} file{'' if count == 1 else 's'} by rule"
        if change.changes:
            project.apply(change, label=label)
            _note(f"{label}.")
    return bool(change.changes)


def _rule(options: argparse.Namespace) -> int:
    """`rule`; the exit code."""
    if options.id is None:
        width = max(len(rule.id) for rule in RULES)
        _write("".join(f"{rule.id:<{width}}  {about(rule).title}\n" for rule in RULES))
        return 0
    (rule,) = [rule for rule in RULES if rule.id in _known({options.id}, [rule.id for rule in RULES])]
    _write(page(rule))
    return 0


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
    wanted = _known(_names(select), policy.ids) or set(policy.ids)
    left_out = _known(_names(ignore), policy.ids)
    return policy.only(lambda rule: rule.id in wanted and rule.id not in left_out)


def _names(given: str | None) -> set[str]:
    return {name.strip() for name in (given or "").split(",") if name.strip()}


def _known(names: set[str], rules: Sequence[str]) -> set[str]:
    """The names, when all are rules'. Raises VlyError with the nearest one."""
    for name in sorted(names.difference(rules)):
        near = difflib.get_close_matches(name, rules, n=1)
        hint = f"Did you mean {near[0]}?" if near else "`python -m vly_nb rule` lists them all."
        raise VlyError(f"There is no rule {name[:60]!r}.", hint)
    return names


def _within(root: Path, tree: Tree, given: Sequence[str]) -> set[str] | None:
    """The project's files that were named, or lie in a folder that was; None for all of them."""
    if not given:
        return None
    found: set[str] = set()
    for one in given:
        place = Path(one).resolve()
        if not place.exists():
            raise VlyError(f"There is no {one}.", "Name a file or a folder of the project.")
        if not place.is_relative_to(root):
            raise VlyError(f"{one} is not in {root.name}.", "Name files of one project.")
        name = place.relative_to(root).as_posix()
        inside = {path for path in tree.stamps if name in (".", path) or path.startswith(f"{name}/")}
        if not inside:
            _note(f"{one} holds no file of the project: git ignores it, it is secret, or it is empty.")
        found |= inside
    return found


def _placed(found: Sequence[Diagnostic], root: Path, how: str) -> list[Diagnostic]:
    """Paths as who reads them counts: for GitHub from the repository's root, else from the project's."""
    top = os.environ.get("GITHUB_WORKSPACE")
    if how not in ("github", "sarif") or not top or not root.is_relative_to(Path(top).resolve()):
        return [*found]
    inside = root.relative_to(Path(top).resolve())
    return [replace(one, path=(inside / one.path).as_posix()) if one.path else one for one in found]


def _nobody_knows(table: str) -> None:
    """Whether a table holds documents: there is no database to ask here."""


def _write(text: str) -> None:
    """To stdout, in whatever encoding it has."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.stdout.write(text)


def _note(text: str) -> None:
    print(f"vly: {printable(text)}", file=sys.stderr)


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
