// From the files of a functions folder to code that can run here.
//
// The project's own esbuild (the one that `convex` brings) bundles as the real push does: files that
// begin with "use node" for Node, all others for Convex's own runtime, where Node's modules
// aren't there. `convex/server` and `convex/values` stay outside: they are the runtime's (world.mjs), so that
// errors and validators are of one kind.
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import vm from "node:vm";

import { Places } from "./places.mjs";

export const SHARED = ["convex/server", "convex/values"];
const SOURCE = /\.(?:[cm]?[jt]s|[jt]sx)$/;
const NOT_A_MODULE = /\.[^/]*\.|(?:^|\/)\.|(?:^|\/)node_modules\//; // more than one dot, as the push leaves them out
const AUTH = /^auth\.config\.[jt]s$/;
const DIRECTIVE = /^(?:\s|\/\/[^\n]*\n|\/\*[\s\S]*?\*\/)*["']use node["']/;
const MOST_FILES = 5000;
const COMPONENT = "vly-component";
const GENERATED = "vly-generated";

/** Everything that a functions folder holds, by esbuild. */
export class Bundler {
  constructor(root, functions) {
    this.root = root;
    this.folder = path.join(root, functions);
    const project = createRequire(path.join(root, "package.json"));
    this.convex = createRequire(project.resolve("convex/package.json"));
    this.esbuild = this.convex("esbuild");
    this.require = project;
    this.number = 0;
  }

  /** Bundle; `{load(require), files, nodeFiles}`, or throws with esbuild's own words. */
  async bundle() {
    const roots = [{ component: "", folder: this.folder, isNode: await this.#sources(this.folder) }];
    const components = await this.#components();
    for (const folder of components.folders) {
      roots.push({ component: folder, folder, isNode: await this.#sources(folder) });
    }
    const inputs = new Set(components.inputs);
    const scripts = [];
    for (const node of [false, true]) {
      const wanted = roots.map((one) => ({
        ...one,
        files: [...one.isNode].filter(([, isNode]) => isNode === node).map(([file]) => file),
      }));
      if (node && wanted.every((one) => one.files.length === 0)) continue;
      const built = await this.#build(entry(wanted), node);
      for (const input of Object.keys(built.metafile.inputs)) inputs.add(input);
      scripts.push(this.#script(built, node));
    }
    const configScript = components.script;
    return {
      places: new Places(scripts, this.root),
      watched: [...inputs]
        .filter((file) => !file.includes("node_modules/") && !/^vly(?:-\w+)?:/.test(file))
        .map((file) => path.resolve(this.root, file)),
      nodeFiles: new Set([...roots[0].isNode].filter(([, isNode]) => isNode).map(([file]) => stem(file))),
      size: scripts.reduce((sum, script) => sum + script.text.length, 0),
      load: (given) => {
        const modules = {};
        for (const script of scripts) {
          for (const [component, files] of Object.entries(run(script, this.#required(given)).modules)) {
            modules[component] = { ...modules[component], ...files };
          }
        }
        const app = configScript ? run(configScript, this.#required(given)) : null;
        return { modules, app };
      },
    };
  }

  /** What can be told of the folder without reading it: changes when a file comes, goes or is written. */
  async names() {
    return [...(await this.#sources(this.folder)).keys()].sort().join("\n");
  }

  async #sources(folder) {
    const found = new Map();
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    for (const one of entries) {
      if (!one.isFile()) continue;
      const file = path
        .relative(folder, path.join(one.parentPath ?? one.path, one.name))
        .replaceAll("\\", "/");
      if (!SOURCE.test(file) || (NOT_A_MODULE.test(file) && !AUTH.test(file))) continue;
      if (found.size >= MOST_FILES) throw new Error(`More than ${MOST_FILES} files in ${folder}.`);
      const text = await readFile(path.join(folder, file), "utf8");
      found.set(file, DIRECTIVE.test(text));
    }
    return found;
  }

  /** The components that convex.config.ts uses: their folders, and a script with their definitions. */
  async #components() {
    const config = ["ts", "js", "mts", "mjs"].map((ending) =>
      path.join(this.folder, `convex.config.${ending}`),
    );
    let found = null;
    for (const file of config)
      found ??= await readFile(file).then(
        () => file,
        () => null,
      );
    if (found === null) return { folders: [], inputs: [], script: "" };
    const built = await this.#build(`export { default as app } from ${JSON.stringify(found)};`, false);
    const inputs = Object.keys(built.metafile.inputs);
    const folders = inputs
      .filter((file) => file.startsWith(`${COMPONENT}:`))
      .map((file) => path.dirname(path.resolve(this.root, file.slice(COMPONENT.length + 1))));
    return { folders, inputs, script: this.#script(built, false) };
  }

  /** Bundle; a tsconfig.json that can't be read is left aside. */
  async #build(contents, node) {
    try {
      return await this.#built(contents, node, {});
    } catch (error) {
      const files = (error.errors ?? []).map((one) => one.location?.file ?? "");
      if (files.length === 0 || !files.every((file) => /tsconfig[^/]*\.json$/.test(file))) throw error;
      return await this.#built(contents, node, { tsconfigRaw: "{}" });
    }
  }

  async #built(contents, node, more) {
    return await this.esbuild.build({
      ...more,
      stdin: { contents, resolveDir: this.root, sourcefile: "vly:entry", loader: "js" },
      absWorkingDir: this.root,
      bundle: true,
      write: false,
      metafile: true,
      format: "cjs",
      platform: node ? "node" : "browser",
      target: "esnext",
      conditions: ["convex", "module"],
      external: SHARED,
      jsx: "automatic",
      keepNames: true,
      legalComments: "none",
      sourcemap: "external",
      sourcesContent: false,
      sourceRoot: this.root,
      define: { "import.meta.url": '"file:///convex/"' },
      logLevel: "silent",
      outfile: "functions.js",
      plugins: [
        { name: COMPONENT, setup: components },
        { name: GENERATED, setup: generated },
      ],
    });
  }

  #script(built, node) {
    this.number += 1;
    const [map, code] = ["functions.js.map", "functions.js"].map((name) =>
      built.outputFiles.find((file) => path.basename(file.path) === name),
    );
    return { name: `functions-${node ? "node-" : ""}${this.number}.js`, text: code.text, map: map.text };
  }

  #required(given) {
    return (name) => (name in given ? given[name] : this.require(name));
  }
}

/** `messages/list.ts` → `messages/list`: how a function's module is called. */
export function stem(file) {
  return file.replace(SOURCE, "");
}

/** Tell each component's definition the folder that it is from, which is what is known of it by then. */
function components(build) {
  build.onResolve({ filter: /convex\.config(?:\.[cm]?[jt]s)?$/ }, async (asked) => {
    if (
      asked.namespace === COMPONENT ||
      asked.importer === "" ||
      asked.pluginData === COMPONENT ||
      asked.importer === "vly:entry"
    )
      return undefined;
    const found = await build.resolve(asked.path, {
      resolveDir: asked.resolveDir,
      kind: asked.kind,
      importer: asked.importer,
      pluginData: COMPONENT,
    });
    return found.errors.length ? found : { path: found.path, namespace: COMPONENT };
  });
  build.onLoad({ filter: /./, namespace: COMPONENT }, ({ path: file }) => ({
    contents: `import definition from ${JSON.stringify(file)};
definition.componentDefinitionPath = ${JSON.stringify(path.dirname(file))};
definition.defaultName = definition._name;
export default definition;`,
    resolveDir: path.dirname(file),
    loader: "js",
  }));
}

/** What code generation would write, for a project in which it hasn't run yet. */
function generated(build) {
  build.onResolve({ filter: /(?:^|\/)_generated\/(?:server|api)(?:\.[jt]s)?$/ }, async (asked) => {
    if (asked.pluginData === GENERATED) return undefined;
    const found = await build.resolve(asked.path, {
      resolveDir: asked.resolveDir,
      kind: asked.kind,
      importer: asked.importer,
      pluginData: GENERATED,
    });
    return found.errors.length
      ? { path: asked.path.includes("_generated/api") ? "api" : "server", namespace: GENERATED }
      : found;
  });
  build.onLoad({ filter: /./, namespace: GENERATED }, ({ path: name }) => ({
    contents:
      name === "api"
        ? 'import { anyApi, componentsGeneric } from "convex/server";\nexport const api = anyApi, internal = anyApi, components = componentsGeneric();'
        : `export { ${MADE.map((one) => `${one}Generic as ${one}`).join(", ")} } from "convex/server";\nexport const env = process.env;`,
    loader: "js",
  }));
}

const MADE = [
  "query",
  "internalQuery",
  "mutation",
  "internalMutation",
  "action",
  "internalAction",
  "httpAction",
];

function entry(roots) {
  const lines = roots.map(({ component, folder, files }) => {
    const each = files.map(
      (file) => `${JSON.stringify(stem(file))}: () => require(${JSON.stringify(path.join(folder, file))})`,
    );
    return `${JSON.stringify(component)}: {${each.join(",\n")}}`;
  });
  return `exports.modules = {${lines.join(",\n")}};`;
}

function run({ name, text }, require) {
  const module = { exports: {} };
  const made = vm.runInThisContext(`(function (exports, require, module) {\n${text}\n})`, {
    filename: name,
    lineOffset: -1,
  });
  made(module.exports, require, module);
  return module.exports;
}
