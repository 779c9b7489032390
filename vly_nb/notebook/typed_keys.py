"""Typed keys: what a panel asks of the vault. A value comes in once, and never goes out."""

from __future__ import annotations

from vly_nb.errors import KeyRefused
from vly_nb.notebook import protocol as p
from vly_nb.notebook import requests as r
from vly_nb.notebook.desk import Desk
from vly_nb.notebook.keynames import key_list, meant
from vly_nb.notebook.standing import has_key
from vly_nb.project.keys import MODEL_KEYS


async def listed(desk: Desk, asked: r.Plain) -> p.Data:
    """The keys by name."""
    return key_list(desk.mounted)


async def keep(desk: Desk, asked: r.SetKey) -> None:
    """Keep a value; one for the model is tried first. Raises ModelError and VaultError."""
    value = meant(asked.name, asked.value.get_secret_value())
    if asked.name in MODEL_KEYS:
        await _try(desk, asked.name, value)
    else:
        desk.mounted.keys.put({asked.name: value})
    desk.hub.touch()


async def remove(desk: Desk, asked: r.RemoveKey) -> None:
    """Take a key out. Raises VaultError."""
    desk.mounted.keys.put({asked.name: None})
    desk.hub.refused = False
    desk.hub.touch()


async def _try(desk: Desk, name: str, value: str) -> None:
    try:
        await desk.mounted.use_key(name, value)
    except KeyRefused:
        # An endpoint that may have asked for no key does; another key that works goes on working.
        desk.hub.refused |= not has_key(desk.mounted)
        raise
    desk.hub.refused = False
