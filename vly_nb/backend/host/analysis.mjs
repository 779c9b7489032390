// What a functions folder holds: found out by loading it once, as a push does.
const MOST_BUNDLE = 32 * 1024 * 1024; // bytes; a push of more is refused by Convex, too

/** What freshly bundled code holds, as a push finds out; throws a sentence when it can't be taken. */
export function analyse(bundle, given) {
  if (bundle.size > MOST_BUNDLE) throw new Error("The functions are too large: more than 32 MiB together.");
  const { modules, app } = bundle.load(given);
  const loaded = {};
  for (const [name, load] of Object.entries(modules[""] ?? {})) loaded[name] = load();
  const functions = new Map();
  for (const [name, module] of Object.entries(loaded)) {
    if (name.startsWith("_generated")) continue;
    for (const [exported, one] of Object.entries(module)) {
      const kind = kindOf(one);
      if (kind === null) continue;
      if (bundle.nodeFiles.has(name) && kind !== "action" && kind !== "httpAction") {
        throw new Error(
          `\`${exported}\` defined in \`${name}.js\` is a ${kind[0].toUpperCase()}${kind.slice(1)} function. ` +
            "Only actions can be defined in Node.js. " +
            "See https://docs.convex.dev/functions/actions for more details.",
        );
      }
      if (kind === "httpAction") continue;
      functions.set(`${name}:${exported}`, {
        type: kind,
        isPublic: one.isPublic === true,
        args: JSON.parse(one.exportArgs()),
        returns: JSON.parse(one.exportReturns()),
      });
    }
  }
  const http = loaded.http?.default;
  if (http !== undefined && http?.isRouter !== true) {
    throw new Error("The default export of http.js is not a Router.");
  }
  const components = app ? childrenOf(app.app, "") : [];
  for (const one of components) one.modules = modules[one.folder] ?? {};
  const schema = loaded.schema?.default;
  return {
    modules: modules[""] ?? {},
    functions,
    components,
    http,
    schema,
    crons: loaded.crons?.default?.crons ?? {},
    places: bundle.places,
    auth: loaded["auth.config"]?.default?.providers ?? [],
  };
}

/** "query", "mutation", "action", "httpAction", or null for what is no function of Convex. */
function kindOf(one) {
  if (one === null || (typeof one !== "function" && typeof one !== "object")) return null;
  if (one.isHttp === true) return "httpAction";
  if (typeof one.exportArgs !== "function") return null;
  return one.isQuery ? "query" : one.isMutation ? "mutation" : one.isAction ? "action" : null;
}

/** The components of an app or of a component, by their paths: `rateLimiter`, `outer/inner`. */
function childrenOf(definition, above) {
  return (definition?._childComponents ?? []).flatMap(([name, child]) => {
    const path = above ? `${above}/${name}` : name;
    return [{ name: path, folder: child.componentDefinitionPath }, ...childrenOf(child, path)];
  });
}
