"""FakeModel: a loopback server that speaks the Messages API, says what it is told, and fails on command.

    with FakeModel([call("bash", command="ls"), Fault.cut(after=3), "Done."]) as fake:
        model = AnthropicModel(environ=fake.environ)
        ...
        fake.requests[0]["messages"]      # parsed bodies, in the order they came
        fake.dropped.wait(1)              # set when a client went away in the middle of an answer

A reply is a text, a content block (`text`, `call`, `edit`), a list of blocks, a whole message
(`message`), a Fault, or a function of the request's body that gives one of these. Requests that
the real API would turn away with 400 (an unanswered call, an empty text, a fifth cache mark) are
turned away here too.
"""

from __future__ import annotations

import itertools
import json
import select
import socket
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from vly_nb.model.scripted import message_of
from vly_nb.model.sse import encode, events

_ids = itertools.count(1)


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def call(tool: str, **arguments: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": f"toolu_{next(_ids):04}", "name": tool, "input": arguments}


def edit(path: str, old: str, new: str) -> dict[str, Any]:
    name = "str_replace_based_edit_tool"
    return call(name, command="str_replace", path=path, old_str=old, new_str=new)


def create(path: str, words: str) -> dict[str, Any]:
    return call("str_replace_based_edit_tool", command="create", path=path, file_text=words)


def message(*blocks: dict[str, Any], **rest: Any) -> dict[str, Any]:
    """A whole message: `message(text("No."), stop_reason="refusal", usage={…})`."""
    return {"content": list(blocks), **rest}


@dataclass(frozen=True)
class Fault:
    """One request that goes wrong. `after` counts stream events (message_start is the first)."""

    kind: str
    reply: Any = "This is a reply that is long enough to be cut in the middle, and then some more of it."
    after: int = 4
    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    raw: bytes = b""

    @classmethod
    def status_of(cls, status: int, kind: str = "api_error", said: str = "fake", **headers: str) -> Fault:
        """An error answer; header names are written with `_` for `-`."""
        body = {"type": "error", "error": {"type": kind, "message": said}}
        return cls(
            "status", status=status, body=body, headers={k.replace("_", "-"): v for k, v in headers.items()}
        )

    @classmethod
    def html(cls, status: int = 502) -> Fault:
        return cls("status", status=status, body="<html><h1>Bad Gateway</h1></html>")

    @classmethod
    def reset(cls) -> Fault:
        """The connection is closed before a byte is answered."""
        return cls("reset")

    @classmethod
    def cut(cls, after: int = 4, reply: Any = reply) -> Fault:
        """The socket dies in the middle of the stream."""
        return cls("cut", reply, after)

    @classmethod
    def early_end(cls, after: int = 4, reply: Any = reply) -> Fault:
        """The stream ends cleanly, before it should."""
        return cls("early_end", reply, after)

    @classmethod
    def stall(cls, after: int = 4, reply: Any = reply) -> Fault:
        """Silence until the client goes away (or the server is closed); `after=0`: not even headers."""
        return cls("stall", reply, after)

    @classmethod
    def slow(cls, seconds: float, reply: Any = reply) -> Fault:
        """That long before every event."""
        return cls("slow", reply, 0, seconds=seconds)

    @classmethod
    def late(cls, seconds: float, reply: Any = reply) -> Fault:
        """That long before the headers."""
        return cls("late", reply, 0, seconds=seconds)

    @classmethod
    def error_event(cls, kind: str = "overloaded_error", after: int = 4, named: str = "error") -> Fault:
        """An error in the middle of the stream; `named` is its SSE event name."""
        data = {"type": "error", "error": {"type": kind, "message": "fake"}}
        return cls("raw", after=after, raw=f"event: {named}\ndata: {json.dumps(data)}\n\n".encode())

    @classmethod
    def raw_bytes(cls, raw: bytes, after: int = 4) -> Fault:
        """Any bytes in the middle of the stream, which then goes on."""
        return cls("raw", after=after, raw=raw)

    @classmethod
    def broken_json(cls, after: int = 4) -> Fault:
        return cls.raw_bytes(b'event: content_block_delta\ndata: {"type": "content_block_del\n\n', after)


class FakeModel:
    """The server; a context manager. `lenient` lets every request through."""

    def __init__(self, replies: Iterable[Any] = (), *, lenient: bool = False, chunk: int = 20) -> None:
        self._replies = iter(replies)
        self._lenient = lenient
        self._chunk = chunk
        self._lock = threading.Lock()
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.connections = 0
        self.asked = threading.Event()
        self.dropped = threading.Event()
        self.closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.environ = {"ANTHROPIC_BASE_URL": self.url, "ANTHROPIC_API_KEY": "sk-fake-0123456789abcdef"}

    def __enter__(self) -> FakeModel:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()

    def _next(self, body: dict[str, Any], headers: dict[str, str]) -> Any:
        with self._lock:
            self.requests.append(body)
            self.headers.append(headers)
            self.asked.set()
            wrong = None if self._lenient else problem(body)
            if wrong:
                return Fault.status_of(400, "invalid_request_error", wrong)
            reply = next(self._replies, Fault.status_of(400, "invalid_request_error", "no reply left"))
        while callable(reply):
            reply = reply(body)
        return reply

    def _handler(fake) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - `self` is the handler's
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self) -> None:
                super().setup()
                fake.connections += 1

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["content-length"]))
                reply = fake._next(json.loads(raw), {k.lower(): v for k, v in self.headers.items()})
                fault = reply if isinstance(reply, Fault) else Fault("none", reply)
                try:
                    self._answer(fault)
                except OSError:
                    fake.dropped.set()
                    self.close_connection = True

            def _answer(self, fault: Fault) -> None:
                if fault.kind == "status":
                    return self._error(fault)
                if fault.kind == "late":
                    self._wait(fault.seconds)
                if fault.kind == "reset" or (fault.kind == "stall" and not fault.after):
                    return self._drop() if fault.kind == "reset" else self._wait(600)
                self.send_response(200)
                self.send_header("content-type", "text/event-stream; charset=utf-8")
                self.send_header("transfer-encoding", "chunked")
                self.end_headers()
                whole = dict(message_of(fault.reply, "fake-model"))
                broken = frozenset(whole.pop("broken", ()))
                for number, event in enumerate(events(whole, fake._chunk, broken), 1):
                    if fault.kind == "slow":
                        self._wait(fault.seconds)
                    self._send(encode(event))
                    if number == fault.after:
                        if fault.kind == "cut":
                            return self._drop()
                        if fault.kind == "early_end":
                            break
                        if fault.kind == "stall":
                            self._wait(600)
                        if fault.kind == "raw":
                            self._send(fault.raw)
                self.wfile.write(b"0\r\n\r\n")
                return None

            def _send(self, data: bytes) -> None:
                self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

            def _error(self, fault: Fault) -> None:
                html = isinstance(fault.body, str)
                data = fault.body.encode() if html else json.dumps(fault.body).encode()
                self.send_response(fault.status)
                self.send_header("content-type", "text/html" if html else "application/json")
                self.send_header("content-length", str(len(data)))
                for name, value in fault.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            def _drop(self) -> None:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)

            def _wait(self, seconds: float) -> None:
                """Sleep, but notice at once when the client hangs up."""
                until = time.monotonic() + seconds
                poll = select.poll()  # select() knows no descriptor over 1023
                poll.register(self.connection, select.POLLIN)
                while (left := until - time.monotonic()) > 0 and not fake.closing.is_set():
                    ready = poll.poll(min(left, 0.05) * 1000)
                    if ready and not self.connection.recv(1, socket.MSG_PEEK):
                        raise ConnectionResetError

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def closed_port() -> str:
    """The address of a port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def problem(body: dict[str, Any]) -> str | None:
    """Why the real API would answer this request with 400; None when it wouldn't."""
    for tool in body.get("tools", ()):
        if not tool.get("name") or ("input_schema" not in tool and not tool.get("type", "")[-8:].isdigit()):
            return f"tools: {tool.get('name')!r} is neither a known type nor has a schema"
    messages = body["messages"]
    blocks = [b for m in messages if isinstance(m["content"], list) for b in m["content"]]
    marked = [b for b in [*body.get("system", ()), *body.get("tools", ()), *blocks] if "cache_control" in b]
    if len(marked) > 4:
        return "a maximum of 4 blocks with cache_control may be provided"
    if any(b.get("type") in ("thinking", "redacted_thinking") for b in marked):
        return "cache_control can't be set on thinking blocks"
    if any(b.get("type") == "text" and not b["text"].strip() for b in blocks):
        return "messages: text content blocks must contain non-whitespace text"
    if not messages or messages[0]["role"] != "user":
        return "messages: first message must use the user role"
    for this, following in itertools.pairwise([*messages, {"role": "user", "content": []}]):
        if not this["content"]:
            return "messages: all messages must have non-empty content"
        called = _ids_of(this, "tool_use", "id")
        if called and called != _ids_of(following, "tool_result", "tool_use_id"):
            return "messages: each tool_use must have a tool_result in the next message"
    answered = [i for m in messages for i in _ids_of(m, "tool_result", "tool_use_id")]
    if len(answered) != len(set(answered)) or len(answered) != sum(
        b.get("type") == "tool_use" for b in blocks
    ):
        return "messages: a tool_result without its tool_use"
    return None


def _ids_of(of: dict[str, Any], kind: str, name: str) -> set[str]:
    content = of["content"] if isinstance(of["content"], list) else []
    return {block[name] for block in content if block.get("type") == kind}
