"""The catalogue's guards of commands, each with the traps that it must let through."""

from __future__ import annotations

import pytest

from vly_nb.tools.commands import Ask, Refuse, Run, judge


def sentence(command: str) -> str:
    """The refusal, "" for a command that runs or is asked about."""
    found = judge(command)
    assert isinstance(found, Run | Ask | Refuse)
    return found.sentence if isinstance(found, Refuse) else ""


# -- convex-run-colon ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "right"),
    [
        ("tasks.list", "tasks:list"),
        ("dir.tasks.list '{}'", "dir/tasks:list"),
        ("admin/tasks.list", "admin/tasks:list"),
        ("tasks:list {done:hello}", "single quotes"),
        ('tasks:list {"k": 1}', "single quotes"),
        ("tasks:list '{k: 1'", "single quotes"),
        ("tasks:list \"{'k': oops}\"", "single quotes"),
        ("tasks:list done", "a JSON object"),
        ("tasks:list '[1]'", "a JSON object"),
        ("--no-push tasks.list", "tasks:list"),
        ("--component shop tasks.list", "tasks:list"),
    ],
)
def test_a_function_is_named_and_called_as_the_cli_has_it(words: str, right: str) -> None:
    for runner in ("npx convex", "pnpm exec convex", "pnpm convex", "./node_modules/.bin/convex"):
        said = sentence(f"{runner} run {words}")
        assert right in said and "npx convex run " in said, said


@pytest.mark.parametrize(
    "words",
    [
        "tasks:list",
        "tasks:list '{}'",
        'tasks:list \'{"done": true, "n": [1, 2]}\'',
        "api.foo.bar",
        "internal.foo.bar '{}'",
        "dir/file:fn '{\"k\":1}'",
        "seed",
        "src/convex/seed:run",
        "tasks.ts:list",
        "src/convex/tasks.ts:list",
        "tasks:list \"{k: 'it\\\\'s', /* json5 */ n: 1,}\"",
        "tasks:list {}",
        "tasks:list {k:1}",
        '--identity \'{"name":"a"}\' tasks:list',
        "--inline-query 'a.b'",
        'tasks:list "$ARGS"',
        "--help",
    ],
)
def test_trap_what_the_cli_takes_is_not_refused(words: str) -> None:
    assert sentence(f"npx convex run {words}") == ""


def test_other_commands_that_mention_it_are_no_convex_run() -> None:
    assert sentence("grep -rn 'convex run a.b' .") == ""
    assert sentence("echo npx convex run a.b") == ""


# -- vly-key-untouched -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        "VLY_INTEGRATION_KEY=x pnpm test",
        "VLY_INTEGRATION_KEY=x",
        "export VLY_INTEGRATION_KEY=x",
        "env VLY_INTEGRATION_KEY=x node a.js",
        "unset VLY_INTEGRATION_KEY",
        "npx convex env set VLY_INTEGRATION_KEY x",
        "npx convex env set VLY_INTEGRATION_KEY=x",
        'npx convex env set "VLY_INTEGRATION_KEY" x',
        "pnpm exec convex env remove VLY_INTEGRATION_KEY",
        "ls && (true; export A=1 VLY_INTEGRATION_KEY=y)",
    ],
)
def test_the_vly_key_is_never_set_by_a_command(command: str) -> None:
    assert "configured automatically" in sentence(command)


@pytest.mark.parametrize(
    "command", ["grep -rn VLY_INTEGRATION_KEY src", "rg VLY_INTEGRATION_KEY= src", "echo VLY_INTEGRATION_KEY"]
)
def test_trap_the_vly_keys_name_may_be_looked_for(command: str) -> None:
    assert sentence(command) == ""


# -- pnpm-only ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "form"),
    [
        ("npm install zod", "pnpm add zod"),
        ("yarn add -D zod", "pnpm add -D zod"),
        ("bun remove zod", "pnpm remove zod"),
        ("npm ci", "pnpm install --frozen-lockfile"),
        ("npm update", "pnpm update"),
    ],
)
def test_another_package_manager_is_answered_with_pnpms_form(command: str, form: str) -> None:
    assert f"`{form}`" in sentence(command)


@pytest.mark.parametrize(
    "command",
    ["npx convex codegen", "npx tsc -b --noEmit", "npm view react", "npm pack --dry-run", "npm --version"],
)
def test_trap_the_checks_and_what_only_reads_are_no_wrong_manager(command: str) -> None:
    assert sentence(command) == ""


# -- no-build-command ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        "npm run build",
        "npm rum build",
        "pnpm -r build",
        "yarn build:prod",
        "bun run build",
        "vite build",
        "next build",
        "npx convex deploy --cmd 'pnpm build'",
        "make build",
        "turbo build",
        "turbo run build",
        "npx nx build web",
    ],
)
def test_a_build_is_refused(command: str) -> None:
    assert sentence(command)


@pytest.mark.parametrize(
    "command",
    [
        "npx tsc -b --noEmit",
        "npx tsc --build",
        "pnpm rebuild",
        "docker build .",
        "echo 'run pnpm build later'",
        "make",
    ],
)
def test_trap_these_are_no_builds(command: str) -> None:
    assert sentence(command) == ""
