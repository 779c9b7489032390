"""The real model against a loopback server: what it sends, and every way a request can go wrong."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from contextlib import aclosing

import pytest

from tests.fake_model import FakeModel, Fault, call, closed_port, message, text
from tests.model.asking import IMPATIENT, LONG, QUICK, ask, model_of, request
from vly_nb.errors import ModelError
from vly_nb.model.anthropic import AnthropicModel, Patience
from vly_nb.model.messages import TextDelta, ToolDelta

KEY = "sk-fake-0123456789abcdef"


async def test_a_reply_comes_in_pieces_and_whole() -> None:
    usage = {"input_tokens": 3, "output_tokens": 4, "cache_creation_input_tokens": 5}
    said = [text("I look at the files of the project."), call("bash", command="ls -la src")]
    with FakeModel([message(*said, usage=usage)]) as fake:
        heard = await ask(model_of(fake))
        assert heard.reply.content == said
        assert heard.reply.stop_reason == "tool_use"
        assert heard.reply.usage.cache_write == 5 and heard.reply.model == "fake-model"
        assert heard.text == heard.reply.text and sum(isinstance(d, TextDelta) for d in heard.deltas) > 1
        assert [d for d in heard.deltas if isinstance(d, ToolDelta)][-1].size == len(
            '{"command": "ls -la src"}'
        )
        assert not heard.reply.replayed


async def test_what_is_sent() -> None:
    with FakeModel(["hi", "hi"]) as fake:
        await ask(model_of(fake))
        await ask(model_of(fake, name="qwen3-coder"))
        asked = request()
        sent, other = fake.requests
        assert sent["model"] == "claude-sonnet-5-5" and sent["stream"] is True and sent["max_tokens"] == 1000
        assert (sent["system"], sent["tools"], sent["messages"]) == (
            asked.system,
            asked.tools,
            asked.messages,
        )
        assert "temperature" not in sent
        assert sent["thinking"] == {"type": "adaptive", "display": "summarized"}
        assert "thinking" not in other, "endpoints of other models may refuse it"
        assert fake.headers[0]["authorization"] == f"Bearer {KEY}"
        assert "x-vly-request" not in fake.headers[0]


def test_the_environment_names_the_model() -> None:
    assert AnthropicModel(environ={}).name == "claude-sonnet-5-5"
    assert AnthropicModel(environ={"VLY_NB_MODEL": "m"}).name == "m"
    assert AnthropicModel("n", environ={"VLY_NB_MODEL": "m"}).name == "n"


async def test_no_key_says_what_to_do() -> None:
    heard = await ask(AnthropicModel(environ={}))
    assert isinstance(heard.error, ModelError)
    assert heard.error.message.startswith("No model key")
    for way in ("ANTHROPIC_API_KEY", "tape", "ANTHROPIC_BASE_URL"):
        assert way in heard.error.hint


async def test_a_local_endpoint_needs_no_key_and_a_token_will_do() -> None:
    with FakeModel(["a", "b"]) as fake:
        model = model_of(fake, environ={"ANTHROPIC_BASE_URL": fake.url})
        assert (await ask(model)).reply.text == "a"
        model = model_of(fake, environ={"ANTHROPIC_BASE_URL": fake.url, "ANTHROPIC_AUTH_TOKEN": "t0k"})
        assert (await ask(model)).reply.text == "b"
        assert fake.headers[1]["authorization"] == "Bearer t0k"


async def test_a_key_that_was_mended_counts_at_once() -> None:
    environ = {"ANTHROPIC_API_KEY": "wrong"}
    with FakeModel([Fault.status_of(401, "authentication_error", "invalid x-api-key"), "fine"]) as fake:
        model = model_of(fake, environ=environ)
        environ["ANTHROPIC_BASE_URL"] = fake.url
        assert "ANTHROPIC_API_KEY" in str((await ask(model)).error)
        environ["ANTHROPIC_API_KEY"] = "right"
        assert (await ask(model)).reply.text == "fine"
        assert fake.headers[-1]["authorization"] == "Bearer right"


@pytest.mark.parametrize("url", ["localhost:11434", "ftp://x", "nonsense", "http://", "http://[::1"])
async def test_an_address_that_is_none(url: str) -> None:
    heard = await ask(AnthropicModel(environ={"ANTHROPIC_BASE_URL": url}, patience=QUICK))
    assert isinstance(heard.error, ModelError) and heard.retries == []
    assert "ANTHROPIC_BASE_URL" in str(heard.error)


@pytest.mark.parametrize("key", ["sk\nx: y", "sk\x00", "schlüssel"])
async def test_attack_a_key_that_would_be_another_header(key: str) -> None:
    with FakeModel(["never"]) as fake:
        heard = await ask(model_of(fake, environ={"ANTHROPIC_BASE_URL": fake.url, "ANTHROPIC_API_KEY": key}))
        assert isinstance(heard.error, ModelError) and "ANTHROPIC_API_KEY" in heard.error.hint
        assert fake.requests == []


async def test_a_line_end_behind_the_key_does_no_harm() -> None:
    with FakeModel(["fine"]) as fake:
        model = model_of(fake, environ={"ANTHROPIC_BASE_URL": fake.url, "ANTHROPIC_API_KEY": f"{KEY}\n"})
        assert (await ask(model)).reply.text == "fine"


async def test_the_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeModel(["by proxy"]) as fake:
        monkeypatch.setenv("http_proxy", fake.url)
        monkeypatch.setenv("no_proxy", "")
        environ = {"ANTHROPIC_BASE_URL": "http://model.invalid", "ANTHROPIC_API_KEY": KEY}
        assert (await ask(model_of(fake, environ=environ))).reply.text == "by proxy"
        assert fake.headers[0]["host"] == "model.invalid"


@pytest.mark.parametrize("after", [0, 5])
async def test_stopping_closes_the_connection_at_once(after: int) -> None:
    with FakeModel([Fault.stall(after, LONG), "and on"]) as fake:
        model = model_of(fake, patience=Patience(silence=60))
        task = asyncio.create_task(ask(model))
        await asyncio.to_thread(fake.asked.wait, 30)
        await asyncio.sleep(0.1)
        begun = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.to_thread(fake.dropped.wait, 30), "the server still waits"
        assert time.monotonic() - begun < 40, "not the 60 seconds of silence that are allowed"
        assert (await ask(model)).reply.text == "and on"


async def test_closing_the_iterator_closes_the_connection() -> None:
    with FakeModel([Fault.stall(5, LONG)]) as fake:
        async with aclosing(model_of(fake, patience=Patience(silence=60)).stream(request())) as deltas:
            assert isinstance(await anext(deltas), TextDelta)
        assert await asyncio.to_thread(fake.dropped.wait, 30), (
            "not the 60 seconds of silence that are allowed"
        )


@pytest.mark.slow
async def test_slow_is_not_silent() -> None:
    """Longer as a whole than the silence that is allowed, but never silent for so long."""
    with FakeModel([Fault.slow(0.3, LONG), Fault.late(0.3, "late")]) as fake:
        model = model_of(fake, patience=IMPATIENT)
        for words in (LONG, "late"):
            heard = await ask(model)
            assert heard.reply.text == words and heard.retries == []


@pytest.mark.parametrize("lines", [1, 300])
async def test_attack_a_flood_is_cut_off(lines: int) -> None:
    flood = (b": " + b"x" * (40_000_000 // lines) + b"\n\n" * (lines > 1)) * lines
    with FakeModel([Fault.raw_bytes(flood), "and on"]) as fake:
        model, begun = model_of(fake), time.process_time()
        heard = await ask(model)
        assert isinstance(heard.error, ModelError) and "beyond all bounds" in heard.error.message
        assert time.process_time() - begun < 5
        assert (await ask(model)).reply.text == "and on"


async def test_a_long_reply_is_no_flood() -> None:
    with FakeModel(["word " * 40_000], chunk=200) as fake:
        assert len((await ask(model_of(fake))).reply.text) == 200_000


@pytest.mark.parametrize("status", [400, 403, 429, 500])
async def test_attack_an_endpoint_echoes_the_key(status: int) -> None:
    said = f"{'x' * 280} no: {KEY} and sk-ant-other-0123456789 \x1b[31m\u202e"
    with FakeModel([Fault.status_of(status, "weird_error", said)] * 4) as fake:
        heard = await ask(model_of(fake))
        told = str(heard.error) + "".join(heard.retries)
        assert "x" * 100 in told
        for secret in (KEY, KEY[:12], "sk-ant", "\x1b", "\u202e"):
            assert secret not in told


async def test_a_password_in_the_address_is_not_told() -> None:
    url = closed_port().replace("http://", "http://ada:hunter2@")
    heard = await ask(AnthropicModel(environ={"ANTHROPIC_BASE_URL": url}, patience=QUICK))
    assert "hunter2" not in str(heard.error) and "127.0.0.1" in str(heard.error)


async def test_ways_a_reply_can_end() -> None:
    cut = {**message(text("I write."), call("bash", command="x" * 50), stop_reason="max_tokens")}
    cut["broken"] = [cut["content"][1]["id"]]
    searching = {"type": "server_tool_use", "id": "srv_1", "name": "web_search", "input": {"query": "q"}}
    replies = [
        cut,
        message(searching, stop_reason="pause_turn"),
        message(text("I can't."), stop_reason="refusal"),
        message(stop_reason="end_turn"),
        message(text("\n\n"), call("bash", command="ls")),
    ]
    with FakeModel(replies) as fake:
        model = model_of(fake)
        half = (await ask(model)).reply
        assert half.stop_reason == "max_tokens" and half.broken == {half.calls[0]["id"]}
        assert half.calls[0]["input"] == {}
        paused = (await ask(model)).reply
        assert paused.stop_reason == "pause_turn" and paused.content == [searching] and paused.calls == []
        assert (await ask(model)).reply.stop_reason == "refusal"
        assert (await ask(model)).reply.content == []
        assert [b["type"] for b in (await ask(model)).reply.content] == ["tool_use"], (
            "blanks can't be sent back"
        )


async def test_a_prompt_with_half_a_pair_is_sent() -> None:
    with FakeModel(["fine"]) as fake:
        assert (await ask(model_of(fake), request("smile \ud83d"))).reply.text == "fine"
        assert fake.requests[0]["messages"][0]["content"][0]["text"] == "smile \ufffd"


async def test_another_client_of_the_sdk() -> None:
    import anthropic

    with FakeModel([Fault.status_of(529), "by another client"]) as fake:
        model = AnthropicModel(
            client=lambda http: anthropic.AsyncAnthropic(api_key="k", base_url=fake.url, http_client=http),
            patience=QUICK,
            environ={},
        )
        heard = await ask(model)
        assert heard.reply.text == "by another client" and len(heard.retries) == 1
        assert fake.requests[1]["messages"] == request().messages


def test_one_model_serves_one_loop_after_another() -> None:
    with FakeModel(["a", "b"]) as fake:
        model = model_of(fake)
        assert asyncio.run(ask(model)).reply.text == "a"
        assert asyncio.run(ask(model)).reply.text == "b"


async def test_connections_are_kept_and_closed() -> None:
    with FakeModel(["a", "b"]) as fake:
        model = model_of(fake)
        await ask(model)
        await ask(model)
        await model.close()
        await model.close()
        assert fake.connections == 1


@pytest.mark.slow
def test_importing_the_model_imports_no_sdk() -> None:
    code = (
        "import sys; import vly_nb.model.anthropic as a, vly_nb.model.scripted, vly_nb.model.tape;"
        "print([m for m in ('anthropic', 'httpx2') if m in sys.modules]); a.preload();"
        "print('anthropic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["[]", "True"]
