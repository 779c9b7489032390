"""Gates: what a path alone says against a change, before a byte is written.

What the contents say is the guards' matter, handed to `Project.apply` from above.
Each gate sees one change and answers with one complaint or none; GATES is all of them.
"""

from __future__ import annotations

import stat
from collections.abc import Callable
from dataclasses import dataclass

from vly_nb.diagnostics import Diagnostic
from vly_nb.errors import ToolError
from vly_nb.project.changes import ChangeSet, FileChange
from vly_nb.project.files import is_ignored, repository_around
from vly_nb.project.folder import Folder
from vly_nb.project.paths import folded, is_secret, normalized, own_folder, shown

FENCES = frozenset(
    word
    for line in (
        "bash sh shell zsh fish console terminal cmd bat powershell code output log plain plaintext text txt",
        "typescript ts tsx typescriptreact javascript js jsx javascriptreact mjs cjs react vue svelte astro",
        "html css scss sass less svg xml graphql gql sql prisma http curl regex mermaid latex tex",
        "json jsonc json5 jsonl yaml yml toml ini env dotenv csv tsv diff patch md mdx markdown plan",
        "python py rust rs go java kotlin kt swift ruby rb php c cpp csharp cs dart scala lua perl r",
    )
    for word in line.split()
)
"""Names of languages that follow a code fence: at the root they are fences parsed as files."""

LOCK_FILES = frozenset(
    {"pnpm-lock.yaml", "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "bun.lock", "bun.lockb"}
)


@dataclass(frozen=True)
class Ground:
    """What gates may ask: the folder, the whole change, and what else is read-only."""

    folder: Folder
    change: ChangeSet
    protected: Callable[[str], bool]


Gate = Callable[[Ground, FileChange], Diagnostic | None]


def inside_project(ground: Ground, change: FileChange) -> Diagnostic | None:
    """The path stays inside, and is spelt as the project spells it."""
    try:
        path = ground.folder.real_name(normalized(change.path, ground.folder.root))
    except ToolError as error:
        return complaint("outside-project", str(error), change)
    if path != change.path or path == ".":
        return complaint("outside-project", f"Write {shown(change.path)} as {path}.", change)
    return None


def not_secret(ground: Ground, change: FileChange) -> Diagnostic | None:
    """Env files and keys are the person's alone."""
    if not is_secret(change.path):
        return None
    said = "Secret files are never written. Ask the person for the key instead: it goes into the vault."
    return complaint("secret-file", said, change)


def not_protected(ground: Ground, change: FileChange) -> Diagnostic | None:
    """Read-only files, each with what to do instead."""
    names = [folded(name) for name in change.path.split("/")]
    own = own_folder(change.path)
    if own == "node_modules":
        said = "Packages are not edited; add or update them with the package manager."
    elif own is not None:
        said = f"{own} is not a part of the project to edit; use the versions tools instead."
    elif "_generated" in names[:-1] or names[0] == "_generated":
        said = "Generated code is not edited; change what it is generated from, and it is made anew."
    elif names[-1] in LOCK_FILES:
        said = "Lock files are written by the package manager; add or remove the package instead."
    elif names[-1].endswith(".tape"):
        said = "Tapes are recorded, not edited."
    elif names[-1].endswith(".ipynb"):
        said = "Notebooks drive vly, so they are the person's to edit; say what you would change in one."
    elif ground.protected(change.path):
        said = "This file is read-only here. Only the person can unlock it; say what you need changed in it."
    else:
        return None
    return complaint("protected-file", said, change)


def not_stray(ground: Ground, change: FileChange) -> Diagnostic | None:
    """A new file has a name that somebody meant."""
    if change.kind != "created":
        return None
    names = change.path.split("/")
    said = ""
    if len(names) == 1 and names[0].lower() in FENCES:
        said = f"A file called {names[0]} at the root is a code fence taken for a file. Give its real path."
    elif names[:2] == ["src", "src"]:
        said = "src/src/ is one src too many."
    elif any(name != name.strip() or name.endswith(".") for name in names):
        said = "A name can't begin or end with a space, or end with a dot."
    elif any(letter in change.path for letter in "`\"'<>|*?^{};:") or (
        " " in change.path and names[0] != "public"
    ):
        said = "That is no name for a file: leave out spaces, quotes, backticks, wildcards, line numbers."
    elif names[-1].startswith(".vly-staged-"):
        said = "Names that begin so are vly's own."
    return complaint("stray-file", said, change) if said else None


def no_link(ground: Ground, change: FileChange) -> Diagnostic | None:
    """No link on the way, and what is there is a file."""
    path, taken_out = change.path, {one.path for one in ground.change.changes if one.after is None}
    above = ""
    for name in path.split("/")[:-1]:
        above = f"{above}/{name}" if above else name
        found = ground.folder.stat(above)
        if found is None:
            break
        if stat.S_ISLNK(found.st_mode):
            return complaint(
                "link", f"{above} is a link, and links are not followed. Edit the real file.", change
            )
        if not stat.S_ISDIR(found.st_mode) and above not in taken_out:
            return complaint("link", f"{above} is a file, so nothing can be inside it.", change)
    found = ground.folder.stat(path)
    if found is None or stat.S_ISREG(found.st_mode):
        return None
    if stat.S_ISLNK(found.st_mode):
        return complaint("link", f"{path} is a link, and links are not followed. Edit the real file.", change)
    if stat.S_ISDIR(found.st_mode):
        if any(one.startswith(f"{path}/") for one in taken_out):
            return None
        return complaint("link", f"{path} is a folder.", change)
    return complaint("link", f"{path} is neither a file nor a folder.", change)


def not_ignored(ground: Ground, change: FileChange) -> Diagnostic | None:
    """What no version captures is not written: it couldn't be undone."""
    if (repository := repository_around(ground.folder, change.path)) is not None:
        said = f"{repository} is a git repository of its own; its files are not this project's to change."
        return complaint("ignored-file", said, change)
    if is_ignored(ground.folder, change.path):
        said = "git ignores this file, so the change couldn't be undone. Write a file that isn't ignored."
        return complaint("ignored-file", said, change)
    return None


GATES: tuple[Gate, ...] = (inside_project, not_secret, not_protected, not_stray, no_link, not_ignored)


def judge(ground: Ground) -> dict[str, Diagnostic]:
    """Path → the first complaint about its change, in the order of GATES."""
    found = {}
    for change in ground.change.changes:
        said = next(filter(None, (gate(ground, change) for gate in GATES)), None)
        if said is not None:
            found[change.path] = said
    return found


def complaint(code: str, message: str, change: FileChange) -> Diagnostic:
    """A gate's diagnostic about a whole file."""
    return Diagnostic(code=code, message=message, path=shown(change.path), source="gate")
