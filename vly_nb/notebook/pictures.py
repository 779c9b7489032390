"""Pictures: a page's picture as an output of a cell."""

from __future__ import annotations

import base64

from vly_nb.notebook.outputs import Outputs
from vly_nb.preview.preview import Picture

LARGE, SMALL = 560, 260  # px wide, for what a desktop and what a phone shows
IHDR = slice(16, 20)  # of a PNG: its width


def show(outputs: Outputs, picture: Picture) -> None:
    """A picture as an output, small enough to see two at once; its words where no picture can be shown."""
    width = LARGE if int.from_bytes(picture.png[IHDR]) > LARGE else SMALL
    outputs.show(
        {"image/png": base64.b64encode(picture.png).decode(), "text/plain": f"Picture: {picture.words}"},
        {"image/png": {"width": width}},
    )
