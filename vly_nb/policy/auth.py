"""Auth: whether a function finds out who calls it."""

from __future__ import annotations

import re

from vly_nb.policy.functions import Function, ctx_calls, within
from vly_nb.policy.source import Source, remembered

_ASKS = re.compile(
    r"(?:require|get|fetch|load|assert|ensure|check|verify|must|current|is|has|authenticate|authorize)\w*"
    r"(?:User|Auth|Identity|Admin|Owner|Member|Viewer|Session|SignedIn|LoggedIn|Me|Permission|Access|Role"
    r"|Signature|Webhook|Token|Secret)\w*|authenticate\w*|authorize\w*|signedIn\w*|viewer\w*"
)


@remembered
def _asking(source: Source) -> list[int]:
    """Offsets of the calls that ask who it is."""
    found = [call.node.range().start.index for call in ctx_calls(source, "auth.getUserIdentity")]
    for name, uses in source.names.items():
        if _ASKS.fullmatch(name):
            found += [use.range().start.index for use in uses]
    for name, uses in source.properties.items():
        if _ASKS.fullmatch(name) or name == "getUserIdentity":
            found += [use.range().start.index for use in uses]
    return found


def checks_who(source: Source, function: Function) -> bool:
    """Whether a handler, or a helper of the same file that it calls, asks who is signed in.

    A builder of the project (`authedMutation`) counts: it is there for that.
    """
    if function.custom:
        return True
    if function.handler is None:
        return False
    place = function.handler.range()
    if any(place.start.index <= at < place.end.index for at in _asking(source)):
        return True
    return any(
        within(call, function.handler) for name in _asking_helpers(source) for call in source.calls_of(name)
    )


@remembered
def _asking_helpers(source: Source) -> list[str]:
    """The functions of the file that ask who it is, by name."""
    found = []
    for node in source.nodes("function_declaration", "variable_declarator"):
        name = node.field("name")
        body = node if node.kind() == "function_declaration" else node.field("value")
        if name is None or body is None or body.kind() not in ("function_declaration", "arrow_function"):
            continue
        place = body.range()
        if any(place.start.index <= at < place.end.index for at in _asking(source)):
            found.append(name.text())
    return found
