// Loaded into every node of an agent's command (`--require`, see no_build.py): builds end with a sentence.
//
// Three nets, since none holds alone: the command line (`vite build`); what a bundler's
// own code writes through fs (rollup's chunks, the folder that vite empties for them);
// and esbuild, which writes by itself. What isn't a build doesn't notice: dev servers,
// tests, type checks, and esbuild without `write` (as `convex codegen` uses it).
"use strict";

const childProcess = require("node:child_process");
const fs = require("node:fs");
const Module = require("node:module");
const os = require("node:os");
const path = require("node:path");
const workers = require("node:worker_threads");

const SAID = "Builds aren't run here: use run_checks, which checks the types and the backend.";
const OPTION = `--require ${JSON.stringify(__filename)}`;

const exit = process.exit.bind(process);
const kill = process.kill.bind(process);
const say = fs.writeSync.bind(fs);

function end() {
  say(2, `${SAID}\n`);
  if (workers.isMainThread) exit(1);
  kill(process.pid, "SIGTERM");
  throw new Error(SAID);
}

// -- the command line -----------------------------------------------------------------

const VERBS = {
  vite: ["build"],
  next: ["build", "export"],
  astro: ["build"],
  nuxt: ["build", "generate"],
  "@remix-run/dev": ["build", "vite:build"],
  "@react-router/dev": ["build"],
  "@sveltejs/kit": ["build"],
  "react-scripts": ["build"],
  parcel: ["build"],
  "@rsbuild/core": ["build"],
  "@rspack/cli": ["build"],
  vitepress: ["build"],
};
const ALWAYS = ["webpack", "webpack-cli", "rollup", "rolldown", "tsup", "tsdown", "unbuild", "microbundle"];
const ASKS = ["--help", "-h", "--version"];
const BEGINS_OTHERWISE = ["-v", "-V", "help", "version", "info", "serve", "dev", "watch"];

/** The package that a file belongs to: `vite` for …/node_modules/.pnpm/vite@7/node_modules/vite/bin/vite.js. */
function packageOf(file) {
  const parts = file.split(path.sep);
  const place = parts.lastIndexOf("node_modules");
  if (place < 0) return "";
  const name = parts[place + 1] || "";
  return name.startsWith("@") ? `${name}/${parts[place + 2]}` : name;
}

function commandBuilds() {
  const words = process.argv.slice(2);
  let program = process.argv[1] || "";
  try {
    program = fs.realpathSync(program);
  } catch {
    // no file of that name: not a package's program
  }
  const name = packageOf(program);
  if (words.some((word) => ASKS.includes(word))) return false;
  if (name === "esbuild") return words.some((word) => /^--(bundle|outdir|outfile|splitting)\b/.test(word));
  if (ALWAYS.includes(name)) return !BEGINS_OTHERWISE.includes(words[0]);
  return (VERBS[name] || []).some((verb) => words.includes(verb));
}

// -- what is written by whom ----------------------------------------------------------

const WRITERS = ["rollup", "webpack", "tsup", "parcel", "@parcel/core"]; // they write nothing but builds
const BETWEEN = ["graceful-fs", "fs-extra", "mkdirp", "rimraf"]; // who stands behind them counts
const EMPTIES = /\bprepareOutDir\b/; // vite, before it writes a build; its dev server never does
const CACHE = /[\\/](node_modules|\.vite|\.vite-temp|\.cache|deps_temp\w*)([\\/]|$)|\.timestamp-/;

function isCache(place) {
  return CACHE.test(path.resolve(String(place instanceof URL ? place.pathname : place)));
}

/** Whether the code that called is a bundler's, by the files on the stack. */
function bundlerCalled() {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 12;
  const stack = String(new Error().stack).split("\n").slice(1);
  Error.stackTraceLimit = limit;
  const frames = stack.filter((line) => !line.includes(__filename) && !line.includes("node:"));
  if (frames.some((line) => EMPTIES.test(line) && /[\\/]vite[\\/]/.test(line))) return true;
  for (const line of frames) {
    const place = /\(?(?:file:\/\/)?([^()\s]+):\d+:\d+\)?$/.exec(line);
    const name = place ? packageOf(path.normalize(place[1])) : "";
    if (!BETWEEN.includes(name)) return WRITERS.includes(name);
  }
  return false;
}

function watched(holder, name) {
  const original = holder[name];
  if (typeof original !== "function") return;
  function guarded(place, ...rest) {
    if (typeof place !== "number" && place != null && !isCache(place) && bundlerCalled()) end();
    return Reflect.apply(original, this, [place, ...rest]);
  }
  holder[name] = Object.assign(guarded, original);
}

const CALLS = ["writeFile", "appendFile", "mkdir", "rm", "rmdir", "unlink", "cp"];

// -- esbuild --------------------------------------------------------------------------

const ESBUILD = /[\\/]node_modules[\\/]esbuild[\\/]lib[\\/]main\.js$/;

function bundles(options) {
  if (!options || options.write === false) return false;
  const place = options.outdir || options.outfile;
  if (!place) return false;
  const whole = path.resolve(options.absWorkingDir || ".", place);
  const here = path.resolve(".") + path.sep;
  return !isCache(whole) && (whole.startsWith(here) || !whole.startsWith(os.tmpdir() + path.sep));
}

function guardedEsbuild(exported) {
  const guarded = { ...exported };
  for (const name of ["build", "buildSync", "context"]) {
    guarded[name] = (options) => (bundles(options) ? end() : exported[name](options));
  }
  return guarded;
}

// -- programs that are started --------------------------------------------------------

function withGuard(env) {
  const given = env || process.env;
  const options = given.NODE_OPTIONS || "";
  return options.includes(__filename) ? given : { ...given, NODE_OPTIONS: `${OPTION} ${options}`.trim() };
}

function keptInChildren() {
  const { spawn } = childProcess.ChildProcess.prototype;
  childProcess.ChildProcess.prototype.spawn = function guarded(options) {
    const pairs = (options && options.envPairs) || [];
    const env = Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
    const kept = Object.entries(withGuard(env)).map(([name, value]) => `${name}=${value}`);
    return Reflect.apply(spawn, this, [{ ...options, envPairs: kept }]);
  };
  for (const name of ["spawnSync", "execFileSync", "execSync"]) {
    const original = childProcess[name];
    childProcess[name] = function guarded(...given) {
      const last = given.at(-1);
      const told = last && typeof last === "object" && !Array.isArray(last);
      const options = { ...(told ? last : {}), env: withGuard(told ? last.env : undefined) };
      return Reflect.apply(original, this, [...(told ? given.slice(0, -1) : given), options]);
    };
  }
}

function keptInWorkers() {
  workers.Worker = class Worker extends workers.Worker {
    constructor(file, options = {}) {
      const told = options.env && typeof options.env === "object";
      super(file, told ? { ...options, env: withGuard(options.env) } : options);
    }
  };
}

if (commandBuilds()) end();
for (const name of CALLS) {
  watched(fs, name);
  watched(fs, `${name}Sync`);
  watched(fs.promises, name);
}
watched(fs, "createWriteStream");
const load = Module._extensions[".js"];
Module._extensions[".js"] = function guarded(module, filename) {
  load(module, filename);
  if (ESBUILD.test(filename)) module.exports = guardedEsbuild(module.exports);
};
keptInChildren();
keptInWorkers();
Module.syncBuiltinESMExports();
