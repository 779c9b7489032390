"""Web search and fetch: the provider's own server tools, where the endpoint is the provider's."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

NO_WEB = "Web search is left out: this endpoint doesn't offer it (set VLY_NB_WEB=1 if it does)."


def has_web(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the endpoint runs server tools: the provider's does, others must be said to."""
    said = environ.get("VLY_NB_WEB", "")
    return said == "1" if said else not environ.get("ANTHROPIC_BASE_URL")


def web_tools(domains: Sequence[str] = ()) -> list[Mapping[str, Any]]:
    """What the model is sent of them, limited to some domains if any are named.

    Ids: anthropic SDK 2.12, `types/web_search_tool_20260318_param.py` and its sibling.
    `direct` keeps results in the reply, where their sources can be shown.
    """
    limits: dict[str, Any] = {"max_uses": 8, "allowed_callers": ["direct"]}
    if domains:
        limits["allowed_domains"] = list(domains)
    return [
        {"type": "web_search_20260318", "name": "web_search", **limits},
        {"type": "web_fetch_20260318", "name": "web_fetch", **limits},
    ]
