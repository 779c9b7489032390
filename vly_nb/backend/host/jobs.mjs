// What runs by itself: scheduled functions when their time comes, and crons when they are let.
const AT_ONCE = 5;
const LONGEST = 2 ** 31 - 1;

export class Jobs {
  constructor(world, calls, log) {
    Object.assign(this, { world, calls, log });
    this.timer = null;
    this.running = 0;
    this.clock = false; // whether crons run by the clock, too
    this.due = new Map(); // cron → the time of its next run
  }

  /** Look again when the next one is due. */
  plan() {
    clearTimeout(this.timer);
    const times = [
      ...this.#pending().map(({ job }) => job.scheduledTime),
      ...(this.clock ? this.#crons() : []),
    ];
    if (times.length === 0) return;
    const wait = Math.min(Math.max(Math.min(...times) - Date.now(), 0), LONGEST);
    this.timer = setTimeout(() => void this.#go(), wait);
  }

  #pending() {
    return Object.entries(this.world.global.components).flatMap(([component, { db }]) =>
      [...(db.tables.get("_scheduled_functions") ?? [])]
        .map((id) => ({ component, db, job: db._documents[id] }))
        .filter(({ job }) => job?.state.kind === "pending"),
    );
  }

  async #go() {
    const due = this.#pending()
      .filter(({ job }) => job.scheduledTime <= Date.now())
      .sort((a, b) => a.job.scheduledTime - b.job.scheduledTime);
    const some = due.slice(0, AT_ONCE);
    await Promise.all(some.map((one) => this.#run(one)));
    if (this.clock) {
      for (const [name, when] of this.due) if (when <= Date.now()) await this.fire(name);
    }
    this.plan();
  }

  async #run({ component, db, job }) {
    const { inside } = this.world;
    const target = this.world.seen.get(job._id) ?? component;
    this.world.seen.delete(job._id);
    await inside.convexGlobalStorage
      .run(this.world.global, () =>
        inside.runScheduledFunction({
          db,
          jobId: job._id,
          componentPath: component,
          functionPath: { componentPath: target, udfPath: job.name },
          args: job.args[0],
          name: job.name,
        }),
      )
      .catch((error) => this.log(`The scheduled function ${job.name} failed: ${error.message}`));
  }

  // -- crons ----------------------------------------------------------------------

  /** The crons there are, by name: the function, its arguments, when. */
  get crons() {
    return this.world.crons;
  }

  /** Run one now. Answers as a call does. */
  async fire(name) {
    const cron = Object.hasOwn(this.crons, name) ? this.crons[name] : undefined;
    if (cron === undefined) throw new Error(`There is no cron ${String(name).slice(0, 100)}.`);
    if (this.clock) this.due.set(name, next(cron.schedule, Date.now()));
    const done = await this.calls.call(cron.name, cron.args, { caller: { admin: true, identity: null } });
    this.log(`Cron ${name}: ${done.ok ? "ran" : done.message}`);
    return done;
  }

  #crons() {
    for (const name of this.due.keys()) if (!Object.hasOwn(this.crons, name)) this.due.delete(name);
    for (const [name, { schedule }] of Object.entries(this.crons)) {
      if (!this.due.has(name)) this.due.set(name, next(schedule, Date.now()));
    }
    return this.due.values();
  }
}

/** When a schedule's next run is after a time, both in milliseconds. Cron lines are read in UTC. */
export function next(schedule, after) {
  if (schedule.type === "interval") {
    return after + 1000 * (schedule.seconds ?? 60 * (schedule.minutes ?? 60 * (schedule.hours ?? 1)));
  }
  const wanted = fields(schedule);
  const when = new Date(after - (after % 60_000) + 60_000);
  for (let minute = 0; minute < 366 * 1440; minute += 1) {
    const now = [
      when.getUTCMinutes(),
      when.getUTCHours(),
      when.getUTCDate(),
      when.getUTCMonth() + 1,
      when.getUTCDay(),
    ];
    if (fits(wanted, now)) return when.getTime();
    when.setTime(when.getTime() + 60_000);
  }
  return after + 366 * 86_400_000;
}

const DAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

function fields(schedule) {
  const at = (value, low) => (value === undefined ? range("*", low[0], low[1]) : new Set([value]));
  if (schedule.type === "cron") {
    const limits = [
      [0, 59],
      [0, 23],
      [1, 31],
      [1, 12],
      [0, 7],
    ];
    const parts = schedule.cron.trim().split(/\s+/);
    return Object.assign(
      limits.map(([low, high], n) => range(parts[n] ?? "*", low, high)),
      { both: parts[2] !== "*" && parts[4] !== "*" },
    );
  }
  const day = schedule.dayOfWeek === undefined ? undefined : DAYS.indexOf(schedule.dayOfWeek);
  return [
    at(schedule.minuteUTC, [0, 59]),
    at(schedule.hourUTC, [0, 23]),
    at(schedule.day, [1, 31]),
    range("*", 1, 12),
    at(day, [0, 7]),
  ];
}

function fits(wanted, now) {
  const [minute, hour, date, month, day] = wanted.map(
    (set, n) => set.has(now[n]) || (n === 4 && now[4] === 0 && set.has(7)),
  );
  return minute && hour && month && (wanted.both ? date || day : date && day);
}

function range(text, low, high) {
  const found = new Set();
  for (const part of text.split(",")) {
    const [span, step = "1"] = part.split("/");
    const [from, to] = span === "*" ? [low, high] : span.split("-").map(Number);
    const end = to ?? (part.includes("/") ? high : from);
    for (let one = from; one <= end && one <= high; one += Math.max(Number(step) || 1, 1)) found.add(one);
  }
  return found;
}
