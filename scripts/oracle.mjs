// All rules of @convex-dev/eslint-plugin over some files, with types, as one JSON array.
//
//     node oracle.mjs PACKAGES FOLDER < files.json
//
// PACKAGES is where eslint, the plugin, typescript-eslint, typescript and what the files import
// are installed; FOLDER what the paths in the JSON array on stdin are relative to.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";

const [packages, folder] = process.argv.slice(2).map((one) => resolve(one));
const require = createRequire(join(packages, "here.js"));
const ts = require("typescript");
const { ESLint } = require("eslint");
const { parser } = require("typescript-eslint");
const loaded = require("@convex-dev/eslint-plugin");
const plugin = loaded.default ?? loaded;
const files = JSON.parse(readFileSync(0, "utf8")).map((path) => join(folder, path));

const options = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  allowJs: true,
  jsx: ts.JsxEmit.ReactJSX,
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  esModuleInterop: true,
  types: [],
};
const host = ts.createCompilerHost(options);
const aliases = new Map(); // by folder: the paths of the nearest tsconfig.json
function near(file) {
  const at = dirname(file);
  if (!aliases.has(at)) {
    const found = ts.findConfigFile(at, ts.sys.fileExists);
    const { paths, baseUrl } = (found && ts.readConfigFile(found, ts.sys.readFile).config)?.compilerOptions ?? {};
    aliases.set(at, paths ? { ...options, paths, pathsBasePath: resolve(dirname(found), baseUrl ?? ".") } : options);
  }
  return aliases.get(at);
}
host.resolveModuleNameLiterals = (literals, importer) =>
  literals.map(({ text }) => {
    const own = ts.resolveModuleName(text, importer, near(importer), host);
    return own.resolvedModule ? own : ts.resolveModuleName(text, join(packages, "here.ts"), options, host);
  });

const eslint = new ESLint({
  cwd: folder,
  overrideConfigFile: true,
  allowInlineConfig: false, // what a project has switched off is compared, too
  overrideConfig: {
    files: ["**/*.ts"],
    plugins: { "@convex-dev": plugin },
    rules: Object.fromEntries(Object.keys(plugin.rules).map((name) => [`@convex-dev/${name}`, "error"])),
    languageOptions: { parser, parserOptions: { programs: [ts.createProgram(files, options, host)] } },
  },
});
const results = await eslint.lintFiles(files);
const found = results.flatMap(({ filePath, messages }) =>
  messages.map((one) => ({
    path: relative(folder, filePath),
    rule: one.ruleId?.replace("@convex-dev/", "") ?? "",
    line: one.line,
    end: one.endLine ?? one.line,
    message: one.message,
  })),
);
const versions = Object.fromEntries(
  ["eslint", "@convex-dev/eslint-plugin", "typescript-eslint", "typescript", "convex"].map((name) => [
    name,
    JSON.parse(readFileSync(join(packages, "node_modules", name, "package.json"), "utf8")).version,
  ]),
);
process.stdout.write(JSON.stringify({ versions, rules: Object.keys(plugin.rules), found }));
