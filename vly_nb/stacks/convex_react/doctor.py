"""What the stack's programs and accounts need, looked at one by one: its part of `%vly doctor`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from vly_nb.checks.finding import Finding
from vly_nb.diagnostics import Diagnostic
from vly_nb.errors import ProgramError
from vly_nb.processes import run
from vly_nb.progress import Report
from vly_nb.project.project import Project
from vly_nb.stacks.convex_react import pnpm
from vly_nb.stacks.convex_react.deployment import deployment, is_production
from vly_nb.stacks.convex_react.layout import functions_folder, loaded, table
from vly_nb.stacks.convex_react.signing import PAIR
from vly_nb.stacks.convex_react.type_check import typescript_version

NODE, TYPESCRIPT = (20, 19), (5, 6)
SIGN_IN_RULES = {
    "auth-config-domain": "sign-in's domain",
    "auth-http-routes": "sign-in's routes",
    "auth-tables-kept": "sign-in's tables",
}
PACKAGE_RULES = {
    "import-installed": "packages",
    "types-node": "Node's types",
    "tsc-build-usable": "tsconfig",
    "foreign-lockfile": "lock file",
}
GIVEN = frozenset(
    {"CONVEX_SITE_URL", "CONVEX_CLOUD_URL", "NODE_ENV", "MODE", "DEV", "PROD", "BASE_URL", "SSR"}
    | {"VITE_CONVEX_URL"}
)
"""What Convex, Vite and the Convex CLI set by themselves."""
_READ = re.compile(r"\b(?:process\.env|import\.meta\.env)\.([A-Z][A-Z0-9_]*)")
LINK = re.compile(r"(?:link|file|portal):")  # to a folder, or an archive
BIGGEST = 200_000  # bytes of a file that is looked at
_SCRIPTS = (".ts", ".tsx", ".js", ".jsx", ".mts", ".mjs")


async def examine(
    project: Project, named: Collection[str], keys: Mapping[str, str], complaints: Sequence[Diagnostic]
) -> list[Finding]:
    """Everything that is looked at; `named` are the keys that are set, by name.

    `keys` are those of the stack's own programs, `complaints` what its rules say of the project.
    """
    root = project.root
    return [
        await _node(),
        await _pnpm(),
        *_installed(project),
        _typescript(root),
        *_backend(root, keys),
        *_by_rules(complaints, PACKAGE_RULES),
        *_sign_in(root, complaints),
        *_missing_keys(project, named),
    ]


async def _node() -> Finding:
    try:
        done = await run(["node", "--version"], cwd=Path("/"), timeout=20)
    except ProgramError:
        return Finding("Node", "bad", "Node isn't installed.", "Install Node 20.19 or newer.")
    said = done.output.strip()
    numbers = tuple(map(int, re.findall(r"\d{1,6}", said)[:2]))
    if numbers < NODE:
        return Finding("Node", "bad", f"{said[:40]} is too old for Vite 7.", "Install Node 20.19 or newer.")
    return Finding("Node", "good", said)


async def _pnpm() -> Finding:
    if await pnpm.here():
        return Finding("pnpm", "good", "it is here")
    mend = "Nothing to do: vly fetches its own copy when it first needs it."
    return Finding("pnpm", "note", "pnpm 10.5 or newer isn't installed.", mend)


def _installed(project: Project) -> Iterator[Finding]:
    package = loaded(project.root / "package.json")
    wanted = {**table(package, "devDependencies"), **table(package, "dependencies")}
    modules = project.root / "node_modules"
    missing = [name for name in wanted if not (modules / name / "package.json").is_file()]
    targets = {name: str(wanted[name]).partition(":")[2] for name in missing if LINK.match(str(wanted[name]))}
    links = {name: target for name, target in targets.items() if not (project.root / target).exists()}
    for name, target in links.items():
        yield Finding(
            "packages",
            "bad",
            f"{name} is to be a link to {target[:80]}, and nothing is there.",
            "Take it out of package.json, or bring that folder.",
        )
    if missing := [name for name in missing if name not in links]:
        frozen = (project.root / "pnpm-lock.yaml").is_file()
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        yield Finding(
            "packages",
            "bad",
            f"Not installed: {', '.join(missing[:3])}{more}.",
            "Install them: `pnpm install`.",
            partial(_install, project, frozen),
        )
    elif not links:
        yield Finding("packages", "good", f"all {len(wanted)} are installed")


async def _install(project: Project, frozen: bool, report: Report) -> None:
    await pnpm.install(project.root, frozen=frozen, report=report, confinement=project.confinement)


def _typescript(root: Path) -> Finding:
    version = typescript_version(root)
    if version is None:
        mend = "Install the packages, or add it: `pnpm add -D typescript@~5.9`."
        return Finding("TypeScript", "bad", "It isn't installed, so types can't be checked.", mend)
    said = ".".join(map(str, version))
    if version < TYPESCRIPT:
        mend = "Run `pnpm add -D typescript@~5.9`."
        return Finding("TypeScript", "bad", f"{said} can't check a build without writing it.", mend)
    return Finding("TypeScript", "good", said)


def _backend(root: Path, keys: Mapping[str, str]) -> Iterator[Finding]:
    functions = functions_folder(root)
    if functions is None:
        yield Finding("backend", "note", "There is none: convex isn't in package.json.")
        return
    if not (root / functions).is_dir():
        mend = 'Say where the functions are, in convex.json: {"functions": "src/convex/"}.'
        yield Finding("convex.json", "bad", f"There is no folder {functions}.", mend)
    elif not (root / functions / "_generated").is_dir():
        mend = "Run `%vly check`, which has it made."
        yield Finding("convex.json", "bad", f"{functions}/_generated isn't there yet.", mend)
    else:
        yield Finding("convex.json", "good", f"functions in {functions}/")
    named = deployment(root, keys)
    if not named:
        mend = "To use a real one, run `npx convex dev` once in a terminal."
        yield Finding("deployment", "note", "None is set up: the backend is checked offline.", mend)
    elif is_production(root, keys):
        yield Finding("deployment", "note", f"{named} names a production one: nothing is ever pushed to it.")
    else:
        yield Finding("deployment", "good", f"named by {named}")


def _sign_in(root: Path, complaints: Sequence[Diagnostic]) -> Iterator[Finding]:
    if not _signs_in(root):
        return
    found = list(_by_rules(complaints, SIGN_IN_RULES))
    yield from found or [Finding("sign-in", "good", "domain, routes and tables are there")]


def _signs_in(root: Path) -> bool:
    """Whether the app has Convex Auth, which reads the pair that signs log-ins."""
    functions = functions_folder(root)
    return functions is not None and (root / functions / "auth.ts").is_file()


def _by_rules(complaints: Iterable[Diagnostic], rules: Mapping[str, str]) -> Iterator[Finding]:
    """The first complaint of each of these rules."""
    seen = set()
    for one in complaints:
        if one.code in rules and one.code not in seen:
            seen.add(one.code)
            place = f"{one.where}: " if one.path else ""
            yield Finding(rules[one.code], "bad", f"{place}{one.message}", f"See `%vly help {one.code}`.")


def _missing_keys(project: Project, named: Collection[str]) -> Iterator[Finding]:
    signs = {*PAIR} if _signs_in(project.root) else set()
    wanted = sorted((_read(project) | signs) - GIVEN - {*named})
    if pair := [name for name in wanted if name in PAIR]:
        yield Finding("keys", "note", f"{' and '.join(pair)} aren't set here.", "Run `%vly keys jwt`.")
    if rest := [name for name in wanted if name not in PAIR]:
        mend = "Set those that the deployment doesn't have: `%vly keys set NAME`."
        yield Finding("keys", "note", f"The code reads, and nothing here sets: {', '.join(rest[:8])}.", mend)


def _read(project: Project) -> set[str]:
    """The names of variables that the code asks for."""
    found: set[str] = set()
    for path, data in project.texts(BIGGEST):
        if path.endswith(_SCRIPTS):
            found.update(_READ.findall(data.decode("utf-8", "replace")))
    return found
