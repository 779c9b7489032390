"""A box for a project: what a program that runs there may reach, by what lies in the tree right now."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from vly_nb.process_trial import standing, why_not
from vly_nb.project.contents import Contents, Found
from vly_nb.project.reserved import Reserved
from vly_nb.sandbox import system
from vly_nb.sandbox.sandbox import After, Box, Limits, Look, Tier
from vly_nb.sandbox.trial import Standing

CACHES = (".tmp", ".cache", ".vite", ".vite-temp")
"""Folders in node_modules that tools write to at every run; all else there is the package manager's."""
NAMES_OF_GIT = ("HEAD", "packed-refs", "refs", "objects/info")
"""What of a repository any command may read: what commits there are, not what is in them."""
LOGINS = re.compile(r"(?i)://[^/\s]*@|extraheader|token|passw|secret|include")

CHANGED = "A file with keys changed while this ran, so what it printed isn't shown. Run it again."
PUT_BACK = "{} is read-only to commands; it was put back as it was."


def nothing(_: str) -> bool:
    """No file is a person's alone."""
    return False


@dataclass(frozen=True, slots=True)
class Reach:
    """What a command needs beyond the project's own files.

    `history`: a repository's contents, for the git commands that leave secret files
    out. `installs`: node_modules and the files beside package.json, for the package
    manager. `keys`: env files, for Convex's CLI. `network`: the address that its
    connections lead to, and `proxy` what it is to be told of it. `listens`: a port to serve
    on. `reads`: the project's files are read-only, but for the tools' caches. `home` keeps HOME,
    of which only `readable` and `writable` are there.
    """

    history: bool = False
    installs: bool = False
    keys: bool = False
    network: tuple[str, int] | None = None
    proxy: str = ""
    listens: bool = False
    reads: bool = False
    home: bool = False
    readable: Sequence[Path] = ()
    writable: Sequence[Path] = ()


PLAIN = Reach()


class Confinement:
    """Boxes for one folder.

    `kept` tells which files are a person's alone, `tier` None is the best that this
    machine has, `packages` are other places that node_modules may lead to.
    """

    def __init__(
        self,
        root: Path,
        *,
        kept: Callable[[str], bool] = nothing,
        tier: Tier | None = None,
        packages: Sequence[Path] = (),
    ) -> None:
        self.root = Path(os.path.realpath(root))
        self._packages = packages
        self._keeps = kept is not nothing
        self._contents = Contents(self.root, kept)
        self._wanted = tier
        self._lock = threading.Lock()

    async def standing(self) -> Standing:
        """What holds commands here, and why nothing stronger does."""
        best = Standing(self._wanted) if self._wanted else await standing()
        if Path.home().is_relative_to(self.root):
            return Standing(Tier.D, {best.tier: "the project's folder holds your home folder"})
        if best.tier is Tier.A and forgets_case(self.root):
            hidden = "this disk takes A for a, so that what is hidden by name has other spellings"
            why = await why_not(Tier.B)
            return (
                Standing(Tier.D, {Tier.A: hidden, Tier.B: why}) if why else Standing(Tier.B, {Tier.A: hidden})
            )
        return best

    def beside(self, folder: Path) -> Confinement:
        """The same for another folder, whose node_modules leads to this one's."""
        packages = (self.root / "node_modules", *_above(self.root), *self._packages)
        return Confinement(folder, tier=self._wanted, packages=packages)

    async def box(self, reach: Reach = PLAIN, limits: Limits | None = None) -> Box:
        """What a program may reach, as the tree is now."""
        tier = (await self.standing()).tier
        with self._lock:
            found = self._contents.look()
        hidden = [*found.state, *([] if reach.keys else _secret(found, reach))]
        hidden += [place for place in system.private() if place.is_relative_to(self.root)]
        shown, sealed = [], []
        outside = (*reach.readable, *_above(self.root), *self._packages)
        readable = [Path(os.path.realpath(place)) for place in outside]
        for git in found.git:
            if not git.is_dir():  # a worktree's: it only names a folder elsewhere
                sealed.append(git)
                readable += _repository_of(git) if reach.history else []
            elif reach.history:
                sealed.append(git)
            else:
                hidden.append(git)
                shown += [git / name for name in NAMES_OF_GIT]
                shown += [git / "config"] if _holds_no_login(git / "config") else []
        packages = [] if reach.installs else found.packages
        return Box(
            tier,
            self.root,
            hidden=tuple(hidden),
            shown=tuple(shown),
            sealed=(self.root, *sealed) if reach.reads else tuple(sealed),
            fixed=(*packages, *found.tapes, *found.kept),
            loose=tuple(cache for place in packages for cache in _caches(place)),
            readable=tuple(readable),
            writable=tuple(Path(os.path.realpath(place)) for place in reach.writable),
            door=reach.network,
            proxy=reach.proxy,
            listens=reach.listens,
            home=reach.home,
            replaces=reach.installs or reach.keys,
            owner=owner(self.root),
            limits=limits or Limits(),
            watch=partial(
                self._watch,
                found,
                strict=tier is not Tier.D and not reach.keys,
                keeps=self._keeps and not (reach.reads and tier is not Tier.D),
            ),
        )

    # -- afterwards -----------------------------------------------------------

    def _watch(self, before: Found, *, strict: bool, keeps: bool) -> Look:
        """Begin to watch; in the end: did secret files move, did a person's files change."""
        known = _identities(before.secrets)
        kept = Reserved.of(self.root, before.kept) if keeps and self.root.is_dir() else None

        def after() -> After:
            with self._lock:
                now = self._contents.look()
            names: list[str] = []
            with suppress(OSError):  # the folder is gone: there is nothing to put back
                names = kept.put_back(now.kept) if kept else []
            if strict and _identities(now.secrets) != known:
                return After(CHANGED, withheld=True)
            return After(PUT_BACK.format(", ".join(names)) if names else "")

        return after

    def recover(self) -> list[str]:
        """Set aside a person's files that commands made while the kernel died; their names."""
        left = list(Reserved.left_over(self.root))
        return sorted({name for one in left for name in one.set_aside(self._contents.look().kept)})


def forgets_case(root: Path) -> bool:
    """Whether `A` and `a` are the same file in a folder, as on most Macs and their shares."""
    with suppress(OSError):
        names = set(os.listdir(root))  # noqa: PTH208
        other = next((name.swapcase() for name in names if name.swapcase() not in names), "")
        return bool(other) and os.path.lexists(root / other)
    return False


def _above(root: Path) -> list[Path]:
    """What a part of a workspace takes from the folders above it: packages, and what tsconfig extends."""
    found = []
    for folder in root.parents:
        if (folder / "node_modules").is_dir() and not (folder / "node_modules").is_symlink():
            found += [folder / "node_modules", folder / "package.json", *folder.glob("tsconfig*.json")]
    return found


def _secret(found: Found, reach: Reach) -> list[Path]:
    """The secret files; the package manager's own settings are not, for itself."""
    return [place for place in found.secrets if not (reach.installs and place.name == ".npmrc")]


def _caches(packages: Path) -> list[Path]:
    """The folders for caches in a node_modules, made when they aren't there."""
    found = []
    for name in CACHES:
        with suppress(OSError):
            (packages / name).mkdir(exist_ok=True)
            if not (packages / name).is_symlink():
                found.append(packages / name)
    return found


def _holds_no_login(config: Path) -> bool:
    """Whether a repository's settings may be read by any program, which git needs; some hold a token."""
    with suppress(OSError):
        return not LOGINS.search(config.read_text("utf-8", "replace"))
    return False


def _repository_of(git: Path) -> list[Path]:
    """Where a worktree's repository is, when its `.git` names one that looks like it."""
    with suppress(OSError, ValueError):
        folder = Path(git.read_text("utf-8")[:4096].removeprefix("gitdir:").strip())
        folder = Path(os.path.realpath(git.parent / folder))
        common = folder / "commondir"
        shared = (
            Path(os.path.realpath(folder / common.read_text("utf-8").strip())) if common.exists() else folder
        )
        if all((place / "HEAD").is_file() for place in (folder, shared)) and (shared / "objects").is_dir():
            return [folder, shared]
    return []


def owner(root: Path) -> tuple[int, int] | None:
    """Whom to run as: root becomes the project's owner, who may write it without root's privileges."""
    with suppress(OSError):
        status = root.stat()
        whom = status.st_uid, status.st_gid
        if os.geteuid() == 0 and status.st_uid != 0 and system.reachable(root, *whom):
            return whom
    return None


def _identities(places: Sequence[Path]) -> frozenset[tuple[Path, int, int]]:
    found = set()
    for place in places:
        with suppress(OSError):
            status = place.lstat()
            found.add((place, status.st_dev, status.st_ino))
    return frozenset(found)
