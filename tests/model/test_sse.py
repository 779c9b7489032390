"""Messages ⇄ events ⇄ bytes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vly_nb.model.messages import TextDelta, ThoughtDelta, ToolDelta
from vly_nb.model.sse import Assembly, Decoder, Malformed, assemble, encode, events

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=120)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.floats(-1e9, 1e9) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
names = st.text("abc_", min_size=1, max_size=8)
inputs = st.dictionaries(texts, values, max_size=4)
citation = st.fixed_dictionaries({"type": st.just("web_search_result_location"), "url": texts})
blocks = st.one_of(
    st.fixed_dictionaries({"type": st.just("text"), "text": texts}),
    st.fixed_dictionaries(
        {"type": st.just("text"), "text": texts, "citations": st.none() | st.lists(citation, max_size=3)}
    ),
    st.fixed_dictionaries({"type": st.just("tool_use"), "id": names, "name": names, "input": inputs}),
    st.fixed_dictionaries({"type": st.just("server_tool_use"), "id": names, "name": names, "input": inputs}),
    st.fixed_dictionaries(
        {
            "type": st.just("web_search_tool_result"),
            "tool_use_id": names,
            "content": st.lists(values, max_size=2),
        }
    ),
    st.fixed_dictionaries({"type": st.just("thinking"), "thinking": texts, "signature": texts}),
    st.fixed_dictionaries({"type": st.just("redacted_thinking"), "data": texts}),
)
stops = ["end_turn", "tool_use", "max_tokens", "stop_sequence", "pause_turn", "refusal"]
messages = st.fixed_dictionaries(
    {
        "id": names,
        "type": st.just("message"),
        "role": st.just("assistant"),
        "model": names,
        "content": st.lists(blocks, max_size=5),
        "stop_reason": st.sampled_from(stops),
        "stop_sequence": st.none() | names,
        "usage": st.fixed_dictionaries(
            {"input_tokens": st.integers(0, 10**6), "output_tokens": st.integers(0, 10**6)},
            optional={"cache_read_input_tokens": st.integers(0, 10**6), "server_tool_use": st.none()},
        ),
    }
)


@settings(max_examples=150, deadline=None)
@given(messages, st.integers(1, 50), st.integers(1, 400))
def test_a_message_survives_events_and_bytes(message: dict[str, Any], chunk: int, packet: int) -> None:
    before = json.dumps(message)
    wire = b"".join(encode(event) for event in events(message, chunk))
    decoder = Decoder()
    arrived = [
        event for start in range(0, len(wire), packet) for event in decoder.feed(wire[start : start + packet])
    ]
    assert assemble(arrived) == message
    assert json.dumps(message) == before, "taking it apart must not change it"


def test_deltas_are_what_a_person_watches() -> None:
    content = [
        {"type": "thinking", "thinking": "Let me see.", "signature": "s"},
        {"type": "text", "text": "I look around."},
        {"type": "tool_use", "id": "a", "name": "bash", "input": {"command": "ls"}},
    ]
    assembly = Assembly()
    deltas = [assembly.add(e) for e in events({"content": content, "stop_reason": "tool_use"}, 8)]
    seen = [d for d in deltas if d is not None]
    assert "".join(d.text for d in seen if isinstance(d, TextDelta)) == "I look around."
    assert "".join(d.text for d in seen if isinstance(d, ThoughtDelta)) == "Let me see."
    sizes = [d.size for d in seen if isinstance(d, ToolDelta)]
    assert sizes == sorted(sizes) and sizes[-1] == len('{"command": "ls"}')


def test_arguments_that_were_cut_off_are_told_apart() -> None:
    content = [{"type": "tool_use", "id": "a", "name": "bash", "input": {"command": "ls"}}]
    assembly = Assembly()
    for event in events({"content": content, "stop_reason": "max_tokens"}, broken=frozenset({"a"})):
        assembly.add(event)
    message, broken = assembly.message()
    assert broken == {"a"} and message["content"][0]["input"] == {}


@pytest.mark.parametrize(
    "written",
    ["[1]", '"text"', "{", "NaN", "1e999", '{"a": NaN}', "[" * 100_000, '{"a":' * 300 + "1" + "}" * 300],
)
def test_attack_arguments_that_are_no_object(written: str) -> None:
    assembly = Assembly()
    start, *_ = events({"content": [], "stop_reason": None})
    assembly.add(start)
    block = {"type": "tool_use", "id": "a", "name": "bash", "input": {}}
    assembly.add({"type": "content_block_start", "index": 0, "content_block": block})
    delta = {"type": "input_json_delta", "partial_json": written}
    assembly.add({"type": "content_block_delta", "index": 0, "delta": delta})
    message, broken = assembly.message()
    assert broken == {"a"} and message["content"][0]["input"] == {}


def test_half_a_surrogate_pair_can_be_sent_back() -> None:
    delta = {"type": "text_delta", "text": "smile \ud83d"}
    stream = [*events({"content": [{"type": "text", "text": ""}], "stop_reason": "end_turn"})]
    stream.insert(3, {"type": "content_block_delta", "index": 0, "delta": delta})
    message = assemble(stream)
    assert message["content"][0]["text"] == "smile \ufffd"
    json.dumps(message, ensure_ascii=False).encode()


START = {"type": "message_start", "message": {"content": []}}
TEXT = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}


@pytest.mark.parametrize(
    "stream",
    [
        [],
        [{}],
        [{"type": "content_block_start", "index": 0, "content_block": {"type": "text"}}],
        [START, {"type": "content_block_start", "index": 7, "content_block": {"type": "text"}}],
        [START, {"type": "content_block_start", "index": 0, "content_block": None}],
        [START, {"type": "content_block_start", "index": 0, "content_block": {"type": "tool_use"}}],
        [START, {"type": "content_block_start", "index": 0, "content_block": {"type": ["text"]}}],
        [START, {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "x"}}],
        [
            START,
            TEXT,
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": 5}},
        ],
        [START, TEXT, {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta"}}],
        [
            START,
            TEXT,
            {"type": "content_block_delta", "index": "0", "delta": {"type": "text_delta", "text": ""}},
        ],
        [{"type": "message_start", "message": "hello"}],
        [{"type": "message_delta", "delta": {"stop_reason": "end_turn"}}],
        [START, {"type": "message_delta", "delta": None}],
    ],
)
def test_attack_events_of_a_wrong_shape_are_one_kind_of_error(stream: list[dict[str, Any]]) -> None:
    with pytest.raises(Malformed):
        assemble(stream)


def test_kinds_to_come_are_passed_over() -> None:
    stream = [*events({"content": [{"type": "text", "text": "hi"}], "stop_reason": "end_turn"})]
    stream.insert(2, {"type": "weather_report", "rain": True})
    assert assemble(stream)["content"][0]["text"] == "hi"


def test_attack_an_event_without_end_is_refused() -> None:
    decoder = Decoder(limit=1000)
    with pytest.raises(Malformed):
        for _ in range(100):
            decoder.feed(b"data: " + b"x" * 90)
