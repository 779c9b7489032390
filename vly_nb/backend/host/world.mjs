// The world that functions run in: convex-test, with what each function read and wrote made known.
import { AsyncLocalStorage } from "node:async_hooks";
import { createHash, createHmac, randomUUID } from "node:crypto";

import { stem } from "./bundle.mjs";
import { track } from "./track.mjs";

/** What a running function leaves: `reads` (null when nobody wants them), `journal`, `lines` of its log. */
export const trace = new AsyncLocalStorage();

export class World {
  constructor(runtime, { origin, secret, changed }) {
    this.runtime = runtime;
    this.inside = runtime.inside;
    this.origin = origin;
    this.secret = secret;
    this.changed = changed; // called with the writes of each commit
    this.uploads = new Map(); // token → when it ends
    this.functions = new Map(); // "tasks:list" → {type, isPublic, args, returns}
    this.schema = null;
    this.crons = {};
    this.components = [];
    this.auth = [];
    this.places = null; // from what runs to the project's files
    this.kept = () => {}; // called with each file's id and bytes
    this.seen = new Map(); // job id → component of the function
  }

  async begin() {
    this.test = this.runtime.convexTest({
      schema: undefined,
      modules: { "/_generated/api.js": async () => ({}) },
      transactionLimits: true,
    });
    await this.test.run(async () => {
      this.global = this.inside.convexGlobalStorage.getStore();
      return null;
    });
    this.#listen();
    track(this, "", this.db());
  }

  db(component = "") {
    return this.global.components[component]?.db;
  }

  get ts() {
    return this.global.transactionManager._lastCommitTs;
  }

  /** Wait until no transaction is open, then do `work` before any other can begin. */
  async alone(work) {
    const manager = this.global.transactionManager;
    while (manager._waitOnCurrentFunction !== null) await manager._waitOnCurrentFunction;
    return work();
  }

  // -- code ----------------------------------------------------------------------

  /** Take analysed code; throws when data that is there doesn't fit its schema, and changes nothing then. */
  async take(code) {
    const fresh = new this.inside.DatabaseFake(code.schema ?? null, "");
    await this.alone(() => {
      this.#fits(fresh);
      this.global.components[""].db._schema = fresh._schema;
      this.global.components[""].modules = this.inside.moduleCache(named(code.modules));
      for (const { name, folder, modules } of code.components) {
        const schema = modules.schema?.().default ?? null;
        const made = new this.inside.DatabaseFake(schema, name);
        const there = this.global.components[name];
        if (there) there.db._schema = made._schema;
        else track(this, name, made);
        this.global.components[name] = {
          db: there?.db ?? made,
          modules: this.inside.moduleCache(named(modules)),
          folder,
        };
      }
      Object.assign(this, {
        functions: code.functions,
        schema: code.schema ?? null,
        crons: code.crons,
        places: code.places,
        http: code.http,
        auth: code.auth,
        components: code.components.map((one) => one.name),
      });
    });
  }

  #fits(fresh) {
    if (!fresh._schema?.schemaValidation) return;
    for (const doc of Object.values(this.db()._documents)) {
      const table = this.inside.tableNameFromId(doc._id);
      const validator = fresh._schema.tables.get(table)?.documentType;
      if (validator === undefined) continue;
      const { _id, _creationTime, ...fields } = doc;
      try {
        this.inside.validateValidator(validator, fields);
      } catch (error) {
        throw new Error(
          `Schema validation failed.\nDocument with ID "${_id}" in table "${table}" does not match the schema: ` +
            `${error.message.replace(/^Validator error: /, "")}`,
        );
      }
    }
  }

  // -- what is read and written ----------------------------------------------------

  /** Whether a commit's writes touch what was read. */
  touches(reads, writes) {
    return writes.some((write) =>
      reads.some((read) => {
        if (read.any) return true;
        if (read.component !== write.component) return false;
        if (read.id !== undefined) return read.id === write.id;
        if (read.table !== write.table) return false;
        return [write.before, write.after].some(
          (doc) => doc !== null && read.range.every((filter) => this.inside.evaluateRangeFilter(doc, filter)),
        );
      }),
    );
  }

  #read(read) {
    trace.getStore()?.reads?.push({ component: this.inside.getCurrentComponentPath(), ...read });
  }

  #readQuery({ source }) {
    if (source.type === "FullTableScan") this.#read({ table: source.tableName, range: [] });
    else
      this.#read({
        table: source.indexName.split(".")[0],
        range: source.type === "IndexRange" ? source.range : [],
      });
  }

  /** Stand between functions and convex-test. */
  #listen() {
    const { syscall, asyncSyscall, jsSyscall } = this.global;
    const here = () => this.db(this.inside.getCurrentComponentPath());
    this.global.syscall = (op, json) => {
      const args = JSON.parse(json);
      if (op === "1.0/queryStream") this.#readQuery(args.query);
      if (op === "1.0/queryCleanup") delete here()._queryResults[args.queryId];
      return syscall(op, json);
    };
    this.global.jsSyscall = async (op, args) => {
      if (op === "storage/storeBlob" && !this.inside.nestedTxStorage.getStore())
        return await this.storeBlob(args.blob);
      return await jsSyscall(op, args);
    };
    this.global.asyncSyscall = async (op, json) => {
      const args = JSON.parse(json);
      switch (op) {
        case "1.0/get":
          this.#read({ id: args.id });
          break;
        case "1.0/count":
          this.#read({ table: args.table, range: [] });
          break;
        case "1.0/queryPage":
          return await this.#page(asyncSyscall, op, args);
        case "1.0/storageGetUrl":
          this.#read({ id: args.storageId });
          return JSON.stringify(
            here().get("_storage", args.storageId) === null ? null : this.#fileUrl(args.storageId),
          );
        case "1.0/storageGenerateUploadUrl":
          return JSON.stringify(`${this.origin}/api/storage/upload?token=${this.#uploadToken()}`);
        case "1.0/storageDelete": {
          if (this.inside.nestedTxStorage.getStore()) break;
          const db = here();
          await this.#write(() => db.delete("_storage", args.storageId));
          return "{}";
        }
        case "1.0/schedule":
          return this.#schedule(args, here());
        case "1.0/getDeploymentMetadata":
          return JSON.stringify({ name: "stand-in", region: null, class: "s16" });
      }
      return await asyncSyscall(op, json);
    };
  }

  /** One page; a live query's pages end where they ended before, so that there is no gap between them. */
  async #page(asyncSyscall, op, args) {
    this.#readQuery(args.query);
    if (!(args.pageSize > 0)) throw new Error("A page has at least one row (numItems)."); // as Convex refuses it
    const store = trace.getStore();
    if (store?.journal && !args.endCursor) args.endCursor = store.journal;
    const answer = await asyncSyscall(op, JSON.stringify(args));
    const cursor = JSON.parse(answer).continueCursor;
    if (store) store.ended = cursor === "_end_cursor" ? null : cursor;
    return answer;
  }

  /** Opens one file to whoever has the address, as Convex's do. */
  fileKey(component, id) {
    return createHmac("sha256", this.secret).update(`${component} ${id}`).digest("hex").slice(0, 32);
  }

  /** A write of an action's, in a transaction of its own: another's may be open right now. */
  async #write(work) {
    return await this.test.runInComponent(this.inside.getCurrentComponentPath(), async () => work());
  }

  /** Keep an uploaded file; its id. */
  async storeBlob(blob) {
    const db = this.db(this.inside.getCurrentComponentPath());
    const sha256 = createHash("sha256")
      .update(Buffer.from(await blob.arrayBuffer()))
      .digest("base64");
    const id = await this.#write(() =>
      db.insert("_storage", { size: blob.size, sha256, ...(blob.type ? { contentType: blob.type } : {}) }),
    );
    db.storeFile(id, blob);
    return id;
  }

  #fileUrl(id) {
    const component = this.inside.getCurrentComponentPath();
    const within = component ? `&in=${encodeURIComponent(component)}` : "";
    return `${this.origin}/api/storage/${id}?key=${this.fileKey(component, id)}${within}`;
  }

  #uploadToken() {
    const now = Date.now();
    for (const [token, ends] of this.uploads) if (ends < now) this.uploads.delete(token);
    const token = randomUUID();
    this.uploads.set(token, now + 3_600_000);
    return token;
  }

  #schedule(args, db) {
    const { convexToJson, jsonToConvex } = this.runtime.values;
    const target = this.inside.getFunctionPathFromAddress(args);
    const given = jsonToConvex(args.args);
    if (this.inside.hasPendingValues(given))
      throw new Error("A scheduled function cannot take an unresolved placeholder value.");
    const id = db.insert("_scheduled_functions", {
      args: [given],
      name: target.udfPath,
      scheduledTime: args.ts * 1000,
      state: { kind: "pending" },
    });
    this.seen.set(id, target.componentPath);
    return JSON.stringify(convexToJson(id));
  }
}

function named(modules) {
  const found = { "/_generated/api.js": async () => ({}) };
  for (const [name, load] of Object.entries(modules)) found[`/${stem(name)}.js`] = async () => load();
  return found;
}
