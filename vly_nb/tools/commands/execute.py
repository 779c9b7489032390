"""execute: a Run carried out without a shell.

Patterns are expanded here, inside the project and without secret files; searches
leave secret files out; a project's programs are its own installed ones, never
fetched; and every path is looked at once more on the disk, where a link may lead
elsewhere than its name says.
"""

from __future__ import annotations

import glob
import os
import shutil
import stat
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, closing, suppress
from dataclasses import replace
from pathlib import Path

from vly_nb.errors import ToolError
from vly_nb.process_output import Capped
from vly_nb.processes import Completed, Stage, clean_environment, run_pipeline
from vly_nb.progress import Report, silent
from vly_nb.project.confine import Confinement
from vly_nb.project.files import Inode, inode, twins
from vly_nb.project.folder import Folder
from vly_nb.project.paths import SECRET_NAMES, is_secret
from vly_nb.stacks.convex_react import pnpm
from vly_nb.tools.commands.boxes import boxed
from vly_nb.tools.commands.command import Pipeline, Program, Run, Word
from vly_nb.tools.commands.no_build import NO_BUILD

PackageManager = Callable[[Report], Awaitable[Sequence[str]]]
"""Finds the project's package manager (telling of it) and answers how to start it."""

SAFELY_SET = (  # for the commands that have no such option
    "--config.ignore-scripts=true",
    "--config.ignore-pnpmfile=true",
    "--config.manage-package-manager-versions=false",
)
MANY = 5000  # names that one pattern may expand to
SECONDS = 300.0  # for the whole line
LIMIT = 30_000  # characters of output
TITLES = {"tsc": ("TypeScript", "typescript"), "convex": ("Convex", "convex")}
SKIPPED = frozenset({"node_modules", ".git", ".vly"})


async def execute(
    run: Run,
    root: Path,
    *,
    package_manager: PackageManager,
    report: Report = silent,
    timeout: float = SECONDS,
    limit: int = LIMIT,
    confinement: Confinement | None = None,
    keys: Mapping[str, str] | None = None,
) -> Completed:
    """Run the pipelines as `&&`, `||` and `;` say; the code is the last one's that ran.

    Each program runs in a box that `confinement` makes. Of `keys`, the Convex CLI gets what
    it needs where it runs alone: what else is in a pipeline would see them, too.
    Raises ToolError: a program that isn't installed here, a folder that isn't there, a path
    that leads outside or to a secret file.
    """
    began = time.monotonic()
    output = Capped(limit)
    done = Completed((), 0, "", 0.0)
    held = confinement or Confinement(root)
    for pipeline in run.pipelines:
        if (pipeline.after == "&&" and not done.ok) or (pipeline.after == "||" and done.ok):
            continue
        folder = _folder(root, pipeline)
        if not pipeline.programs:
            done = replace(done, code=0)
            continue
        async with AsyncExitStack() as exits:
            env: dict[str, str] = {**pnpm.SETTINGS, **NO_BUILD}
            stages = []
            alone = keys or {} if len(pipeline.programs) == 1 else {}
            for program in pipeline.programs:
                start = await package_manager(report) if program.where == "package manager" else ()
                box, more = await exits.enter_async_context(boxed(program, held, start, alone))
                env |= more
                stages.append(replace(_stage(program, root, folder, start), box=box))
            left = max(timeout - (time.monotonic() - began), 0.1)
            done = await run_pipeline(stages, cwd=folder, env=env, timeout=left, limit=limit, on_line=report)
        output.add(without_folder(root, done.output))
        if done.timed_out or done.stopped:
            break
    return replace(done, output=output.text, seconds=time.monotonic() - began, cut=output.cut)


def _folder(root: Path, pipeline: Pipeline) -> Path:
    folder = root / pipeline.folder
    if not folder.is_dir():
        raise ToolError(f"There is no folder {pipeline.folder}.")
    _inside(root, folder, pipeline.folder)
    return folder


def _stage(program: Program, root: Path, folder: Path, start: Sequence[str]) -> Stage:
    words = list(_expanded(program, root, folder))
    if program.where == "package manager":
        safely = pnpm.SAFELY if words[:1] in (["add"], ["install"]) else SAFELY_SET
        argv = [*start, *words[:1], *safely, *words[1:]]
    elif program.where == "packages":
        argv = [_installed(root, program.name), *words]
    else:
        _must_be_there(program.name)
        argv = [program.name, *WITH.get(program.name, _as_it_is)(words, root, folder)]
    return Stage(tuple(argv), errors=program.errors, silent=program.silent)


def _installed(root: Path, name: str) -> str:
    """The project's own program. Raises ToolError where npx would fetch a stranger of that name."""
    place = root / "node_modules" / ".bin" / name
    if not place.exists():
        title, package = TITLES.get(name, (name, name))
        raise ToolError(f"{title} isn't installed here: run `pnpm install` (or `pnpm add -D {package}`).")
    return str(place)


def _must_be_there(name: str) -> None:
    if shutil.which(name, path=clean_environment()["PATH"]) is None:
        instead = ": use search_code, or `grep -rn`" if name == "rg" else " on this machine"
        raise ToolError(f"`{name}` isn't installed{instead}.")


# -- arguments ------------------------------------------------------------------------


def _expanded(program: Program, root: Path, folder: Path) -> Iterator[str]:
    for word in program.words:
        for text in _matches(word, root, folder):
            if program.where == "system" and not text.startswith("-") and os.path.lexists(folder / text):
                _inside(root, folder / text, text)
            yield text


def _matches(word: Word, root: Path, folder: Path) -> Sequence[str]:
    """What a pattern fits, sorted, without secret files; the pattern itself when nothing fits."""
    if word.pattern is None or word.text.startswith("/") or ".." in word.text.split("/"):
        return [word.text]
    found = []
    for name in glob.iglob(word.pattern, root_dir=folder):  # noqa: PTH207  (its rules are the shell's)
        if not is_secret((folder / name).relative_to(root).as_posix()) and not _elsewhere(
            root, folder / name
        ):
            found.append(f"./{name}" if name.startswith("-") else name)
        if len(found) > MANY:
            raise ToolError(f"{word.text} fits more than {MANY:,} files: be more exact.")
    return sorted(found) or [word.text]


def _inside(root: Path, place: Path, said: str) -> None:
    """Raises ToolError for a path that in the end leads outside, or to what isn't to be read."""
    if why := _elsewhere(root, place):
        raise ToolError(f"{said} leads {why}.")


def _elsewhere(root: Path, place: Path) -> str:
    """Where a path leads on the disk when it isn't the project's own readable files, else ""."""
    real, home = Path(os.path.realpath(place)), Path(os.path.realpath(root))
    if not real.is_relative_to(home):
        return "outside the project"
    within = real.relative_to(home).as_posix()
    if is_secret(within) or within.split("/")[0].casefold() in (".git", ".vly") or _is_twin(home, real):
        return "to a file that isn't to be read"
    return ""


def _is_twin(root: Path, place: Path) -> bool:
    """Whether a file is a secret one by another name: a hard link to it."""
    with suppress(OSError):
        found = place.stat(follow_symlinks=False)
        return stat.S_ISREG(found.st_mode) and found.st_nlink > 1 and inode(found) in _twins(root)
    return False


def _twins(root: Path) -> set[Inode]:
    with closing(Folder(root)) as folder:
        return twins(folder)


def _as_it_is(words: list[str], root: Path, folder: Path) -> list[str]:
    return words


def _grep(words: list[str], root: Path, folder: Path) -> list[str]:
    """The exclusions come last: of contradictory ones the last counts."""
    files, folders = _secret_names(root)
    left_out = [f"--exclude={glob.escape(name)}" for name in files]
    left_out += [f"--exclude-dir={glob.escape(name)}" for name in (*folders, ".git", ".vly")]
    return _before_operands(words, ["--color=never", *left_out])


def _rg(words: list[str], root: Path, folder: Path) -> list[str]:
    files, folders = _secret_names(root)
    left_out = [f"--iglob=!{glob.escape(name)}" for name in (*files, *folders, ".git", ".vly")]
    return ["--no-config", *_before_operands(words, ["--color=never", *left_out])]


def _git(words: list[str], root: Path, folder: Path) -> list[str]:
    """Contents of secret files stay out, also where they were committed once."""
    if words[:1] == ["status"]:
        return words
    at = words.index("--") if "--" in words else len(words)
    given, paths = words[1:at], words[at + 1 :]
    named = [":" in word for word in given if not word.startswith("-")]  # REVISION:path, as of `show`
    start = [words[0], "--no-ext-diff", "--no-textconv", "--no-color", *given]
    if any(named):
        if not all(named) or paths:
            raise ToolError(
                "Show either files of a revision (`git show HEAD:src/a.ts`) or changes, not both."
            )
        return start
    left_out = [f":(top,exclude,icase,glob)**/{name}{rest}" for name in SECRET_NAMES for rest in ("", "/**")]
    return [*start, "--", *(paths or [os.path.relpath(root, folder)]), *left_out]


def _before_operands(words: list[str], more: list[str]) -> list[str]:
    at = words.index("--") if "--" in words else len(words)
    return [*words[:at], *more, *words[at:]]


WITH: dict[str, Callable[[list[str], Path, Path], list[str]]] = {"grep": _grep, "rg": _rg, "git": _git}


def _secret_names(root: Path) -> tuple[list[str], list[str]]:
    """Names of the project's secret files and folders, as they are spelt on the disk."""
    secret_files: set[str] = set()
    secret_folders: set[str] = set()
    linked = _twins(root)
    for at, folders, files in os.walk(root):
        secret_files.update(name for name in files if is_secret(name))
        if linked:
            secret_files.update(name for name in files if _is_twin(root, Path(at, name)))
        secret_folders.update(filter(is_secret, folders))
        folders[:] = [name for name in folders if name not in SKIPPED and not is_secret(name)]
    return sorted(secret_files), sorted(secret_folders)


def without_folder(root: Path, output: str) -> str:
    """The output with the project's own folder taken out: it is the same on every machine."""
    for folder in sorted({str(root), os.path.realpath(root)}, key=len, reverse=True):
        output = output.replace(f"{folder}/", "").replace(folder, ".")
    return output
