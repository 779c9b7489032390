"""The one way out: exact names, no private address that nobody told of, and what was asked is kept."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.conftest import needs
from vly_nb.processes import run
from vly_nb.project.confine import Confinement, Reach
from vly_nb.sandbox.proxy import Host, Proxy, host_of
from vly_nb.sandbox.sandbox import Tier


@asynccontextmanager
async def server() -> AsyncIterator[tuple[int, list[bytes]]]:
    """Answers "hello" to any request; its port, and the heads it was sent."""
    heads: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n")
        writer.close()

    running = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with running:
        yield running.sockets[0].getsockname()[1], heads


async def ask(proxy: Proxy, request: str, *, password: str | None = None, then: bytes = b"") -> str:
    """What a proxy answers to the head of a request."""
    secret = proxy.url.partition("@")[0].rpartition(":")[2] if password is None else password
    given = base64.b64encode(f"vly:{secret}".encode()).decode()
    reader, writer = await asyncio.open_connection(*proxy.address)
    writer.write(f"{request}\r\nProxy-Authorization: Basic {given}\r\n\r\n".encode() + then)
    try:
        return (await asyncio.wait_for(reader.read(), 10)).decode()
    finally:
        writer.close()


def alone(*hosts: Host) -> Proxy:
    """A proxy that knows no other above it."""
    return Proxy(set(hosts), upstream=lambda scheme, host: "")


async def test_a_host_on_the_list_is_reached_by_both_ways() -> None:
    async with server() as (port, heads), alone(Host("localhost", port, told=True)) as proxy:
        tunnel = await ask(proxy, f"CONNECT localhost:{port} HTTP/1.1", then=b"GET /x HTTP/1.1\r\n\r\n")
        assert tunnel.startswith("HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 200 OK")
        plain = await ask(
            proxy,
            f"GET http://localhost:{port}/y?z=1 HTTP/1.1\r\nHost: other.example\r\nConnection: keep-alive",
        )
        assert plain.endswith("hello\n")
        assert heads[1].startswith(b"GET /y?z=1 HTTP/1.1\r\nHost: localhost:")
        assert b"other.example" not in heads[1] and b"Proxy" not in heads[1] and b"keep-alive" not in heads[1]
        assert proxy.asked == [("localhost", port, True)] * 2 and proxy.refused == []


@pytest.mark.parametrize(
    "target",
    [
        "CONNECT evil.example:443", "CONNECT sub.registry.example:443", "CONNECT registry.example:444",
        "CONNECT registry.example.evil.example:443", "CONNECT 93.184.216.34:443", "CONNECT [::1]:443",
        "GET http://evil.example/", "GET http://registry.example@evil.example/",
        "CONNECT xregistry.example:443",
    ],
)  # fmt: skip
async def test_attack_no_other_host_is_reached(target: str) -> None:
    async with alone(Host("registry.example", 443)) as proxy:
        assert (await ask(proxy, f"{target} HTTP/1.1")).startswith("HTTP/1.1 403")
        assert len(proxy.refused) == 1 and not proxy.asked[0][2]


@pytest.mark.parametrize(
    "target", ["", "GET / HTTP/1.1", "CONNECT", "CONNECT : HTTP/1.1", "GET ftp://x/ HTTP/1.1", "\x00\xff"]
)
async def test_attack_nonsense_reaches_nothing(target: str) -> None:
    async with alone(Host("registry.example", 443)) as proxy:
        assert (await ask(proxy, target))[:12] in ("HTTP/1.1 502", "HTTP/1.1 403")


async def test_attack_a_head_without_end_is_cut_off() -> None:
    async with alone(Host("registry.example", 443)) as proxy:
        assert (await ask(proxy, "CONNECT x:1 HTTP/1.1\r\nX: " + "x" * 40_000)).startswith("HTTP/1.1 502")


async def test_attack_a_name_that_leads_into_this_machine_is_refused_unless_it_was_told_of() -> None:
    async with server() as (port, heads):
        for name in ("localhost", "127.0.0.1", "0.0.0.0"):
            async with alone(Host(name, port)) as proxy:
                assert "a private address" in await ask(proxy, f"CONNECT {name}:{port} HTTP/1.1")
                assert proxy.refused == [f"{name}:{port}"]
        assert heads == []


async def test_attack_whoever_else_knocks_is_turned_away() -> None:
    async with server() as (port, heads), alone(Host("localhost", port, told=True)) as proxy:
        for password in ("", "wrong", proxy.url[:10]):
            told = await ask(proxy, f"CONNECT localhost:{port} HTTP/1.1", password=password)
            assert told.startswith("HTTP/1.1 407")
        assert heads == [] and proxy.asked == []


async def test_it_goes_through_the_persons_own_proxy() -> None:
    async with server() as (port, _):
        async with alone(Host("localhost", port, told=True)) as theirs:
            mine = Proxy({Host("localhost", port)}, upstream=lambda scheme, host: theirs.url)
            async with mine:
                came = await ask(mine, f"CONNECT localhost:{port} HTTP/1.1", then=b"GET / HTTP/1.1\r\n\r\n")
                assert came.endswith("hello\n")
            refusing = Proxy({Host("other.example", 443)}, upstream=lambda scheme, host: theirs.url)
            async with refusing:
                assert (await ask(refusing, "CONNECT other.example:443 HTTP/1.1")).startswith("HTTP/1.1 502")
        assert theirs.asked == [("localhost", port, True), ("other.example", 443, False)]


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://registry.example/npm/", Host("registry.example", 443, True)),
        ("http://127.0.0.1:4873", Host("127.0.0.1", 4873, True)),
        ("http://me:secret@Registry.Example/", Host("registry.example", 80, True)),
        ("registry.example", None),
        ("https://[bad", None),
        ("", None),
    ],
)
def test_a_host_is_read_off_an_address(address: str, host: Host | None) -> None:
    assert host_of(address, told=True) == host


# -- from a box -----------------------------------------------------------------------


CLIENT = """
import socket, sys
with socket.create_connection((sys.argv[1], int(sys.argv[2])), 5) as one:
    one.sendall(b"GET / HTTP/1.1\\r\\n\\r\\n")
    print(one.recv(999).split(b"\\r\\n\\r\\n")[-1].decode(), end="")
"""


async def test_all_connections_lead_to_the_door(tier: Tier, tmp_path: Path) -> None:
    async with server() as (port, heads):
        box = await Confinement(tmp_path, tier=tier).box(Reach(network=("127.0.0.1", port)))
        for place in (("127.0.0.1", "1"), ("169.254.169.254", "80"), ("::1", "22")):
            done = await run(["python3", "-c", CLIENT, *place], cwd=tmp_path, box=box)
            assert done.output == "hello\n", done
        assert len(heads) == 3


async def test_a_program_that_asks_nobody_waits_for_nobody(tier: Tier, tmp_path: Path) -> None:
    """The door is never opened, and its keeper ends with the program."""
    box = await Confinement(tmp_path, tier=tier).box(Reach(network=("127.0.0.1", 9)))
    done = await run(["true"], cwd=tmp_path, box=box)
    assert done.ok and done.seconds < 3
    closed = await run(["python3", "-c", CLIENT, "127.0.0.1", "80"], cwd=tmp_path, box=box)
    assert "ConnectionRefusedError" in closed.output


@pytest.mark.parametrize("program", ["curl", "node"])
async def test_ordinary_programs_take_the_proxy(tier: Tier, tmp_path: Path, program: str) -> None:
    needs(program)
    async with server() as (port, _), alone(Host("localhost", port, told=True)) as proxy:
        box = await Confinement(tmp_path, tier=tier).box(Reach(network=proxy.address, proxy=proxy.url))
        tunnel = (
            "const p = new URL(process.env.http_proxy);"
            "const auth = 'Basic ' + btoa(p.username + ':' + p.password);"
            f"require('http').request({{port: p.port, method: 'CONNECT', path: 'localhost:{port}',"
            " headers: {'proxy-authorization': auth}}).on('connect', (r, s) => {"
            " s.write('GET / HTTP/1.1\\r\\n\\r\\n'); s.on('data', d => process.stdout.write(d)) }).end()"
        )
        argv = ["curl", "-sS", f"http://localhost:{port}/"] if program == "curl" else ["node", "-e", tunnel]
        done = await run(argv, cwd=tmp_path, box=box, timeout=20)
        assert done.output.endswith("hello\n"), done
        done = await run(["curl", "-sS", "https://evil.example/"], cwd=tmp_path, box=box, timeout=20)
        assert "403" in done.output and proxy.refused == ["evil.example:443"]
