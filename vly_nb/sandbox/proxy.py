"""Proxy: the one way out of a box, to hosts that were named beforehand and to no other.

    async with Proxy({Host("registry.example", 443)}) as proxy:
        box = replace(box, door=proxy.address, proxy=proxy.url)

HTTP's CONNECT, and plain requests for what has no TLS. A name must be on the list to
the letter; an address on this machine or in a private network is refused unless its
host was `told` of; what was asked is kept. Asks for a password of its own, since it
listens where everybody on the machine may knock. The person's own proxy
(`https_proxy`) is gone through where they have one.

Why ours: the libraries (proxy.py, pproxy) serve whoever connects, choose hosts by
pattern, and none looks at the address that a name turned out to have.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ipaddress
import json
import os
import secrets
import ssl
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from types import TracebackType
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

PATIENCE = 30.0  # seconds for a request to come in, and for a host to answer
LONGEST = 16_384  # bytes of a request's head
CHUNK = 65_536
MOST = 1_000  # questions that are kept
PLACES = "VLY_PLACES"


@dataclass(frozen=True, slots=True)
class Host:
    """A host that may be reached; `told` when it may be in a private network, as the person said."""

    name: str
    port: int
    told: bool = False


def host_of(address: str, *, told: bool) -> Host | None:
    """The host that an address names; None when it names none."""
    with contextlib.suppress(ValueError):
        parts = urlsplit(address)
        if parts.hostname:
            return Host(parts.hostname, parts.port or (80 if parts.scheme == "http" else 443), told)
    return None


def own_proxy(scheme: str, host: str) -> str:
    """The person's own proxy for a host, "" for none."""
    return "" if proxy_bypass(host) else getproxies().get(scheme, "")


def serve(port: int) -> None:
    """Be a proxy until the end, as a service's program. PLACES names its environment variable:

    {"password": …, "hosts": [[name, port, told]]}
    """
    told = json.loads(os.environ.pop(PLACES))
    hosts = [Host(*one) for one in told["hosts"]]

    async def forever() -> None:
        async with Proxy(hosts, password=told["password"], port=port):
            await asyncio.Event().wait()

    asyncio.run(forever())


@dataclass
class Proxy:
    """A proxy for one run, or, with a password and a port that stay, for long. `asked` says what was wanted
    of late, in order: (host, port, allowed)."""

    hosts: Collection[Host]
    asked: list[tuple[str, int, bool]] = field(default_factory=list)
    upstream: Callable[[str, str], str] = own_proxy
    password: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    port: int = 0

    async def __aenter__(self) -> Proxy:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=LONGEST)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        host, port = self._server.sockets[0].getsockname()[:2]
        return host, port

    @property
    def url(self) -> str:
        """What a program is to be told, password and all."""
        return f"http://vly:{self.password}@127.0.0.1:{self.address[1]}"

    @property
    def refused(self) -> list[str]:
        """The hosts that were asked for in vain, each once."""
        return list(dict.fromkeys(f"{host}:{port}" for host, port, allowed in self.asked if not allowed))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            try:
                async with asyncio.timeout(PATIENCE):
                    request = _Request.of(await reader.readuntil(b"\r\n\r\n"))
                    if not secrets.compare_digest(request.password, self.password):
                        raise _Answer(407, "Proxy Authentication Required")
                    back, there = await self._reached(request)
            except _Answer as answer:
                writer.write(answer.head)
                return
            except (OSError, ValueError, EOFError, asyncio.LimitOverrunError):
                writer.write(_Answer(502, "Bad Gateway").head)
                return
            try:
                if request.method == "CONNECT":
                    writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                there.write(request.forwarded)
                await asyncio.gather(_copied(reader, there), _copied(back, writer))
            finally:
                there.close()
        finally:
            writer.close()

    async def _reached(self, request: _Request) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to where a request wants to go. Raises _Answer when it mayn't."""
        host = next((one for one in self.hosts if (one.name, one.port) == request.place), None)
        del self.asked[:-MOST]
        self.asked.append((*request.place, host is not None))
        if host is None:
            raise _Answer(403, "Not allowed from here")
        scheme = "https" if request.method == "CONNECT" else "http"
        if above := self.upstream(scheme, host.name):
            return await _through(above, host)
        found = await asyncio.get_running_loop().getaddrinfo(host.name, host.port, type=1)
        addresses = [str(entry[4][0]) for entry in found]
        fit = [one for one in addresses if host.told or ipaddress.ip_address(one.partition("%")[0]).is_global]
        if not fit:
            self.asked[-1] = (*request.place, False)
            raise _Answer(403, "Not allowed from here: a private address")
        for place, address in enumerate(fit, 1):
            try:
                return await asyncio.open_connection(address, host.port)
            except OSError:
                if place == len(fit):
                    raise
        raise AssertionError


@dataclass(frozen=True, slots=True)
class _Request:
    """The head of a request to a proxy."""

    method: str
    place: tuple[str, int]
    password: str
    forwarded: bytes

    @classmethod
    def of(cls, head: bytes) -> _Request:
        """Read it. Raises ValueError for nonsense."""
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, version = first.split(" ")
        split = (line.partition(":") for line in lines)
        given = {name.strip().lower(): value.strip() for name, _, value in split}.get(
            "proxy-authorization", ""
        )
        password = base64.b64decode(given.removeprefix("Basic ")).decode("latin-1").partition(":")[2]
        if method == "CONNECT":
            parts = urlsplit(f"//{target}")
            return cls(method, (_name(parts.hostname), parts.port or 443), password, b"")
        parts = urlsplit(target)
        if parts.scheme != "http":
            raise ValueError(target)
        ours = ("proxy-", "connection:", "host:")  # the host is the one that was looked at
        kept = [line for line in lines if not line.lower().startswith(ours)]
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        first = f"{method} {path} {version}"
        text = "\r\n".join([first, f"Host: {parts.netloc.rpartition('@')[2]}", "Connection: close", *kept])
        return cls(method, (_name(parts.hostname), parts.port or 80), password, text.encode("latin-1"))


class _Answer(Exception):
    """A refusal, as HTTP has it."""

    def __init__(self, status: int, words: str) -> None:
        more = "Proxy-Authenticate: Basic\r\n" if status == 407 else ""
        self.head = (
            f"HTTP/1.1 {status} {words}\r\n{more}Content-Length: 0\r\nConnection: close\r\n\r\n".encode()
        )


def _name(host: str | None) -> str:
    if not host:
        raise ValueError("no host")
    return host.lower().rstrip(".")


async def _copied(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Everything from one side to the other, to the end."""
    with contextlib.suppress(OSError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError, RuntimeError, NotImplementedError):  # TLS knows no half-closed
        writer.write_eof()


async def _through(above: str, host: Host) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A tunnel through another proxy. Raises OSError."""
    parts = urlsplit(above if "//" in above else f"//{above}")
    secure = ssl.create_default_context() if parts.scheme == "https" else None
    reader, writer = await asyncio.open_connection(
        parts.hostname, parts.port or (443 if secure else 8080), ssl=secure, limit=LONGEST
    )
    place = f"{host.name}:{host.port}"
    login = ""
    if parts.username:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        login = f"Proxy-Authorization: Basic {base64.b64encode(pair.encode()).decode()}\r\n"
    writer.write(f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n{login}\r\n".encode())
    answer = await reader.readuntil(b"\r\n\r\n")
    if answer.split(b" ", 2)[1:2] != [b"200"]:
        writer.close()
        raise ConnectionRefusedError(f"the proxy {parts.hostname} doesn't connect to {place}")
    return reader, writer
