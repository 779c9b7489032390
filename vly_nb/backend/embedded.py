"""Embedded: the stand-in. The app's own Convex functions run on convex-test, on this machine.

    stand_in = Embedded(project, "src/convex", cache)
    await stand_in.start(report)             # or found again, whoever started it
    await stand_in.tables()

Its host (`host/`, plain Node) is a service (`services.py`) in the project's box: no network, no keys,
the project's files read-only, and one folder to write, `.vly/stand-in`, where its data is. It isn't
Convex: `docs/embedded-backend.md` says what it has and what it hasn't.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from vly_nb.backend.backend import STAND_IN, BackendError, Page, Ran, Table, Unreachable
from vly_nb.backend.calling import Line
from vly_nb.backend.deployment import parsed_schema
from vly_nb.backend.packages import HOST, packages
from vly_nb.backend.reached import Door, Reached
from vly_nb.progress import Report, silent
from vly_nb.project.confine import Reach
from vly_nb.project.project import Project
from vly_nb.project.state import own_state
from vly_nb.services import FOR_LONG, LOOPBACK, Program, Running, Service

PATIENCE = 60.0  # seconds until it answers first; bundling takes 1 to 3
NODE = ("node", "--max-old-space-size=1024")
PAGE_KEY = "page-key"  # the file in .vly
KEY = re.compile(r"[\w-]{20,100}")
OFF = "The stand-in isn't running."
START = "Start it with `%vly backend embedded`."


class Embedded:
    """One project's stand-in, running or not, as a Backend.

    `functions` is the functions folder, relative to the project; `cache` is where its
    packages are kept.
    """

    name = STAND_IN
    read_only = False

    def __init__(self, project: Project, functions: str, cache: Path) -> None:
        self._project = project
        self.functions = functions
        self._cache = cache
        state = own_state(project.root)
        self._data = state / STAND_IN
        self.service = Service("backend", project.root, state / "services", project.clean)
        self.reached = Reached(project.root)

    # -- as a program --------------------------------------------------------------

    async def start(self, report: Report = silent) -> Running:
        """Have it run and answer. Raises BackendError, ProgramError."""
        if (running := await asyncio.to_thread(self.service.running)) is not None:
            known = running.note.startswith(f"{_host_digest()} ")
            if known and await asyncio.to_thread(self.reached.is_open):
                return running
            await self.stop()  # it was started by another version of vly, or for other hosts
        if not (self._project.root / "node_modules" / "convex").exists():
            raise BackendError(
                "The stand-in needs the project's packages, and `convex` isn't installed.",
                "Install them first: `pnpm install` in the project's folder.",
            )
        where = await packages(self._cache, report)
        report("starting the stand-in")
        self._make_folder()
        door = await self.reached.open()
        reach = Reach(listens=True, reads=True, readable=[HOST, where], writable=[self._data])
        if door is not None:
            reach = replace(reach, network=door.address, proxy=door.url)
        box = await self._project.confinement.box(reach, FOR_LONG)
        if box.owner is not None:
            os.chown(self._data, *box.owner)
        key = f"{STAND_IN}|{secrets.token_hex(24)}"

        def program(port: int) -> Program:
            self._write_config(port, where, key, door)
            return Program(
                [*NODE, str(HOST / "host.mjs"), str(self._config)], {}, box, note=f"{_host_digest()} {key}"
            )

        running = await self.service.start(program, cwd=self._project.root)
        await self._answers(running)
        return running

    async def stop(self) -> bool:
        """End it; its data stays. Whether it ran."""
        with suppress(BackendError):
            await self.ask("save")
        ran = await self.service.stop()
        await self.reached.close()
        return ran

    def running(self) -> Running | None:
        """The service, when it runs."""
        return self.service.running()

    @property
    def url(self) -> str:
        """Where clients find it: its port stays. "" when it never ran."""
        return f"http://{LOOPBACK}:{self.service.port}" if self.service.port else ""

    def page_url(self) -> str:
        """Where the app's page finds it when the page itself has another address than this machine's.

        The key in it says to the stand-in that this is the app's page, whatever address it names. It stays,
        since sign-ins are kept under the address.
        """
        place = own_state(self._project.root) / PAGE_KEY
        with suppress(OSError):
            key = place.read_text("utf-8")
            if KEY.fullmatch(key):
                return f"{self.url}/_page/{key}"
        key = secrets.token_urlsafe(24)
        place.unlink(missing_ok=True)
        with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(key)
        return f"{self.url}/_page/{key}"

    @property
    def _config(self) -> Path:
        return self._data / "config.json"

    def _make_folder(self) -> None:
        if self._data.is_symlink():
            raise BackendError(f"{self._data} is a link.", "Remove it: the stand-in's data lies there.")
        self._data.mkdir(mode=0o700, exist_ok=True)
        self._data.chmod(0o700)

    def _write_config(self, port: int, where: Path, key: str, door: Door | None) -> None:
        config = {
            "root": str(self._project.root),
            "functions": self.functions,
            "data": str(self._data),
            "packages": str(where),
            "port": port,
            "adminKey": key,
            "pageKey": self.page_url().rpartition("/")[2],
            "allowed": self.reached.origins,
            "proxy": door.url if door else "",
            "env": {},
        }
        self._config.unlink(missing_ok=True)
        with os.fdopen(os.open(self._config, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(config, file)

    async def _answers(self, running: Running) -> None:
        """Wait until it answers. Raises BackendError with what it said when it ends instead."""
        until = asyncio.get_running_loop().time() + PATIENCE
        while True:
            try:
                await Line(self.url, _key(running)).post("/_vly/status", {}, timeout=5)
                return
            except Unreachable:
                ended = await asyncio.to_thread(self.service.ended)
                if ended is not None or asyncio.get_running_loop().time() > until:
                    said = self.log()[-1500:].strip()
                    raise BackendError(
                        f"The stand-in didn't start: {said}", "Mend that, then try again."
                    ) from None
                await asyncio.sleep(0.1)

    def log(self) -> str:
        """The end of what it and the app's functions printed."""
        return self.service.log(most=40_000)[0]

    async def ask(self, what: str, **body: Any) -> Any:
        """One of the stand-in's own answers (`host/own.mjs`). Raises BackendError."""
        running = await asyncio.to_thread(self.service.running)
        if running is None:
            raise BackendError(OFF, START)
        return await Line(self.url, _key(running)).post(f"/_vly/{what}", body)

    # -- as a backend --------------------------------------------------------------

    async def tables(self) -> Sequence[Table]:
        """Its tables, and how many rows each has."""
        return [Table(one["name"], one["rows"]) for one in (await self.ask("status"))["tables"]]

    async def rows(
        self, table: str, *, limit: int = 20, offset: int = 0, where: Mapping[str, Any] | None = None
    ) -> Page:
        """Rows of a table, oldest first."""
        if table not in {one.name for one in await self.tables()}:
            raise BackendError(f"There is no table {table[:60]!r}.", "See `%vly db`.")
        found = await self.ask("rows", table=table, limit=limit, offset=offset, where=dict(where or {}))
        return Page(found["rows"], found["total"])

    async def run(self, function: str, arguments: Mapping[str, Any]) -> Ran:
        """Call a function; the code is what is on disk now. Raises FunctionFailed, BackendError."""
        await self.push()
        running = await asyncio.to_thread(self.service.running)
        if running is None:
            raise BackendError(OFF, START)
        return await Line(self.url, _key(running)).call(function, arguments)

    async def push(self) -> None:
        """Take the code as it is on disk. Raises BackendError with what is wrong with it."""
        if error := (await self.ask("push"))["error"]:
            raise BackendError(f"The stand-in can't take the code: {error}", "Mend that, then try again.")

    async def schema(self) -> Mapping[str, Any] | None:
        """The schema that it runs on."""
        return parsed_schema(await self.ask("schema"))

    # -- only the stand-in ------------------------------------------------------------

    async def snapshot(self, name: str) -> None:
        """Keep the data as it is now under a name (a version's number)."""
        await self.ask("snapshot", name=name)

    async def restore(self, name: str) -> None:
        """Bring a snapshot's data back."""
        await self.ask("restore", name=name)

    async def reset(self) -> None:
        """Forget all data."""
        await self.ask("reset")

    async def mails(self, since: int = 0) -> Sequence[Mapping[str, Any]]:
        """Mails that were kept instead of sent, newer than a number: `{number, to, subject, code, text}`."""
        found: Sequence[Mapping[str, Any]] = await self.ask("mails", since=since)
        return found


def _key(running: Running) -> str:
    return running.note.partition(" ")[2]


@cache
def _host_digest() -> str:
    found = hashlib.sha256()
    for file in sorted(HOST.glob("*.mjs")):
        found.update(file.read_bytes())
    return found.hexdigest()[:12]
