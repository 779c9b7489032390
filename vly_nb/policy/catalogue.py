"""The catalogue: all rules of the stack, in code or in words, and where each one lives.

    catalogue().owners["safety"].landed    whether that owner's work is done
    catalogue().entries                    every rule: catalogue.json, checked

A lint rule lives in its own file, a prompt rule in the system prompt; a guard in the places that
its entry names, as "module:object", or with an owner whose work is still to come.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Literal

from pydantic import BaseModel, ConfigDict

from vly_nb.diagnostics import Severity

_STRICT = ConfigDict(frozen=True, extra="forbid")


class Owner(BaseModel):
    """Whose a rule is. `landed`: the work is done, so each of its rules lives somewhere."""

    model_config = _STRICT

    what: str
    landed: bool


class Entry(BaseModel):
    """One rule of the catalogue; `places` only for guards."""

    model_config = _STRICT

    id: str
    kind: Literal["lint", "guard", "prompt"]
    area: str
    severity: Severity
    owner: str = "policy"
    places: tuple[str, ...] = ()


class Catalogue(BaseModel):
    """All of it."""

    model_config = _STRICT

    owners: dict[str, Owner]
    entries: tuple[Entry, ...]


@cache
def catalogue() -> Catalogue:
    """The catalogue, read once."""
    text = resources.files("vly_nb.policy").joinpath("catalogue.json").read_text(encoding="utf-8")
    return Catalogue.model_validate_json(text)
