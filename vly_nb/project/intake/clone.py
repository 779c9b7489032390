"""Clone: the newest commit of a git repository, fetched in a box, and its files into a staging.

git only fetches: into a bare repository, with the network for that one host. Its files are read by
dulwich, object by object, once their sizes are known. So nothing is checked out: no hook, no filter, no
attribute, no submodule of the repository has any effect.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from dulwich.errors import FileFormatException
from dulwich.objects import Blob, Commit, ObjectID, Tree
from dulwich.repo import Repo

from vly_nb.errors import ProgramError, ProjectError
from vly_nb.processes import Completed, run
from vly_nb.progress import Report
from vly_nb.project.confine import Confinement, Reach
from vly_nb.project.intake.staging import (
    DEEPEST,
    LINKS,
    LOOK,
    MOST_BYTES,
    MOST_FILES,
    SUBMODULES,
    Staging,
)
from vly_nb.sandbox.proxy import Host, Proxy
from vly_nb.sandbox.sandbox import Limits

TIMEOUT = 300.0  # seconds
REPOSITORY = "repository"
SIZES = "%(objectsize)"
MOST_OBJECTS = 2 * MOST_FILES
LISTED = 12 * MOST_OBJECTS  # characters: a size has hardly ten digits
SUBMODULE = 0o160000
SAFELY = (
    *("-c", "protocol.allow=never", "-c", "credential.helper=", "-c", "core.askPass=", "-c", "gc.auto=0"),
    *("-c", "submodule.recurse=false", "-c", "fetch.recurseSubmodules=false"),
)
SHALLOW = ("--bare", "--depth=1", "--single-branch", "--no-tags", "--template=", "--progress")
KNOWN = {
    "terminal prompts disabled": "it isn't there, or isn't public.",
    "could not read Username": "it isn't there, or isn't public.",
    "not found": "it isn't there, or isn't public.",
    "does not appear to be a git repository": "it is no git repository.",
    "Could not resolve": "its host isn't known, or there is no network.",
    "CONNECT tunnel failed": "its host can't be reached.",
    "File size limit": f"it is bigger than {MOST_BYTES >> 20} MB.",
    "Failed to connect": "its host can't be reached.",
    "certificate": "its host's certificate isn't accepted.",
    "empty repository": "it is empty.",
}
BY_HAND = "Clone it yourself in a terminal, then: %vly import FOLDER"


async def fetch(address: str, work: Path, report: Report) -> Path:
    """The newest commit of what is at an address (https://…, or a bare repository's path), beneath `work`.

    Raises ProjectError with why it can't be had, ProgramError.
    """
    place, local = work / REPOSITORY, not address.startswith("https://")
    kind = "file" if local else "https"
    parts = urlsplit(address)
    hosts: Collection[Host] = [] if local else [Host(str(parts.hostname), parts.port or 443, told=True)]
    async with Proxy(hosts) as proxy:
        reach = Reach(readable=[Path(address)]) if local else Reach(network=proxy.address, proxy=proxy.url)
        box = await Confinement(work).box(reach, Limits(file_size=MOST_BYTES))
        env = {"HOME": str(work), **({} if local else {"https_proxy": proxy.url, "HTTPS_PROXY": proxy.url})}
        if authorities := os.environ.get("SSL_CERT_FILE"):
            env["GIT_SSL_CAINFO"] = authorities
        allow = ("-c", f"protocol.{kind}.allow=always")
        how = (*SHALLOW, *(["--no-local"] if local else []))  # else the whole history would be copied
        argv = ["git", *SAFELY, *allow, "clone", *how, "--", address, str(place)]
        try:
            done = await run(argv, cwd=work, env=env, timeout=TIMEOUT, on_line=report, box=box)
        except ProgramError as error:
            raise ProgramError(
                f"git can't be used: {error.message}",
                "Install git, or download the project as a zip and import that.",
            ) from error
        if not done.ok:
            raise ProjectError(f"{address} can't be had: {_why(done)}", BY_HAND)
    await _measure(place, work)
    return place


def _why(done: Completed) -> str:
    if done.timed_out:
        return f"it took longer than {TIMEOUT:.0f} seconds."
    known = next((words for sign, words in KNOWN.items() if sign in done.output), "")
    said = [line for line in done.output.splitlines() if line.startswith(("fatal:", "error:"))]
    return known or done.stopped or " ".join(said)[-300:]


async def _measure(place: Path, work: Path) -> None:
    """Let in what is not too big once it is unpacked. Raises ProjectError."""
    box = await Confinement(work).box()
    argv = ["git", f"--git-dir={place}", "cat-file", "--batch-all-objects", f"--batch-check={SIZES}"]
    done = await run(argv, cwd=work, env={"HOME": str(work)}, timeout=TIMEOUT, limit=LISTED, box=box)
    if not done.ok:
        raise ProjectError(f"What git fetched can't be read: {done.output[-300:]}", BY_HAND)
    sizes = [int(line) for line in done.output.splitlines() if line.isdigit()]
    if done.cut or len(sizes) > MOST_OBJECTS or sum(sizes) > MOST_BYTES:
        raise ProjectError(f"It holds more than {MOST_FILES:,} files or {MOST_BYTES >> 20} MB.", LOOK)


def unpack(place: Path, staging: Staging) -> None:
    """Every file of the newest commit. Raises ProjectError: nothing there, hostile, too big."""
    try:
        with closing(Repo(str(place))) as repo:
            commit = repo[repo.head()]
            if not isinstance(commit, Commit):
                raise ProjectError("Its newest state is no commit.", LOOK)
            _Reader(repo, staging).read(commit.tree, "", 0)
    except (KeyError, ValueError, OSError, FileFormatException) as error:
        raise ProjectError(f"What git fetched can't be read: {error}", BY_HAND) from error


class _Reader:
    """Goes through trees, a limited number of them: a few objects can name each other without end."""

    def __init__(self, repo: Repo, staging: Staging) -> None:
        self._repo, self._staging = repo, staging
        self._trees = 0

    def read(self, tree: ObjectID, at: str, depth: int) -> None:
        """One folder and what is in it."""
        self._trees += 1
        if self._trees > MOST_FILES or depth > DEEPEST:
            raise ProjectError(f"It holds more than {MOST_FILES:,} folders, or is too deep.", LOOK)
        found = self._repo[tree]
        if not isinstance(found, Tree):
            raise ProjectError("It holds a folder that is none.", LOOK)
        for name, mode, key in found.items():
            path = at + name.decode("utf-8", "surrogateescape")
            if stat.S_ISDIR(mode):
                self.read(key, f"{path}/", depth + 1)
            elif mode == SUBMODULE:
                self._staging.leave(path, SUBMODULES)
            elif stat.S_ISLNK(mode):
                self._staging.leave(path, LINKS)
            else:
                self._staging.add(path, self._blob(key), runs=bool(mode & 0o111))

    def _blob(self, key: ObjectID) -> Iterator[bytes]:
        blob = self._repo[key]
        if not isinstance(blob, Blob):
            raise ProjectError("It holds a file that is none.", LOOK)
        yield from blob.chunked
