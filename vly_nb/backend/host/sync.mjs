// The sync protocol: one session a tab (convex 1.48, src/browser/sync/protocol.ts).
import { NOBODY } from "./identity.mjs";

const MOST_QUERIES = 4000; // of one session
const MOST_WAITING = 1000; // messages
const PING = 15_000;

/** Base64 of a time as eight bytes, the lowest first. */
export function encodeTs(ts) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(ts));
  return bytes.toString("base64");
}

/** What a page is told, the addresses of files as it can reach them. */
export function readdressed(text, origin, from) {
  return from ? text.replaceAll(`${origin}/api/storage/`, `${from}/api/storage/`) : text;
}

export class Session {
  constructor(socket, { live, calls, identities, world, from }) {
    Object.assign(this, { socket, live, calls, identities, world, from });
    this.caller = NOBODY;
    this.version = { querySet: 0, identity: 0, ts: 0n };
    this.told = { querySet: 0, identity: 0, ts: 0n };
    this.queries = new Map(); // id → {query, number}
    this.removed = [];
    this.owed = 0n; // the time of a mutation of this session's that it waits to see
    this.waiting = 0;
    this.order = Promise.resolve();
    this.connected = false;
    this.ping = setInterval(() => this.send({ type: "Ping" }), PING);
    live.sessions.add(this);
    socket.on("message", (data, binary) => this.#heard(data, binary));
    socket.on("close", () => this.close());
    socket.on("error", () => this.close());
  }

  close() {
    clearInterval(this.ping);
    this.live.sessions.delete(this);
    for (const { query } of this.queries.values()) this.live.leave(query);
    this.queries.clear();
  }

  send(message) {
    if (this.socket.readyState === 1)
      this.socket.send(readdressed(JSON.stringify(message), this.world.origin, this.from));
  }

  fatal(error) {
    console.warn(`A page's connection was ended: ${error}`);
    this.send({ type: "FatalError", error });
    this.socket.close(1011, "FatalError");
  }

  /** Take one message after another; what makes no sense ends this session and no other. */
  #heard(data, binary) {
    if (binary || this.waiting >= MOST_WAITING) return this.fatal("Too many messages, or not text.");
    let message;
    try {
      message = JSON.parse(data.toString());
    } catch {
      return this.fatal("A message was no JSON.");
    }
    if (message === null || typeof message !== "object") return this.fatal("A message was no object.");
    this.waiting += 1;
    this.order = this.order
      .then(() => this.#take(message))
      .catch((error) => this.fatal(String(error.message ?? error).slice(0, 500)))
      .finally(() => (this.waiting -= 1));
  }

  async #take(message) {
    if (message.type === "Connect") {
      this.connected = true;
      return;
    }
    if (message.type === "Event") return;
    if (!this.connected) throw new Error("The first message is Connect.");
    switch (message.type) {
      case "Authenticate":
        return await this.#authenticate(message);
      case "ModifyQuerySet":
        return this.#modify(message);
      case "Mutation":
        return await this.#mutate(message);
      case "Action":
        void this.#act(message);
        return;
      default:
        throw new Error(`A message of type ${String(message.type).slice(0, 50)} isn't known.`);
    }
  }

  async #authenticate({ tokenType, value, baseVersion, impersonating }) {
    try {
      if (tokenType === "None") this.caller = NOBODY;
      else if (tokenType === "Admin") this.caller = this.identities.admin(String(value), impersonating);
      else this.caller = { admin: false, identity: await this.identities.ofToken(String(value)) };
    } catch (error) {
      this.send({ type: "AuthError", error: error.message, baseVersion, authUpdateAttempted: true });
      return;
    }
    this.version.identity = number(baseVersion) + 1;
    for (const one of this.queries.values()) {
      const { path, args, component, journal } = one.query;
      this.live.leave(one.query);
      one.query = this.live.watch(path, args, this.caller, component, journal);
      one.number = -1;
    }
    this.live.soon();
  }

  #modify({ baseVersion, newVersion, modifications }) {
    if (number(baseVersion) !== this.version.querySet)
      throw new Error("The query set's version isn't the expected one.");
    for (const one of modifications) {
      const id = number(one.queryId);
      const there = this.queries.get(id);
      if (there) {
        this.live.leave(there.query);
        this.queries.delete(id);
      }
      if (one.type === "Add") {
        if (this.queries.size >= MOST_QUERIES)
          throw new Error(`More than ${MOST_QUERIES} queries in one session.`);
        const query = this.live.watch(
          one.udfPath,
          one.args,
          this.caller,
          one.componentPath ?? "",
          one.journal ?? null,
        );
        this.queries.set(id, { query, number: -1 });
      } else {
        this.removed.push(id);
      }
    }
    this.version.querySet = number(newVersion);
    // What was only let go of is said at once: until then a client takes its last result for the present one.
    const same = [...this.queries.values()].every(
      (one) => one.query.number === one.number && !one.query.stale,
    );
    if (same) this.transition(this.told.ts);
    else this.live.soon();
  }

  async #mutate({ requestId, udfPath, args, componentPath }) {
    const done = await this.calls.call(udfPath, args, {
      type: "mutation",
      caller: this.caller,
      component: componentPath ?? "",
    });
    const about = { type: "MutationResponse", requestId: number(requestId), logLines: done.lines };
    if (!done.ok) return this.send({ ...about, success: false, result: done.message, errorData: done.data });
    const ts = this.world.ts;
    this.owed = ts;
    this.send({ ...about, success: true, result: done.value, ts: encodeTs(ts) });
    this.live.soon();
  }

  async #act({ requestId, udfPath, args, componentPath }) {
    const done = await this.calls.call(udfPath, args, {
      type: "action",
      caller: this.caller,
      component: componentPath ?? "",
    });
    const about = { type: "ActionResponse", requestId: number(requestId), logLines: done.lines };
    this.send(
      done.ok
        ? { ...about, success: true, result: done.value }
        : { ...about, success: false, result: done.message, errorData: done.data },
    );
  }

  /** Tell what is new at a time, if anything is. */
  transition(ts) {
    if ([...this.queries.values()].some(({ query }) => query.result === null)) return; // it is about to run
    const modifications = this.removed.splice(0).map((queryId) => ({ type: "QueryRemoved", queryId }));
    for (const [queryId, one] of this.queries) {
      const { result, number, journal } = one.query;
      if (result === null || number === one.number) continue;
      one.number = number;
      const about = { queryId, logLines: result.lines, journal };
      modifications.push(
        result.ok
          ? { type: "QueryUpdated", ...about, value: result.value }
          : { type: "QueryFailed", ...about, errorMessage: result.message, errorData: result.data },
      );
    }
    const moved =
      this.version.querySet !== this.told.querySet || this.version.identity !== this.told.identity;
    if (modifications.length === 0 && !moved && !(this.owed > this.told.ts)) return;
    const end = { ...this.version, ts: ts > this.told.ts ? ts : this.told.ts };
    this.send({
      type: "Transition",
      startVersion: { ...this.told, ts: encodeTs(this.told.ts) },
      endVersion: { ...end, ts: encodeTs(end.ts) },
      modifications,
    });
    this.told = end;
  }
}

function number(value) {
  if (!Number.isSafeInteger(value) || value < 0) throw new Error("A number was expected.");
  return value;
}
