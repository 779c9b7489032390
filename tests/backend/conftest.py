"""A real app with a few tables, its stand-in, and Convex's own clients from the app's packages."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.conftest import copy_app, write_files
from vly_nb.backend.embedded import Embedded
from vly_nb.project.project import Project
from vly_nb.sandbox.sandbox import Tier
from vly_nb.stacks.convex_react.pnpm import cache_folder

pytestmark = [pytest.mark.node, pytest.mark.slow]

SCHEMA = """\
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  people: defineTable({ name: v.string(), age: v.optional(v.number()) }).index("by_name", ["name"]),
  notes: defineTable({ text: v.string(), personId: v.id("people"), file: v.optional(v.id("_storage")) })
    .index("by_person", ["personId"])
    .searchIndex("search_text", { searchField: "text", filterFields: ["personId"] }),
});
"""
NOTES = """\
import { v } from "convex/values";
import { internal } from "./_generated/api";
import { action, internalMutation, mutation, query } from "./_generated/server";
import { paginationOptsValidator } from "convex/server";

export const people = query({ args: {}, handler: async (ctx) => await ctx.db.query("people").take(100) });
export const byPerson = query({
  args: { personId: v.id("people") },
  handler: async (ctx, args) =>
    await ctx.db.query("notes").withIndex("by_person", (q) => q.eq("personId", args.personId)).take(100),
});
export const pages = query({
  args: { paginationOpts: paginationOptsValidator },
  handler: async (ctx, args) => await ctx.db.query("people").order("desc").paginate(args.paginationOpts),
});
export const addPerson = mutation({
  args: { name: v.string() },
  handler: async (ctx, args) => await ctx.db.insert("people", { name: args.name }),
});
export const add = mutation({
  args: { personId: v.id("people"), text: v.string() },
  handler: async (ctx, args) => await ctx.db.insert("notes", args),
});
export const bump = mutation({
  args: { personId: v.id("people") },
  handler: async (ctx, args) => {
    const person = await ctx.db.get("people", args.personId);
    await ctx.db.patch("people", args.personId, { age: (person?.age ?? 0) + 1 });
    return null;
  },
});
export const half = mutation({
  args: {},
  handler: async (ctx) => {
    await ctx.db.insert("people", { name: "half" });
    throw new Error("no further");
  },
});
export const hidden = internalMutation({ args: {}, handler: async () => "only inside" });
export const later = mutation({
  args: { name: v.string() },
  handler: async (ctx, args) => {
    await ctx.scheduler.runAfter(50, internal.notes.arrive, { name: args.name });
    return null;
  },
});
export const arrive = internalMutation({
  args: { name: v.string() },
  handler: async (ctx, args) => {
    await ctx.db.insert("people", { name: args.name });
    return null;
  },
});
export const outside = action({
  args: { url: v.string() },
  handler: async (_ctx, args) => (await fetch(args.url)).status,
});
export const send = action({
  args: { url: v.string(), body: v.string() },
  handler: async (_ctx, args) => {
    const sent = await fetch(args.url, { method: "POST", body: args.body });
    return (await sent.json()).success;
  },
});
export const talk = query({
  args: {},
  handler: async () => {
    console.log("hello", { a: 1 });
    return null;
  },
});
export const upload = mutation({ args: {}, handler: async (ctx) => await ctx.storage.generateUploadUrl() });
export const fileUrl = query({
  args: { id: v.id("_storage") },
  handler: async (ctx, args) => await ctx.storage.getUrl(args.id),
});
"""
CRONS = """\
import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";

const crons = cronJobs();
crons.interval("come by", { hours: 1 }, internal.notes.arrive, { name: "cron" });
export default crons;
"""
HTTP = """\
import { httpRouter } from "convex/server";
import { httpAction } from "./_generated/server";

const http = httpRouter();
http.route({
  path: "/hello",
  method: "POST",
  handler: httpAction(
    async (_ctx, request) => new Response(`hello ${await request.text()}`, { status: 201 }),
  ),
});
export default http;
"""
FILES = {
    "src/convex/schema.ts": SCHEMA,
    "src/convex/notes.ts": NOTES,
    "src/convex/crons.ts": CRONS,
    "src/convex/http.ts": HTTP,
}
TEMPLATE_ONLY = ("auth.ts", "auth.config.ts", "auth/emailOtp.ts", "users.ts", "tasks.ts", "seed.ts")


@dataclass
class Running:
    """A stand-in that runs. `key` opens it."""

    app: Path
    embedded: Embedded
    key: str

    @property
    def url(self) -> str:
        return self.embedded.url

    async def node(self, script: str, *, timeout: float = 180) -> Any:
        """What a script prints as JSON; `ConvexClient`, `ConvexHttpClient`, `url` and `key` are there."""
        head = (
            'import { createRequire } from "node:module";\n'
            f"const require = createRequire({json.dumps(str(self.app / 'package.json'))});\n"
            'const { ConvexClient, ConvexHttpClient } = require("convex/browser");\n'
            f"const url = {json.dumps(self.url)}, key = {json.dumps(self.key)};\n"
            "const until = async (f) => { for (let n = 0; n < 400; n++) { if (await f()) return true;"
            " await new Promise((r) => setTimeout(r, 10)); } return false; };\n"
            "const say = (value) => { console.log(JSON.stringify(value)); process.exit(0); };\n"
        )
        done = await asyncio.to_thread(
            subprocess.run,
            ["node", "--input-type=module", "-e", head + script],
            capture_output=True,
            text=True,
            timeout=timeout,
            cwd=self.app,
        )
        assert done.returncode == 0 and done.stdout, done.stdout + done.stderr
        return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="session")
def small(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template's packages with a small backend of its own; copy it, don't write."""
    app = copy_app(installed, tmp_path_factory.mktemp("small") / "app")
    for name in TEMPLATE_ONLY:
        (app / "src/convex" / name).unlink()
    return write_files(app, FILES)


@pytest_asyncio.fixture
async def launch(tmp_path: Path) -> AsyncIterator[Callable[..., Any]]:
    """`await launch(app)` copies an app and has its stand-in run; all end with the test."""
    opened: list[tuple[Project, Embedded]] = []

    async def start(source: Path, files: dict[str, str] | None = None, tier: Tier | None = None) -> Running:
        app = write_files(copy_app(source, tmp_path / f"app{len(opened)}"), files or {})
        project = Project.open(app, protected=(), tier=tier)
        embedded = Embedded(project, "src/convex", cache_folder())
        opened.append((project, embedded))
        running = await embedded.start()
        return Running(app, embedded, running.note.partition(" ")[2])

    yield start
    for project, embedded in opened:
        await embedded.stop()
        project.close()


@pytest_asyncio.fixture
async def here(launch: Callable[..., Any], small: Path) -> Running:
    """The small app's stand-in."""
    found: Running = await launch(small)
    return found
