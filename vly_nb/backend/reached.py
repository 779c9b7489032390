"""Reached: the hosts that the stand-in's functions may fetch from, as the person allowed by name.

    reached = Reached(root)
    reached.allow("api.example.com")
    door = await reached.open()          # a proxy of ours, the only way out of the stand-in's box

The list lies in vly's own folder, which no command sees: the model can't add to it. The proxy
(`sandbox.proxy`) is a service, since the stand-in outlives the kernel.
"""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import json
import os
import secrets
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from vly_nb.backend.backend import BackendError
from vly_nb.project.state import own_state
from vly_nb.sandbox.proxy import PLACES, host_of
from vly_nb.services import LOOPBACK, Program, Running, Service

LIST = "reached"  # the file in .vly
MOST = 50  # hosts
PATIENCE = 10.0  # seconds until the proxy listens
IDLE = 3 * 86_400.0  # seconds; the stand-in, which ends sooner, takes it along
PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Door:
    """Where the proxy listens, and its address with its password."""

    address: tuple[str, int]
    url: str


class Reached:
    """The hosts that one project's stand-in may reach, and the proxy that leads to them."""

    def __init__(self, root: Path) -> None:
        state = own_state(root)
        self._list = state / LIST
        self._root = root
        self.service = Service("reached", root, state / "services")

    @property
    def origins(self) -> list[str]:
        """What is allowed, as `https://api.example.com`, in order."""
        with suppress(OSError, UnicodeDecodeError):
            lines = self._list.read_text("utf-8").split()[:MOST]
            found = []
            for line in lines:
                with suppress(BackendError):
                    found.append(origin_of(line))
            return found
        return []

    def allow(self, address: str) -> str:
        """Let functions reach a host from now on; its origin. Raises BackendError."""
        origin = origin_of(address)
        if len(there := self.origins) >= MOST:
            raise BackendError(f"{MOST} hosts are allowed already.", "Take one back first.")
        self._keep([*there, *([] if origin in there else [origin])])
        return origin

    def refuse(self, address: str) -> str:
        """Take it back; the origin. Raises BackendError when it wasn't allowed."""
        origin = origin_of(address)
        if origin not in (there := self.origins):
            raise BackendError(f"{origin} isn't allowed anyway.", "See `%vly backend allow`.")
        self._keep([one for one in there if one != origin])
        return origin

    def _keep(self, origins: list[str]) -> None:
        beside = self._list.with_suffix(".new")
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write("\n".join(origins))
        beside.replace(self._list)

    # -- the proxy -----------------------------------------------------------------

    async def open(self) -> Door | None:
        """Have the proxy run for what is allowed now; None when nothing is. Raises ProgramError."""
        origins = self.origins
        if not origins:
            await self.close()
            return None
        running = await asyncio.to_thread(self.service.running)
        if running is not None and not running.note.startswith(f"{_digest(origins)} "):
            await self.close()
            running = None
        if running is None:
            running = await self._start(origins)
        password = running.note.partition(" ")[2]
        return Door((LOOPBACK, running.port), f"http://vly:{password}@{LOOPBACK}:{running.port}")

    async def close(self) -> None:
        """End the proxy."""
        await self.service.stop()

    def is_open(self) -> bool:
        """Whether the proxy is as it should be: there for what is allowed, gone when nothing is."""
        running, origins = self.service.running(), self.origins
        return running.note.startswith(f"{_digest(origins)} ") if running else not origins

    async def _start(self, origins: list[str]) -> Running:
        password = secrets.token_urlsafe(24)
        hosts = [host for one in origins if (host := host_of(one, told=_is_here(one))) is not None]
        places = {"password": password, "hosts": [[one.name, one.port, one.told] for one in hosts]}
        package = str(Path(__file__).resolve().parents[2])
        code = (
            f"import sys; sys.path.append({package!r}); from vly_nb.sandbox.proxy import serve; "
            "serve(int(sys.argv[1]))"
        )

        def program(port: int) -> Program:
            argv = [sys.executable, "-I", "-S", "-c", code, str(port)]
            return Program(argv, {PLACES: json.dumps(places)}, note=f"{_digest(origins)} {password}")

        running = await self.service.start(program, cwd=self._root, idle=IDLE)
        until = asyncio.get_running_loop().time() + PATIENCE
        while asyncio.get_running_loop().time() < until:
            with suppress(OSError):
                _, writer = await asyncio.open_connection(LOOPBACK, running.port)
                writer.close()
                return running
            await asyncio.sleep(0.02)
        raise BackendError("The stand-in's way to the network didn't open.", "Try again.")


def origin_of(address: str) -> str:
    """`https://name`, with a port unless it is the usual one, of a bare name or an http(s) address.

    Raises BackendError for anything else: a pattern, a login, a path.
    """
    wrong = BackendError(
        f"{address[:80]!r} is no host.",
        "For example: %vly backend allow api.example.com, or http://localhost:11434.",
    )
    try:
        parts = urlsplit(address if "://" in address else f"https://{address}")
        name = (parts.hostname or "").encode("idna").decode().lower().rstrip(".")
        port = parts.port
    except ValueError:
        raise wrong from None
    rest = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme not in PORTS or rest or not name or not set(name) <= NAME or not address.isprintable():
        raise wrong
    shown = f"[{name}]" if ":" in name else name
    return f"{parts.scheme}://{shown}" + (f":{port}" if port not in (None, PORTS[parts.scheme]) else "")


NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-:")


def _is_here(origin: str) -> bool:
    """Whether it names this machine, or an address to the letter: then the person meant a private one."""
    name = urlsplit(origin).hostname or ""
    with suppress(ValueError):
        ipaddress.ip_address(name)
        return True
    return name == "localhost"


def _digest(origins: list[str]) -> str:
    return hashlib.sha256("\n".join(origins).encode()).hexdigest()[:12]
