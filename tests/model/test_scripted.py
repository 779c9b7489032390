"""The in-process double behaves like the real one."""

from __future__ import annotations

from tests.fake_model import call, edit, message, text
from tests.model.asking import ask, request
from vly_nb.errors import ModelError
from vly_nb.model.messages import TextDelta, ToolDelta
from vly_nb.model.scripted import Scripted


async def test_every_form_of_a_reply() -> None:
    usage = {"input_tokens": 5, "output_tokens": 7, "cache_read_input_tokens": 11}
    model = Scripted(
        [
            "A long text that comes in more than one piece, as it would from afar.",
            text("one block"),
            [text("I look."), call("bash", command="ls")],
            message(text("no"), stop_reason="refusal", usage=usage),
            lambda asked: f"You said {asked.messages[-1]['content'][0]['text']}",
            edit("src/a.tsx", "old", "new"),
        ]
    )
    plain = await ask(model)
    assert plain.text == plain.reply.text and sum(isinstance(d, TextDelta) for d in plain.deltas) > 1
    assert plain.reply.stop_reason == "end_turn"
    assert (await ask(model)).reply.text == "one block"
    tools = await ask(model)
    assert tools.reply.stop_reason == "tool_use" and tools.reply.calls[0]["input"] == {"command": "ls"}
    assert any(isinstance(d, ToolDelta) and d.name == "bash" for d in tools.deltas)
    refused = await ask(model)
    assert refused.reply.stop_reason == "refusal" and refused.reply.usage.cache_read == 11
    assert (await ask(model, request("moo"))).reply.text == "You said moo"
    assert (await ask(model)).reply.calls[0]["name"] == "str_replace_based_edit_tool"
    assert len(model.requests) == 6
    assert "no reply left" in str((await ask(model)).error)


async def test_errors_are_raised_and_the_next_reply_goes_on() -> None:
    model = Scripted([ModelError("Down.", "Wait."), "up"])
    assert str((await ask(model)).error) == "Down. Wait."
    assert (await ask(model)).reply.text == "up"


async def test_a_reply_is_not_shared_with_the_script() -> None:
    block = call("bash", command="ls")
    model = Scripted([[block]])
    (await ask(model)).reply.calls[0]["input"]["command"] = "changed"
    assert block["input"] == {"command": "ls"}
