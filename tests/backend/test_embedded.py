"""The stand-in, as Convex's own clients see it."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.backend.conftest import NOTES, SCHEMA, Running
from tests.conftest import copy_app
from vly_nb.backend.backend import BackendError, FunctionFailed
from vly_nb.backend.backends import Backends
from vly_nb.backend.deployment import Deployment
from vly_nb.backend.embedded import Embedded
from vly_nb.project.project import Project
from vly_nb.stacks.convex_react.fast_lane import BACKEND, FastLane
from vly_nb.stacks.convex_react.pnpm import cache_folder, find_pnpm

pytestmark = [pytest.mark.node, pytest.mark.slow]


async def test_two_clients_see_each_others_mutations_within_a_second(here: Running) -> None:
    seen = await here.node("""
        const a = new ConvexClient(url), b = new ConvexClient(url);
        let names = [];
        b.onUpdate("notes:people", {}, (rows) => (names = rows.map((row) => row.name)));
        await until(() => b.connectionState().isWebSocketConnected);
        const began = Date.now();
        await a.mutation("notes:addPerson", { name: "Ada" });
        await until(() => names.includes("Ada"));
        const first = Date.now() - began;
        await b.mutation("notes:addPerson", { name: "Bob" });
        const http = new ConvexHttpClient(url);
        say({ first, names: (await http.query("notes:people", {})).map((row) => row.name) });
    """)
    assert seen["first"] < 1000 and seen["names"] == ["Ada", "Bob"]


async def test_a_run_from_outside_is_seen_in_two_open_pages(here: Running) -> None:
    waiting = asyncio.create_task(
        here.node("""
        const pages = [new ConvexClient(url), new ConvexClient(url)];
        const names = [[], []];
        pages.forEach((page, n) =>
            page.onUpdate("notes:people", {}, (rows) => (names[n] = rows.map((row) => row.name))));
        await until(() => names.every((one) => one.includes("Ada")));
        say(names);
        """)
    )
    for _ in range(1500):
        if waiting.done() or (await here.embedded.ask("status"))["sessions"] == 2:
            break
        await asyncio.sleep(0.02)
    await here.embedded.run("notes:addPerson", {"name": "Ada"})
    assert await waiting == [["Ada"], ["Ada"]]


async def test_only_queries_that_read_what_was_written_run_again(here: Running) -> None:
    ada = (await here.embedded.run("notes:addPerson", {"name": "Ada"})).value
    bob = (await here.embedded.run("notes:addPerson", {"name": "Bob"})).value
    seen = await here.node(f"""
        const a = new ConvexClient(url);
        const times = {{ ada: 0, bob: 0 }};
        a.onUpdate("notes:byPerson", {{ personId: "{ada}" }}, () => times.ada++);
        a.onUpdate("notes:byPerson", {{ personId: "{bob}" }}, () => times.bob++);
        await until(() => times.ada && times.bob);
        await a.mutation("notes:add", {{ personId: "{ada}", text: "x" }});
        await until(() => times.ada === 2);
        await new Promise((r) => setTimeout(r, 100));
        say(times);
    """)
    assert seen == {"ada": 2, "bob": 1}


async def test_what_the_dashboard_asks_is_live_too(here: Running) -> None:
    seen = await here.node("""
        const a = new ConvexClient(url);
        a.client.setAdminAuth?.(key) ?? a.setAdminAuth(key);
        let names = [];
        a.onUpdate("_system/frontend/listTableScan", { table: "people", limit: 5 }, (rows) =>
            (names = rows.map((row) => row.name)));
        await a.mutation("_system/frontend/addDocument", { table: "people", documents: [{ name: "Ada" }] });
        await until(() => names.includes("Ada"));
        say(names);
    """)
    assert seen == ["Ada"]


async def test_pages_of_a_paginated_query_have_no_gap_when_rows_come_in(here: Running) -> None:
    for number in range(6):
        await here.embedded.run("notes:addPerson", {"name": f"p{number}"})
    seen = await here.node("""
        const a = new ConvexClient(url);
        let one, two;
        const options = (cursor) => ({ paginationOpts: { numItems: 3, cursor, id: 1 } });
        const watch = (cursor, put) => a.onUpdate("notes:pages", options(cursor), put);
        watch(null, (page) => (one = page));
        await until(() => one);
        watch(one.continueCursor, (page) => (two = page));
        await until(() => two);
        await a.mutation("notes:addPerson", { name: "new" });
        await until(() => one.page.length === 4);
        say([...one.page, ...two.page].map((row) => row.name));
    """)
    assert seen == ["new", "p5", "p4", "p3", "p2", "p1", "p0"]


async def test_errors_are_said_in_convexs_words(here: Running) -> None:
    seen = await here.node("""
        const a = new ConvexClient(url);
        const said = (work) => work().then(() => "nothing", (error) => error.message);
        const none = { numItems: 0, cursor: null };
        say({
            half: await said(() => a.mutation("notes:half", {})),
            missing: await said(() => a.mutation("notes:addPerson", {})),
            wrong: await said(() => a.mutation("notes:addPerson", { name: 3 })),
            extra: await said(() => a.mutation("notes:addPerson", { name: "a", b: 1 })),
            hidden: await said(() => a.mutation("notes:hidden", {})),
            kind: await said(() => a.query("notes:addPerson", { name: "a" })),
            empty: await said(() => a.query("notes:pages", { paginationOpts: none })),
            people: (await a.query("notes:people", {})).length,
        });
    """)
    line = NOTES[: NOTES.index('throw new Error("no further")')].count("\n") + 1
    where = f"at handler (../src/convex/notes.ts:{line}:"
    assert f"Server Error\nUncaught Error: no further\n    {where}" in seen["half"]
    assert "ArgumentValidationError: Object is missing the required field `name`." in seen["missing"]
    assert "Validator: v.object({name: v.string()})" in seen["missing"]
    assert "Value does not match validator.\nPath: .name\nValue: 3.0\nValidator: v.string()" in seen["wrong"]
    assert "Object contains extra field `b` that is not in the validator." in seen["extra"]
    assert "Could not find public function for 'notes:hidden'." in seen["hidden"]
    assert "as Query, but it is defined as Mutation" in seen["kind"]
    assert "A page has at least one row" in seen["empty"]
    assert seen["people"] == 0, "what threw wrote nothing"


async def test_the_real_cli_runs_functions_and_shows_data(here: Running) -> None:
    await here.embedded.run("notes:addPerson", {"name": "Ada"})
    before = sorted(path.name for path in here.app.iterdir())

    async def convex(*words: str) -> str:
        done = await asyncio.to_thread(
            subprocess.run,
            [here.app / "node_modules/.bin/convex", *words],
            capture_output=True,
            text=True,
            timeout=60,
            cwd=here.app,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(here.app.parent),
                "CI": "1",
                "NO_COLOR": "1",
                "CONVEX_SELF_HOSTED_URL": here.url,
                "CONVEX_SELF_HOSTED_ADMIN_KEY": here.key,
            },
        )
        return done.stdout + done.stderr

    assert '"only inside"' in await convex("run", "notes:hidden", "{}")
    assert "notes:addPerson" not in await convex("run", "notes:people", "{}")
    assert "• notes:addPerson" in await convex("run", "notes:nothing", "{}")
    assert (await convex("data")).split() == ["notes", "people"]
    assert '"Ada"' in await convex("data", "people")
    assert sorted(path.name for path in here.app.iterdir()) == before, "no env file, nothing else"


async def test_sign_in_by_a_code_in_a_mail_that_is_kept(launch: Callable[..., Any], installed: Path) -> None:
    here = await launch(installed)
    code = """
        const a = new ConvexClient(url);
        await a.action("auth:signIn", { provider: "email-otp", params: { email: "ada@example.com" } });
        say("asked");
    """
    assert await here.node(code) == "asked"
    mail = (await here.embedded.mails())[-1]
    assert mail["to"] == "ada@example.com" and len(mail["code"]) == 6
    seen = await here.node(f"""
        const a = new ConvexClient(url);
        const params = {{ email: "ada@example.com", code: "{mail["code"]}" }};
        const told = {{ provider: "email-otp", params }};
        const {{ tokens }} = await a.action("auth:signIn", told);
        let user;
        a.onUpdate("users:currentUser", {{}}, (found) => (user = found));
        a.setAuth(async () => tokens.token);
        await until(() => user);
        await a.mutation("tasks:create", {{ title: "Milk", notes: "", priority: "low" }});
        const http = new ConvexHttpClient(url);
        http.setAuth(tokens.token);
        const list = await http.query("tasks:list", {{}});
        const forged = tokens.token.split(".").slice(0, 2).join(".") + ".AAAA";
        http.setAuth(forged);
        const said = await http.query("tasks:list", {{}}).then(() => "taken", (error) => error.message);
        say({{ email: user.email, title: list.open[0].title, said }});
    """)
    assert (seen["email"], seen["title"]) == ("ada@example.com", "Milk")
    assert "signature" in seen["said"]


async def test_a_code_is_kept_whoever_is_to_mail_it_and_nothing_else_leaves(here: Running) -> None:
    url, stand_in = "https://auth.example.app/send_otp", here.embedded
    body = '{"to": "ada@example.com", "otp": "424242", "appName": "shop"}'
    assert (await stand_in.run("notes:send", {"url": url, "body": body})).value is True
    mail = (await stand_in.mails())[-1]
    assert (mail["host"], mail["to"], mail["code"]) == ("auth.example.app", "ada@example.com", "424242")
    for other in ("to=ada@example.com", '{"to": "ada", "otp": "4242"}', '{"to": "ada@example.com"}', "null"):
        with pytest.raises(FunctionFailed, match=r"fetch to auth\.example\.app is refused"):
            await stand_in.run("notes:send", {"url": url, "body": other})
    assert len(await stand_in.mails()) == 1


async def test_it_runs_on_an_older_convex_of_the_projects(
    launch: Callable[..., Any], small: Path, tmp_path: Path
) -> None:
    app = copy_app(small, tmp_path / "older")
    values = app / "node_modules/convex/dist/esm/values/index.js"
    text = re.sub(r"CommitTsPlaceholder,?", "", values.read_text())
    text = re.sub(r"export \{[^}]*\} from \"./size.js\";", "", text)  # as convex 1.28 has it
    assert "Size" not in text
    values.unlink()  # others' apps have the same file
    values.write_text(text)
    stand_in = (await launch(app)).embedded
    ada = (await stand_in.run("notes:addPerson", {"name": "Ada"})).value
    await stand_in.run("notes:bump", {"personId": ada})
    assert [(row["name"], row["age"]) for row in (await stand_in.rows("people")).rows] == [("Ada", 1)]


async def test_data_outlives_the_program_and_snapshots_bring_it_back(here: Running) -> None:
    stand_in = here.embedded
    await stand_in.run("notes:addPerson", {"name": "Ada"})
    await stand_in.snapshot("1")
    ada = (await stand_in.run("notes:addPerson", {"name": "Bob"})).value
    port = stand_in.service.port
    assert await stand_in.stop()
    await stand_in.start()
    assert stand_in.service.port == port
    assert (await stand_in.rows("people")).total == 2
    await stand_in.restore("1")
    assert [row["name"] for row in (await stand_in.rows("people")).rows] == ["Ada"]
    assert (await stand_in.run("notes:addPerson", {"name": "Cid"})).value != ada, "no id is given twice"
    data = here.app / ".vly/stand-in/data.ndjson"
    await stand_in.ask("save")
    assert data.stat().st_mode & 0o077 == 0 and "Cid" in data.read_text()


async def test_another_kernel_finds_the_one_that_runs(here: Running) -> None:
    again = Embedded(here.embedded._project, "src/convex", cache_folder())
    assert (await again.start()).pid == here.embedded.running().pid  # type: ignore[union-attr]


async def test_an_edit_is_taken_at_once_and_a_broken_one_leaves_the_old_code(here: Running) -> None:
    stand_in, notes = here.embedded, here.app / "src/convex/notes.ts"
    notes.write_text(NOTES + 'export const fresh = query({ args: {}, handler: async () => "fresh" });\n')
    began = time.monotonic()
    assert (await stand_in.run("notes:fresh", {})).value == "fresh"
    assert time.monotonic() - began < 10
    notes.write_text(NOTES + "export const broken = query({ handler: async () => {\n")
    with pytest.raises(BackendError, match=r"src/convex/notes\.ts:\d+:\d+: "):
        await stand_in.push()
    seen = await here.node('say(await new ConvexHttpClient(url).query("notes:fresh", {}));')
    assert seen == "fresh"
    notes.write_text(NOTES)
    for _ in range(600):
        if not (await stand_in.ask("status"))["error"]:
            break
        await asyncio.sleep(0.05)
    assert (await stand_in.ask("status"))["error"] == "", "by itself, nobody asked"


async def test_a_schema_that_data_contradicts_is_refused_and_the_fast_lane_says_so(here: Running) -> None:
    project = here.embedded._project
    lane = FastLane(project, Backends(project, here.embedded, lambda: None, lambda _: pytest.fail("asked")))
    since = project.head.number
    assert (await lane.check(BACKEND, since, print, {})).status == "green"
    await here.embedded.run("notes:addPerson", {"name": "Ada"})
    schema = here.app / "src/convex/schema.ts"
    schema.write_text(SCHEMA.replace("name: v.string()", "name: v.string(), email: v.string()"))
    with pytest.raises(BackendError, match="Schema validation failed") as caught:
        await here.embedded.push()
    assert 'in table "people"' in str(caught.value) and "`email`" in str(caught.value)
    project.observe("An edit")
    found = await lane.check(BACKEND, since, print, {})
    assert [(one.code, one.path) for one in found.new] == [("schema-data", "src/convex/schema.ts")]
    await lane.close()
    assert (await here.embedded.rows("people")).total == 1


async def test_use_node_files_hold_actions_only(here: Running) -> None:
    place = here.app / "src/convex/heavy.ts"
    place.write_text(
        '"use node";\nimport os from "node:os";\nimport { query } from "./_generated/server";\n'
        "export const name = query({ args: {}, handler: async () => os.platform() });\n"
    )
    with pytest.raises(BackendError, match=r"`name` defined in `heavy\.js` is a Query function"):
        await here.embedded.push()
    place.write_text(place.read_text().replace("query", "action"))
    assert (await here.embedded.run("heavy:name", {})).value in ("linux", "darwin")
    place.write_text(place.read_text().replace('"use node";\n', ""))
    with pytest.raises(BackendError, match="node:os"):
        await here.embedded.push()


async def test_without_generated_code_and_with_a_broken_tsconfig_it_runs(here: Running) -> None:
    for name in ("api.js", "api.d.ts", "server.js", "server.d.ts"):
        (here.app / "src/convex/_generated" / name).unlink()
    (here.app / "src/convex/tsconfig.json").write_text("{} {")
    assert (await here.embedded.run("notes:addPerson", {"name": "Ada"})).value


async def test_scheduled_functions_and_crons_run(here: Running) -> None:
    stand_in = here.embedded
    await stand_in.run("notes:later", {"name": "soon"})
    for _ in range(1500):
        if (await stand_in.rows("people")).total:
            break
        await asyncio.sleep(0.02)
    assert (await stand_in.ask("cron", name="come by"))["ok"]
    assert [row["name"] for row in (await stand_in.rows("people")).rows] == ["soon", "cron"]
    with pytest.raises(BackendError, match="There is no cron"):
        await stand_in.ask("cron", name="constructor")


async def test_http_routes_files_and_logs(here: Running) -> None:
    seen = await here.node("""
        const hello = await fetch(url + "/hello", { method: "POST", body: "you" });
        const a = new ConvexClient(url);
        const to = await a.mutation("notes:upload", {});
        const headers = { "content-type": "text/plain" };
        const put = await fetch(to, { method: "POST", headers, body: "file" });
        const { storageId } = await put.json();
        const from = await a.query("notes:fileUrl", { id: storageId });
        const got = await fetch(from);
        const again = await fetch(to, { method: "POST", body: "twice" });
        const guessed = await fetch(from.replace(/key=../, "key=zz"));
        say({
            hello: [hello.status, await hello.text()],
            got: [got.headers.get("content-type"), await got.text()],
            again: again.status, guessed: guessed.status, lost: (await fetch(url + "/nothing")).status,
        });
    """)
    assert seen["hello"] == [201, "hello you"]
    assert seen["got"] == ["text/plain", "file"]
    assert (seen["again"], seen["guessed"], seen["lost"]) == (401, 404, 404)
    assert (await here.embedded.run("notes:talk", {})).lines == ["[LOG] 'hello' { a: 1 }"]


async def test_a_deployment_is_read_page_by_page_and_production_is_not_changed(here: Running) -> None:
    for number in range(5):
        await here.embedded.run("notes:addPerson", {"name": f"p{number}"})
    real = Deployment("mine", here.url, here.key, production=False)
    assert [table.name for table in await real.tables()] == ["notes", "people"]
    page = await real.rows("people", limit=2, offset=1)
    assert [row["name"] for row in page.rows] == ["p1", "p2"] and page.total is None
    assert (await real.rows("people", where={"name": "p4"})).total == 1
    assert (await real.run("notes:hidden", {})).value == "only inside"
    schema = await real.schema()
    assert schema is not None and {one["tableName"] for one in schema["tables"]} == {"people", "notes"}
    with pytest.raises(FunctionFailed, match="no further"):
        await real.run("notes:half", {})
    with pytest.raises(BackendError, match="production"):
        await Deployment("prod", here.url, here.key, production=True).run("notes:addPerson", {"name": "x"})
    with pytest.raises(BackendError, match="admin key"):
        await Deployment("mine", here.url, "wrong", production=False).tables()
    assert (await here.embedded.rows("people")).total == 5


async def test_without_packages_it_says_what_to_do(tmp_path: Path, app: Path) -> None:
    project = Project.open(app, protected=())
    with pytest.raises(BackendError, match="pnpm install"):
        await Embedded(project, "src/convex", tmp_path).start()
    project.close()


COMPONENTS = {
    "src/convex/convex.config.ts": """\
import { defineApp } from "convex/server";
import rateLimiter from "@convex-dev/rate-limiter/convex.config";
import aggregate from "@convex-dev/aggregate/convex.config";

const app = defineApp();
app.use(rateLimiter);
app.use(aggregate, { name: "names" });
export default app;
""",
    "src/convex/counted.ts": """\
import { TableAggregate } from "@convex-dev/aggregate";
import { MINUTE, RateLimiter } from "@convex-dev/rate-limiter";
import { v } from "convex/values";
import { components } from "./_generated/api";
import { mutation, query } from "./_generated/server";

const rates = { send: { kind: "fixed window" as const, rate: 2, period: MINUTE } };
const limiter = new RateLimiter(components.rateLimiter, rates);
const names = new TableAggregate(components.names, { sortKey: (row) => row.name });
export const limited = mutation({ args: {}, handler: async (ctx) => (await limiter.limit(ctx, "send")).ok });
export const add = mutation({
  args: { name: v.string() },
  handler: async (ctx, args) => {
    const id = await ctx.db.insert("people", args);
    await names.insert(ctx, await ctx.db.get(id));
    return null;
  },
});
export const count = query({ args: {}, handler: async (ctx) => await names.count(ctx) });
""",
}


async def test_components_of_the_app_are_there(
    launch: Callable[..., Any], small: Path, tmp_path: Path
) -> None:
    app = copy_app(small, tmp_path / "with-components")
    wanted = ["@convex-dev/rate-limiter@0.4.0", "@convex-dev/aggregate@0.3.1"]
    pnpm = [*await find_pnpm(), "add", "--ignore-scripts", *wanted]
    await asyncio.to_thread(subprocess.run, pnpm, cwd=app, check=True, capture_output=True, timeout=120)
    stand_in = (await launch(app, COMPONENTS)).embedded
    assert (await stand_in.ask("status"))["components"][0] == "rateLimiter"
    assert [(await stand_in.run("counted:limited", {})).value for _ in range(3)] == [True, True, False]
    for name in ("Ada", "Bob"):
        await stand_in.run("counted:add", {"name": name})
    assert (await stand_in.run("counted:count", {})).value == 2
    await stand_in.stop()
    await stand_in.start()
    assert (await stand_in.run("counted:count", {})).value == 2, "a component's data is kept, too"
