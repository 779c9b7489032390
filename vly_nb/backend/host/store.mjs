// The data on disk: one line a document, written whole and renamed, for the owner's eyes only.
import { createReadStream } from "node:fs";
import { copyFile, mkdir, open, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import readline from "node:readline";

const FORMAT = 1;
const LATER = 300; // milliseconds that writes are gathered
const MOST_SNAPSHOTS = 200;
const NAME = /^[\w-]{1,60}$/;
const ID = /^\d{1,40}[A-Za-z_]\w{0,64}$/;

export class Store {
  constructor(world, folder) {
    this.world = world;
    this.folder = folder;
    this.place = path.join(folder, "data.ndjson");
    this.writing = Promise.resolve();
    this.timer = null;
  }

  /** Read what was kept, if anything was. Throws a sentence when it can't be read. */
  async load(place = this.place) {
    await mkdir(path.join(this.folder, "files"), { recursive: true, mode: 0o700 });
    await mkdir(path.join(this.folder, "snapshots"), { recursive: true, mode: 0o700 });
    const { jsonToConvex } = this.world.runtime.values;
    const docs = new Map();
    let head = null;
    try {
      for await (const line of readline.createInterface({
        input: createReadStream(place),
        crlfDelay: Infinity,
      })) {
        const one = JSON.parse(line);
        if (head === null) {
          if (one?.format !== FORMAT) throw new Error("another format");
          head = one;
        } else if (ID.test(one.d?._id)) {
          if (!docs.has(one.c)) docs.set(one.c, []);
          docs.get(one.c).push(jsonToConvex(one.d));
        }
      }
    } catch (error) {
      if (error.code === "ENOENT") return false;
      throw new Error(
        `The stand-in's data can't be read (${error.message}). Start afresh with \`%vly backend reset\`.`,
      );
    }
    if (head === null) return false;
    await this.world.alone(() => this.#put(docs, head));
    await this.#files();
    return true;
  }

  #put(docs, head) {
    for (const [component, { db }] of Object.entries(this.world.global.components)) {
      for (const id of Object.keys(db._documents)) db.know(id, false);
      db._documents = {};
      const counters = head.counters?.[component];
      if (counters) {
        db._nextDocId = Math.max(db._nextDocId, counters.next);
        db._lastCreationTime = Math.max(db._lastCreationTime, counters.time);
      }
      for (const doc of docs.get(component) ?? []) {
        db._documents[doc._id] = doc;
        db.know(doc._id, true);
      }
    }
    this.world.seen = new Map(Object.entries(head.jobs ?? {}));
  }

  /** Give the stored files back to the documents that tell of them. */
  async #files() {
    for (const { db } of Object.values(this.world.global.components)) {
      for (const id of db.tables.get("_storage") ?? []) {
        if (db._storage[id]) continue;
        const bytes = await readFile(this.#file(id)).catch(() => null);
        if (bytes) db._storage[id] = new Blob([bytes], { type: db._documents[id].contentType ?? "" });
      }
    }
  }

  #file(id) {
    if (!ID.test(id)) throw new Error("That is no file.");
    return path.join(this.folder, "files", id);
  }

  /** Keep a file's bytes. */
  async keep(id, blob) {
    await writeFile(this.#file(id), Buffer.from(await blob.arrayBuffer()), { mode: 0o600 });
  }

  /** Write all of it soon; `now()` waits until it is done. */
  soon() {
    this.timer ??= setTimeout(
      () => void this.now().catch((error) => console.error(`The data couldn't be written: ${error.message}`)),
      LATER,
    );
  }

  now() {
    clearTimeout(this.timer);
    this.timer = null;
    this.writing = this.writing.catch(() => {}).then(() => this.#write());
    return this.writing;
  }

  async #write() {
    const text = await this.world.alone(() => this.#lines());
    const beside = `${this.place}.new`;
    const file = await open(beside, "w", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, this.place);
  }

  #lines() {
    const { convexToJson } = this.world.runtime.values;
    const counters = {};
    const lines = [];
    for (const [component, { db }] of Object.entries(this.world.global.components)) {
      counters[component] = { next: db._nextDocId, time: db._lastCreationTime };
      for (const doc of Object.values(db._documents))
        lines.push(JSON.stringify({ c: component, d: convexToJson(doc) }));
    }
    const head = { format: FORMAT, counters, jobs: Object.fromEntries(this.world.seen) };
    return `${[JSON.stringify(head), ...lines].join("\n")}\n`;
  }

  // -- snapshots ------------------------------------------------------------------

  /** Keep the data as it is now under a name. */
  async snapshot(name) {
    if (!NAME.test(name)) throw new Error("A snapshot's name is made of letters, digits, - and _.");
    await this.now();
    await copyFile(this.place, this.#snapshot(name));
    const names = await this.snapshots();
    for (const old of names.slice(0, Math.max(0, names.length - MOST_SNAPSHOTS)))
      await rm(this.#snapshot(old));
  }

  #snapshot(name) {
    return path.join(this.folder, "snapshots", `${name}.ndjson`);
  }

  /** The names of all snapshots, oldest first. */
  async snapshots() {
    const found = (await readdir(path.join(this.folder, "snapshots"))).filter((name) =>
      name.endsWith(".ndjson"),
    );
    return found.map((name) => name.slice(0, -7)).sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  }

  /** Bring a snapshot's data back. */
  async restore(name) {
    if (!NAME.test(name) || !(await this.load(this.#snapshot(name))))
      throw new Error(`There is no snapshot ${String(name).slice(0, 60)}.`);
    await this.now();
  }

  /** Forget all data. */
  async reset() {
    await this.world.alone(() => this.#put(new Map(), {}));
    await this.now();
  }
}
