// Where in the project something failed.
import { SourceMap } from "node:module";
import path from "node:path";

/** From places in what runs to places in the project's files. Read only when something fails. */
export class Places {
  constructor(scripts, root) {
    this.root = root;
    this.maps = new Map(scripts.map((script) => [script.name, script.map]));
  }

  /** A stack's lines that lie in the project: `at handler (src/convex/tasks.ts:12:7)`. */
  stack(error) {
    return String(error?.stack ?? "")
      .split("\n")
      .map((line) => this.#line(line))
      .filter(Boolean);
  }

  #line(line) {
    const found = /^\s*at (?:(.*) \()?(functions-[\w-]+\.js):(\d+):(\d+)\)?$/.exec(line);
    if (!found) return null;
    const [, name = "", script, row, column] = found;
    let map = this.maps.get(script);
    if (map === undefined) return null;
    if (typeof map === "string") {
      map = new SourceMap(JSON.parse(map));
      this.maps.set(script, map);
    }
    const { originalSource, originalLine, originalColumn } = map.findEntry(
      Number(row) - 1,
      Number(column) - 1,
    );
    const file = originalSource?.replace(`${this.root}/`, "") ?? "";
    if (!file || path.isAbsolute(file) || file.includes("node_modules/")) return null;
    const called =
      name
        .replace(/^async /, "")
        .split(/[. ]/)
        .at(-1) || "<anonymous>";
    return `at ${called} (${file}:${originalLine + 1}:${originalColumn + 1})`;
  }
}
