// What vly itself asks of the stand-in (POST /_vly/…, admin key only).
import { getHeapStatistics, setFlagsFromString } from "node:v8"; // process.memoryUsage reads /proc, which a box may hide
import vm from "node:vm";

import { rows } from "./system.mjs";

const MOST = 1000; // rows at a time

/** The work behind each address: a function of the request's body. */
export function own({ world, calls, store, live, jobs, mailbox, state, push }) {
  const { convexToJson, jsonToConvex, compareValues } = world.runtime.values;
  const shown = (name) => typeof name === "string" && name.length <= 100;
  return {
    status: async () => ({
      ...state,
      tables: tablesOf(world),
      functions: [...world.functions].map(([name, one]) => ({
        name,
        type: one.type,
        isPublic: one.isPublic,
      })),
      crons: Object.keys(jobs.crons),
      clock: jobs.clock,
      components: world.components,
      sessions: live.sessions.size,
      queries: live.queries.size,
      memory: getHeapStatistics().used_heap_size,
      snapshots: await store.snapshots(),
    }),
    push: async () => await push(),
    schema: () => (world.schema ? JSON.parse(world.schema.export()) : null),
    rows: ({ table, offset = 0, limit = 20, where = {}, component = "", order = "asc" }) => {
      if (!shown(table)) throw new Error("A table's name is a text.");
      const wanted = Object.entries(where).map(([field, value]) => [field.split("."), jsonToConvex(value)]);
      const found = rows(world, component, table).filter((doc) =>
        wanted.every(
          ([parts, value]) =>
            compareValues(
              parts.reduce((at, part) => at?.[part], doc),
              value,
            ) === 0,
        ),
      );
      if (order === "desc") found.reverse();
      const some = found.slice(Math.max(0, offset), Math.max(0, offset) + Math.min(Math.max(0, limit), MOST));
      return { rows: some.map(convexToJson), total: found.length };
    },
    mails: ({ since = 0 }) => mailbox.mails.filter((mail) => mail.number > since),
    cron: async ({ name }) => await jobs.fire(String(name)),
    clock: ({ on }) => {
      jobs.clock = on === true;
      jobs.plan();
      return jobs.clock;
    },
    document: async ({ id, table, fields, component = "" }) =>
      await edit(world, { id, table, fields, component }),
    snapshot: async ({ name }) => await store.snapshot(String(name)),
    restore: async ({ name }) => {
      await store.restore(String(name));
      await push();
      live.everything();
    },
    reset: async () => {
      await store.reset();
      live.everything();
      await push();
    },
    save: async () => await store.now(),
    memory: () => {
      setFlagsFromString("--expose-gc");
      vm.runInNewContext("gc")();
      return getHeapStatistics().used_heap_size; // once what is garbage is gone
    },
  };
}

function tablesOf(world) {
  const db = world.db();
  const names = new Set([
    ...(db._schema ? db._schema.tables.keys() : []),
    ...[...db.tables].filter(([, ids]) => ids.size > 0).map(([name]) => name),
  ]);
  return [...names].sort().map((name) => ({ name, rows: db.tables.get(name)?.size ?? 0 }));
}

/** Make (`table`, `fields`), change (`id`, `fields`) or delete (`id` alone) one document. */
async function edit(world, { id, table, fields, component }) {
  const { jsonToConvex } = world.runtime.values;
  return await world.test.runInComponent(String(component), async (ctx) => {
    if (id === undefined) return await ctx.db.insert(String(table), jsonToConvex(fields ?? {}));
    if (fields === undefined) return await ctx.db.delete(String(id));
    return await ctx.db.patch(String(id), jsonToConvex(fields));
  });
}
