"""The stack `convex-react`: React, Vite, React Router, Tailwind, shadcn/ui, Convex, pnpm."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from importlib import resources
from pathlib import Path

from vly_nb.backend.backends import Backends
from vly_nb.checks.check import CheckResult
from vly_nb.checks.finding import Finding
from vly_nb.diagnostics import Diagnostic
from vly_nb.errors import ProjectError
from vly_nb.policy.allowances import POLICY_FILE, Allowance, confirm
from vly_nb.policy.fixes import change_of
from vly_nb.policy.gates import before_of, policy_gate, report, syntax_gate, tree_of
from vly_nb.policy.linter import Linter
from vly_nb.policy.losses import losses
from vly_nb.policy.pages import About, about, page
from vly_nb.policy.read_only import read_only_gate
from vly_nb.policy.rules import RULES
from vly_nb.policy.sprawl import sprawl
from vly_nb.policy.vly_key import vly_key_gate
from vly_nb.progress import Report
from vly_nb.project.changes import ChangeSet
from vly_nb.project.gates import LOCK_FILES
from vly_nb.project.project import Guard, Project
from vly_nb.stacks.convex_react import backend_check, doctor, pnpm, policy_check, rivals
from vly_nb.stacks.convex_react.backend import backends
from vly_nb.stacks.convex_react.deployment import VARIABLES, variables
from vly_nb.stacks.convex_react.fast_lane import FastLane
from vly_nb.stacks.convex_react.guide import guide
from vly_nb.stacks.convex_react.layout import auth_files, functions_folder, managed, sign_in_files
from vly_nb.stacks.convex_react.rules import policy_of
from vly_nb.stacks.convex_react.signing import PAIR, make_pair, push
from vly_nb.stacks.convex_react.syntax import ask_typescript

HERE = Path(str(resources.files("vly_nb.stacks.convex_react")))
_RULES = {rule.id: rule for rule in RULES}
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,60}")
_READ_ONLY = read_only_gate(lambda project: managed(project.root))


class ConvexReact:
    """See the module's top; the shape is `Stack`'s."""

    name = "convex-react"
    documentation: Mapping[str, Sequence[str]] = {"convex": ("docs.convex.dev", "stack.convex.dev")}
    rules: Sequence[str] = tuple(rule.id for rule in RULES)
    variables: Sequence[str] = VARIABLES
    signing: Sequence[str] = PAIR

    def fits(self, root: Path) -> bool:
        """A folder with a package.json: a backend need not be there."""
        return (root / "package.json").is_file()

    def page(self, rule: str) -> str | None:
        """What the rule's file says of it."""
        return page(_RULES[rule]) if rule in _RULES else None

    def about(self, rule: str) -> About | None:
        """What the rule's file says first."""
        return about(_RULES[rule]) if rule in _RULES else None

    def read_only(self, root: Path) -> Sequence[str]:
        """The auth files, and the policy file with what people have allowed."""
        return (*auth_files(root), f"/{POLICY_FILE}")

    def unlockable(self, root: Path) -> Mapping[str, Sequence[str]]:
        """The files that sign-in is made of."""
        return {"auth": sign_in_files(root)}

    def backends(self, project: Project, keys: Callable[[], Mapping[str, str]]) -> Backends:
        """The stand-in, and the deployment that keys are set for."""
        return backends(project, keys)

    def guide(self, project: Project) -> str:
        """The stack's facts and rules, and where this project has its functions."""
        return guide(functions_folder(project.root))

    def published(self) -> Iterator[str]:
        """The rules' pages and messages, and the template's own code."""
        for rule in RULES:
            yield rule.page
            yield rule.message
        for place in sorted((HERE / "template").rglob("*")):
            if place.suffix in (".ts", ".tsx", ".css", ".md"):
                yield place.read_text(encoding="utf-8")

    def guards(self, project: Project) -> Sequence[Guard]:
        """What is read-only, syntax, the policy, the key that is vly's own."""
        return (
            _READ_ONLY,
            syntax_gate(partial(ask_typescript, project)),
            _policy_gate,
            vly_key_gate(policy_of(project.root).functions),
        )

    def remarks(self, project: Project, change: ChangeSet, wish: str) -> list[Diagnostic]:
        """What the policy says and doesn't refuse, and whether the change takes away, or goes too far."""
        policy = policy_of(project.root)
        program = tree_of(project).later(policy.functions, {})
        own = ChangeSet(tuple(one for one in change.changes if not _made_by_a_program(one.path)))
        return [
            *report(policy, project, change, wish),
            *losses(program, own, wish),
            *sprawl(own, wish),
        ]

    def lint(self, project: Project, since: int | None = None) -> list[Diagnostic]:
        """What the rules say of the whole project."""
        linter = _linter(project)
        if since is None:
            return linter.all()
        return linter.since(before_of(project.changes_between(since, project.head.number)))[0]

    def fix(self, project: Project) -> ChangeSet:
        """The mechanical fixes, as one change set; what says that it is read-only is left as it is."""
        change = change_of(project, _linter(project).mended())
        shut = {one.path for one in _READ_ONLY(project, change)}
        return ChangeSet(tuple(one for one in change.changes if one.path not in shut))

    def asked(self, project: Project) -> list[Allowance]:
        """The places for which a comment asks, and that nobody has allowed yet."""
        return _linter(project).asked()

    def allow(self, project: Project, allowances: Sequence[Allowance]) -> None:
        """Write what a person allows into the policy file."""
        confirm(project.root / POLICY_FILE, allowances)

    def checks(self, project: Project, changed: Sequence[str], *, quick: bool) -> Sequence[str]:
        """The policy's, the backend's, then the types'; after a step only the types'."""
        called = [one.name for one in backend_check.choose(changed, functions_folder(project.root))]
        if quick:
            return [name for name in called if name != backend_check.BACKEND]
        return [policy_check.NAME, *called] if policy_check.applies(project, changed) else called

    def lane(self, project: Project, backends: Backends | None) -> FastLane:
        """Types and the backend, by programs that stay warm."""
        return FastLane(project, backends)

    async def check(
        self, project: Project, name: str, since: int, report: Report, keys: Mapping[str, str]
    ) -> CheckResult:
        """Run the policy's check, `tsc`, or the backend's check."""
        if name == policy_check.NAME:
            report("checking the rules")
            return await policy_check.policy_check(project, since)
        return await backend_check.check(project, name, since, report, keys)

    async def examine(
        self, project: Project, named: Collection[str], keys: Mapping[str, str]
    ) -> list[Finding]:
        """Node, pnpm, packages, TypeScript, the backend, sign-in, keys."""
        complaints = await asyncio.to_thread(self.lint, project)
        return await doctor.examine(project, named, keys, complaints)

    def before_adding(self, project: Project, packages: Sequence[str]) -> str:
        """Whether the built-in integrations wouldn't do."""
        return rivals.question(project.root, packages)

    async def add_packages(
        self,
        project: Project,
        packages: Sequence[str],
        *,
        dev: bool,
        kept: Mapping[str, str],
        report: Report,
    ) -> str:
        """`pnpm add`, or the install that a tape has kept."""
        if kept:
            return await pnpm.restore(project.root, kept, report, project.confinement)
        return await pnpm.add(project.root, packages, dev=dev, report=report, confinement=project.confinement)

    async def package_manager(self, report: Report) -> Sequence[str]:
        """pnpm."""
        return await pnpm.find_pnpm(report)

    async def signing_keys(self) -> Mapping[str, str]:
        """JWT_PRIVATE_KEY and JWKS, as Convex Auth wants them."""
        return await make_pair()

    async def push_keys(self, values: Mapping[str, str], keys: Mapping[str, str]) -> str:
        """By a call of ours to the deployment, past every program of the project."""
        return await push(values, variables(keys))

    async def new(self, folder: Path, report: Report) -> None:
        """Copy the template, whole or not at all, and install its packages from its lock file."""
        report("copying the template")
        await asyncio.to_thread(_copy_template, folder)
        await pnpm.install(folder, frozen=True, report=report)


def _copy_template(folder: Path) -> None:
    """The template under the app's name. Raises ProjectError."""
    try:
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as beside:
            made = Path(beside) / folder.name
            shutil.copytree(HERE / "template", made)
            package = made / "package.json"
            named = package.read_text(encoding="utf-8").replace('"my-app"', json.dumps(folder.name), 1)
            package.write_text(named, encoding="utf-8")
            made.rename(folder)
    except OSError as error:
        raise ProjectError(
            f"{folder.name} can't be made here: {error.strerror or error}.", "Go to a folder of your own."
        ) from error


def _linter(project: Project) -> Linter:
    linter = policy_check.linter_of(project)
    linter.tree.refresh()
    return linter


def _made_by_a_program(path: str) -> bool:
    return path.rpartition("/")[2] in LOCK_FILES or "/_generated/" in path


def _policy_gate(project: Project, change: ChangeSet) -> Iterable[Diagnostic]:
    """The policy as it is now: a person may have allowed a place since."""
    return policy_gate(policy_of(project.root))(project, change)
