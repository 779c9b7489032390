"""A real kernel: run cells, and see every message that a front end would see, with its time."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Ran:
    """What came of a cell: the reply, and the outputs as a notebook would save them."""

    reply: dict[str, Any] = field(default_factory=dict)
    outputs: list[dict[str, Any]] = field(default_factory=list)
    updates: list[tuple[float, str]] = field(default_factory=list)
    seconds: float = 0.0
    stopping: float = 0.0
    """Seconds from the interrupt to the end."""
    _by_id: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return bool(self.reply["status"] == "ok")

    @property
    def error(self) -> str:
        """The sentence (or traceback) of the failed cell."""
        return "\n".join(self.reply.get("traceback", []))

    @property
    def text(self) -> str:
        """All outputs as plain text."""
        return "\n".join(o.get("text") or o.get("text/plain", "") for o in self.outputs)

    @property
    def html(self) -> str:
        return "\n".join(o.get("text/html", "") for o in self.outputs)

    @property
    def steps(self) -> list[dict[str, Any]]:
        """The steps' data."""
        mime = "application/vnd.vly.step+json"
        return [o[mime] for o in self.outputs if mime in o]

    @property
    def next_input(self) -> str | None:
        payload = [p for p in self.reply.get("payload", []) if p["source"] == "set_next_input"]
        return payload[0]["text"] if payload else None

    def take(self, message: dict[str, Any], now: float) -> bool:
        """Note an iopub message; True when the kernel is idle again."""
        content = message["content"]
        match message["msg_type"]:
            case "status":
                return bool(content["execution_state"] == "idle")
            case "stream":
                self.outputs.append({"text": content["text"]})
            case "error":
                self.outputs.append({"text": "\n".join(content["traceback"])})
            case "display_data" | "execute_result":
                self.outputs.append(content["data"])
                if name := content.get("transient", {}).get("display_id"):
                    self._by_id[name] = content["data"]
            case "update_display_data":
                name = content["transient"]["display_id"]
                self.updates.append((now, name))
                data = self._by_id[name]
                data.clear()
                data.update(content["data"])
        return False


class Kernel:
    """A kernel of its own, in a folder of its own, with no key and no settings of the machine."""

    def __init__(self, folder: Path, environ: dict[str, str] | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("ANTHROPIC_", "JUPYTER", "VLY_"))}
        kept["VLY_NB_DATA"] = os.environ["VLY_NB_DATA"]  # where tests keep keys
        names = ("JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "IPYTHONDIR")
        private = {name: str(folder / ".jupyter" / name.lower()) for name in names}
        (folder / ".jupyter").mkdir(exist_ok=True)
        path = os.pathsep.join([*filter(None, [os.environ.get("PYTHONPATH")]), str(ROOT)])
        self.manager = KernelManager()
        if self.manager.kernel_spec is not None:
            self.manager.kernel_spec.argv = [sys.executable, *self.manager.kernel_spec.argv[1:]]
        self.manager.start_kernel(
            cwd=str(folder), env={**kept, **private, "PYTHONPATH": path, **(environ or {})}
        )
        self.client: BlockingKernelClient = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=180)

    def __enter__(self) -> Kernel:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def run(
        self, code: str, *, interrupt_when: Callable[[], bool] | None = None, timeout: float = 180
    ) -> Ran:
        """Run a cell to its end, or interrupt it once that is so."""
        ran, start = Ran(), time.monotonic()
        over, interrupted = threading.Event(), []

        def watch() -> None:
            while not over.wait(0.02):
                if interrupt_when is not None and interrupt_when():
                    interrupted.append(time.monotonic())
                    self.manager.interrupt_kernel()
                    return

        sent = self.client.execute(code)
        watcher = threading.Thread(target=watch, daemon=True)
        if interrupt_when is not None:
            watcher.start()
        while time.monotonic() - start < timeout:
            message = self.client.get_iopub_msg(timeout=timeout)
            if message["parent_header"].get("msg_id") == sent and ran.take(message, time.monotonic() - start):
                break
        else:
            raise TimeoutError(code)
        over.set()
        ran.seconds = time.monotonic() - start
        ran.stopping = time.monotonic() - interrupted[0] if interrupted else 0.0
        reply = self.client.get_shell_msg(timeout=timeout)
        while reply["parent_header"].get("msg_id") != sent:
            reply = self.client.get_shell_msg(timeout=timeout)
        ran.reply = reply["content"]
        return ran

    def complete(self, code: str) -> list[str]:
        """What Tab offers at the end of the code: the whole text after taking each."""
        content = self.client.complete(code, len(code), reply=True, timeout=20)["content"]
        return [code[: content["cursor_start"]] + match for match in content["matches"]]
