// What the CLI and `%vly db` ask of a deployment: tables, rows, functions, the schema.

const MOST_ROWS = 10_000;

/** A function of a system function's path, its arguments and a component: admin only. */
export function systemFunctions(world, variables) {
  const tables = (component) => {
    const db = dbOf(world, component);
    const known = db._schema ? [...db._schema.tables.keys()] : [];
    return [
      ...new Set([
        ...known,
        ...[...db.tables]
          .filter(([name, ids]) => ids.size > 0 && !name.startsWith("_"))
          .map(([name]) => name),
      ]),
    ].sort();
  };
  const functions = {
    "_system/cli/tables": (args, component) =>
      page(
        tables(component).map((name) => ({ name })),
        args,
      ),
    "_system/cli/tableData": (args, component) => {
      const docs = rows(world, component, args.table);
      if (args.order !== "asc") docs.reverse();
      return page(docs, args);
    },
    "_system/cli/queryTable": (args, component) => rows(world, component, args.table).length > 0,
    "_system/cli/tableSize:default": (args, component) => rows(world, component, args.tableName).length,
    "_system/cli/queryEnvironmentVariables": () =>
      Object.keys(variables)
        .sort()
        .map((name) => ({ name, value: variables[name] })),
    "_system/cli/queryEnvironmentVariables:get": ({ name }) =>
      Object.hasOwn(variables, name) ? { name, value: variables[name] } : null,
    "_system/cli/modules:apiSpec": () =>
      [...world.functions].map(([name, one]) => ({
        identifier: name.replace(":", ".js:"),
        functionType: `${one.type[0].toUpperCase()}${one.type.slice(1)}`,
        visibility: { kind: one.isPublic ? "public" : "internal" },
        args: one.args,
        returns: one.returns ?? { type: "any" },
      })),
    "_system/cli/convexUrl:cloudUrl": () => world.origin,
    "_system/cli/convexUrl:siteUrl": () => world.origin,
    "_system/frontend/components:list": () =>
      world.components.map((name) => ({ id: name, name, path: name })),
    "_system/frontend/listTableScan": ({ table, limit }, component) =>
      rows(world, component, table)
        .reverse()
        .slice(0, Math.min(Number(limit ?? 100), MOST_ROWS)),
    "_system/frontend/addDocument": async ({ table, documents }, component) =>
      await world.test.runInComponent(component, async (ctx) => {
        for (const one of documents) await ctx.db.insert(String(table), one);
        return { success: true };
      }),
    "_system/frontend/clearTablePage": async ({ tableName }, component) => {
      const ids = rows(world, component, tableName).map((doc) => doc._id);
      await world.test.runInComponent(component, async (ctx) => {
        for (const id of ids) await ctx.db.delete(id);
        return null;
      });
      return { deleted: ids.length, continueCursor: "", hasMore: false };
    },
    "_system/frontend/getSchemas": (_, component) => ({
      active: world.schema && !component ? deployed(world.schema) : undefined,
      inProgress: undefined,
    }),
    "_system/frontend/listCronJobs": () =>
      Object.entries(world.crons).map(([name, cron]) => ({
        name,
        cronSpec: {
          udfPath: cron.name.replace(":", ".js:"),
          udfArgs: cron.args,
          cronSchedule: schedule(cron.schedule),
        },
        lastRun: null,
        nextRun: null,
      })),
  };
  return async (path, args, component) => {
    const name = path.replace(/:default$/, "");
    const found = Object.hasOwn(functions, name)
      ? functions[name]
      : Object.hasOwn(functions, path)
        ? functions[path]
        : undefined;
    if (found === undefined) throw new Error(`The stand-in has no system function ${path.slice(0, 100)}.`);
    return world.runtime.values.convexToJson((await found(args, component)) ?? null);
  };
}

/** A table's documents, oldest first. */
export function rows(world, component, table) {
  const db = dbOf(world, component);
  const ids = db.tables.get(String(table)) ?? [];
  return [...ids].map((id) => db._documents[id]).sort((a, b) => a._creationTime - b._creationTime);
}

/** A schema as a deployment tells it: each index ends with the time of making. */
function deployed(schema) {
  const told = JSON.parse(schema.export());
  for (const table of told.tables) {
    for (const one of [...(table.indexes ?? []), ...(table.stagedDbIndexes ?? [])])
      one.fields.push("_creationTime");
  }
  return JSON.stringify(told);
}

/** A cron's time as a deployment tells it: an interval in seconds, else a cron line. */
function schedule(told) {
  if (told.type === "interval") {
    return {
      type: "interval",
      seconds: BigInt(told.seconds ?? 60 * (told.minutes ?? 60 * (told.hours ?? 1))),
    };
  }
  const day = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"].indexOf(
    told.dayOfWeek,
  );
  const line = [told.minuteUTC ?? 0, told.hourUTC ?? "*", told.day ?? "*", "*", day < 0 ? "*" : day].join(
    " ",
  );
  return { type: "cron", cronExpr: told.cron ?? line };
}

function dbOf(world, component) {
  const db = world.db(component ?? "");
  if (db === undefined) throw new Error(`There is no component ${String(component).slice(0, 100)}.`);
  return db;
}

function page(all, { paginationOpts = {} }) {
  const start = Number(paginationOpts.cursor ?? 0) || 0;
  const size = Math.min(Number(paginationOpts.numItems ?? MOST_ROWS), MOST_ROWS);
  const end = start + size;
  return { page: all.slice(start, end), isDone: end >= all.length, continueCursor: String(end) };
}
