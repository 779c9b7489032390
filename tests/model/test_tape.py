"""Tapes: recorded under the SDK, replayed through it, edited by hand, damaged, and attacked."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import pytest

from tests.fake_model import FakeModel, Fault, call, message, text
from tests.model.asking import QUICK, Heard, ask, model_of, request
from vly_nb.errors import TapeError
from vly_nb.model.anthropic import AnthropicModel
from vly_nb.model.messages import Request, TextDelta, ToolDelta
from vly_nb.model.records import RecordedReply, digest
from vly_nb.model.tape import Tape

BLUE = "Make it blue"


def reply(words: str) -> RecordedReply:
    return RecordedReply(content=[text(words)], stop_reason="end_turn")


def put(tape: Tape, asked: Request, words: str, **after: object) -> None:
    tape.hold(asked.key, reply(words))
    assert tape.finish(asked.key, **after)  # type: ignore[arg-type]


def replaying(tape: Tape) -> AnthropicModel:
    return AnthropicModel("claude-sonnet-5-5", replay=tape, environ={}, patience=QUICK)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tapes" / "blue.tape"


@pytest.fixture
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a replay opened a socket")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)


async def record(path: Path, replies: list[object], asked: list[Request]) -> tuple[list[Heard], FakeModel]:
    with FakeModel(replies) as fake:
        tape = Tape(path)
        model, heard = model_of(fake, record=tape), []
        for each in asked:
            heard.append(await ask(model, each))
            tape.finish(each.key, tree="t1", files={"src/a.tsx": "b" * 40})
        return heard, fake


async def test_a_replay_is_the_recording_again(path: Path) -> None:
    thought = {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"}
    searched = {"type": "web_search_tool_result", "tool_use_id": "s", "content": [{"url": "https://x.test"}]}
    usage = {"input_tokens": 10, "output_tokens": 3, "cache_read_input_tokens": 900}
    cut = message(call("bash", command="ls -la"), stop_reason="max_tokens")
    cut["broken"] = [cut["content"][0]["id"]]
    replies = [
        message(thought, text("I look — schön."), call("bash", command="ls"), searched, usage=usage),
        Fault.cut(reply="half a reply that nobody should find on a tape"),
        cut,
        "The headline is blue.",
    ]
    asked = [request(BLUE, position=n, files=f"t{n}") for n in (1, 2, 3)]
    live, fake = await record(path, replies, asked)
    assert all("x-vly-request" not in headers for headers in fake.headers), "the key must not go out"
    again = [await ask(replaying(Tape(path)), each) for each in asked]
    for first, second in zip(live, again, strict=True):
        assert second.reply.content == first.reply.content
        assert second.reply.usage == first.reply.usage and second.reply.model == first.reply.model
        assert (
            second.reply.broken == first.reply.broken and second.reply.stop_reason == first.reply.stop_reason
        )
        assert second.reply.replayed and not first.reply.replayed
    assert again[1].reply.broken and any(isinstance(d, ToolDelta) for d in again[0].deltas)
    assert any(isinstance(d, TextDelta) for d in again[2].deltas)
    assert "half a reply" not in str(Tape(path).takes)


async def test_attack_a_replay_opens_no_socket(path: Path, no_sockets: None) -> None:
    tape = Tape(path)
    put(tape, request(BLUE), "blue")
    assert (await ask(replaying(tape), request(BLUE))).reply.text == "blue"
    assert isinstance((await ask(replaying(tape), request("green"))).error, TapeError)


def test_only_finished_steps_are_written(path: Path) -> None:
    tape = Tape(path)
    tape.hold(request(BLUE).key, reply("never carried out"))
    assert not path.exists()
    assert not tape.finish(request("another").key)
    put(tape, request(BLUE, position=2), "x")
    assert "never" not in path.read_text()


def test_a_tape_can_be_read_by_a_person(path: Path) -> None:
    tape = Tape(path)
    tape.describe(stack="convex-react", model="m", note="by hand", system=digest("s"), tools=digest([]))
    put(tape, request(BLUE), "schön", tree="t1", files={"a": "1", "b": None})
    put(tape, request(BLUE, position=2, files="t1"), "done", kept={"pnpm-lock.yaml": "x: 1\n"})
    head, first, second = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    assert head["tape"] == 1 and head["note"] == "by hand" and len(head["system"]) == 64
    assert list(first)[:4] == ["turn", "position", "prompt", "files"] and first["prompt"] == BLUE
    assert first["after"] == {"tree": "t1", "files": {"a": "1", "b": None}}
    assert "prompt" not in second and second["kept"] == {"pnpm-lock.yaml": "x: 1\n"}
    assert "schön" in path.read_text(encoding="utf-8")
    assert Tape(path).header == tape.header
    assert [len(take) for take in Tape(path).takes] == [2]


def test_prompt_and_place_decide_and_files_prefer(path: Path) -> None:
    tape = Tape(path)
    put(tape, request(BLUE, files="old"), "from old")
    put(tape, request(BLUE, position=2, files="old2"), "then")
    put(tape, request(BLUE, files="new"), "from new")
    for again in (tape, Tape(path)):
        exact = again.lookup(request(BLUE, files="old").key)
        assert exact and exact.exact and exact.record.reply.content[0]["text"] == "from old"
        other = again.lookup(request(BLUE, files="drifted").key)
        assert other and not other.exact and other.record.reply.content[0]["text"] == "from new"
        then = again.lookup(request(BLUE, position=2, files="drifted").key)
        assert then and not then.exact
        assert again.lookup(request("Make it red").key) is None
        assert again.lookup(request(BLUE, turn=2).key) is None
        assert again.has_turn(1, BLUE) and not again.has_turn(2, BLUE) and not again.has_turn(1, "x")


def test_recording_again_replaces_what_followed(path: Path) -> None:
    tape = Tape(path)
    for position in (1, 2, 3):
        put(tape, request(BLUE, position=position, files=f"f{position}"), f"first {position}")
    put(tape, request(BLUE, files="f1"), "second 1")
    put(tape, request(BLUE, position=2, files="f2"), "second 2")
    kept = [r.reply.content[0]["text"] for take in Tape(path).takes for r in take]
    assert kept == ["second 1", "second 2"]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (request("Make it red"), f'answers another prompt: "{BLUE}"'),
        (request(BLUE, turn=7), "no turn 7; it ends with turn 1"),
        (request(BLUE, position=9), "no reply 9"),
    ],
)
async def test_what_is_not_on_the_tape_is_said_once(path: Path, asked: Request, says: str) -> None:
    tape = Tape(path)
    put(tape, request(BLUE), "blue")
    heard = await ask(replaying(tape), asked)
    assert isinstance(heard.error, TapeError) and says in heard.error.message
    assert "ANTHROPIC_API_KEY" in heard.error.hint and heard.retries == []
    assert (await ask(replaying(tape), request(BLUE))).reply.text == "blue"


def test_an_empty_tape_says_so(path: Path) -> None:
    assert "it is empty" in str(Tape(path).miss(request().key))


def test_a_crash_costs_the_last_line_only(path: Path) -> None:
    tape = Tape(path)
    put(tape, request(BLUE), "one")
    put(tape, request(BLUE, position=2), "two")
    whole = path.read_bytes()
    for cut in range(whole.rindex(b'{"turn":1,"position":2') + 1, len(whole) - 1):
        path.write_bytes(whole[:cut])
        assert [len(take) for take in Tape(path).takes] == [1]
    path.write_bytes(whole.rstrip(b"\n"))
    assert [len(take) for take in Tape(path).takes] == [2]


HEAD = b'{"tape": 1}\n'
FIRST = b'{"turn": 1, "position": 1, "prompt": "p", "reply": {"content": [], "stop_reason": "end_turn"}}\n'
NEXT = FIRST.replace(b'"prompt": "p", ', b"")


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"", None),
        (HEAD, None),
        (HEAD + b"\n\n" + FIRST + b"\n", None),
        (b'{"tape": 2}\n', 1),
        (b"{}", 1),
        (b"not a tape\n", 1),
        (b"\x80\x02pickle", 1),
        (HEAD + b"{broken}\n" + FIRST, 2),
        (HEAD + FIRST + b'{"turn": 1}\n' + FIRST, 3),
        (HEAD + NEXT, 2),
        (HEAD + FIRST + NEXT, 3),
        (
            HEAD
            + FIRST
            + NEXT.replace(b'"turn": 1', b'"turn": 2').replace(b'"position": 1', b'"position": 2'),
            3,
        ),
        (HEAD + FIRST.replace(b'"turn": 1', b'"turn": 0'), 2),
        (HEAD + FIRST.replace(b'"turn"', b'"tern"'), 2),
        (HEAD + FIRST.replace(b'"content": []', b'"content": [{"type": "tool_use"}]'), 2),
        (HEAD + FIRST.replace(b'"content": []', b'"content": [{"text": "x"}]'), 2),
        (HEAD + FIRST.replace(b'"content": []', b'"content": [{"type": "text", "text": 3}]'), 2),
        (HEAD + b"[" * 100_000 + b"\n" + FIRST, 2),
    ],
)
def test_attack_a_damaged_tape_names_its_line(path: Path, data: bytes, line: int | None) -> None:
    path.parent.mkdir()
    path.write_bytes(data)
    if line is None:
        Tape(path)
        return
    with pytest.raises(TapeError, match=f"^Line {line} of the tape blue.tape"):
        Tape(path)


def test_attack_a_tape_of_a_gigabyte(path: Path) -> None:
    path.parent.mkdir()
    with path.open("wb") as file:
        file.truncate(1_000_000_000)
    with pytest.raises(TapeError, match="too large"):
        Tape(path)


def test_a_place_that_cannot_be_used(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(TapeError, match="can't be read"):
        Tape(path)
    tape = Tape(path / "none" / "x.tape")
    (path / "none").write_text("a file in the way")
    tape.hold(request().key, reply("x"))
    with pytest.raises(TapeError, match="can't be written"):
        tape.finish(request().key)


def test_a_write_that_fails_leaves_the_tape_as_it_was(path: Path) -> None:
    tape = Tape(path)
    put(tape, request(BLUE), "one")
    before = path.read_bytes()
    path.with_name(f".{path.name}.{os.getpid()}").mkdir()
    tape.hold(request(BLUE, position=2).key, reply("two"))
    with pytest.raises(TapeError, match="can't be written"):
        tape.finish(request(BLUE, position=2).key)
    assert path.read_bytes() == before
    assert [len(take) for take in Tape(path).takes] == [1]


def test_attack_a_secret_in_a_reply_is_not_stored(path: Path) -> None:
    secret = "sk_live_4242"
    tape = Tape(path, clean=lambda words: words.replace(secret, "•••"))
    asked = request(f"Use {secret} please")
    content = [text(f"I use {secret}."), call("bash", command=f"echo {secret}", **{secret: [{"a": secret}]})]
    tape.hold(asked.key, RecordedReply(content=content, stop_reason="tool_use"))
    tape.describe(note=secret)
    tape.finish(asked.key, files={f"{secret}.txt": "1"}, kept={"package.json": f'"{secret}"'})
    assert secret not in path.read_text(encoding="utf-8")
    assert tape.has_turn(1, f"Use {secret} please"), "the person's own words still find their turn"
    assert Tape(path).has_turn(1, "Use ••• please")


async def test_two_hundred_steps_stay_small(path: Path) -> None:
    tape = Tape(path)
    for position in range(1, 201):
        asked = request(BLUE, position=position, files="t" * 40)
        content = [text("I change it."), call("bash", command="x" * 2000)]
        tape.hold(asked.key, RecordedReply(content=content, stop_reason="tool_use"))
        tape.finish(asked.key, tree="t" * 40, files={f"src/{position}.tsx": "b" * 40})
    assert sum(len(record.line) for take in Tape(path).takes for record in take) < 700_000
    model = replaying(Tape(path))
    for position in (1, 100, 200):
        assert (await ask(model, request(BLUE, position=position))).reply.calls
