// The types of a whole project, by its own TypeScript, kept warm.
//
//   node types.mjs ROOT [FUNCTIONS]
//
// To `{"id": 1}` it answers `{"id": 1, "code": 2, "output": "…"}`: what `tsc -b --noEmit --force --pretty false`
// would print, and end with; or `{"unfit": "…"}` when this TypeScript can't be asked. Each answer is a build of its
// own by TypeScript's solution builder, so that references, options, and files that come or go are read anew. What is
// kept from one to the next are parsed files, by their marks on disk, and what was found in files that
// nothing touched. Nothing is written.
import { statSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

import { freshApi } from "./generated.mjs";
import { serve } from "./lines.mjs";

const [root, functions = ""] = process.argv.slice(2);
const MOST = 900_000; // characters of one answer
const NEEDED = ["createSolutionBuilder", "createSolutionBuilderHost", "createSemanticDiagnosticsBuilderProgram"];
const NAMES = {
  getCurrentDirectory: () => root,
  getNewLine: () => "\n",
  getCanonicalFileName: (name) => name,
};

const api = functions ? path.join(root, functions, "_generated", "api.d.ts") : "";
const kept = new Map(); // a config's path → {options, builder, files}
let ts;

/** TypeScript's own system, but that it writes nothing, and that the list of functions is up to date. */
function system() {
  const nothing = () => {};
  return {
    ...ts.sys,
    writeFile: nothing,
    createDirectory: nothing,
    deleteFile: nothing,
    setModifiedTime: nothing,
    readFile: (name, encoding) => {
      const text = ts.sys.readFile(name, encoding);
      return isApi(name) && text !== undefined ? freshApi(text, path.join(root, functions)) : text;
    },
  };
}

function isApi(name) {
  return api !== "" && path.resolve(name) === api;
}

/** What differs whenever a file does. */
function mark(name) {
  const found = statSync(name, { bigint: true, throwIfNoEntry: false });
  return found && `${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
}

/** A config's program, from its last one; other options are another program. */
function createProgram(names, options, host, _, errors, references) {
  const place = String(options.configFilePath);
  const told = JSON.stringify(options, (key, value) => (key === "configFile" ? undefined : value));
  if (kept.get(place)?.options !== told) kept.set(place, { options: told, files: new Map() });
  const known = kept.get(place);
  const getSourceFile = (name, ...how) => {
    const now = isApi(name) ? host.readFile(name) : mark(name);
    const before = known.files.get(name);
    if (now !== undefined && before?.now === now) return before.file;
    const file = host.getSourceFile(name, ...how);
    known.files.set(name, { now, file });
    return file;
  };
  // Where an import leads may change with any file that comes or goes, so it is looked up anew: 50 ms.
  const ours = { ...host, getSourceFile, hasInvalidatedResolutions: () => true };
  const make = ts.createSemanticDiagnosticsBuilderProgram;
  known.builder = make(names, options, ours, known.builder, errors, references);
  known.builder.releaseProgram = () => {}; // the next one begins with it
  return known.builder;
}

function check() {
  ts ??= createRequire(path.join(root, "package.json"))("typescript");
  const missing = NEEDED.find((name) => typeof ts[name] !== "function");
  if (missing) return { unfit: `TypeScript ${ts.version} has no ${missing}` };
  const found = [];
  const host = ts.createSolutionBuilderHost(system(), createProgram, (one) => found.push(one), () => {});
  const code = ts.createSolutionBuilder(host, [root], { noEmit: true, force: true }).build();
  return { code, output: ts.formatDiagnostics(found, NAMES).slice(0, MOST) };
}

process.chdir(root);
serve(check);
