// convex-test, bundled once with the project's own `convex`, with what it keeps to itself made visible.
//
// Its version is pinned (packages/package.json), so that the names below are there; a test fails
// when one isn't. What is put right here: each table's documents are known by table, finished queries are let go
// of, and nothing is scheduled by timers that nobody can look at.
import { readFile } from "node:fs/promises";
import path from "node:path";
import vm from "node:vm";

const INSIDE = [
  "DatabaseFake",
  "convexGlobalStorage",
  "requestMetadataStorage",
  "getCurrentComponentPath",
  "runScheduledFunction",
  "tableNameFromId",
  "evaluateRangeFilter",
  "validateValidator",
  "moduleCache",
  "getFunctionPathFromAddress",
  "hasPendingValues",
  "nestedTxStorage",
];

// What convex-test takes from `convex/values` and a project's older `convex` (before 1.43) hasn't: sizes, which
// limits are counted by, and a value that nobody can make there.
const NEWER = `import * as real from "convex/values";
export * from "convex/values";
const size = (value) => (value === undefined ? 0 : JSON.stringify(real.convexToJson(value)).length);
export const getConvexSize = real.getConvexSize ?? size;
export const getDocumentSize = real.getDocumentSize ?? size;
export const CommitTsPlaceholder = real.CommitTsPlaceholder ?? class {};`;

/** `{test, inside, server, values}`: convex-test's face, its inside, and the project's `convex`. */
export async function loadRuntime(bundler, packages) {
  const place = path.join(packages, "node_modules", "convex-test", "dist", "index.js");
  const built = await bundler.esbuild.build({
    stdin: {
      contents: `export { convexTest, inside } from ${JSON.stringify(place)};
export * as server from "convex/server";
export * as values from "convex/values";`,
      resolveDir: bundler.root,
      loader: "js",
    },
    absWorkingDir: bundler.root,
    bundle: true,
    write: false,
    format: "cjs",
    platform: "node",
    target: "esnext",
    conditions: ["convex", "module"],
    define: { "import.meta.glob": "undefined", "import.meta.url": '"file:///convex/"' },
    keepNames: true,
    logLevel: "silent",
    plugins: [{ name: "vly", setup: (build) => plugIn(build, bundler.root, place) }],
  });
  const module = { exports: {} };
  const made = vm.runInThisContext(`(function (exports, require, module) {${built.outputFiles[0].text}\n})`, {
    filename: "convex-test.js",
  });
  made(module.exports, bundler.require, module);
  const { convexTest, inside, server, values } = module.exports;
  return { convexTest, inside, server, values };
}

function plugIn(build, root, place) {
  build.onResolve({ filter: /^convex(?:\/|$)/ }, async (asked) => {
    if (asked.pluginData === "ours") return undefined;
    if (asked.path === "convex/values" && asked.importer === place) return { path: asked.path, namespace: "newer" };
    return await build.resolve(asked.path, { resolveDir: root, kind: asked.kind, pluginData: "ours" });
  });
  build.onLoad({ filter: /./, namespace: "newer" }, () => ({ contents: NEWER, resolveDir: root, loader: "js" }));
  build.onLoad({ filter: /convex-test[\\/]dist[\\/]index\.js$/ }, async ({ path: file }) => {
    if (file !== place) return undefined;
    const text = await readFile(file, "utf8");
    return { contents: `${text}\nexport const inside = { ${INSIDE.join(", ")} };\n`, loader: "js" };
  });
}
