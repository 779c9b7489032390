"""The backend check with the real Convex CLI: offline, and against a deployment's answers."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import copy_app, needs, write_files
from vly_nb.checks.check import CheckResult
from vly_nb.project.project import Project
from vly_nb.stacks.convex_react import backend_check
from vly_nb.stacks.convex_react.components import used_components
from vly_nb.stacks.convex_react.deployment import (
    ADDRESSES,
    deployment,
    hosts,
    is_production,
    variables,
)
from vly_nb.stacks.convex_react.push_stand_in import Component, analysis, stand_in

FN = "src/convex"
SECRET = "hush-4711"
VARIABLES = (
    "CONVEX_DEPLOYMENT",
    "CONVEX_DEPLOY_KEY",
    "CONVEX_SELF_HOSTED_URL",
    "CONVEX_SELF_HOSTED_ADMIN_KEY",
)


@pytest.fixture(autouse=True)
def no_deployment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


# -- which checks ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "names"),
    [
        (["src/convex/tasks.ts"], ["backend", "tsc"]),
        (["src/convex/deep/mail.tsx"], ["backend", "tsc"]),
        (["convex.json"], ["backend", "tsc"]),
        (["package.json"], ["backend", "tsc"]),
        (["pnpm-lock.yaml"], ["backend", "tsc"]),
        (["src/convex/_generated/api.d.ts"], ["tsc"]),
        (["src/App.tsx"], ["tsc"]),
        (["tsconfig.app.json", "vite.config.ts"], ["tsc"]),
        (["src/convexity.ts"], ["tsc"]),
        (["src/index.css", "README.md", "index.html", "public/a.png", "src/convex/README.md"], []),
        ([], []),
    ],
)
def test_a_change_calls_for_the_checks_it_can_break(changed: list[str], names: list[str]) -> None:
    assert [check.name for check in backend_check.choose(changed, "src/convex/")] == names
    no_backend = [check.name for check in backend_check.choose(changed, None)]
    assert no_backend == [name for name in names if name == "tsc"]


# -- which deployment -------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name", "production"),
    [
        ("", "", False),
        ("# CONVEX_DEPLOYMENT=dev:x\n", "", False),
        ("CONVEX_DEPLOYMENT=\n", "", False),
        ("CONVEX_DEPLOYMENT=dev:happy-otter # team\n", "CONVEX_DEPLOYMENT", False),
        ('export CONVEX_DEPLOYMENT="prod:happy-otter"\n', "CONVEX_DEPLOYMENT", True),
        ("OTHER=1\nCONVEX_SELF_HOSTED_URL=http://x\n", "CONVEX_SELF_HOSTED_URL", False),
        ("CONVEX_DEPLOY_KEY='prod:happy|key'\n", "CONVEX_DEPLOY_KEY", True),
    ],
)
def test_a_deployment_is_known_by_name(tmp_path: Path, text: str, name: str, production: bool) -> None:
    (tmp_path / ".env.local").write_text(text)
    assert (deployment(tmp_path), is_production(tmp_path)) == (name, production)


def test_the_environment_and_given_keys_come_before_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env.local").write_text("CONVEX_DEPLOYMENT=prod:happy-otter\n")
    monkeypatch.setenv("CONVEX_DEPLOYMENT", "dev:other")
    assert not is_production(tmp_path)
    assert deployment(tmp_path / "nowhere", {"CONVEX_DEPLOY_KEY": "dev:x|y"}) == "CONVEX_DEPLOYMENT"
    assert variables({"X": "1", "CONVEX_DEPLOY_KEY": "k"}) == {
        "CONVEX_DEPLOYMENT": "dev:other",
        "CONVEX_DEPLOY_KEY": "k",
    }


def test_attack_an_admin_key_goes_to_no_address_that_only_a_file_names(tmp_path: Path) -> None:
    (tmp_path / ".env.local").write_text("CONVEX_SELF_HOSTED_URL=https://evil.test\n")
    assert variables({"CONVEX_SELF_HOSTED_ADMIN_KEY": "k"}) == {}
    both = {"CONVEX_SELF_HOSTED_URL": "https://mine.test", "CONVEX_SELF_HOSTED_ADMIN_KEY": "k"}
    assert variables(both) == both


# -- which components ---------------------------------------------------------------


LIMITER = "node_modules/@acme/limiter"


def component_project(root: Path, config: str) -> Path:
    exports = {"./convex.config": {"types": "./c.d.ts", "default": "./dist/component/convex.config.js"}}
    return write_files(
        root,
        {
            "src/convex/convex.config.ts": config,
            f"{LIMITER}/package.json": json.dumps({"exports": exports}),
            f"{LIMITER}/dist/component/convex.config.js": 'export default defineComponent("limiter")',
        },
    )


HEAD = 'import { defineApp } from "convex/server";\nimport limiter from "@acme/limiter/convex.config";\n'


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("const app = defineApp();\napp.use(limiter);\nexport default app;\n", ["limiter"]),
        (
            "const app = defineApp();\napp.use(limiter, { name: 'second' });\napp.use(limiter);\n",
            ["second", "limiter"],
        ),
        ("const app = defineApp();\n// app.use(other);\n/* app.use(other) */\nexport default app;\n", []),
        ("const app = defineApp();\napp.use(other);\n", None),
        ("const app = defineApp();\napp.use(limiter, options);\n", None),
        ("const app = defineApp();\napp.use(limiter, { name: process.env.NAME });\n", None),
        ("const app = defineApp({ env: { A: v.string() } });\napp.use(limiter);\n", None),
        ("const app = defineApp();\nfor (const c of all) app.use(c);\n", None),
        ("import own from './own/convex.config';\nconst app = defineApp();\napp.use(own);\n", None),
    ],
)
def test_components_are_read_off_the_config_or_not_guessed(
    tmp_path: Path, body: str, names: list[str] | None
) -> None:
    root = component_project(tmp_path, HEAD + body)
    found = used_components(root, "src/convex/")
    path = "../../node_modules/@acme/limiter/dist/component"
    assert found == (None if names is None else tuple(Component(name, path) for name in names))


def test_without_a_config_there_are_no_components(tmp_path: Path) -> None:
    assert used_components(tmp_path, FN) == ()


# -- the stand-in -------------------------------------------------------------------


async def ask(address: str, request: bytes) -> bytes:
    host, _, port = address.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(request)
    await writer.drain()
    writer.write_eof()
    try:
        return await asyncio.wait_for(reader.read(), 5)
    finally:
        writer.close()


@pytest.mark.parametrize(
    "request_",
    [
        b"",
        b"\0" * 100,
        b"GET\r\n\r\n",
        b"POST / HTTP/1.1\r\ncontent-length: -5\r\n\r\n",
        b"POST / HTTP/1.1\r\ncontent-length: 99999999999\r\n\r\nx",
        b"POST / HTTP/1.1\r\ncontent-length: many\r\n\r\n",
        b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n-5\r\n",
        b"x" * 200_000,
    ],
)
def test_attack_nonsense_stops_no_stand_in(request_: bytes) -> None:
    async def talk() -> bytes:
        async with stand_in("convex/") as address:
            assert address.startswith("http://127.0.0.1:")
            with contextlib.suppress(ConnectionError):
                await ask(address, request_)
            return await ask(address, b"POST /api/get_config_hashes HTTP/1.1\r\ncontent-length: 2\r\n\r\n{}")

    answer = asyncio.run(talk())
    assert answer.startswith(b"HTTP/1.1 200 OK") and b'"functions": "convex/"' in answer


def test_the_stand_in_reads_chunks_and_knows_two_calls() -> None:
    async def talk() -> tuple[bytes, bytes]:
        async with stand_in("convex/", [Component("limiter", "../x")]) as address:
            head = b"POST /api/deploy2/start_push HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n"
            return await ask(address, head + b"3\r\nabc\r\n0\r\n\r\n"), await ask(
                address, b"GET /api/other HTTP/1.1\r\n\r\n"
            )

    push, other = asyncio.run(talk())
    assert b"limiter" in push and other.startswith(b"HTTP/1.1 404")


# -- the real CLI ---------------------------------------------------------------------


@pytest.fixture
def project(installed: Path, tmp_path: Path) -> Iterator[Path]:
    needs("node")
    yield copy_app(installed, tmp_path / "app")


def check(root: Path, **options: Any) -> CheckResult:
    return asyncio.run(backend_check.backend_check(root, FN, **options))


def test_without_packages_it_says_what_to_do(app: Path) -> None:
    result = check(app)
    assert result.status == "could not run" and "pnpm install" in result.note


@pytest.mark.slow
@pytest.mark.node
def test_a_good_backend_is_green_offline_and_gets_its_types(project: Path) -> None:
    env = f"SECRET_KEY={SECRET}\n# a remark\r\nVITE_X=1"
    (project / ".env.local").write_bytes(env.encode())
    (project / FN / "added.ts").write_text("export const answer = 42;\n")
    said: list[str] = []
    result = check(project, report=said.append)
    assert (result.status, result.new, result.note) == ("green", (), "offline: nothing was pushed")
    assert "added" in (project / FN / "_generated/api.d.ts").read_text()
    assert (project / ".env.local").read_bytes() == env.encode()
    assert SECRET not in "".join(said) and result.seconds < 60


@pytest.mark.slow
@pytest.mark.node
@pytest.mark.parametrize(
    ("code", "message", "advice"),
    [
        ("export const x = ;\n", "Unexpected", "syntax"),
        ('import { z } from "./nofile";\nexport const y = z;\n', "Could not resolve", "path"),
        ('import fs from "node:fs";\nexport const y = fs;\n', "Could not resolve", "use node"),
    ],
)
def test_what_does_not_bundle_is_red_with_its_place(
    project: Path, code: str, message: str, advice: str
) -> None:
    (project / FN / "broken.ts").write_text(code)
    result = check(project)
    assert result.status == "red" and len(result.new) == 1
    found = result.new[0]
    assert found.path == "src/convex/broken.ts" and found.range and found.range.line == 1
    assert message in found.message and advice in found.advice and found.snippet in code
    assert str(project) not in str(result)


@pytest.mark.slow
@pytest.mark.node
def test_components_that_cannot_be_told_leave_generated_code_alone(project: Path) -> None:
    (project / FN / "convex.config.ts").write_text(
        'import { defineApp } from "convex/server";\nconst app = defineApp();\nconst all: never[] = [];\n'
        "for (const one of all) app.use(one);\nexport default app;\n"
    )
    before = (project / FN / "_generated/api.d.ts").read_bytes()
    result = check(project)
    assert result.status == "green" and "_generated was left as it is" in result.note
    assert (project / FN / "_generated/api.d.ts").read_bytes() == before


@pytest.mark.slow
@pytest.mark.node
def test_what_was_broken_before_is_known(project: Path) -> None:
    (project / FN / "old.ts").write_text('import { z } from "./nofile";\nexport const y = z;\n')
    mounted = Project.open(project)
    try:
        start = mounted.head.number
        (project / FN / "old.ts").write_text('// moved\nimport { z } from "./nofile";\nexport const y = z;\n')
        known = asyncio.run(backend_check.check(mounted, "backend", start))
        assert (known.status, known.known, known.new) == ("green", 1, ())
        (project / FN / "new.ts").write_text("export const x = ;\n")
        result = asyncio.run(backend_check.check(mounted, "backend", start))
        assert (result.status, result.known) == ("red", 1)
        assert [found.path for found in result.new] == ["src/convex/new.ts"]
    finally:
        mounted.close()


# -- against a deployment's answers ------------------------------------------------------


@asynccontextmanager
async def deployment_that_answers(answers: dict[str, tuple[int, object]]) -> AsyncIterator[str]:
    """A deployment's face: just enough for the CLI to come to the answer that is tested."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        path = head.split(" ")[1]
        size = next(
            (line[15:] for line in head.lower().split("\r\n") if line.startswith("content-length:")), "0"
        )
        await reader.readexactly(int(size))
        status, answer = next((told for part, told in answers.items() if part in path), (200, {}))
        if answer is None:
            await asyncio.sleep(60)  # it never answers
        body = json.dumps(answer).encode()
        writer.write(
            f"HTTP/1.1 {status} X\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n".encode() + body
        )
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


CONFIG = {"config": {"functions": "src/convex/"}, "moduleHashes": [], "nodeDependencies": []}
EVALUATED = {"schemaChange": {"allocatedComponentIds": {}, "schemaIds": {}}}
FAILED_ANALYSIS = {
    "code": "InvalidModules",
    "message": "Hit an error while pushing:\n"
    "Loading the pushed modules encountered the following\n    error:\n"
    "Failed to analyze http.js: Uncaught Error: boom\n    at <anonymous> (../src/convex/http.ts:2:0)\n",
}
FAILED_DATA = {
    "type": "failed",
    "error": 'Document with ID "k57" in table "tasks" does not match the schema.',
    "componentPath": "",
    "tableName": "tasks",
}


def push(root: Path, answers: dict[str, tuple[int, object]], said: list[str] | None = None) -> CheckResult:
    async def pushed() -> CheckResult:
        told = {"get_config_hashes": (200, CONFIG), "evaluate_": (200, EVALUATED), **answers}
        async with deployment_that_answers(told) as address:
            keys = {"CONVEX_SELF_HOSTED_URL": address, "CONVEX_SELF_HOSTED_ADMIN_KEY": SECRET}
            report = (said if said is not None else []).append
            return await backend_check.backend_check(root, FN, keys=keys, report=report)

    return asyncio.run(pushed())


@pytest.mark.slow
@pytest.mark.node
@pytest.mark.parametrize("env", [None, b"VITE_X=1\r\n# mine"])
def test_what_a_deployment_refuses_is_red_and_the_env_file_stays(project: Path, env: bytes | None) -> None:
    if env is not None:
        (project / ".env.local").write_bytes(env)
    said: list[str] = []
    result = push(project, {"start_push": (400, FAILED_ANALYSIS)}, said)
    assert (result.status, result.command) == ("red", "npx convex dev --once")
    assert [(d.code, d.message, d.where) for d in result.new] == [
        ("analysis", "Error: boom", "src/convex/http.ts:2:1")
    ]
    now = (project / ".env.local").read_bytes() if (project / ".env.local").exists() else None
    assert now == env
    assert SECRET not in str(result) + "".join(said)


@pytest.mark.slow
@pytest.mark.node
def test_data_that_does_not_fit_is_red(project: Path) -> None:
    result = push(project, {"start_push": (200, analysis(())), "wait_for_schema": (200, FAILED_DATA)})
    assert [d.code for d in result.new] == ["schema-data"] and result.status == "red"


@pytest.mark.slow
@pytest.mark.node
def test_a_deployment_that_is_not_there_leaves_the_offline_check(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONVEX_SELF_HOSTED_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("CONVEX_SELF_HOSTED_ADMIN_KEY", SECRET)
    began = time.monotonic()
    result = check(project)
    assert result.status == "green"
    assert result.note == "The Convex deployment can't be reached. Checked offline: nothing was pushed."
    assert time.monotonic() - began < 40, "six tries of the CLI alone take 36 s"


@pytest.mark.slow
@pytest.mark.node
def test_attack_a_hanging_deployment_is_left_in_time_and_nothing_stays(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backend_check, "TIMEOUT", 8.0)
    result = push(project, {"get_config_hashes": (200, None)})
    assert "longer than 8 s" in result.note and result.status == "green"
    mine = [p for p in Path("/proc").glob("[0-9]*/cmdline") if str(project).encode() in read(p)]
    assert mine == []


def read(file: Path) -> bytes:
    try:
        return file.read_bytes() if int(file.parent.name) != os.getpid() else b""
    except OSError:
        return b""


@pytest.mark.slow
@pytest.mark.node
def test_production_is_never_pushed_to(project: Path) -> None:
    (project / ".env.local").write_text("CONVEX_DEPLOYMENT=prod:happy-otter-123\n")
    result = check(project)
    assert result.note == "The deployment is a production one. Checked offline: nothing was pushed."
    assert result.command == "npx convex codegen"


# -- whom the CLI may reach --------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("CONVEX_DEPLOYMENT=dev:happy-otter-123 # team: x", {("happy-otter-123.convex.cloud", 443, False)}),
        ("VITE_CONVEX_URL=https://a-b-1.eu.convex.cloud", {("a-b-1.eu.convex.cloud", 443, False)}),
        ("CONVEX_URL=http://127.0.0.1:3210", {("127.0.0.1", 3210, True)}),
        ("CONVEX_URL=http://127.0.0.1:8888", {("127.0.0.1", 8888, False)}),
        ("CONVEX_SELF_HOSTED_URL=http://169.254.169.254/latest", {("169.254.169.254", 80, False)}),
        ("CONVEX_DEPLOYMENT=dev:evil.example/x", set()),
        ("OTHER_URL=https://evil.example", set()),
    ],
)
def test_attack_an_env_file_opens_no_private_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, named: set[tuple[str, int, bool]]
) -> None:
    for name in (*VARIABLES, *ADDRESSES, "CONVEX_PROVISION_HOST"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / ".env.local").write_text(text + "\n")
    found = {(host.name, host.port, host.told) for host in hosts(tmp_path)}
    assert found - {("api.convex.dev", 443, False)} == named
    keys = {"CONVEX_SELF_HOSTED_URL": "http://10.0.0.7:3210"}
    assert ("10.0.0.7", 3210, True) in {(h.name, h.port, h.told) for h in hosts(tmp_path, keys)}
