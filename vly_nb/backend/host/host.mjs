// The stand-in: a project's Convex functions, run on convex-test, behind a deployment's own face.
//
//   node host.mjs CONFIG.json
//
// CONFIG (the owner's only): {root, functions, data, packages, port, adminKey, pageKey, hosts, allowed, proxy, env}.
// It listens on 127.0.0.1 and says one line of JSON when it is ready. What functions see of the environment is
// `env` alone.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";

import { analyse } from "./analysis.mjs";
import { Bundler } from "./bundle.mjs";
import { Calls } from "./calls.mjs";
import { Face, allowed, asked } from "./http.mjs";
import { Identities, issuerOf } from "./identity.mjs";
import { guard, Mailbox } from "./guard.mjs";
import { Jobs } from "./jobs.mjs";
import { Live } from "./live.mjs";
import { loadRuntime } from "./runtime.mjs";
import { own } from "./own.mjs";
import { signingKeys } from "./signing.mjs";
import { Store } from "./store.mjs";
import { Session } from "./sync.mjs";
import { systemFunctions } from "./system.mjs";
import { wayOut } from "./way_out.mjs";
import { World } from "./world.mjs";
import { wrong } from "./wrong.mjs";

const LOOK = 250; // milliseconds between two looks at the files
const MOST_SESSIONS = 200;
const MOST_MESSAGE = 8 * 1024 * 1024;

const config = JSON.parse(readFileSync(process.argv[2], "utf8"));
const log = (line) => process.stdout.write(`${String(line).replaceAll("\n", "\n  ")}\n`);
const origin = config.origin ?? `http://127.0.0.1:${config.port}`;
const MAIL = { AUTH_RESEND_KEY: "stand-in", AUTH_EMAIL_FROM: "stand-in@example.com" }; // no mail is sent: guard.mjs keeps it
const variables = {
  SITE_URL: origin,
  ...MAIL,
  ...config.env,
  ...signingKeys(config.data),
  CONVEX_CLOUD_URL: origin,
  CONVEX_SITE_URL: origin,
};
for (const name of Object.keys(process.env)) delete process.env[name];
process.env = variables; // a plain object: what is set later is seen at once
process.on("uncaughtException", (error) => log(`Not caught: ${error?.stack ?? error}`));
process.on("unhandledRejection", (error) => log(`Not caught: ${error?.stack ?? error}`));
process.exit = () => {
  throw new Error("process.exit is not for functions.");
};
const leave = process.reallyExit.bind(process);

const mailbox = new Mailbox();
const through = await wayOut(config.packages, config.proxy);
guard({ mailbox, allowed: new Set(config.allowed), through, log });

const bundler = new Bundler(config.root, config.functions);
const runtime = await loadRuntime(bundler, config.packages);
const given = { "convex/server": runtime.server, "convex/values": runtime.values };
const state = { error: "", pushed: 0, number: 0, seconds: 0 };
const world = new World(runtime, { origin, secret: config.adminKey, changed: (writes) => changed(writes) });
await world.begin();
const calls = new Calls(world, systemFunctions(world, variables), log);
const live = new Live(world, calls);
const store = new Store(world, config.data);
const jobs = new Jobs(world, calls, log);
const identities = new Identities(world, config.adminKey, keysOf);
world.kept = (id, blob) =>
  store.keep(id, blob).catch((error) => log(`A file couldn't be kept: ${error.message}`));

function changed(writes) {
  live.wrote(writes);
  store.soon();
  if (writes.some((write) => write.table === "_scheduled_functions")) jobs.plan();
}

// -- pushes: the code as it is now ----------------------------------------------------

let watched = new Map();
let pushing = null;

/** Take the code as it is on disk; what is wrong with it is kept in `state.error`, and the old code stays. */
function push() {
  pushing ??= pushed().finally(() => (pushing = null));
  return pushing;
}

async function pushed() {
  const began = performance.now();
  const before = await times();
  let bundle;
  try {
    bundle = await bundler.bundle();
    watched = await marked(bundle.watched);
    await world.take(analyse(bundle, given));
    state.error = "";
    state.number += 1;
    live.everything();
    jobs.plan();
  } catch (error) {
    watched = before;
    state.error = wrong(error, bundle?.places);
    log(state.error);
  }
  state.pushed = Date.now();
  state.seconds = (performance.now() - began) / 1000;
  return state;
}

async function marked(files) {
  const found = new Map([["", await bundler.names().catch(() => "")]]);
  for (const file of files) found.set(file, await mark(file));
  return found;
}

async function mark(file) {
  const now = await stat(file).catch(() => null);
  return now ? `${now.mtimeMs} ${now.size} ${now.ino}` : "";
}

async function times() {
  return await marked([...watched.keys()].filter(Boolean));
}

async function look() {
  const now = await times();
  if ([...now].some(([file, one]) => watched.get(file) !== one)) await push();
  setTimeout(() => void look(), LOOK);
}

// -- keys of providers ------------------------------------------------------------

/** A provider's public keys: the app's own route for its own, else what a data: address holds. */
async function keysOf(provider) {
  if (issuerOf(provider) === origin) {
    if (variables.JWKS) return JSON.parse(variables.JWKS).keys ?? [];
    const answer = await world.test.fetch("/.well-known/jwks.json");
    return answer.ok ? (await answer.json()).keys : [];
  }
  const place = String(provider.jwks ?? "");
  if (place.startsWith("data:")) {
    const [head, text = ""] = place.slice(5).split(/,(.*)/s);
    return (
      JSON.parse(head.endsWith(";base64") ? Buffer.from(text, "base64").toString() : decodeURIComponent(text))
        .keys ?? []
    );
  }
  throw new Error(`Tokens of ${issuerOf(provider)} can't be checked here: the stand-in has no network.`);
}

// -- the door ---------------------------------------------------------------------

const { WebSocketServer } = createRequire(path.join(config.packages, "package.json"))("ws");
const hosts = new Set(config.hosts ?? []);
const face = new Face({
  world,
  calls,
  identities,
  store,
  hosts,
  pageKey: config.pageKey,
  variables,
  own: own({ world, calls, store, live, jobs, mailbox, state, push }),
});
const server = createServer((request, response) => void face.answer(request, response));
server.requestTimeout = 60_000;
server.on("clientError", (_, socket) => socket.destroy());
const sockets = new WebSocketServer({ noServer: true, maxPayload: MOST_MESSAGE });
server.on("upgrade", (request, socket, head) => {
  socket.on("error", () => socket.destroy());
  const at = asked(request, config.pageKey);
  const isSync = /^\/api\/[\w.-]+\/sync$/.test(at.path);
  if (!isSync || !allowed(request, at, hosts) || live.sessions.size >= MOST_SESSIONS) {
    socket.end("HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n");
    return;
  }
  const shared = { live, calls, identities, world, from: at.from };
  sockets.handleUpgrade(request, socket, head, (one) => new Session(one, shared));
});

for (const signal of ["SIGTERM", "SIGINT"]) {
  process.on(
    signal,
    () =>
      void store
        .now()
        .catch(() => {})
        .then(() => leave(0)),
  );
}

await push();
if (
  await store.load().catch((error) => {
    state.error ||= error.message;
    log(error.message);
    return false;
  })
)
  await push(); // again, so that the data is compared with the schema
server.listen(config.port, "127.0.0.1", () => {
  jobs.plan();
  log(JSON.stringify({ ready: true, port: config.port, error: state.error }));
  void look();
});
