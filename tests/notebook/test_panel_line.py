"""A panel's line to a real kernel: hello, news, buttons, and what must not get through."""

from __future__ import annotations

import stat
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from tests.fake_model import Fault, edit, text
from tests.notebook.conftest import Room
from tests.notebook.kernel import Kernel

pytestmark = pytest.mark.slow

CHANGE = [text("Say Welcome."), edit("src/App.tsx", "Hello", "Welcome")]


class Panel:
    """A panel without a browser: a comm, its messages as they come."""

    def __init__(self, kernel: Kernel) -> None:
        self.client, self.id = kernel.client, uuid4().hex
        self.updates: list[dict[str, Any]] = []
        self._entries: list[dict[str, Any]] = []
        self._last = 0
        self._send("comm_open", {"target_name": "vly", "data": {}})

    def _send(self, kind: str, content: dict[str, Any]) -> None:
        message = self.client.session.msg(kind, {"comm_id": self.id, **content})
        self.client.shell_channel.send(message)

    def ask(self, do: str, **rest: Any) -> dict[str, Any]:
        """A request's reply."""
        self._last += 1
        return self.raw({"id": self._last, "request": {"do": do, **rest}}, self._last)

    def raw(self, data: Any, number: int) -> dict[str, Any]:
        self._send("comm_msg", {"data": data})
        return self.wait(lambda message: message["kind"] == "reply" and message["id"] == number)

    def wait(self, good: Callable[[dict[str, Any]], bool], seconds: float = 120) -> dict[str, Any]:
        """The next message for which that is so; updates are kept."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            message = self.client.get_iopub_msg(timeout=seconds)
            if message["msg_type"] != "comm_msg" or message["content"]["comm_id"] != self.id:
                continue
            data = message["content"]["data"]
            if data["kind"] == "update":
                self.updates.append(data)
                self._entries += data["entries"]
            if good(data):
                return dict(data)
        raise TimeoutError

    def entry(self, kind: str) -> dict[str, Any]:
        """The next entry of a kind; what came before it is passed over."""
        while True:
            while self._entries:
                if (entry := self._entries.pop(0))["kind"] == kind:
                    return entry
            self.wait(lambda message: bool(message.get("entries")))


@pytest.fixture
def panel(room: Callable[..., Room]) -> Callable[..., tuple[Panel, Room]]:
    def enter(replies: Any = ()) -> tuple[Panel, Room]:
        made = room(replies)
        opened = Panel(made.kernel)
        welcome = opened.ask("hello", client="test")
        assert welcome["data"]["kind"] == "welcome" and welcome["state"]["project"] == "small"
        return opened, made

    return enter


def test_a_turn_without_a_cell(panel: Callable[..., tuple[Panel, Room]]) -> None:
    line, room = panel([CHANGE, "Done."])
    assert line.ask("ask", prompt="Say Welcome")["error"] is None
    assert line.entry("asked")["prompt"] == "Say Welcome"
    step = line.entry("step")
    assert step["data"]["changes"][0]["path"] == "src/App.tsx"
    assert line.entry("ended")["good"]
    assert "Welcome" in (room.app / "src/App.tsx").read_text()
    log = room.app / ".vly" / "chat.jsonl"
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert line.ask("undo")["state"]["version"] == 3


def test_a_cells_turn_is_heard_too(panel: Callable[..., tuple[Panel, Room]]) -> None:
    line, room = panel([CHANGE, "Done."])
    line._send("comm_msg", {"data": {"id": 99, "request": {"do": "state"}}})
    sent = room.kernel.client.execute("%%vly\nSay Welcome")
    assert line.entry("ended")["turn"] == 1
    reply = room.kernel.client.get_shell_msg(timeout=120)
    while reply["parent_header"]["msg_id"] != sent:
        reply = room.kernel.client.get_shell_msg(timeout=120)
    assert reply["content"]["status"] == "ok"


def test_many_deltas_come_in_few_messages(panel: Callable[..., tuple[Panel, Room]]) -> None:
    words = "word " * 5000
    line, _ = panel([words])
    line.ask("ask", prompt="Talk")
    start = time.monotonic()
    ended = line.entry("ended")
    took = time.monotonic() - start
    assert len(line.updates) < took * 31 + 10
    assert ended["html"].count("word") > 1000


def test_only_the_proposal_that_was_seen_is_written(panel: Callable[..., tuple[Panel, Room]]) -> None:
    line, room = panel([CHANGE, "Done."])
    line.ask("set", mode="review")
    line.ask("ask", prompt="Say Welcome")
    proposal = line.entry("step")["data"]["proposal"]
    refused = line.ask("apply", proposal="0123456789abcdef")
    assert "no longer waits" in refused["error"]["message"]
    strange = line.ask("apply", proposal=proposal["id"], picks={"src/main.tsx": None})
    assert "isn't in the change set" in strange["error"]["message"]
    nothing = line.ask("apply", proposal=proposal["id"], picks={"src/App.tsx": []})
    assert "Nothing is chosen" in nothing["error"]["message"]
    assert "Hello" in (room.app / "src/App.tsx").read_text()
    assert line.ask("apply", proposal=proposal["id"], dry=True)["error"] is None
    assert "Hello" in (room.app / "src/App.tsx").read_text()
    assert line.ask("apply", proposal=proposal["id"])["error"] is None
    line.entry("ended")
    assert "Welcome" in (room.app / "src/App.tsx").read_text()


def test_what_the_panel_drives_runs_on_over_the_line(panel: Callable[..., tuple[Panel, Room]]) -> None:
    """Its cells take a step each, but while another cell runs none can come."""
    line, room = panel([CHANGE, "Done."])
    line.ask("set", mode="review", driving=True)
    assert room.kernel.run("%%vly --step\nSay Welcome").ok
    told = line.ask("hello", client="test", since=1)["data"]["page"]["entries"]
    assert line.ask("apply", proposal=told[-1]["data"]["proposal"]["id"])["error"] is None
    assert line.entry("ended")["good"]


def test_only_the_version_that_was_meant_is_brought_back(panel: Callable[..., tuple[Panel, Room]]) -> None:
    line, _ = panel([CHANGE, "Done."])
    line.ask("ask", prompt="Say Welcome")
    step = line.entry("step")["data"]
    line.entry("ended")
    assert "another one" in line.ask("goto", number=1, tree=step["tree"])["error"]["message"]
    assert line.ask("goto", number=2, tree=step["tree"])["error"] is None
    assert line.ask("goto", number=77)["error"] is not None


def test_stop_ends_a_turn_wherever_it_was_asked(panel: Callable[..., tuple[Panel, Room]]) -> None:
    line, room = panel([Fault.stall(after=0), Fault.stall(after=0), "Well."])
    line.ask("ask", prompt="Wait")
    assert room.model.asked.wait(10)
    line.ask("stop")
    assert line.entry("ended")["title"] == "Stopped"
    assert room.model.dropped.wait(20)
    room.model.asked.clear()
    ran = room.kernel.run("%%vly\nWait again", interrupt_when=room.model.asked.is_set)
    assert "Stopped" in ran.error and ran.stopping < 10
    assert line.ask("ask", prompt="And now?")["error"] is None
    ended = [line.entry("ended")]
    while ended[-1]["turn"] != 3:  # news of the second come with the cell's outputs, or after its end
        ended.append(line.entry("ended"))
    assert [one["turn"] for one in ended] in ([3], [2, 3])


def test_attack_messages_that_are_none(panel: Callable[..., tuple[Panel, Room]]) -> None:
    line, room = panel()
    for wrong in (
        {"id": 50, "request": {"do": "exec", "code": "1"}},
        {"id": 50, "request": {"do": "apply", "picks": 3}},
        {"id": 50, "request": {"do": "goto", "number": "1; rm"}},
        {"id": 50, "request": {"do": "ask", "prompt": "x" * 300_000}},
        {"id": 50},
    ):
        assert "understand" in line.raw(wrong, 50)["error"]["message"]
    assert "understand" in line.raw("hello", 0)["error"]["message"]
    link = line.ask("attach", name="../../x.png", data="aGVsbG8=")
    assert "not a picture" in link["error"]["message"]
    assert not (room.app.parent / "attachments").exists()


def test_attack_a_picture_stays_in_its_folder(panel: Callable[..., tuple[Panel, Room]]) -> None:
    line, _ = panel()
    picture = (
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    )
    found = line.ask("attach", name="../../etc/pass wd.png", data=picture)["data"]["mention"]
    assert found == "@attachments/etc-pass-wd.png"
    again = line.ask("attach", name="../../etc/pass wd.png", data=picture)["data"]["mention"]
    assert again == "@attachments/etc-pass-wd-2.png"


def test_attack_hidden_characters_are_visible_in_the_panel(panel: Callable[..., tuple[Panel, Room]]) -> None:
    line, _ = panel(["a\u202eb \x1b[31m <img src=x onerror=alert(1)> [x](javascript:alert(1))"])
    line.ask("ask", prompt="Say\u202e something")
    assert "⟨U+202E⟩" in line.entry("asked")["prompt"]
    html = line.entry("ended")["html"]
    assert "⟨U+202E⟩" in html and "␛" in html and "<img" not in html and "href" not in html


def test_the_conversation_is_there_in_a_new_kernel(panel: Callable[..., tuple[Panel, Room]]) -> None:
    line, room = panel([CHANGE, "Done."])
    line.ask("ask", prompt="Say Welcome")
    line.entry("ended")
    room.kernel.run("%vly unmount")
    with (room.app / ".vly" / "chat.jsonl").open("ab") as log:
        log.write(b'{"kind": "step", "broken": 1}\nnot json\n')
    room.kernel.run("%vly mount small")
    page = line.ask("hello", client="test", since=1)["data"]["page"]
    assert [one["kind"] for one in page["entries"]] == ["asked", "notice", "step", "step", "ended"]


def test_a_long_conversation_comes_in_pages(panel: Callable[..., tuple[Panel, Room]]) -> None:
    line, room = panel()
    room.kernel.run("%vly unmount")
    told = [f'{{"kind": "notice", "n": {n}, "text": "number {n}"}}' for n in range(1, 151)]
    (room.app / ".vly" / "chat.jsonl").write_text("\n".join(told) + "\n")
    room.kernel.run("%vly mount small")
    page = line.ask("hello", client="test", since=1)["data"]["page"]
    assert page["more"] and page["entries"][-1]["text"] == "number 150"
    older = line.ask("refill", before=page["entries"][0]["n"])["data"]
    assert older["entries"][-1]["n"] == page["entries"][0]["n"] - 1 and older["more"]
    oldest = line.ask("refill", before=older["entries"][0]["n"])["data"]
    assert oldest["entries"][0]["n"] == 1 and not oldest["more"]
