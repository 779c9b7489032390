// Live queries: each runs once for all that watch it, and again only when something that it read was written.

const MOST_ROUNDS = 5;

export class Live {
  constructor(world, calls) {
    this.world = world;
    this.calls = calls;
    this.queries = new Map(); // key → Query
    this.sessions = new Set();
    this.queued = false;
    this.running = Promise.resolve();
  }

  /** The query that these watch; the same for all who ask the same as the same person. */
  watch(path, args, caller, component, journal) {
    const key = JSON.stringify([path, args, caller.admin, caller.identity, component, journal]);
    let query = this.queries.get(key);
    if (query === undefined) {
      query = {
        key,
        path,
        args,
        caller,
        component,
        journal,
        reads: [],
        result: null,
        number: 0,
        stale: true,
        watchers: 0,
      };
      this.queries.set(key, query);
    }
    query.watchers += 1;
    return query;
  }

  leave(query) {
    query.watchers -= 1;
    if (query.watchers === 0) this.queries.delete(query.key);
  }

  /** These were written. */
  wrote(writes) {
    for (const query of this.queries.values()) {
      if (!query.stale && this.world.touches(query.reads, writes)) query.stale = true;
    }
    this.soon();
  }

  /** The code is another: everything may be. */
  everything() {
    for (const query of this.queries.values()) query.stale = true;
    this.soon();
  }

  /** Bring all sessions up to date, once all that happens in this moment has happened. */
  soon() {
    if (this.queued) return;
    this.queued = true;
    setImmediate(() => {
      this.queued = false;
      void this.now();
    });
  }

  /** Bring all sessions up to date; one such at a time. */
  now() {
    this.running = this.running.then(() => this.#update()).catch((error) => console.error(error));
    return this.running;
  }

  async #update() {
    let ts = this.world.ts;
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      ts = this.world.ts;
      for (const query of this.queries.values()) if (query.stale) await this.#run(query);
      if (![...this.queries.values()].some((query) => query.stale) && ts === this.world.ts) break;
    }
    for (const session of this.sessions) session.transition(ts);
  }

  async #run(query) {
    query.stale = false;
    const reads = (query.reads = []); // filled while it runs: a commit right after must find them
    const { path, args, caller, component } = query;
    const result = await this.calls.call(path, args, {
      type: "query",
      caller,
      component,
      reads,
      journal: query.journal,
    });
    query.journal = result.journal ?? query.journal;
    const said = JSON.stringify([
      result.ok,
      result.value,
      result.ok || result.message.replace(/^\[[^\]]*\]/, ""),
      result.data,
    ]);
    if (said !== query.said) {
      query.said = said;
      query.result = result;
      query.number += 1;
    }
  }
}
