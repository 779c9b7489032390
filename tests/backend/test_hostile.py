"""The stand-in's door, and what runs behind it: each test is named after the threat."""

from __future__ import annotations

import http.client
import json
import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.backend.conftest import Running
from vly_nb.backend.backend import BackendError, FunctionFailed
from vly_nb.backend.backends import Backends
from vly_nb.stacks.convex_react.backend import backends as backends_of

EVIL = """\
"use node";
import fs from "node:fs";
import net from "node:net";
import { v } from "convex/values";
import { action } from "./_generated/server";

const tried = (work: () => unknown) => {
  try {
    return String(work());
  } catch (error) {
    return `no: ${error}`;
  }
};
export const read = action({
  args: { path: v.string() },
  handler: async (_, { path }) => tried(() => fs.readFileSync(path, "utf8")),
});
export const write = action({
  args: { path: v.string() },
  handler: async (_, { path }) => tried(() => fs.writeFileSync(path, "x")),
});
export const env = action({ args: {}, handler: async () => Object.keys(process.env).sort() });
export const connect = action({
  args: {},
  handler: async () =>
    await new Promise((done) => {
      const line = net.connect(80, "1.1.1.1");
      line.setTimeout(1500, () => done("no: silence"));
      line.on("error", (error) => done(`no: ${error}`));
      line.on("connect", () => done("connected"));
    }),
});
export const leave = action({ args: {}, handler: async () => tried(() => process.exit(0)) });
"""

pytestmark = [pytest.mark.node, pytest.mark.slow]


def ask(
    here: Running, path: str, body: Any = None, headers: dict[str, str] | None = None, method: str = "POST"
) -> tuple[int, str]:
    """One request with these headers; the status and what was answered."""
    connection = http.client.HTTPConnection("127.0.0.1", here.embedded.service.port, timeout=20)
    try:
        connection.request(
            method, path, body if isinstance(body, bytes) else json.dumps(body or {}), headers or {}
        )
        response = connection.getresponse()
        return response.status, response.read().decode("utf-8", "replace")
    finally:
        connection.close()


async def test_a_web_page_can_neither_read_nor_write(here: Running) -> None:
    """DNS rebinding (Host), and a page of the open web that talks to 127.0.0.1 (Origin)."""
    call = {"path": "notes:addPerson", "args": [{"name": "evil"}]}
    for headers in (
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example:80"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "https://127.0.0.1@evil.example"},
    ):
        status, words = ask(here, "/api/mutation", call, headers)
        assert status == 403 and "evil" not in words, headers
        upgrade = {
            **headers,
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        }
        assert ask(here, "/api/1.48.0/sync", None, upgrade, "GET")[0] == 403, headers
    assert (await here.embedded.rows("people")).total == 0
    status, _ = ask(here, "/api/query", {"path": "notes:people"}, {"Origin": "http://localhost:5173"})
    assert status == 200


async def test_only_the_key_that_the_apps_page_was_told_lets_another_address_in(here: Running) -> None:
    """Behind a hub's proxy the page has the hub's address; the key in the path opens what any page may do."""
    query, elsewhere = {"path": "notes:people"}, {"Host": "hub.example", "Origin": "https://hub.example"}
    inside = urlsplit(here.embedded.page_url()).path
    key = inside.rpartition("/")[2]
    for path in (f"{inside}/api/query", f"/user/x/proxy/absolute/4711{inside}/api/query"):
        assert ask(here, path, query, elsewhere)[0] == 200
    for wrong in (f"{key}x", key[:-1], key[::-1], "", "%2e%2e", key + "%00", "a" * 32):
        for path in (f"/_page/{wrong}/api/query", f"/api/query/_page/{wrong}", f"/api/query?_page={wrong}"):
            assert ask(here, path, query, elsewhere)[0] == 403, path
    for path, body in (("/api/function", {"path": "notes:hidden", "args": {}}), ("/_vly/status", {})):
        assert ask(here, f"{inside}{path}", body, elsewhere)[0] in (403, 560), path
    through = f"/user/x/proxy/absolute/4711{inside}"
    told = json.loads(ask(here, f"{through}/api/mutation", {"path": "notes:upload"}, elsewhere)[1])["value"]
    assert told.startswith(f"https://hub.example{through}/api/storage/upload?token="), (
        "where the page can reach it"
    )
    place = here.app / ".vly/page-key"
    assert place.stat().st_mode & 0o777 == 0o600 and here.embedded.page_url().endswith(place.read_text())


async def test_only_the_admin_key_opens_what_a_browser_may_not_do(here: Running) -> None:
    private = {"path": "notes:hidden", "args": {}}
    system = {"path": "_system/cli/tableData", "args": {"table": "people", "paginationOpts": {}}}
    for key in (
        None,
        "Convex wrong",
        f"Convex {here.key}x",
        f"Convex {here.key[:-1]}",
        "Basic abc",
        "Convex ",
    ):
        headers = {"Authorization": key} if key else {}
        for path, body in (("/api/function", private), ("/api/function", system), ("/_vly/status", {})):
            status, words = ask(here, path, body, headers)
            assert status in (401, 403, 560), (key, path, status)
            assert "only inside" not in words and '"rows"' not in words
        assert ask(here, "/_vly/reset", {}, headers)[0] in (401, 403)
    assert ask(here, "/_vly/status", {}, {"Authorization": f"Convex {here.key}"})[0] == 200
    assert ask(here, "/_vly/__proto__", {}, {"Authorization": f"Convex {here.key}"})[0] == 404


async def test_nonsense_ends_nothing(here: Running) -> None:
    """Bad JSON, odd values, cut requests, sockets that talk nonsense: answered or closed, and it goes on."""
    admin = {"Authorization": f"Convex {here.key}"}
    for body in (b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"path": 3}', b'{"path": "a:b", "args": "x"}'):
        for path in ("/api/query", "/api/mutation", "/api/action", "/api/function", "/api/run/a/b"):
            assert ask(here, path, body, admin)[0] in (400, 560), (path, body)
    for value in ({"$integer": "zz"}, {"$bytes": "!"}, {"$undefined": 1}, {"$float": "AA"}, {"__proto__": 1}):
        status, _ = ask(here, "/api/mutation", {"path": "notes:addPerson", "args": [{"name": value}]})
        assert status == 560
    for raw in (
        b"\0" * 4096,
        b"GET / HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        b"POST /api/query HTTP/1.1\r\n",
    ):
        with socket.create_connection(("127.0.0.1", here.embedded.service.port), timeout=5) as line:
            line.sendall(raw)
    seen = await here.node("""
        const WebSocket = createRequire(require.resolve("convex/package.json"))("ws");
        const talk = (messages) => new Promise((done) => {
            const line = new WebSocket(url.replace("http", "ws") + "/api/1.48.0/sync");
            let last = "";
            line.on("open", () => messages.forEach((message) => line.send(message)));
            line.on("message", (data) => (last = data.toString()));
            line.on("close", () => done(last));
            setTimeout(() => line.close(), 1500);
        });
        const about = { sessionId: "x", connectionCount: 0, lastCloseReason: null };
        const connect = JSON.stringify({ type: "Connect", ...about });
        const all = [];
        for (const bad of ["{", "null", "3", '{"type":"Mutation"}', connect.replace("Connect", "Nothing"),
                           Buffer.from([0, 1, 2])]) all.push(await talk([bad]));
        const set = { type: "ModifyQuerySet", baseVersion: 0, newVersion: 1 };
        for (const bad of [{ ...set, baseVersion: -1, modifications: [] },
                           { ...set, modifications: "x" },
                           { ...set, modifications: [{ type: "Add" }] },
                           { type: "Mutation", requestId: "a", udfPath: {}, args: 1 },
                           { type: "Authenticate", tokenType: "Admin", value: "no", baseVersion: 0 },
                           { type: "Authenticate", tokenType: "User", value: "a.b.c", baseVersion: 0 }])
            all.push(await talk([connect, JSON.stringify(bad)]));
        say(all.map((one) => (one ? JSON.parse(one).type : "closed")));
    """)
    assert set(seen) <= {"FatalError", "AuthError", "closed"} and "FatalError" in seen and "AuthError" in seen
    assert (await here.embedded.run("notes:people", {})).value == []


async def test_a_request_as_large_as_memory_is_refused(here: Running) -> None:
    status, words = ask(here, "/api/mutation", b'{"a":"' + b"x" * (9 << 20) + b'"}')
    assert status == 413 and "larger" in words


async def test_functions_reach_no_network_no_key_and_no_file(here: Running) -> None:
    """Code that a model wrote runs there: what it may read is what the box shows, and that isn't much."""
    (here.app / ".env.local").write_text("PLANTED_KEY=planted-value-123456\n")
    stand_in = here.embedded
    await stand_in.stop()
    await stand_in.start()
    place = here.app / "src/convex/evil.ts"
    place.write_text(EVIL)

    async def tried(name: str, **arguments: str) -> Any:
        return (await stand_in.run(f"evil:{name}", arguments)).value

    for path in (here.app / ".env.local", Path.home() / ".npmrc", here.app / ".vly/services/backend.json"):
        assert "planted" not in (said := await tried("read", path=str(path))) and "stand-in|" not in said
    for path in (here.app / "src/App.tsx", here.app / "package.json", Path("/etc/x"), here.app / ".vly/x"):
        assert (await tried("write", path=str(path))).startswith("no: ")
    names = await tried("env")
    assert set(names) == {
        "AUTH_EMAIL_FROM",
        "AUTH_RESEND_KEY",
        "CONVEX_CLOUD_URL",
        "CONVEX_SITE_URL",
        "JWKS",
        "JWT_PRIVATE_KEY",
        "SITE_URL",
    }
    assert (await tried("connect")).startswith("no: ")
    assert (await tried("leave")).startswith("no: ")
    with pytest.raises(FunctionFailed, match=r"fetch to example\.com is refused"):
        await stand_in.run("notes:outside", {"url": "https://example.com/"})


async def test_a_link_in_place_of_its_data_is_not_followed(here: Running, tmp_path: Path) -> None:
    await here.embedded.stop()
    folder = here.app / ".vly/stand-in"
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BackendError, match="is a link"):
        await here.embedded.start()


async def test_data_that_somebody_wrote_does_no_harm(here: Running) -> None:
    await here.embedded.stop()
    place = here.app / ".vly/stand-in/data.ndjson"
    place.write_text(
        '{"format":1}\n{"c":"","d":{"_id":"../../x","a":1}}\n{"c":"__proto__","d":{"_id":"1people"}}\n'
    )
    await here.embedded.start()
    assert {table.rows for table in await here.embedded.tables()} == {0}
    await here.embedded.stop()
    place.write_text("no json\n")
    await here.embedded.start()
    assert "can't be read" in (await here.embedded.ask("status"))["error"]
    await here.embedded.reset()
    assert (await here.embedded.ask("status"))["error"] == ""


async def test_a_chosen_address_is_kept_nowhere(here: Running) -> None:
    """Another's project must not be able to name where this person's admin key goes."""
    project = here.embedded._project
    keys = {"CONVEX_SELF_HOSTED_ADMIN_KEY": here.key}
    found: Backends = backends_of(project, lambda: keys)
    found.choose(here.url)
    assert (await found.current()).name == "127.0.0.1"
    again = backends_of(project, lambda: keys)
    (here.app / ".vly/backend").write_text("https://evil.example")
    assert again.choice == "embedded"
    with pytest.raises(BackendError, match="no address that keys may be sent to"):
        again.choose("http://evil.example")
    production = {"CONVEX_DEPLOY_KEY": "prod:happy-cat-1|abc"}
    real = backends_of(project, lambda: production)
    assert real.choice == "deployment" and (await real.current()).read_only
