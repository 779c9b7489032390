"""Moving: the keys of a project's env files into the vault, and the files back again.

What an import takes out is kept beside the vault byte for byte, before anything is changed. Settings
that are no secret (`VITE_*`, addresses) stay in a file of the same name, so that the page and the
Convex CLI run as before in a terminal too.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from vly_nb.errors import VaultError
from vly_nb.project import env_files
from vly_nb.project.folder import Folder
from vly_nb.project.kept import Backup
from vly_nb.project.keys import Keys


@dataclass
class Moved:
    """What an import did: names by file; names whose other value is in the backup alone; files left alone."""

    names: dict[str, list[str]] = field(default_factory=dict)
    other: list[tuple[str, str]] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def import_keys(keys: Keys, folder: Folder) -> Moved:
    """Move every key of the env files into the vault. Raises VaultError, with nothing lost.

    Of two files that set the same name the one in force wins, and the vault wins over both.
    """
    moved = Moved()
    taken: dict[str, str] = keys.vault.values()
    known = set(taken)
    backups: list[Backup] = []
    new: dict[str, bytes | None] = {}
    for path in reversed(env_files.env_files(folder)):
        found = env_files.read(folder, path)
        if found is None:
            moved.left.append(path)
            continue
        lines = env_files.lines_of(env_files.decoded(found[0]))
        here = {line.name: line.value for line in lines if env_files.moves(line.name, line.value)}
        rest = env_files.without_keys(lines).encode("utf-8", "surrogateescape")
        if not here and not _holds_more(lines):
            continue
        names = [name for name in here if env_files.NAME.fullmatch(name)]
        moved.other += [(name, path) for name in names if taken.get(name, here[name]) != here[name]]
        taken = {**{name: here[name] for name in names}, **taken}
        backups.append(
            Backup(
                path=path,
                data=base64.b64encode(found[0]).decode(),
                mode=found[1].st_mode & 0o777,
                left=_digest(rest) if rest else "",
                names=[name for name in names if name not in known],
            )
        )
        moved.names[path] = names
        new[path] = rest or None
    if not backups:
        return moved
    keys.vault.keep([*keys.vault.backups(), backups])
    keys.put({name: value for name, value in taken.items() if name not in known})
    try:
        for backup in backups:
            env_files.write(folder, backup.path, new[backup.path], backup.mode)
    except OSError as error:
        raise VaultError(
            f"An env file can't be written: {error.strerror}.",
            "The keys are in the vault already; make the file writable and use `%vly keys import` again.",
        ) from None
    return moved


def _holds_more(lines: Iterable[env_files.Line]) -> bool:
    """Whether a comment of a file holds a key (an old one, say)."""
    return any(True for line in lines for _ in env_files.secrets_in(line.original) if not line.name)


def restore_keys(keys: Keys, folder: Folder) -> tuple[list[str], list[str]]:
    """Undo the last import: the files as they were, and the keys that came from them out of the vault.

    Answers with the paths, and with the new names of files that had been changed since: they are
    moved aside. Raises VaultError when nothing was imported.
    """
    imports = keys.vault.backups()
    if not imports:
        raise VaultError("No env file was moved from here.", "`%vly keys import` moves them.")
    aside: list[str] = []
    kept = keys.vault.values()
    gone: dict[str, str | None] = {}
    try:
        for backup in imports[-1]:
            data = base64.b64decode(backup.data)
            now = env_files.read(folder, backup.path)
            there = folder.stat(backup.path) is not None
            if there and (now is None or (_digest(now[0]) != backup.left and now[0] != data)):
                aside.append(env_files.aside(folder, backup.path))
            env_files.write(folder, backup.path, data, backup.mode)
            values = {line.name: line.value for line in env_files.lines_of(env_files.decoded(data))}
            gone |= {name: None for name in backup.names if kept.get(name) == values.get(name)}
    except OSError as error:
        raise VaultError(
            f"{error.filename or 'An env file'} can't be put back: {error.strerror}.",
            "Its content is still kept; make the folder writable and try again.",
        ) from None
    if gone:
        keys.put(gone)
    keys.vault.keep(imports[:-1])
    return [backup.path for backup in imports[-1]], aside


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
