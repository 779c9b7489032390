"""Key names: which keys vly and the app may use, by name. A value never comes this way."""

from __future__ import annotations

import os

from vly_nb.notebook.protocol import KeyList

_OF_THE_MODEL = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")


def key_list() -> KeyList:
    """The keys that are set, by name."""
    return KeyList(names=[name for name in _OF_THE_MODEL if os.environ.get(name, "").strip()])
