"""Vault: a project's keys, outside the project, for its owner alone.

    vault = Vault.of(root)
    vault.put({"OPENAI_API_KEY": "sk-…"})
    vault.values()["OPENAI_API_KEY"]

The keys of each project lie in a folder of their own below the user's data folder, as JSON, readable
by nobody else. The folder's name is an id drawn by lot, which the project keeps in `.vly/vault`; and
the vault holds the project's path. Both must agree: an id that a hostile repository brings along opens
nothing, since the path is another, and neither does a fresh clone at an old path. Where only one of
the two agrees the person is asked (`former`, `adopt`).
"""

from __future__ import annotations

import json
import os
import re
import secrets
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs
from pydantic import ValidationError

from vly_nb.errors import VaultError
from vly_nb.project.folder import FILE
from vly_nb.project.kept import Backup, Backups, Kept
from vly_nb.project.private import afresh, check, mend, told
from vly_nb.project.state import STATE, own_state
from vly_nb.project.store import write_durably

ID_FILE = "vault"
KEYS, BACKUPS = "keys.json", "backups.json"
BIGGEST = 20_000_000  # bytes of a file here
_ID = re.compile(r"[0-9a-f]{32}")
_COMING = re.compile(r"[0-9a-f]{16}")  # how `write_durably` names what isn't whole yet


def home() -> Path:
    """The folder of all vaults: where VLY_NB_DATA says, or where the platform keeps such things
    (`~/.local/share/vly_nb/keys`)."""
    named = os.environ.get("VLY_NB_DATA")
    return (Path(named).expanduser() if named else Path(platformdirs.user_data_path("vly_nb"))) / "keys"


@dataclass(frozen=True, slots=True)
class Former:
    """A vault that may be this project's: it was at `project`, and holds these names."""

    place: Path
    project: str
    names: tuple[str, ...]

    @property
    def moved(self) -> bool:
        """Whether the folder it belonged to is gone."""
        return not Path(self.project).is_dir()


class Vault:
    """One project's keys; see the module's top. Every method but `of` raises VaultError."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._home = home()

    @classmethod
    def of(cls, root: str | Path) -> Vault:
        """The vault of the project in a folder. Nothing is read or made yet."""
        return cls(Path(root).resolve())

    def __repr__(self) -> str:
        return f"<Vault of {self._root.name}>"

    # -- keys ----------------------------------------------------------------
    def values(self) -> dict[str, str]:
        """Name → value. For the trusted side alone."""
        place = self._place()
        return dict(self._kept(place).keys) if place else {}

    def put(self, changes: Mapping[str, str | None]) -> None:
        """Set these keys, and take away those that are None; all or nothing."""
        place = self._place() or self._make()
        kept = self._kept(place)
        keys = {name: value for name, value in {**kept.keys, **changes}.items() if value is not None}
        self._write(place, kept.model_copy(update={"keys": keys}))

    # -- env files that were moved here -----------------------------------------
    def backups(self) -> list[list[Backup]]:
        """What each import took out of the project, the oldest first."""
        place = self._place()
        if place is None or not (place / BACKUPS).exists():
            return []
        kept: Backups = self._read(place / BACKUPS, Backups)
        return kept.imports

    def keep(self, imports: list[list[Backup]]) -> None:
        """Put these backups in place of the ones that are kept."""
        with told("The env files weren't kept"):
            _put(self._place() or self._make(), BACKUPS, Backups(imports=imports).model_dump())

    # -- whose it is -------------------------------------------------------------
    def former(self) -> Former | None:
        """A vault of this project from another place or time.

        By its id when the folder was moved or copied; by its path when there is no other.
        """
        own = self._place()
        known = self._kept(own).former if own else self._id()
        for place in self._all():
            with suppress(VaultError):
                kept = self._kept(place)
                here = own is None and kept.project == str(self._root)
                if kept.keys and (place.name == known or here):
                    return Former(place, kept.project, tuple(sorted(kept.keys)))
        return None

    def adopt(self) -> Former:
        """Take a former vault over: the person says that it is this project's. Newer keys win."""
        former = self.former()
        if former is None:
            raise VaultError("There are no keys from before for this project.", "See %vly keys.")
        old = self._kept(former.place).keys
        place = self._place() or self._make()
        self._write(place, Kept(project=str(self._root), keys={**old, **self._kept(place).keys}))
        with told("The former keys can't be taken over"):
            if (former.place / BACKUPS).exists() and not (place / BACKUPS).exists():
                _put(place, BACKUPS, self._read(former.place / BACKUPS, Backups).model_dump())
            if former.moved or former.project == str(self._root):
                for file in former.place.iterdir():
                    file.unlink()
                former.place.rmdir()
        return former

    # -- permissions -------------------------------------------------------------
    def mend(self) -> None:
        """Make the vault its owner's alone. Raises VaultError where only another user could."""
        with told("The vault can't be mended"):
            if not self._home.exists():
                return
            for place in (self._home, *([own] if (own := self._own()) else [])):
                mend(place)
                for file in sorted(place.iterdir()) if place != self._home else ():
                    mend(file)
        self._place()

    # -- within ------------------------------------------------------------------
    def _place(self) -> Path | None:
        """The folder that is surely this project's, checked; None when there is none."""
        self._must_be_outside()
        own = self._own()
        if own is None:
            return None
        check(self._home, stat.S_ISDIR)
        check(own, stat.S_ISDIR)
        return own if self._kept(own).project == str(self._root) else None

    def _own(self) -> Path | None:
        """The folder that the project's id names, if it is there."""
        known = self._id()
        place = self._home / known if known else None
        return place if place is not None and place.is_dir() else None

    def _make(self) -> Path:
        """A fresh folder, under a fresh id that the project is told."""
        self._must_be_outside()
        with told("The vault can't be made"):
            self._home.mkdir(mode=0o700, parents=True, exist_ok=True)
            check(self._home, stat.S_ISDIR)
            place = self._home / secrets.token_hex(16)
            place.mkdir(mode=0o700)
            self._write(place, Kept(project=str(self._root), former=self._id() or ""))
            write_durably(own_state(self._root) / ID_FILE, place.name.encode())
        return place

    def _must_be_outside(self) -> None:
        inside = self._home.resolve()
        if inside.is_relative_to(self._root) or self._root.is_relative_to(inside):
            raise VaultError(
                f"The vault, {inside}, would lie inside the project.",
                "Mount the app's own folder, or name another folder for it in VLY_NB_DATA.",
            )

    def _id(self) -> str | None:
        try:
            fd = os.open(self._root / STATE / ID_FILE, FILE)
        except OSError:
            return None
        with os.fdopen(fd, "rb") as file:
            known = file.read(100).decode("ascii", "replace")
        return known if _ID.fullmatch(known) else None

    def _all(self) -> Iterator[Path]:
        with suppress(OSError):
            yield from sorted(place for place in self._home.iterdir() if _ID.fullmatch(place.name))

    def _kept(self, place: Path) -> Kept:
        check(place, stat.S_ISDIR)
        kept: Kept = self._read(place / KEYS, Kept)
        return kept

    def _write(self, place: Path, kept: Kept) -> None:
        with told("The keys weren't kept"):
            _put(place, KEYS, kept.model_dump())

    def _read(self, place: Path, shape: type[Any]) -> Any:
        check(place, stat.S_ISREG)
        try:
            return shape.model_validate_json(place.read_bytes()[:BIGGEST])
        except OSError as error:
            raise VaultError(f"The vault's {place.name} can't be read: {error.strerror}.") from None
        except ValidationError:
            raise VaultError(
                f"The vault's {place.name} can't be understood.",
                afresh(place),
            ) from None


def _put(place: Path, name: str, value: Mapping[str, Any]) -> None:
    """Write a file whole, and sweep what a crash left of another."""
    for rest in place.iterdir():
        if _COMING.fullmatch(rest.name):
            rest.unlink()
    write_durably(place / name, json.dumps(value, indent=1).encode())
