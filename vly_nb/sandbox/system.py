"""What of the machine itself a confined program sees, read-only: its programs and libraries, no home."""

from __future__ import annotations

import functools
import importlib.util
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib.machinery import ModuleSpec
from pathlib import Path

FOLDERS = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store")
FILES = (
    *("passwd", "group", "hosts", "nsswitch.conf", "localtime", "ld.so.cache", "alternatives", "static"),
    "ssl/openssl.cnf",  # Node ends at once when it is there and can't be read, as in tier B
)
TRUSTED = ("ssl/certs", "ssl/cert.pem", "pki/tls", "pki/ca-trust/extracted")
CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS")
"""Variables that name files, which programs complain about when they aren't there."""
TOOL_FOLDERS = ("VOLTA_HOME", "NVM_DIR", "ASDF_DIR", "ASDF_DATA_DIR", "PNPM_HOME")
IN_HOME = (".nvm", ".volta", ".asdf", ".fnm", ".local/share/pnpm", ".local/share/fnm", ".local/share/mise")
SHARED = ("/", "/home", "/Users", "/root", "/tmp", "/var", "/etc", "/run", "/srv", "/mnt", "/opt")  # noqa: S108
PRIVATE = (
    *("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"),
    *("JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR"),
)
PRELOAD = Path(__file__).parents[1] / "tools" / "commands" / "no_build.cjs"
"""What every node of the agent's commands loads first, wherever this package lies."""
PROGRAMS = ("node", "npm", "pnpm", "python3", "git", "bash")


def package(name: str) -> ModuleSpec | None:
    """A Python package that need not be there; None when it isn't.

    In a kernel `find_spec` raises for that, so that nothing is looked for in a project's folder
    (`notebook/imports.py`).
    """
    with suppress(ModuleNotFoundError):
        return importlib.util.find_spec(name)
    return None


@functools.cache
def folders() -> tuple[Path, ...]:
    """The system's folders of programs and libraries, but for those that are links."""
    return tuple(place for name in FOLDERS if (place := Path(name)).is_dir() and not place.is_symlink())


@functools.cache
def links() -> tuple[tuple[str, str], ...]:
    """(link, target) of those that are links, as /bin is to usr/bin."""
    return tuple((name, os.readlink(name)) for name in FOLDERS if Path(name).is_symlink())  # noqa: PTH115


def files(network: bool) -> tuple[Path, ...]:
    """What programs read of /etc, and nothing that holds a password; with the `network`, whom they trust."""
    named = (value for name in CERTIFICATES if network and (value := os.environ.get(name)))
    return _files(network, tuple(named))


@functools.lru_cache(maxsize=16)
def _files(network: bool, named: tuple[str, ...]) -> tuple[Path, ...]:
    found = [Path("/etc", name) for name in (*FILES, *(TRUSTED if network else ()))]
    return tuple(place for place in dict.fromkeys([*found, PRELOAD, *map(Path, named)]) if place.exists())


def private() -> tuple[Path, ...]:
    """Where people, vly and Jupyter keep settings and keys: hidden wherever it lies."""
    named = (Path(value) for name in PRIVATE if (value := os.environ.get(name)))
    return tuple(dict.fromkeys(Path(os.path.realpath(place)) for place in (Path.home(), *named)))


def toolchains() -> tuple[Path, ...]:
    """Folders outside the system's that the PATH's programs come from: nvm, conda, pyenv and their like."""
    return _toolchains(os.environ.get("PATH", os.defpath), Path.home())


@functools.lru_cache(maxsize=16)
def _toolchains(path: str, home: Path) -> tuple[Path, ...]:
    found = dict.fromkeys(
        place
        for place in (*_on_path(path), *_named(home))
        if place.is_dir() and _holds_tools(place, home) and not _within(place.resolve(), folders())
    )
    return tuple(one for one in found if not _within(one, [two for two in found if two != one]))


def _on_path(path: str) -> Iterator[Path]:
    """The PATH's folders, and for the programs that need what lies beside them all of their installation.

    Not for others: `~/.cargo` and `~/.docker` hold a `bin` and passwords.
    """
    for place in map(Path, path.split(os.pathsep)):
        if place.is_absolute() and place.is_dir():
            yield place
            for real in ((place / name).resolve() for name in PROGRAMS if (place / name).exists()):
                yield real.parent
                if real.parent.name in ("bin", "shims"):  # ~/.nvm/versions/node/v20 for its bin/node
                    yield real.parent.parent


def _named(home: Path) -> Iterator[Path]:
    yield from (Path(value) for name in TOOL_FOLDERS if (value := os.environ.get(name)))
    yield from (home / name for name in IN_HOME)
    yield from (Path(sys.prefix), Path(sys.base_prefix))


def _holds_tools(place: Path, home: Path) -> bool:
    """Whether a folder may be seen: not one in which people keep other things than programs, too.

    One that a home lies in (OpenShift's /opt/app-root) may: the home is taken out of it again.
    """
    return str(place) not in SHARED and place not in (home, home / ".local", home / ".config")


def reachable(place: Path, uid: int, gid: int) -> bool:
    """Whether a user may go all the way to a place; no other groups of theirs are asked for."""
    with suppress(OSError):
        return all(_may_enter(folder.stat(), uid, gid) for folder in place.parents)
    return False


def _may_enter(status: os.stat_result, uid: int, gid: int) -> bool:
    of_owner, of_group = status.st_uid == uid, status.st_gid == gid
    bit = stat.S_IXUSR if of_owner else stat.S_IXGRP if of_group else stat.S_IXOTH
    return bool(status.st_mode & bit)


def _within(place: Path, folders: Iterable[Path]) -> bool:
    return any(place.is_relative_to(folder) for folder in folders)
