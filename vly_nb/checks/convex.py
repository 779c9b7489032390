"""A pure reader of what the Convex CLI prints when it bundles, analyses and pushes.

Shapes, from convex 1.48 and what a deployment answers through it:

    ✘ [ERROR] Could not resolve "./nofile"
        src/convex/tasks.ts:155:18:

    ✖ Error fetching POST  ADDRESS 400 Bad Request: InvalidModules: Hit an error while pushing:
    Loading the pushed modules encountered the following
        error:
    Failed to analyze http.js: Uncaught Error: 'HEAD' is not an allowed HTTP method
        at <anonymous> (../src/convex/http.ts:43:0)

    ✖ Environment variable SITE_URL is used in auth config file but its value was not set.

`parse` answers what is wrong with the code, `trouble` what kept the CLI from judging it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from vly_nb.checks import tsc
from vly_nb.checks.check import Lines
from vly_nb.diagnostics import Diagnostic, Range, Severity
from vly_nb.process_output import plain

BUNDLER = re.compile(r"✘ \[(ERROR|WARNING)\] (.+)")
PLACE = re.compile(r"\s+(\S.*):(\d+):(\d+):$")
REFUSED = re.compile(r"Error fetching POST\s+\S+ (\d{3})[A-Za-z ]*(?:: (?:(\w+): )?(.*))?", re.DOTALL)
ANALYSIS = re.compile(r"Failed to analyze (\S+): (?:Uncaught )?(.*)", re.DOTALL)
FRAME = re.compile(r"\n\s+at .*?\(?((?:\.\./)*)([^\s()]+):(\d+):(\d+)\)?")
NOT_AN_ACTION = re.compile(r"`(\w+)` defined in `(\S+?)` is an? (\w+) function\. Only actions")
VARIABLES = re.compile(r"Environment variables? (.+?) (?:is|are) (?:used in|declared as required in) (\S+)")
BLOCK = re.compile(r"[✖✔✘]|Error: |[A-Z][\w ]+(?:\.\.\.|…)$")  # what a new piece of output begins with
BUNDLED = re.compile(r"(\S[^:]*):(\d{1,9}):(\d{1,9}): (.+)")
LOADED = re.compile(r"\nat \S+ \(([^():]+):(\d{1,9}):(\d{1,9})\)")
SCHEMA_DATA = re.compile(r"Schema validation failed")
LONGEST = 1500  # characters of one message
LONGEST_LOAD = 20_000  # characters that are read of what a load said

ADVICE = {
    "node": 'Move the action that needs Node into a file of its own that begins with "use node"; '
    "queries and mutations can't be in that file.",
    "file": "Check the path: it is relative to the file that imports it.",
    "package": "Add the package to the project first.",
    "export": "Export it there, or import a name that is exported.",
    "syntax": "Mend the syntax at this place; until then nothing of the backend is pushed.",
    "analysis": "This runs when the file is loaded, before any call: move it into a function, or mend it.",
    "action": 'Move it into a file without "use node": only actions may be in one that has it.',
    "schema": "Mend the schema; nothing is pushed before it is right.",
    "data": "Documents in the database don't fit the new schema. Widen it so that they do (v.optional, "
    "v.union), fill or change them with an internal mutation, then narrow it again.",
    "variable": "Set its value with `%vly keys`; the code can't be pushed without it.",
    "push": "The push was blocked: the app still runs the old backend, and new functions aren't found there.",
}

NODE_BUILTIN = re.compile(
    r'Could not resolve "(?:node:\w+|fs|path|crypto|os|child_process|http|https|net|tls|stream|zlib|util)'
    r'(?:/\w+)?"'
)
TROUBLES = (
    (r"Cannot prompt for input|get you logged in|401 Unauthorized|\bNot authenticated\b",
     "Convex wants you to sign in: run `npx convex dev` in a terminal once"),
    (r"fetch failed|Retrying request|ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT",
     "The Convex deployment can't be reached"),
    (r"Error fetching .* 403", "Convex doesn't let this account or key push to the deployment"),
    (r"Error fetching .* 404", "The Convex deployment isn't there any more, or is of another version"),
    (r"Error fetching .* 5\d\d", "The Convex deployment had an error of its own; try again later"),
    (r"Error fetching .* 429", "The Convex deployment is busy; try again later"),
    (r"No CONVEX_DEPLOYMENT set|Setting up a new project", "No Convex deployment is set up"),
    (r"Cannot find module|ERR_MODULE_NOT_FOUND", "Packages are missing: run `pnpm install`"),
)  # fmt: skip


def parse(output: str, lines: Lines, functions: str = "convex") -> tuple[Diagnostic, ...]:
    """Every complaint about the code, in order, once each.

    `functions` is the folder of the Convex functions, `lines` gives a file's lines.
    """
    text = "\n".join(map(plain, output.splitlines()))
    found = [*_bundler(text, lines), *tsc.parse(text, lines)]
    for block in _blocks(text):
        if block.startswith("esbuild failed") and found:
            continue
        said = _said(block, functions.strip("/"), lines)
        if said and not (said.code == "push" and found):
            found.append(said)
    return tuple(dict.fromkeys(found))


def trouble(output: str) -> str:
    """Why the CLI couldn't judge the code, as a sentence without its end; "" when it could."""
    return next((sentence for pattern, sentence in TROUBLES if re.search(pattern, output)), "")


def of_a_load(said: str, lines: Lines, functions: str = "convex") -> tuple[Diagnostic, ...]:
    """The same of what bundling and loading without the CLI said (`backend/host/wrong.mjs`)."""
    text = "\n".join(map(plain, said[:LONGEST_LOAD].split("\n"))).strip()
    if not text:
        return ()
    rows = [BUNDLED.fullmatch(row) for row in text.split("\n")]
    if bundled := [row for row in rows if row]:
        found = []
        for row in bundled:
            one = Diagnostic("bundle", row[4][:LONGEST], source="convex", advice=_bundler_advice(row[4]))
            found.append(_at(one, lines, row[1], int(row[2]), int(row[3]) - 1))
        return tuple(dict.fromkeys(found))
    folder = functions.strip("/")
    for shape in (NOT_AN_ACTION, SCHEMA_DATA):
        if shape.search(text) and (said_so := _said(text, folder, lines)):
            return (said_so,)
    message = LOADED.split(text)[0]
    one = _complaint("analysis", message, "analysis")
    places = (place for place in LOADED.finditer(text) if place[1].startswith(f"{folder}/"))
    if (place := next(places, None)) is not None:
        one = _at(one, lines, place[1], int(place[2]), int(place[3]) - 1)
    return (one,)


def _bundler(text: str, lines: Lines) -> Iterator[Diagnostic]:
    rows = text.split("\n")
    for number, row in enumerate(rows):
        if not (head := BUNDLER.fullmatch(row)):
            continue
        place = next((p for p in map(PLACE.fullmatch, rows[number + 1 : number + 4]) if p), None)
        yield _at(
            Diagnostic(
                code="bundle",
                message=head[2][:LONGEST],
                severity=Severity.ERROR if head[1] == "ERROR" else Severity.WARNING,
                source="convex",
                advice=_bundler_advice(head[2]),
            ),
            lines,
            *((place[1], int(place[2]), int(place[3])) if place else (None,)),
        )


def _bundler_advice(message: str) -> str:
    if NODE_BUILTIN.match(message):
        return ADVICE["node"]
    if message.startswith('Could not resolve "'):
        relative = message.startswith(('Could not resolve ".', 'Could not resolve "@/'))
        return ADVICE["file" if relative else "package"]
    return ADVICE["export" if message.startswith("No matching export") else "syntax"]


def _blocks(text: str) -> Iterator[str]:
    """What follows each `✖`, up to the next piece of output."""
    rows = text.split("\n")
    for number, row in enumerate(rows):
        if row.startswith(("✖ ", 'Error: Parsing "')):
            further = []
            for next_row in rows[number + 1 :]:
                if BLOCK.match(next_row):
                    break
                further.append(next_row)
            yield "\n".join([row.removeprefix("✖ "), *further]).strip()


def _said(block: str, functions: str, lines: Lines) -> Diagnostic | None:
    """What one block says of the code; None when it says nothing of it."""
    if block.startswith(("Error: Unable to", "It looks like you are using Node APIs")) or not block:
        return None
    answer = REFUSED.fullmatch(block)
    if answer and answer[1] != "400":
        return None
    text = (answer[3] or "") if answer else block
    if variables := VARIABLES.search(text):
        where = "convex.config.ts" if "convex.config" in variables[2] else "auth.config.ts"
        message = f"{variables[1].replace(', ', ' and ')} must have a value before this can be pushed."
        return _at(_complaint("env-missing", message, "variable"), lines, f"{functions}/{where}")
    if wrong := NOT_AN_ACTION.search(text):
        message = f'`{wrong[1]}` is a {wrong[3].lower()} in a file with "use node".'
        return _at(_complaint("node-runtime", message, "action"), lines, _module(wrong[2], functions, lines))
    if analysis := ANALYSIS.search(text):
        message = analysis[2].split("\n    at ")[0]
        return _at(_complaint("analysis", message, "analysis"), lines, *_origin(analysis, functions, lines))
    if "Schema validation failed" in text:
        return _at(_complaint("schema-data", text, "data"), lines, f"{functions}/schema.ts")
    if "evaluating your schema" in text or (answer and "Schema" in (answer[2] or "")):
        message = text.partition("evaluating your schema:")[2] or text
        return _at(
            _complaint("schema", message.split("\n    at ")[0], "schema"), lines, f"{functions}/schema.ts"
        )
    if 'Parsing "convex.json"' in text:
        return replace(_complaint("config", text, "syntax"), path="convex.json")
    if trouble(block):
        return None
    return _complaint("push", text.replace("Hit an error while pushing:\n", "") or block, "push")


def _complaint(code: str, message: str, advice: str) -> Diagnostic:
    return Diagnostic(code, message.strip()[:LONGEST], source="convex", advice=ADVICE[advice])


def _origin(analysis: re.Match[str], functions: str, lines: Lines) -> tuple[str, int, int]:
    """The project's own place that failed to load: frames are relative to the bundle's folder."""
    for frame in FRAME.finditer(analysis[2]):
        if "node_modules/" not in frame[2]:
            return frame[2], int(frame[3]), int(frame[4])
    return _module(analysis[1], functions, lines), 1, 0


def _module(name: str, functions: str, lines: Lines) -> str:
    """`http.js`, as Convex names modules, is one of these files."""
    stem = f"{functions}/{name.removesuffix('.js')}"
    return next((path for path in (f"{stem}.ts", f"{stem}.tsx", f"{stem}.js") if lines(path)), f"{stem}.ts")


def _at(complaint: Diagnostic, lines: Lines, path: str | None, line: int = 0, column: int = 0) -> Diagnostic:
    """The complaint with its place; the CLI counts columns from 0. Line 0 means the whole file."""
    if path is None or line < 1:
        return replace(complaint, path=path)
    text = lines(path)
    snippet = text[line - 1].strip()[:200] if line <= len(text) else ""
    return replace(complaint, path=path, range=Range(line, column + 1), snippet=snippet)
