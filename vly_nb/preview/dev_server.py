"""DevServer: Vite for one project, as a service (`services.py`), and what it answers when asked.

It runs in the project's box: no network, no keys, the project's files read-only but for caches.
Variables that are a page's anyway (`VITE_*`) are handed to it, since it can't read an env file.
https://vite.dev/guide/cli.html
"""

from __future__ import annotations

import asyncio
import http.client
import json
import re
import urllib.parse
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from vly_nb.errors import ProgramError
from vly_nb.preview.vite_log import without_ours
from vly_nb.project.confine import Reach
from vly_nb.project.env_files import env_files, is_secret_name, lines_of
from vly_nb.project.env_files import read as read_env
from vly_nb.project.project import Project
from vly_nb.project.state import own_state
from vly_nb.services import FOR_LONG, LOOPBACK, Ended, Program, Running, Service

VITE = "node_modules/vite/dist/node/index.js"
SERVE = Path(__file__).parent / "serve.mjs"
TOLD = "VLY_SERVE"  # the variable in which it is told
PROXY = "proxy/absolute"  # jupyter-server-proxy's path that leaves the address as it is
PATIENCE = 60.0  # seconds until it answers first; the packages are bundled before
MOMENT = 20.0  # seconds for one answer
BIGGEST = 8 << 20  # bytes of an answer
ENV_FILES = (".env", ".env.development", ".env.local", ".env.development.local")  # as Vite reads them
SAID = re.compile(rb"const error = (\{.*?\})\s*;?\s*\n", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server answered: the status, and the body."""

    status: int
    body: bytes

    @property
    def complaint(self) -> Mapping[str, object] | None:
        """What Vite says is wrong with a module, as it says it; None when nothing is.

        Its page for an error holds it as JSON (vite 7: `server/middlewares/error.ts`).
        """
        if self.status < 500:
            return None
        found = SAID.search(self.body)
        with suppress(ValueError):
            told = json.loads(found[1] if found else self.body)
            if isinstance(told, dict):
                return told
        return {"message": self.body[:500].decode("utf-8", "replace")}


class DevServer:
    """One project's dev server, running or not."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self.service = Service("preview", project.root, own_state(project.root) / "services", self._clean)

    def _clean(self, text: str) -> str:
        return self._project.clean(text)

    async def start(self, base: str, variables: Mapping[str, str]) -> Running:
        """The running server; started when it doesn't run, or runs for another `base`.

        `base` is the address of the notebook server (`/`, `/user/x/`) behind whose proxy it is, "" for a
        server that is opened directly. Raises ProgramError.
        """
        root = self._project.root
        if not await asyncio.to_thread((root / VITE).is_file):
            raise ProgramError(
                "There is nothing to preview: Vite isn't installed in this project.",
                "Install the packages first: `pnpm install` in the project's folder.",
            )
        given = {**self._variables(), **variables}
        note = json.dumps({"base": base, "variables": sorted(given.items())})
        running = await asyncio.to_thread(self.service.running)
        if running is not None and running.note != note:
            await self.service.stop()
        box = await self._project.confinement.box(Reach(listens=True, reads=True, readable=[SERVE]), FOR_LONG)

        def program(port: int) -> Program:
            define = elsewhere(given, base, port) if base else {}
            told = json.dumps({"base": path_of(base, port), "define": define})
            return Program(["node", str(SERVE), str(port)], {**given, TOLD: told}, box, note=note)

        return await self.service.start(program, cwd=root)

    async def answers(self, running: Running) -> None:
        """Wait until the page is served. Raises ProgramError with what it said when it ends instead."""
        until = asyncio.get_running_loop().time() + PATIENCE
        while True:
            answer = await self.ask(running, base_of(running), "text/html")
            if answer is not None and answer.status < 500:
                return
            if (ended := await asyncio.to_thread(self.service.ended)) is not None:
                raise ProgramError(
                    f"Vite ended{_how(ended)}: {self.last_words()}", "Mend it, then start again."
                )
            if asyncio.get_running_loop().time() > until:
                raise ProgramError("Vite doesn't answer.", "See what it said: `%vly preview log`.")
            await asyncio.sleep(0.1)

    async def ask(self, running: Running, path: str, accept: str = "*/*") -> Answer | None:
        """GET a path; None when nobody answers."""
        return await asyncio.to_thread(_get, running.port, path, accept)

    def last_words(self, lines: int = 12) -> str:
        """The end of what it printed."""
        text, _ = self.service.log(most=20_000)
        return "\n".join([line for line in without_ours(text).splitlines() if line.strip()][-lines:])

    def _variables(self) -> dict[str, str]:
        """What the env files set for the page itself, later files winning."""
        found: dict[str, str] = {}
        for path in env_files(self._project.folder):
            if path in ENV_FILES and (file := read_env(self._project.folder, path)) is not None:
                for line in lines_of(file[0].decode("utf-8", "replace")):
                    if line.name.startswith("VITE_") and not is_secret_name(line.name):
                        found[line.name] = line.value
        return found


def elsewhere(variables: Mapping[str, str], base: str, port: int) -> dict[str, str]:
    """JavaScript for those variables that are addresses of this machine, by Vite's name for each.

    A browser elsewhere can't reach them. It goes the way the page itself came: through the notebook server at
    `base`, whose name only the browser knows. A page that was opened directly, as vly's own browser does,
    goes directly.
    """
    found: dict[str, str] = {}
    for name, value in variables.items():
        with suppress(ValueError):
            parts = urllib.parse.urlsplit(value)
            if parts.hostname == LOOPBACK and parts.port:
                path = f"{path_of(base, parts.port).rstrip('/')}{parts.path}"
                directly = f"location.host === {json.dumps(f'{LOOPBACK}:{port}')}"
                found[f"import.meta.env.{name}"] = (
                    f"({directly} ? {json.dumps(value)} : location.origin + {json.dumps(path)})"
                )
    return found


def path_of(base: str, port: int) -> str:
    """Where the app is under a notebook server's address; "" for directly."""
    return f"{base.rstrip('/')}/{PROXY}/{port}/" if base else "/"


def base_of(running: Running) -> str:
    """The path under which a running server has the app."""
    return path_of(front_end_of(running.note), running.port)


def front_end_of(note: str) -> str:
    """The address of the front end for which a server was started."""
    with suppress(ValueError, KeyError, TypeError):
        return str(json.loads(note)["base"])
    return ""


def _how(ended: Ended) -> str:
    return f" with code {ended.code}" if ended.code is not None else f" ({ended.why.rstrip('.')})"


def _get(port: int, path: str, accept: str) -> Answer | None:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=MOMENT)
    try:
        safe = urllib.parse.quote(path, safe="/?=&%@:+,~!$'()*;")
        connection.request("GET", safe, headers={"Accept": accept})
        response = connection.getresponse()
        return Answer(response.status, response.read(BIGGEST))
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def sources(paths: Sequence[str], root: Path) -> list[str]:
    """Of some paths those that the page may load: modules and styles beneath `src`, no types, no tests."""
    return [
        path
        for path in paths
        if path.startswith("src/")
        and re.search(r"\.(?:tsx?|jsx?|css)$", path)
        and not re.search(r"\.(?:d|test|spec)\.|/__tests__/", path)
        and (root / path).is_file()
    ]
