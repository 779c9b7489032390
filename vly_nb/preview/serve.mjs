// Vite's dev server for the project in this folder, behind a notebook server's proxy.
//
//   VLY_SERVE='{"base": "/user/x/proxy/absolute/20001/", "define": {…}}' node serve.mjs 20001
//
// As Vite's own command line starts it (vite 7: src/node/cli.ts), with one thing that has no option there: `define`,
// for addresses that only the browser can put together.
import path from "node:path";
import { pathToFileURL } from "node:url";

const port = Number(process.argv[2]);
const { base, define } = JSON.parse(process.env.VLY_SERVE);
delete process.env.VLY_SERVE;

try {
  const { createServer } = await import(pathToFileURL(path.resolve("node_modules/vite/dist/node/index.js")));
  const server = await createServer({
    base,
    define,
    clearScreen: false,
    server: { host: "127.0.0.1", port, strictPort: true },
  });
  await server.listen();
  server.printUrls();
} catch (error) {
  console.error(`error when starting dev server:\n${error?.stack ?? error}`);
  process.exit(1);
}
