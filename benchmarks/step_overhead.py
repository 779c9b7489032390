"""CPU a step: our whole loop against the SDK's bare stream loop with dict history.

Both talk to the same loopback server in a process of its own, 200 steps, each
one tool call whose result is 2 KB. Times are `time.process_time`, so waiting
and the server count nothing. Each side runs in a process of its own.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

STEPS = 200
RESULT = "x" * 2000
HERE = Path(__file__).resolve().parent.parent


def rows() -> list[tuple[str, str, str, str, str]]:
    """The medians of the last 50 steps and of all."""
    ours, theirs = measure("ours"), measure("bare")
    return [
        (
            f"CPU a step at {STEPS} steps, {name}",
            f"{pick(ours):.1f} ms",
            "bare SDK stream loop",
            f"{pick(theirs):.1f} ms",
            f"{pick(ours) / pick(theirs):.2f}",
        )
        for name, pick in (
            ("median of all", statistics.median),
            ("last 50", lambda t: statistics.median(t[-50:])),
        )
    ]


def measure(side: str) -> list[float]:
    """Milliseconds of CPU of each step, from a process of its own with a server of its own."""
    code = "import sys; from benchmarks.step_overhead import serve; serve()"
    server = subprocess.Popen([sys.executable, "-c", code], cwd=HERE, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        run = f"from benchmarks.step_overhead import {side}; {side}({url!r})"
        done = subprocess.run(
            [sys.executable, "-c", run], cwd=HERE, capture_output=True, text=True, check=True
        )
        return [float(ms) for ms in json.loads(done.stdout)]
    finally:
        server.kill()
        server.wait()


def serve() -> None:
    """Answer every request with one more read, until killed."""
    from tests.fake_model import FakeModel, call  # noqa: PLC0415 - only the server's process needs it

    def endless() -> object:
        number = 0
        while True:
            number += 1
            where = {"command": "view", "path": f"src/file{number % 50}.ts"}
            yield [{"type": "text", "text": f"Step {number}."}, call("str_replace_based_edit_tool", **where)]

    with FakeModel(endless()) as fake:
        sys.stdout.write(fake.url + "\n")
        sys.stdout.flush()
        time.sleep(3600)


def project(root: Path) -> None:
    """A small project with 50 files of 2 KB to read."""
    (root / "src").mkdir(parents=True)
    (root / "package.json").write_text('{"name": "bench", "dependencies": {"react": "19"}}')
    for number in range(50):
        (root / f"src/file{number}.ts").write_text("\n".join(f"export const a{n} = {n};" for n in range(80)))


def ours(url: str) -> None:
    """Our session, with events read as a cell would."""
    from vly_nb.agent.agent import Limits  # noqa: PLC0415
    from vly_nb.agent.events import StepEnded  # noqa: PLC0415
    from vly_nb.model.anthropic import AnthropicModel  # noqa: PLC0415
    from vly_nb.session import Session  # noqa: PLC0415

    async def turn(root: Path) -> list[float]:
        model = AnthropicModel("bench", environ={"ANTHROPIC_BASE_URL": url})
        session = await Session.mount(root, model=model)
        session.agent.limits = Limits(steps=STEPS)
        times, before = [], time.process_time()
        async for event in session.ask("Go"):
            if isinstance(event, StepEnded):
                now = time.process_time()
                times.append((now - before) * 1000)
                before = now
        return times

    with tempfile.TemporaryDirectory() as folder:
        project(Path(folder) / "app")
        print(json.dumps(asyncio.run(turn(Path(folder) / "app"))))


def bare(url: str) -> None:
    """The SDK's `messages.stream` in a loop, history as dicts, no cache marks, one tool."""
    import anthropic  # noqa: PLC0415

    async def turn() -> list[float]:
        client = anthropic.AsyncAnthropic(base_url=url, api_key="none", max_retries=0)
        messages: list = [{"role": "user", "content": [{"type": "text", "text": "Go"}]}]
        tools = [{"type": "text_editor_20250728", "name": "str_replace_based_edit_tool"}]
        times, before = [], time.process_time()
        for _ in range(STEPS):
            async with client.messages.stream(
                model="bench", max_tokens=32_000, messages=messages, tools=tools, system="You are a bench."
            ) as stream:
                async for _event in stream:
                    pass
                reply = await stream.get_final_message()
            content = [block.model_dump(exclude_none=True) for block in reply.content]
            messages.append({"role": "assistant", "content": content})
            results = [
                {"type": "tool_result", "tool_use_id": block["id"], "content": RESULT}
                for block in content
                if block["type"] == "tool_use"
            ]
            messages.append({"role": "user", "content": results})
            now = time.process_time()
            times.append((now - before) * 1000)
            before = now
        return times

    print(json.dumps(asyncio.run(turn())))
