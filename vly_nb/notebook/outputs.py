"""Outputs: the one place that publishes to the front end.

An output that grows has a display id: it is shown once and updated, and the
notebook keeps its last state as ordinary output. A terminal has no such thing:
there only the final state is printed.

It is the door to a person: secrets are taken out of everything that goes through it.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any
from uuid import uuid4

from IPython.core.interactiveshell import InteractiveShell

from vly_nb.notebook.render import quiet
from vly_nb.notebook.visible import visible
from vly_nb.project.secrets import Redactor, cleaned

Bundle = dict[str, Any]


class Outputs:
    """The outputs of a shell's running cell."""

    def __init__(self, shell: InteractiveShell) -> None:
        self.shell = shell
        self.live = hasattr(shell, "kernel")
        self.clean: Callable[[str], str] = Redactor().clean
        """Takes secrets out; a session's own as soon as there is one."""

    def show(self, bundle: Bundle, metadata: Bundle | None = None) -> None:
        """Show an output that will not change; `metadata` by kind, such as a picture's width."""
        self.publish(bundle, metadata=metadata or {})

    def publish(self, bundle: Bundle, metadata: Bundle | None = None, **how: Any) -> None:
        """Hand an output to the front end, cleaned; pictures are no text."""
        safe = {
            kind: data if kind.startswith("image/") and kind != "image/svg+xml" else cleaned(data, self.clean)
            for kind, data in bundle.items()
        }
        self.shell.display_pub.publish(data=safe, metadata=metadata or {}, **how)

    def say(self, text: str) -> None:
        """One plain line."""
        safe = visible(text)
        self.show({"text/html": quiet(escape(safe)), "text/plain": safe})

    def growing(self) -> Growing:
        """An output that will be updated."""
        return Growing(self)


class Growing:
    """An output under a display id; nothing is shown before the first `put`."""

    def __init__(self, outputs: Outputs) -> None:
        self._outputs = outputs
        self._id = uuid4().hex
        self._shown = False

    def put(self, bundle: Bundle, *, final: bool = False) -> None:
        """Show the output, or replace what is shown."""
        if not (final or self._outputs.live):
            return
        self._outputs.publish(bundle, transient={"display_id": self._id}, update=self._shown)
        self._shown = True
