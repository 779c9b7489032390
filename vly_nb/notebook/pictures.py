"""Pictures: a page's picture as an output of a cell."""

from __future__ import annotations

import base64

from vly_nb.notebook.outputs import Bundle
from vly_nb.preview.preview import Picture


def pictured(picture: Picture) -> Bundle:
    """A picture as an output; its words where no picture can be shown."""
    return {"image/png": base64.b64encode(picture.png).decode(), "text/plain": f"Picture: {picture.words}"}
