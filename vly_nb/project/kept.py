"""Kept: what the files of a vault hold, as they are checked when read. No value shows in a repr."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Kept(BaseModel):
    """A project's keys. `former` is the id that the project had when this vault was made: of another
    vault, which may be its own from before."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    vault: int = 1
    project: str
    keys: dict[str, str] = Field(default={}, repr=False)
    former: str = ""


class Backup(BaseModel):
    """An env file as it was before its keys were moved: bytes in base64, mode, and the digest of what
    was left in its place ("" for nothing); `names` are the keys that came from it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    data: str = Field(repr=False)
    mode: int
    left: str = ""
    names: list[str] = []


class Backups(BaseModel):
    """All imports, the oldest first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    imports: list[list[Backup]] = []
