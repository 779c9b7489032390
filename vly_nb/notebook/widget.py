"""Panel: the chat as a widget, for front ends without the side panel.

    vly_nb.Panel()        # or: %vly panel

It drives the same session as the cells. Its state is the kernel's: a saved notebook holds
nothing of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
from IPython.core.getipython import get_ipython

from vly_nb.errors import VlyError
from vly_nb.notebook.comms import Client
from vly_nb.notebook.desk import Desk
from vly_nb.notebook.extension import desk_of

BUNDLE = Path(__file__).parent / "static" / "panel.js"


class Panel(anywidget.AnyWidget):
    """The chat about the mounted project. Raises VlyError outside a notebook with vly loaded."""

    _esm = BUNDLE

    def __init__(self, desk: Desk | None = None) -> None:
        desk = desk or _own_desk()
        super().__init__()
        if self.comm is not None:
            # Clicks come to the widgets' own thread, so that they are heard while a cell runs.
            self.comm._reply_subshell_for = lambda data, default: default
        self._client = Client(desk, self.send)
        self.on_msg(self._heard)

    def _heard(self, _: Any, content: Any, buffers: Any) -> None:
        self._client.receive(content)

    def close(self) -> None:
        """Take it away."""
        self._client.close()
        super().close()

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """The widget for a front end that has widgets, and words for all others."""
        shown = super()._repr_mimebundle_(**options)
        words = "The panel of vly. Where this is all you see, %%vly cells and %vly commands do the same."
        data, metadata = shown if isinstance(shown, tuple) else (shown, {})
        return ({**data, "text/plain": words}, metadata) if data else shown


def _own_desk() -> Desk:
    shell = get_ipython()
    desk: Desk | None = None if shell is None else desk_of(shell)
    if desk is None:
        raise VlyError("vly is not loaded here.", "Run %load_ext vly_nb first.")
    return desk
