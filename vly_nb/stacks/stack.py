"""Stack: all that is particular to one kind of project, in one place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from vly_nb.backend.backends import Backends
from vly_nb.checks.check import CheckResult
from vly_nb.checks.finding import Finding
from vly_nb.checks.lane import Lane
from vly_nb.diagnostics import Diagnostic
from vly_nb.policy.allowances import Allowance
from vly_nb.policy.pages import About
from vly_nb.progress import Report
from vly_nb.project.changes import ChangeSet
from vly_nb.project.project import Guard, Project


class Stack(Protocol):
    """What the agent needs to know of a kind of project.

    `documentation` maps a short name ("convex") to the domains of its docs, for
    `--docs`. `rules` are the ids of the stack's rules. `variables` name the keys that
    its own programs are given, and no other program; `signing` those that sign log-ins.
    """

    name: str
    documentation: Mapping[str, Sequence[str]]
    rules: Sequence[str]
    variables: Sequence[str]
    signing: Sequence[str]

    def page(self, rule: str) -> str | None:
        """A rule's page as Markdown; None for no rule of this name."""
        ...

    def about(self, rule: str) -> About | None:
        """A rule in short; None for no rule of this name."""
        ...

    def fits(self, root: Path) -> bool:
        """Whether a folder holds such a project."""
        ...

    def read_only(self, root: Path) -> Sequence[str]:
        """Globs, as in .gitignore, of files that nothing the model does may write."""
        ...

    def unlockable(self, root: Path) -> Mapping[str, Sequence[str]]:
        """What a person may unlock for a turn: a word for it ("auth"), and globs of its files."""
        ...

    def backends(self, project: Project, keys: Callable[[], Mapping[str, str]]) -> Backends | None:
        """Where the project's data and functions may be; None for a stack without a backend.

        `keys` gives what the vault has of `variables`.
        """
        ...

    def guide(self, project: Project) -> str:
        """What the model is told of the stack: its facts and the rules that judge."""
        ...

    def published(self) -> Iterator[str]:
        """Texts of the stack that anybody may read: rules' pages, the template."""
        ...

    def guards(self, project: Project) -> Sequence[Guard]:
        """The gates that see a change set before it is written."""
        ...

    def remarks(self, project: Project, change: ChangeSet, wish: str) -> list[Diagnostic]:
        """What the gates would say that doesn't refuse a write; `wish` is what the person asked for."""
        ...

    def lint(self, project: Project, since: int | None = None) -> list[Diagnostic]:
        """What the stack's rules say of the whole project: debt too, or only what is new since a version."""
        ...

    def fix(self, project: Project) -> ChangeSet:
        """The mends that are mechanical, for the whole project; empty when there are none."""
        ...

    def asked(self, project: Project) -> list[Allowance]:
        """Places for which a `vly-allow` comment asks that a rule be let be, and nobody has agreed yet."""
        ...

    def allow(self, project: Project, allowances: Sequence[Allowance]) -> None:
        """Keep what a person allows. Raises OSError."""
        ...

    def checks(self, project: Project, changed: Sequence[str], *, quick: bool) -> Sequence[str]:
        """Names of the checks that a change of these files calls for, in order.

        `quick` asks for those that are run after every step, else for the gate
        at a turn's end.
        """
        ...

    def lane(self, project: Project, backends: Backends | None) -> Lane | None:
        """What judges steps quickly while a turn goes on; None where the quick checks are the real ones."""
        ...

    async def check(
        self, project: Project, name: str, since: int, report: Report, keys: Mapping[str, str]
    ) -> CheckResult:
        """Run one check; what version `since` already had counts as known.

        `keys` are what the vault has of `variables`: for the program that needs them alone.
        """
        ...

    async def examine(
        self, project: Project, named: Collection[str], keys: Mapping[str, str]
    ) -> list[Finding]:
        """What the stack's programs and accounts need, and what of it is missing.

        `named` are the keys that are set, by name, `keys` what there is of `variables`.
        """
        ...

    def before_adding(self, project: Project, packages: Sequence[str]) -> str:
        """What the person is to be asked before these packages are added; "" for nothing."""
        ...

    async def add_packages(
        self,
        project: Project,
        packages: Sequence[str],
        *,
        dev: bool,
        kept: Mapping[str, str],
        report: Report,
    ) -> str:
        """Add packages with the project's package manager; `kept` is installed as it is instead.

        Raises ToolError with what the package manager said.
        """
        ...

    async def package_manager(self, report: Report) -> Sequence[str]:
        """How to start the package manager, as the beginning of an argv. Raises ProgramError."""
        ...

    async def signing_keys(self) -> Mapping[str, str]:
        """Fresh values of `signing`. Raises ProgramError."""
        ...

    async def push_keys(self, values: Mapping[str, str], keys: Mapping[str, str]) -> str:
        """Set variables of the deployment that `keys` open; its name. Raises VlyError."""
        ...

    async def new(self, folder: Path, report: Report) -> None:
        """Make a fresh project from the built-in template, installed and ready."""
        ...
