"""Compare our rules with @convex-dev/eslint-plugin on the backend files of real repositories.

    python scripts/oracle.py REPOSITORIES PACKAGES [--part seen|held-out] [--rule NAME]

REPOSITORIES is a folder of clones. PACKAGES is a folder in which `npm install` has put eslint,
typescript-eslint, typescript, convex, the plugin, and what the clones' backends import (without
their packages' types it sees less). Prints a table, and each disagreement; see
docs/policy-oracle.md for what they were and why.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vly_nb.policy.linter import Linter
from vly_nb.policy.policy import Policy
from vly_nb.policy.rules import RULES
from vly_nb.policy.tree import Tree
from vly_nb.project.folder import Folder
from vly_nb.stacks.convex_react.layout import functions_folder

SHARED = {
    "no-filter-in-query": ("no-db-filter",),
    "no-collect-in-query": ("no-collect",),
    "explicit-table-ids": ("explicit-table-ids",),
    "require-args-validator": ("require-args-validator", "object-function-syntax"),
    "no-old-registered-function-syntax": ("object-function-syntax",),
    "import-wrong-runtime": ("no-import-node-file",),
    "no-schema-import-cycle": ("no-schema-import-cycle",),
    "no-duplicate-indexes": ("no-duplicate-index", "prefix-index"),
}
"""The plugin's rules that we have too. A bare function has no args validator: we say the first only."""


@dataclass(frozen=True)
class Said:
    """One complaint: the file from REPOSITORIES on, and the lines it is about."""

    path: str
    rule: str
    line: int
    end: int
    message: str


@dataclass(frozen=True)
class Project:
    """A folder with a functions folder in it."""

    root: Path
    functions: str

    @property
    def files(self) -> list[str]:
        """The backend's own TypeScript files, from the root on."""
        found = (self.root / self.functions).rglob("*.ts")
        names = (path.relative_to(self.root) for path in found if not path.name.endswith(".d.ts"))
        return sorted(n.as_posix() for n in names if not {"_generated", "node_modules"} & set(n.parts))


def projects(folder: Path) -> list[Project]:
    """The projects of the clones: what convex.json names, and folders called convex."""
    found = {}
    for config in folder.rglob("convex.json"):
        if "node_modules" not in config.parts and (functions := functions_folder(config.parent)):
            found[config.parent / functions] = Project(config.parent, functions)
    for place in folder.rglob("convex"):
        inside = any(place.is_relative_to(other) for other in found)
        if place.is_dir() and "node_modules" not in place.parts and not inside:
            found[place] = Project(place.parent, "convex")
    return sorted((one for one in found.values() if one.files), key=lambda one: one.root)


def is_test(path: str) -> bool:
    """Whether it is a test beside the functions: our rules are not about those."""
    return re.search(r"\.(test|spec)\.ts$", path) is not None


def is_held_out(path: str) -> bool:
    """Whether a file belongs to the third that was not looked at before the end."""
    return int(hashlib.sha256(path.encode()).hexdigest(), 16) % 3 == 0


def ours(folder: Path, project: Project) -> Iterator[Said]:
    """What our rules say of a project's backend."""
    opened = Folder(project.root)
    tree = Tree(opened)
    tree.refresh()
    start = project.root.relative_to(folder).as_posix()
    for one in Linter(Policy(RULES, functions=project.functions), tree).all(project.files):
        if one.range is not None:
            last = one.range.end_line or one.range.line
            yield Said(f"{start}/{one.path}", one.code, one.range.line, last, one.message)
    opened.close()


def theirs(folder: Path, packages: Path, files: list[str]) -> tuple[dict[str, str], list[str], list[Said]]:
    """The versions, the plugin's rules, and what it says."""
    script = Path(__file__).with_suffix(".mjs")
    argv = ["node", "--max-old-space-size=4096", str(script), str(packages), str(folder)]
    done = subprocess.run(argv, input=json.dumps(files), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr)
    answer = json.loads(done.stdout)
    return answer["versions"], answer["rules"], [Said(**one) for one in answer["found"]]


def paired(own: list[Said], other: list[Said]) -> tuple[int, list[Said], list[Said]]:
    """How many are about the same lines, only ours, only theirs. The shortest of theirs choose first."""
    left, alone, both = list(own), [], 0
    for one in sorted(other, key=lambda said: said.end - said.line):
        match = next(
            (o for o in left if o.path == one.path and one.line <= o.end and o.line <= one.end), None
        )
        if match is None:
            alone.append(one)
        else:
            left.remove(match)
            both += 1
    return both, left, alone


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("repositories", type=Path)
    parser.add_argument("packages", type=Path)
    parser.add_argument("--part", choices=("seen", "held-out"), default="seen")
    parser.add_argument("--rule", help="only this rule of the plugin")
    given = parser.parse_args()
    folder = given.repositories.resolve()
    every = projects(folder)
    starts = [(project.root.relative_to(folder).as_posix(), project) for project in every]
    files = [f"{start}/{path}" for start, project in starts for path in project.files]
    part = {path for path in files if is_held_out(path) == (given.part == "held-out")}
    versions, rules, said = theirs(folder, given.packages, files)
    own = [one for project in every for one in ours(folder, project) if one.path in part]
    of_tests = [one for one in said if one.path in part and is_test(one.path) and one.rule in SHARED]
    said = [one for one in said if one.path in part and not is_test(one.path)]
    tests = sum(map(is_test, part))
    print(f"{given.part}: {len(part)} of {len(files)} files, {len(every)} projects; {versions}")
    print(f"{tests} of them are tests, which our rules leave alone; {len(of_tests)} of theirs are there")
    print(f"{'rule of the plugin':36}both  only ours  only theirs")
    for rule in [given.rule] if given.rule else [*SHARED, ""]:
        there = [one for one in said if one.rule == rule]
        both, we, they = paired([one for one in own if one.rule in SHARED.get(rule, ())], there)
        print(f"{rule or '(not parsed)':36}{both:4}{len(we):11}{len(they):13}")
        for who, ones in (("ours", we), ("theirs", they)):
            for one in sorted(ones, key=lambda said: (said.path, said.line)):
                print(f"    only {who}: {one.path}:{one.line} {one.rule}: {one.message[:90]}")
    for rule in sorted(set(rules) - set(SHARED)):
        print(f"{rule:36}no rule of ours; {sum(one.rule == rule for one in said)} of theirs")


if __name__ == "__main__":
    main()
