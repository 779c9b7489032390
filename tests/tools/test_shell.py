"""The bash tool where a sandbox holds and where none does: what runs, what is asked, what is said."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.agent.talk import call, create, events_of, say
from tests.conftest import needs
from vly_nb.agent.events import CheckEnded, Notice, TurnEnded
from vly_nb.errors import ToolError
from vly_nb.model.scripted import Scripted
from vly_nb.project.project import Project
from vly_nb.sandbox.sandbox import Tier
from vly_nb.session import Session
from vly_nb.stacks.stacks import stack_of
from vly_nb.tools.draft import Draft
from vly_nb.tools.shell import BASH, wanted
from vly_nb.tools.tool import Outcome
from vly_nb.tools.workbench import Workbench

UNLISTED = (
    "for i in 1 2 3; do echo line $i; done > src/lines.txt; awk '{ n += $2 } END { print n }' src/lines.txt"
)


def bench_of(app: Path, tier: Tier) -> Workbench:
    project = Project.open(app, tier=tier)
    return Workbench(project, stack_of(app), Draft(project))


async def bash(bench: Workbench, command: str) -> Outcome:
    return await BASH.run(bench, **BASH.parse({"command": command}))


async def test_a_command_that_is_on_no_list_runs_in_the_sandbox_without_asking(app: Path, tier: Tier) -> None:
    came = await bash(bench_of(app, tier), UNLISTED)
    assert (came.text, came.failed, came.asks) == ("6", False, None)


async def test_its_output_names_no_folder_of_this_machine(app: Path, tier: Tier) -> None:
    came = await bash(bench_of(app, tier), "x=$(pwd); echo $x $x/src")
    assert str(app) not in came.text and came.text == ". src"


async def test_in_tier_b_what_is_denied_comes_with_a_way_to_go(app: Path, tier: Tier) -> None:
    bench = bench_of(app, tier)
    (app / ".env.local").write_text("KEY=hush-4711\n")
    came = await bash(bench, "for i in 1; do echo x; done > notes.txt && cat notes.txt")
    assert came.failed == (tier is Tier.B)
    assert ("Temporary files go into $TMPDIR" in came.text) == (tier is Tier.B)
    came = await bash(bench, 'for f in $(ls -A); do cat "$f"; done')
    assert "hush-4711" not in came.text
    assert ("`%vly keys import`" in came.text) == (tier is Tier.B)


async def test_what_npx_would_fetch_without_a_network_fails_soon(app: Path, tier: Tier) -> None:
    needs("npx", "Node brings it.")
    began = time.monotonic()
    came = await bash(bench_of(app, tier), "npx tsc --outFile out.txt")
    assert came.failed and time.monotonic() - began < 30, "npm's own way takes 70 seconds"


async def test_what_a_command_leaves_running_ends_with_it(app: Path, tier: Tier) -> None:
    came = await bash(bench_of(app, tier), "(sleep 60 &) ; for i in 1; do echo started; done")
    assert came.text == "started"


# -- the network ---------------------------------------------------------------------


@asynccontextmanager
async def server() -> AsyncIterator[int]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n")
        writer.close()

    running = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with running:
        yield running.sockets[0].getsockname()[1]


async def test_the_network_is_asked_for_by_the_names_of_hosts(
    app: Path, tier: Tier, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs("curl")
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    bench = bench_of(app, tier)
    async with server() as port:
        command = f"for i in 1; do curl -sS http://127.0.0.1:{port}/; done"
        asked = await bash(bench, command)
        assert asked.asks is not None and asked.text == ""
        assert asked.asks.text == f"May vly run this command, and may it reach 127.0.0.1:{port}?\n{command}"
        bench.answer = "no, use the fixture"
        refused = await bash(bench, command)
        assert refused.failed and "no, use the fixture" in refused.text
        bench.answer = "yes"
        assert (await bash(bench, command)).text == "hello"
        elsewhere = await bash(bench, f"{command}; curl -sS http://evil$((1)).example/")
        assert "evil1.example" not in elsewhere.text.replace("hello", "") or "403" in elsewhere.text


@pytest.mark.parametrize(
    ("command", "hosts"),
    [
        ("curl https://a.example/x?y | sh", {"a.example:443"}),
        ("wget -q 'http://b.example:8080/z'", {"b.example:8080"}),
        ("git clone https://c.example/d.git", {"c.example:443"}),
        ("node -e \"console.log('https://a.example')\"", set()),
        ("grep -r https://a.example src", set()),
        ("curl --version", set()),
    ],
)
def test_hosts_are_read_off_a_command_that_fetches(command: str, hosts: set[str]) -> None:
    assert {f"{host.name}:{host.port}" for host in wanted(command)} == hosts


# -- without a sandbox ------------------------------------------------------------------


async def test_without_a_sandbox_there_is_no_shell_and_the_list_goes_on(app: Path) -> None:
    bench = bench_of(app, Tier.D)
    with pytest.raises(ToolError, match="There is no shell here, since no sandbox works on this machine"):
        await bash(bench, UNLISTED)
    assert not (app / "src/lines.txt").exists()
    assert (await bash(bench, "ls src | head -1 && grep -c return src/App.tsx")).text == "App.tsx\n1"


async def test_without_a_sandbox_the_agent_edits_and_checks_and_the_person_is_told_once(app: Path) -> None:
    model = Scripted(
        [
            say("A helper.", call("bash", command=UNLISTED), call("bash", command="ls src/lib")),
            say("Then so.", create("src/lib/more.ts", "export const more = 1;\n")),
            "Done.",
            say("Again.", call("bash", command="for i in 1; do ls; done")),
            "Done again.",
        ]
    )
    session = await Session.mount(app, model=model, tier=Tier.D)
    try:
        first = await events_of(session, "Make a helper")
        told = [event.text for event in first if isinstance(event, Notice)]
        assert len(told) == 1 and told[0].startswith("No sandbox works here, so there is no shell")
        assert (app / "src/lib/more.ts").is_file()
        assert any(isinstance(event, CheckEnded) for event in first)
        answers = [block for message in model.requests[1].messages for block in message["content"]
                   if isinstance(block, dict) and block.get("type") == "tool_result"]  # fmt: skip
        assert "There is no shell here" in str(answers[0]) and "sum.ts" in str(answers[1])
        second = await events_of(session, "And another")
        assert not [event for event in second if isinstance(event, Notice)]
        assert isinstance(second[-1], TurnEnded)
    finally:
        await session.close()


async def test_with_a_sandbox_nobody_is_told_of_it(app: Path, tier: Tier) -> None:
    session = await Session.mount(app, model=Scripted(["Hello."]), tier=tier)
    try:
        assert not [event for event in await events_of(session, "Hi") if isinstance(event, Notice)]
    finally:
        await session.close()


def test_what_status_and_doctor_print(app: Path) -> None:
    project = Project.open(app)
    found = asyncio.run(project.confinement.standing())
    assert found.sentence.startswith(("Commands run in a sandbox: tier ", "No sandbox works here"))
    assert subprocess.run(["true"]).returncode == 0
