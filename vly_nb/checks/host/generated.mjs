// `_generated/api.d.ts` as Convex's code generation would write it now: it only lists the modules.
//
// Which files are modules is from convex 1.48 (bundler/index.ts, `entryPoints`; cli/codegen_templates/api.ts).
// A file of another shape (static generation) is left as it is.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const ENDINGS = /\.(?:[cm]?[jt]s|[jt]sx)$/;
const IMPORT = /^import type \* as \w+ from "\.\.\/.*";\n/gm;
const LIST = /ApiFromModules<\{([^{}]*)\}>/;
const ENTRY = /^\s*"?([^":\n]+)"?: typeof /gm;
const MODULE = /^\s{0,100}(?:import|export)/m; // a script has neither
const MOST = 5000;

/** The text with its list of modules made new; the text itself when there is nothing to make new. */
export function freshApi(text, folder) {
  const list = LIST.exec(text);
  if (list === null) return text;
  const names = modules(folder).sort();
  const listed = [...list[1].matchAll(ENTRY)].map((entry) => entry[1]).sort();
  if (names.join("\n") === listed.join("\n")) return text;
  const imports = names.map((name, at) => `import type * as m${at} from "../${name}.js";\n`);
  const entries = names.map((name, at) => `  "${name}": typeof m${at};\n`);
  const rest = text.replace(IMPORT, "").replace(LIST, () => `ApiFromModules<{\n${entries.join("")}}>`);
  return imports.join("") + rest;
}

function modules(folder) {
  const found = [];
  const walk = (place, depth) => {
    const entries = readdirSync(place, { withFileTypes: true });
    if (depth > 0 && entries.some((one) => one.name === "convex.config.ts")) return; // a component's own
    for (const one of entries) {
      const inner = path.join(place, one.name);
      const name = path.relative(folder, inner).replaceAll("\\", "/");
      if (one.isDirectory()) {
        if (name !== "_generated" && depth < 20) walk(inner, depth + 1);
      } else if (one.isFile() && found.length < MOST && isModule(name, one.name, inner)) {
        found.push(name.replace(ENDINGS, ""));
      }
    }
  };
  walk(folder, 0);
  return found;
}

function isModule(name, base, place) {
  const odd = /^[.#]|^schema\.[jt]s$|\..*\./.test(base) || name.includes(" ");
  if (odd || !ENDINGS.test(base)) return false;
  return !/\.tsx?$/.test(base) || MODULE.test(readFileSync(place, "utf8"));
}
