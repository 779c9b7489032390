"""The hosts that functions may fetch from, as the person allowed: those, and no other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from vly_nb.backend.backend import BackendError
from vly_nb.backend.reached import Reached, origin_of
from vly_nb.sandbox.sandbox import Tier

ASKING = r"""
"use node";
import net from "node:net";
import { v } from "convex/values";
import { action } from "./_generated/server";

export const ask = action({
  args: { url: v.string(), body: v.optional(v.string()) },
  handler: async (_, { url, body }) => {
    try {
      const answer = await fetch(url, body === undefined ? {} : { method: "POST", body });
      return `${answer.status} ${answer.headers.get("x-path")} ${await answer.text()}`;
    } catch (error) {
      return `no: ${error}`;
    }
  },
});
export const knock = action({
  args: { port: v.number(), host: v.string() },
  handler: async (_, { port, host }) =>
    await new Promise((done) => {
      const line = net.connect(port, "127.0.0.1");
      line.setTimeout(1500, () => done("no: silence"));
      line.on("error", (error) => done(`no: ${error}`));
      line.on("data", (data) => done(String(data)));
      line.write(`GET http://${host}/secret HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    }),
});
export const env = action({ args: {}, handler: async () => Object.entries(process.env).join(" ") });
"""


class Answers(BaseHTTPRequestHandler):
    """Says what it was asked; ?to=ADDRESS sends elsewhere."""

    def do_GET(self) -> None:
        away = self.path.partition("?to=")[2]
        self.send_response(302 if away else 200)
        if away:
            self.send_header("Location", away)
        self.send_header("X-Path", self.path)
        told = b"said " + self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        self.server.heard.append(self.path)  # type: ignore[attr-defined]


@contextmanager
def served() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine: its address, and the paths that it was asked for."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    heard: list[str] = []
    server.heard = heard  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", heard
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.slow
@pytest.mark.node
async def test_functions_reach_what_was_allowed_and_nothing_else(
    launch: Callable[..., Any], small: Path, tier: Tier
) -> None:
    here = await launch(small, {"src/convex/asking.ts": ASKING}, tier)
    stand_in = here.embedded

    async def ask(**arguments: Any) -> str:
        return str((await stand_in.run("asking:ask", arguments)).value)

    with served() as (allowed, heard), served() as (other, overheard):
        assert f"%vly backend allow {allowed}" in await ask(url=allowed)
        await stand_in.run("notes:addPerson", {"name": "Ada"})
        before = stand_in.service.port
        stand_in.reached.allow(allowed)
        await stand_in.start()
        assert stand_in.service.port == before and (await stand_in.rows("people")).total == 1

        assert await ask(url=f"{allowed}/a?b=1") == "200 /a?b=1 said "
        assert await ask(url=f"{allowed}/p", body="hello") == "200 /p said hello"
        assert "is refused" in await ask(url=other)
        assert "is refused" in await ask(url="https://example.com")
        assert (await ask(url=f"{allowed}/away?to={other}/secret")).startswith("no: ")
        for host in (other, allowed):  # past fetch: whatever is connected to, it is the proxy that answers
            knock = {"port": int(host.rpartition(":")[2]), "host": host.removeprefix("http://")}
            assert " 407 " in (await stand_in.run("asking:knock", knock)).value
        assert heard == ["/a?b=1", "/p", f"/away?to={other}/secret"] and overheard == []
        assert "vly:" not in (await stand_in.run("asking:env", {})).value

        stand_in.reached.refuse(allowed)
        await stand_in.start()
        assert "is refused" in await ask(url=allowed)
        assert stand_in.reached.service.running() is None


@pytest.mark.parametrize(
    ("said", "origin"),
    [
        ("api.example.com", "https://api.example.com"),
        ("API.Example.com:443", "https://api.example.com"),
        ("https://api.example.com/", "https://api.example.com"),
        ("http://localhost:11434", "http://localhost:11434"),
        ("http://[::1]:80", "http://[::1]"),
        ("b\u00fccher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_a_host_is_named(said: str, origin: str) -> None:
    assert origin_of(said) == origin == origin_of(origin)


@pytest.mark.parametrize(
    "said",
    [
        "*.example.com",
        "*",
        "ftp://example.com",
        "file:///etc/passwd",
        "https://a:b@example.com",
        "https://example.com/path",
        "https://example.com?x",
        "exa mple.com",
        "a.com\nb.com",
        "https://",
        "example.com:99999",
        ".",
    ],
)
def test_attack_what_names_no_single_host_is_not_allowed(tmp_path: Path, said: str) -> None:
    with pytest.raises(BackendError, match="is no host"):
        Reached(tmp_path).allow(said)
    assert Reached(tmp_path).origins == []


def test_attack_a_planted_list_allows_only_hosts(tmp_path: Path) -> None:
    reached = Reached(tmp_path)
    reached.allow("api.example.com")
    place = tmp_path / ".vly/reached"
    place.write_text(f"{place.read_text()}\n*\nhttps://x@y.example\n../..\n" + "a.example\n" * 100)
    assert set(reached.origins) == {"https://api.example.com", "https://a.example"}
