// Loaded before the stand-in's host when it runs Convex's evals (evals.py): what graders serve on this machine, at
// ports that nobody knows before, may be fetched; all else goes the host's way.
const real = globalThis.fetch;
let guarded = real;

function fetching(input, init) {
  const { hostname } = new URL(input instanceof Request ? input.url : input);
  return ["127.0.0.1", "localhost"].includes(hostname) ? real(input, init) : guarded(input, init);
}

Object.defineProperty(globalThis, "fetch", { get: () => fetching, set: (made) => (guarded = made) });
