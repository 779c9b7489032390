// Vite's dev server for the project in this folder.
//
//   VLY_SERVE='{"base": "/user/x/proxy/absolute/20001/", "define": {…}}' node serve.mjs 20001
//
// As Vite's own command line starts it (vite 7: src/node/cli.ts), with two things that have no option there: `define`,
// for addresses that only the browser can put together, and lines in the log (`vite_log.py`) since when it answers,
// for each file that it saw change, and when a module failed.
import { statSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const port = Number(process.argv[2]);
const { base, define } = JSON.parse(process.env.VLY_SERVE);
delete process.env.VLY_SERVE;

/** When a file was written, in nanoseconds; 0 for one that isn't there, or can't be seen. */
function mark(file) {
  try {
    return statSync(file, { bigint: true }).mtimeNs;
  } catch {
    return 0;
  }
}

try {
  const { createServer } = await import(pathToFileURL(path.resolve("node_modules/vite/dist/node/index.js")));
  const server = await createServer({
    base,
    define,
    clearScreen: false,
    server: { host: "127.0.0.1", port, strictPort: true },
  });
  const { logger } = server.config;
  const error = logger.error.bind(logger);
  logger.error = (words, told) => {
    error(words, told);
    if (told?.error) console.log(`vly: failed ${Date.now()}`);
  };
  await server.listen();
  console.log(`vly: up ${Date.now()}`);
  server.printUrls();
  const graphs = Object.values(server.environments ?? { all: server }).map((one) => one.moduleGraph);
  server.watcher.on("all", (_, file) => {
    for (const graph of graphs) graph.onFileChange(file); // Vite does so, too, but only when its plugins were told
    console.log(`vly: saw ${mark(file)} ${path.relative(".", file)}`);
  });
} catch (error) {
  console.error(`error when starting dev server:\n${error?.stack ?? error}`);
  process.exit(1);
}
