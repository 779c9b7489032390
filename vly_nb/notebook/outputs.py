"""Outputs: the one place that publishes to the front end.

An output that grows has a display id: it is shown once and updated, and the
notebook keeps its last state as ordinary output. A terminal has no such thing:
there only the final state is printed.
"""

from __future__ import annotations

from html import escape
from typing import Any
from uuid import uuid4

from IPython.core.interactiveshell import InteractiveShell

from vly_nb.notebook.render import quiet
from vly_nb.notebook.visible import visible

Bundle = dict[str, Any]


class Outputs:
    """The outputs of a shell's running cell."""

    def __init__(self, shell: InteractiveShell) -> None:
        self.shell = shell
        self.live = hasattr(shell, "kernel")

    def show(self, bundle: Bundle) -> None:
        """Show an output that will not change."""
        self.shell.display_pub.publish(data=bundle, metadata={})

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
        transient = {"display_id": self._id}
        publish = self._outputs.shell.display_pub.publish
        publish(data=bundle, metadata={}, transient=transient, update=self._shown)
        self._shown = True
