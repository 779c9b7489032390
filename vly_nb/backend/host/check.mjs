// The functions of a project, bundled and loaded once as a push does, by a program that stays warm.
//
//   node check.mjs ROOT FUNCTIONS
//
// To `{"id": 1}` it answers `{"id": 1, "error": ""}`, or with what a push would be refused for. What goes wrong
// only with some values of variables isn't told: only a deployment knows its variables.
import { serve } from "../../checks/host/lines.mjs";
import { analyse } from "./analysis.mjs";
import { Bundler, SHARED } from "./bundle.mjs";
import { wrong } from "./wrong.mjs";

const [root, functions] = process.argv.slice(2);
const NAME = /^[A-Z][A-Z0-9_]*$/;
const VARIABLES = { CONVEX_CLOUD_URL: "http://127.0.0.1", CONVEX_SITE_URL: "http://127.0.0.1" };
const ANY = { get: (set, name) => set[name] ?? (NAME.test(String(name)) ? "https://set.invalid" : undefined) };

process.exit = () => {
  throw new Error("process.exit is not for functions.");
};
process.chdir(root);
const bundler = new Bundler(root, functions);
const given = Object.fromEntries(SHARED.map((name) => [name, bundler.require(name)]));

/** What loading says with these variables; "" when it goes well. */
function failure(bundle, variables) {
  process.env = variables;
  try {
    analyse(bundle, given).schema?.export?.();
    return "";
  } catch (error) {
    return wrong(error, bundle.places);
  }
}

async function check() {
  try {
    const bundle = await bundler.bundle();
    const said = failure(bundle, { ...VARIABLES });
    return { error: said === failure(bundle, new Proxy({ ...VARIABLES }, ANY)) ? said : "" };
  } catch (error) {
    return { error: wrong(error) };
  }
}

serve(check);
