"""Comms: a panel's line to the kernel, over our own comm target or over a widget.

ipykernel 7.4 sends a panel's message to the thread from which the kernel last spoke on that
comm; pinned, it comes to the comm's own thread, so that a click is heard while a cell runs.
Nothing is done there: it goes to the engine at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from vly_nb.errors import ToolError, VlyError
from vly_nb.notebook.answering import answer
from vly_nb.notebook.desk import Desk
from vly_nb.notebook.protocol import ENVELOPE, Envelope, Reply, Trouble
from vly_nb.notebook.requests import Hello
from vly_nb.notebook.visible import visible

Message = dict[str, Any]

_clients: dict[str, Client] = {}
"""By the name that a page gives itself: a reloaded page takes its own place again."""


class Client:
    """One panel. `deliver` gives it a message, from any thread."""

    def __init__(self, desk: Desk, deliver: Callable[[Message], None]) -> None:
        self._desk = desk
        self._deliver = deliver
        self._name, self._since = "", 0.0

    def send(self, message: Message) -> None:
        """Give the panel a message; a panel that is gone is let go of."""
        try:
            self._deliver(message)
        except Exception:
            self._desk.hub.leave(self)

    def receive(self, message: Any) -> None:
        """A message from the panel: from any thread, answered from the engine's."""
        try:
            envelope = ENVELOPE.validate_python(message)
        except ValidationError:
            number = message.get("id") if isinstance(message, dict) else None
            trouble = Trouble(
                message="The panel and the kernel don't understand each other.",
                hint="Reload the page, and restart the kernel if that doesn't help.",
            )
            self.send(_dump(Reply(id=number if isinstance(number, int) else 0, error=trouble)))
            return
        self._desk.engine.start(self._answer(envelope))

    def close(self) -> None:
        """The panel is gone."""
        self._desk.hub.soon(lambda: self._desk.hub.leave(self))
        if _clients.get(self._name) is self:
            del _clients[self._name]

    async def _answer(self, envelope: Envelope) -> None:
        hub = self._desk.hub
        if isinstance(envelope.request, Hello):
            self._enter(envelope.request)
        try:
            data, error = await answer(self._desk, envelope.request), None
        except VlyError as problem:
            data, error = None, Trouble(message=visible(problem.message), hint=visible(problem.hint))
        except (ToolError, OSError, ValueError) as problem:
            data, error = None, Trouble(message=visible(str(problem)[:500]))
        self.send(_dump(Reply(id=envelope.id, data=data, error=error, state=hub.state())))

    def _enter(self, hello: Hello) -> None:
        """Hear everything from now on, in place of the page that had this name."""
        old = _clients.get(hello.client)
        if old is not None and old._since > hello.since:
            return
        if old is not None and old is not self:
            self._desk.hub.leave(old)
        self._name, self._since = hello.client, hello.since
        _clients[hello.client] = self
        self._desk.hub.join(self)


def connect(desk: Desk, comm: Any, message: Message) -> None:
    """A panel opened our comm."""
    comm._reply_subshell_for = lambda data, default: default
    client = Client(desk, comm.send)
    # BaseComm would trigger the events of a cell's run around every message.
    comm.handle_msg = lambda message: client.receive(message["content"]["data"])
    comm.on_close(lambda message: client.close())
    if first := message["content"].get("data"):
        client.receive(first)


def _dump(reply: Reply) -> Message:
    return reply.model_dump(mode="json", by_alias=True)
