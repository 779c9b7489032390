"""The reader of the Convex CLI's output, on what convex 1.48 printed (shortened by hand)."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from vly_nb.checks import convex
from vly_nb.diagnostics import Diagnostic, Severity

PROGRESS = """\
Finding component definitions...
Generating server code...
Bundling component definitions...
Bundling component schemas and implementations...
"""

PUSHING = PROGRESS + "Downloading current deployment state...\nUploading functions to Convex...\n"

REFUSED = (
    PUSHING
    + """\
✖ Error: Unable to start push to http://127.0.0.1:3210
✖ Error fetching POST  http://127.0.0.1:3210/api/deploy2/start_push 400 Bad Request: """
)

FILES = {
    "src/convex/tasks.ts": 'import { z } from "./nofile";\nexport const y = z;\n',
    "src/convex/http.ts": "\n".join(f"line {n}" for n in range(1, 60)),
    "src/convex/mail/send.tsx": '"use node";\n',
    "src/convex/schema.ts": "export default 1;\n",
}


def lines(path: str) -> Sequence[str]:
    return FILES[path].split("\n") if path in FILES else ()


def read(output: str) -> tuple[Diagnostic, ...]:
    return convex.parse(output, lines, "src/convex")


def only(output: str) -> Diagnostic:
    found = read(output)
    assert len(found) == 1, found
    assert found[0].source == "convex" and found[0].advice.endswith(".")
    return found[0]


def bundler(message: str, place: str = "src/convex/tasks.ts:1:18", more: str = "") -> str:
    frame = '      1 │ import { z } from "./nofile";\n        ╵                   ~~~~~~~~~~\n'
    return f"{PROGRESS}✘ [ERROR] {message}\n\n    {place}:\n{frame}\n{more}"


def test_what_went_well_says_nothing() -> None:
    assert read(PUSHING + "Generating TypeScript bindings...\nRunning TypeScript...\n") == ()
    assert convex.trouble(PUSHING) == ""


@pytest.mark.parametrize(
    ("message", "advice"),
    [
        ('Could not resolve "./nofile"', "Check the path"),
        ('Could not resolve "@/lib/x"', "Check the path"),
        ('Could not resolve "nopackage"', "Add the package"),
        ('Could not resolve "node:fs"', '"use node"'),
        ('Could not resolve "crypto"', '"use node"'),
        ('No matching export in "src/convex/users.ts" for import "zz"', "Export it there"),
        ('Unexpected ";"', "Mend the syntax"),
        ("Unexpected end of file", "Mend the syntax"),
    ],
)
def test_the_bundlers_complaints_have_place_line_and_advice(message: str, advice: str) -> None:
    found = only(bundler(message))
    assert (found.code, found.message, found.where) == ("bundle", message, "src/convex/tasks.ts:1:19")
    assert found.snippet == 'import { z } from "./nofile";'
    assert advice in found.advice


def test_node_in_a_plain_file_is_one_complaint() -> None:
    more = (
        '  The package "node:fs" wasn\'t found on the file system but is built into node.\n\n'
        '✖ \nIt looks like you are using Node APIs from a file without the "use node" directive.\n'
        "Split out actions using Node.js APIs like this into a new file only containing actions.\n"
    )
    assert only(bundler('Could not resolve "node:fs"', more=more)).code == "bundle"


def test_a_broken_config_is_one_complaint() -> None:
    more = (
        "✖ esbuild failed: Error: Build failed with 1 error:\n"
        'src/convex/convex.config.ts:1:14: ERROR: Could not resolve "./nope"\n'
    )
    assert only(bundler('Could not resolve "./nope"', "src/convex/convex.config.ts:1:14", more)).range


def test_a_warning_is_one() -> None:
    output = bundler("Assigning to a constant").replace("[ERROR]", "[WARNING]")
    assert only(output).severity is Severity.WARNING


def test_each_complaint_is_told_once() -> None:
    two = bundler('Unexpected ";"') + bundler('Unexpected ";"') + bundler('Unexpected ")"')
    assert [found.message for found in read(two)] == ['Unexpected ";"', 'Unexpected ")"']


ANALYSIS = (
    REFUSED
    + """\
InvalidModules: Hit an error while pushing:
Loading the pushed modules encountered the following
    error:
Failed to analyze http.js: Uncaught Error: 'HEAD' is not an allowed HTTP method (like GET, POST, PUT etc.)
    at HttpRouter.route (../../node_modules/convex/src/server/router.ts:166:18)
    at <anonymous> (../src/convex/http.ts:43:0)
"""
)


def test_what_fails_when_loaded_is_found_in_the_projects_own_code() -> None:
    found = only(ANALYSIS)
    assert (found.code, found.where, found.snippet) == ("analysis", "src/convex/http.ts:43:1", "line 43")
    assert found.message == "Error: 'HEAD' is not an allowed HTTP method (like GET, POST, PUT etc.)"


def test_what_fails_with_no_place_is_about_the_file() -> None:
    output = (
        REFUSED
        + "InvalidModules: Hit an error while pushing:\nFailed to analyze mail/send.js: Uncaught boom\n"
    )
    assert only(output).path == "src/convex/mail/send.tsx"


def test_a_mutation_in_a_node_file() -> None:
    found = only(
        REFUSED + "InvalidModules: Hit an error while pushing:\n"
        "Loading the pushed modules encountered the following\n    error:\n"
        "`send` defined in `mail/send.js` is a Mutation function. "
        "Only actions can be defined in Node.js. See https://docs.convex.dev/functions/actions.\n"
    )
    assert (found.code, found.path) == ("node-runtime", "src/convex/mail/send.tsx")
    assert "`send` is a mutation" in found.message


def test_a_schema_that_is_wrong() -> None:
    index = 'In table "tasks" the index "by_owner" is invalid: the field `x` does not exist.'
    found = only(REFUSED + f"SchemaDefinitionError: Hit an error while evaluating your schema:\n{index}\n")
    assert (found.code, found.path, found.message) == ("schema", "src/convex/schema.ts", index)


def test_data_that_does_not_fit_the_schema() -> None:
    found = only(
        PUSHING + "✖ Schema validation failed.\n"
        'Document with ID "k57" in table "tasks" does not match the schema: Object is missing the required '
        "field `color`. Consider wrapping the field validator in `v.optional(...)`.\nPath: .\n"
    )
    assert (found.code, found.path) == ("schema-data", "src/convex/schema.ts")
    assert "`color`" in found.message and "v.optional" in found.advice


@pytest.mark.parametrize(
    ("said", "path", "names"),
    [
        (
            "Environment variable SITE_URL is used in auth config file but its value was not set.",
            "src/convex/auth.config.ts",
            "SITE_URL must",
        ),
        (
            "Environment variables A_KEY, B_KEY are declared as required in convex.config.ts but their "
            "values were not set.",
            "src/convex/convex.config.ts",
            "A_KEY and B_KEY must",
        ),
    ],
)
def test_a_missing_variable_is_named_and_no_command_with_keys_is_passed_on(
    said: str, path: str, names: str
) -> None:
    found = only(
        f"{PUSHING}✖ {said}\nSet it with:\n\n"
        "    npx convex env set --url http://127.0.0.1:3210 --admin-key <admin key> SITE_URL <value>\n\n"
    )
    assert (found.code, found.path) == ("env-missing", path)
    assert names in found.message
    assert "admin-key" not in str(found) and "%vly keys" in found.advice


def test_convex_own_type_check_is_read_too() -> None:
    output = (
        "✖ TypeScript typecheck via `tsc` failed.\nTypecheck failed\n- Collecting TypeScript errors\n\n"
        "\x1b[96msrc/convex/tasks.ts\x1b[0m:\x1b[93m2\x1b[0m:\x1b[93m10\x1b[0m - \x1b[91merror\x1b[0m"
        "\x1b[90m TS2551: \x1b[0mProperty 'tke' does not exist.\n\n\x1b[7m2\x1b[0m export const y = z;\n"
    )
    found = read(output)
    assert [(d.code, d.where) for d in found] == [("TS2551", "src/convex/tasks.ts:2:10")]


def test_an_unknown_refusal_is_passed_on() -> None:
    found = only(REFUSED + "TooManyFunctions: Hit an error while pushing:\nThere are more than 4096.\n")
    assert (found.code, found.message) == ("push", "There are more than 4096.")
    assert "old backend" in found.advice


def test_a_broken_convex_json() -> None:
    said = 'Error: Parsing "convex.json" failed\nSyntaxError: Expected a property name at position 30\n'
    assert only(said).path == "convex.json"


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("Retrying request (attempt 3/6)...\n✖ TypeError: fetch failed\n", "can't be reached"),
        (
            "let's get you logged in.\n✖ Cannot prompt for input in non-interactive terminals\n",
            "sign in",
        ),
        (
            REFUSED.replace(
                "400 Bad Request: ", "500 Internal Server Error: InternalServerError: Try later.\n"
            ),
            "of its own",
        ),
        (REFUSED.replace("400 Bad Request: ", "401 Unauthorized: BadAdminKey: no\n"), "sign in"),
        (REFUSED.replace("400 Bad Request: ", "403 Forbidden: no\n"), "doesn't let"),
        (REFUSED.replace("400 Bad Request: ", "404 Not Found: http://x\n"), "isn't there"),
        (REFUSED.replace("400 Bad Request: ", "429 Too Many Requests: no\n"), "busy"),
    ],
)
def test_what_is_not_the_codes_fault_is_no_complaint_about_it(output: str, sentence: str) -> None:
    assert read(output) == ()
    assert sentence in convex.trouble(output)


def test_attack_hostile_output_is_capped_and_read_in_time() -> None:
    began = time.process_time()
    for text in (
        "✖ " + "x" * 200_000,
        "✘ [ERROR] a\n" * 20_000,
        "    at (../" * 30_000,
        "✖ \n" * 20_000,
        "Error: " * 30_000,
    ):
        for found in read(text):
            assert len(found.message) <= 2000
        convex.trouble(text)
    assert time.process_time() - began < 5


# -- what bundling and loading without the CLI says ------------------------------------------------


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("", []),
        (
            'src/convex/tasks.ts:162:15: Could not resolve "./nofile"\nsrc/convex/a.ts:1:2: No such export\n',
            [("bundle", "src/convex/tasks.ts:162:15"), ("bundle", "src/convex/a.ts:1:2")],
        ),
        (
            "boom\nat z (node_modules/z/i.js:1:1)\nat f (src/convex/tasks.ts:7:3)\nat x (./vly:entry:6:1)",
            [("analysis", "src/convex/tasks.ts:7:3")],
        ),
        ("boom", [("analysis", "")]),
        (
            "`list` defined in `mail.js` is a Query function. Only actions can be defined in Node.js.",
            [("node-runtime", "src/convex/mail.ts")],
        ),
        (
            "Schema validation failed.\nDocument with ID 'x' doesn't match.",
            [("schema-data", "src/convex/schema.ts")],
        ),
    ],
)
def test_what_a_load_says_is_read_as_the_cli_is(said: str, found: list[tuple[str, str]]) -> None:
    read_of_it = convex.of_a_load(said, lines, "src/convex/")
    assert [(one.code, one.where) for one in read_of_it] == found
    assert all(one.advice for one in read_of_it)


def test_attack_a_hostile_load_is_capped_and_read_in_time() -> None:
    began = time.process_time()
    for said in (
        "a:1:1: " * 30_000,
        "x" * 200_000,
        "\nat f (a:1:" * 30_000,
        "a:1:1: b\n" * 30_000,
        "\0\x1b[31m",
    ):
        for found in convex.of_a_load(said, lines, "src/convex"):
            assert len(found.message) <= 1500
    assert time.process_time() - began < 5
