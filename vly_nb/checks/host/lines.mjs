// Questions and answers as lines of JSON. What else is printed, by whatever is loaded, is dropped.
import { createInterface } from "node:readline";

const say = process.stdout.write.bind(process.stdout);
const leave = process.reallyExit.bind(process);
process.stdout.write = () => true;

/** Answer each line `{"id": N}` with what `work` makes of it, or with why it failed, and the same id. */
export function serve(work) {
  let last = Promise.resolve();
  const lines = createInterface({ input: process.stdin });
  lines.on("line", (line) => (last = last.then(() => answer(work, JSON.parse(line).id))));
  lines.on("close", () => void last.then(() => leave(0)));
}

async function answer(work, id) {
  let told;
  try {
    told = await work();
  } catch (error) {
    told = { unfit: String(error?.message ?? error).split("\n")[0].slice(0, 300) };
  }
  say(`${JSON.stringify({ ...told, id })}\n`);
}
