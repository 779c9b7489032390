// What is wrong with the code, in lines: `src/a.ts:3:8: what esbuild says`, or a message and where it came from.

const MOST = 8000; // characters

/** An error of bundling or loading; `places` (of the bundle) tells where in the project it is. */
export function wrong(error, places) {
  if (Array.isArray(error?.errors) && error.errors.length > 0) {
    return error.errors
      .map(({ text, location }) =>
        location ? `${location.file}:${location.line}:${location.column + 1}: ${text}` : text,
      )
      .join("\n")
      .slice(0, MOST);
  }
  const said = String(error?.message ?? error);
  return [said, ...(places?.stack(error) ?? []).slice(0, 10)].join("\n").slice(0, MOST);
}
