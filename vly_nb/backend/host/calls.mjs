// Calling a function as a deployment does: who may, with which arguments, and in which words it fails.
import { randomBytes } from "node:crypto";

import { stem } from "./bundle.mjs";
import { trace } from "./world.mjs";
import { complaint } from "./validators.mjs";

const SYMBOL = Symbol.for("ConvexError");
const MOST_STACK = 6;
const MOST_RESULT = 16 * 1024 * 1024; // characters of a result; Convex has 16 MiB, too

export class Calls {
  constructor(world, system, log) {
    this.log = log;
    this.world = world;
    this.system = system;
  }

  /**
   * Call `path` as `caller` (`{admin, identity}`); `type` is "query", "mutation", "action" or "any".
   *
   * Answers with `{ok: true, value, lines, reads, journal}` or `{ok: false, message, data, lines, …}`; values
   * are Convex's JSON. Never throws.
   */
  async call(path, args, { type = "any", caller, component = "", reads = null, journal = null }) {
    const store = { reads, journal, ended: null, lines: [] };
    const done = await trace.run(store, async () => {
      try {
        return { ok: true, value: await this.#run(path, args, type, caller, component) };
      } catch (error) {
        const failed = this.#failed(error);
        this.log(
          `${String(path).slice(0, 200)}: ${failed.message.replace(/^.*Server Error\n/, "").trimEnd()}`,
        );
        return failed;
      }
    });
    return { ...done, lines: store.lines, reads, journal: store.ended };
  }

  async #run(path, json, type, caller, component) {
    const { values, inside } = this.world.runtime;
    if (typeof path !== "string" || path.length > 1000) throw new Mistake("A function's path is a text.");
    const encoded = Array.isArray(json) ? json[0] : json;
    const args = values.jsonToConvex(encoded ?? {});
    if (path.startsWith("_system/")) {
      if (!caller.admin) throw new Mistake(notThere(path, type));
      trace.getStore().reads?.push({ any: true }); // it looks past the functions' own way to the data
      return await this.system(path, args, component);
    }
    if (component && !caller.admin) throw new Mistake("Only an admin may call a component's functions.");
    const name = canonical(path);
    const found = component ? { type } : this.world.functions.get(name);
    if (found === undefined || !(found.isPublic || caller.admin)) throw new Mistake(notThere(name, type));
    if (type !== "any" && found.type !== type) {
      throw new Mistake(
        `Trying to execute ${name} as ${titled(type)}, but it is defined as ${titled(found.type)}.`,
      );
    }
    const why = found.args ? complaint(found.args, args, inside.tableNameFromId) : null;
    if (why !== null) throw new Mistake(`ArgumentValidationError: ${why}`);
    const test = caller.identity ? this.world.test.withIdentity(caller.identity) : this.world.test;
    const place = { componentPath: component, udfPath: name };
    const run = { query: test.queryFromPath, mutation: test.mutationFromPath, action: test.actionFromPath };
    const value = await (run[found.type] ?? test.fun)(place, args);
    const result = values.convexToJson(value ?? null);
    if (JSON.stringify(result).length > MOST_RESULT)
      throw new Mistake("Function return value is too large (maximum size 16 MiB).");
    return result;
  }

  /** What a client is told of an error: the words of Convex's own server. */
  #failed(error) {
    const id = randomBytes(8).toString("hex");
    const known = error !== null && typeof error === "object";
    if (error instanceof Mistake) {
      return { ok: false, message: `[Request ID: ${id}] Server Error\n${error.message}\n`, data: undefined };
    }
    const isConvex = known && SYMBOL in error;
    const said = !known
      ? String(error)
      : isConvex
        ? `ConvexError: ${typeof error.data === "string" ? error.data : JSON.stringify(json(this.world, error.data))}`
        : `${error.name ?? "Error"}: ${error.message}`;
    const lines = known ? this.world.places.stack(error).slice(0, MOST_STACK) : [];
    return {
      ok: false,
      message: `[Request ID: ${id}] Server Error\nUncaught ${said.slice(0, 20_000)}\n${lines.map((line) => `    ${line.replace("(", "(../")}\n`).join("")}`,
      data: isConvex ? json(this.world, error.data) : undefined,
    };
  }
}

/** Something that is the caller's mistake: said without a stack. */
export class Mistake extends Error {}

/** `tasks.js:list`, `tasks:list`, `tasks` → `tasks:list`, `tasks:default`. */
export function canonical(path) {
  const [module, name = "default"] = path.split(":");
  return `${stem(module)}:${name}`;
}

function notThere(name, type) {
  const public_ = type === "any" ? "" : "public ";
  return `Could not find ${public_}function for '${name.replace(/:default$/, "")}'. Did you forget to run \`npx convex dev\` or \`npx convex deploy\`?`;
}

function titled(type) {
  return type[0].toUpperCase() + type.slice(1);
}

function json(world, data) {
  try {
    return world.runtime.values.convexToJson(data);
  } catch {
    return null;
  }
}
