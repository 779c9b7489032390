"""Load on a stand-in: a thousand live queries while mutations come in; shared with the benchmark."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.backend.conftest import Running
from tests.conftest import write_files

PAGES = 10
EACH, SHARED = 99, 50  # a page's counters, and how many of them are everybody's
QUERIES = PAGES * (EACH + 1)  # with the last events
AT_ONCE = 5  # mutations that are sent in one moment
FILES = {
    "src/convex/schema.ts": """\
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  counters: defineTable({ n: v.number(), value: v.number() }).index("by_n", ["n"]),
  events: defineTable({ n: v.number(), text: v.string() }),
});
""",
    "src/convex/load.ts": """\
import { v } from "convex/values";
import { mutation, query } from "./_generated/server";

export const begin = mutation({
  args: { count: v.number() },
  handler: async (ctx, args) => {
    for (let n = 0; n < args.count; n++) await ctx.db.insert("counters", { n, value: 0 });
    return null;
  },
});
export const one = query({
  args: { n: v.number() },
  handler: async (ctx, args) => {
    const found = await ctx.db.query("counters").withIndex("by_n", (q) => q.eq("n", args.n)).unique();
    return found?.value ?? null;
  },
});
export const last = query({
  args: {},
  handler: async (ctx) => await ctx.db.query("events").order("desc").take(20),
});
export const bump = mutation({
  args: { n: v.number() },
  handler: async (ctx, args) => {
    const found = await ctx.db.query("counters").withIndex("by_n", (q) => q.eq("n", args.n)).unique();
    await ctx.db.patch("counters", found!._id, { value: found!.value + 1 });
    await ctx.db.insert("events", { n: args.n, text: "x".repeat(200) });
    return found!.value + 1;
  },
});
""",
}
SCRIPT = """
const pages = [...Array(PAGES)].map(() => new ConvexClient(url));
const own = (p) => [...Array(EACH)].map((_, k) => (k < SHARED ? k : k + p * (EACH - SHARED)));
const count = SHARED + PAGES * (EACH - SHARED);
await pages[0].mutation("load:begin", { count });
const seen = pages.map(() => new Map());
const last = pages.map(() => null);
const waiting = new Set();
pages.forEach((page, p) => {
  for (const n of own(p)) page.onUpdate("load:one", { n }, (value) => {
    seen[p].set(n, value);
    for (const one of waiting) if (one.n === n && one.seen()) one.done();
  });
  page.onUpdate("load:last", {}, (rows) => (last[p] = rows));
});
const ready = () => seen.every((one) => one.size === EACH) && last.every(Boolean);
let started = false;
for (let n = 0; n < 15 && !started; n++) started = await until(ready);
const times = [], bumps = new Map();
const bump = async (p, n) => {
  const began = performance.now();
  const value = await pages[p].mutation("load:bump", { n });
  bumps.set(n, (bumps.get(n) ?? 0) + 1);
  const watchers = seen.filter((one) => one.has(n));
  await new Promise((resolve) => {
    const one = { n, seen: () => watchers.every((w) => w.get(n) >= value), done: () => {
      waiting.delete(one);
      times.push(performance.now() - began);
      resolve();
    } };
    waiting.add(one);
    if (one.seen()) one.done();
  });
};
const under = [], end = performance.now() + 1000 * SECONDS;
for (let round = 0; performance.now() < end; round++) {
  const next = performance.now() + (AT_ONCE * 60000) / RATE;
  for (let k = 0; k < AT_ONCE; k++) {
    const p = (round * AT_ONCE + k) % PAGES;
    under.push(bump(p, k < 3 ? round % SHARED : own(p)[SHARED + (round % (EACH - SHARED))]));
  }
  await new Promise((r) => setTimeout(r, next - performance.now()));
}
const late = await Promise.race([
  Promise.all(under).then(() => 0),
  new Promise((r) => setTimeout(() => r(waiting.size), 30000)),
]);
const http = new ConvexHttpClient(url);
let lost = 0, missed = 0;
for (const [n, times] of bumps) {
  const value = await http.query("load:one", { n });
  lost += times - value;
  missed += seen.filter((one) => one.has(n) && one.get(n) !== value).length;
}
const newest = JSON.stringify(await http.query("load:last", {}));
missed += last.filter((rows) => JSON.stringify(rows) !== newest).length;
times.sort((a, b) => a - b);
const at = (part) => times[Math.min(times.length - 1, Math.floor(part * times.length))];
say({ started, mutations: under.length, late, lost, missed, median: at(0.5), p95: at(0.95), worst: at(1) });
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What came of it: `lost` updates, pages that `missed` the end; milliseconds until all pages saw one."""

    started: bool
    mutations: int
    late: int
    lost: int
    missed: int
    median: float
    p95: float
    worst: float


def loaded_app(app: Path) -> Path:
    """The app with the functions that are called under load in place of its own."""
    for place in (app / "src/convex").rglob("*.ts"):
        if "_generated" not in place.parts:
            place.unlink()
    return write_files(app, FILES)


async def load(here: Running, seconds: float, *, a_minute: int = 200) -> Load:
    """Open the pages, and have so many mutations a minute for so long."""
    names: dict[str, Any] = {"PAGES": PAGES, "EACH": EACH, "SHARED": SHARED, "AT_ONCE": AT_ONCE}
    head = "".join(f"const {name} = {value};\n" for name, value in names.items())
    head += f"const SECONDS = {seconds}, RATE = {a_minute};\n"
    return Load(**await here.node(head + SCRIPT, timeout=seconds + 120))


async def used(here: Running) -> float:
    """What its heap holds that is no garbage, in MB."""
    found: float = await here.embedded.ask("memory")
    return found / 1e6


async def reload(here: Running, times: int) -> None:
    """Have the code taken anew so often, each time another."""
    place = here.app / "src/convex/load.ts"
    for number in range(times):
        place.write_text(f"{FILES['src/convex/load.ts']}export const version = {json.dumps(number)};\n")
        await here.embedded.push()
