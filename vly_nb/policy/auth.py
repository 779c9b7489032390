"""Auth: whether a function finds out who calls it."""

from __future__ import annotations

import re

from ast_grep_py import SgNode

from vly_nb.policy.functions import Function, ctx_calls
from vly_nb.policy.nesting import Places
from vly_nb.policy.source import Source, remembered

_ASKS = re.compile(
    r"(?:require|get|fetch|load|assert|ensure|check|verify|must|current|is|has|authenticate|authorize)\w*"
    r"(?:User|Auth|Identity|Admin|Owner|Member|Viewer|Session|SignedIn|LoggedIn|Me|Permission|Access|Role"
    r"|Signature|Webhook|Token|Secret)\w*|authenticate\w*|authorize\w*|signedIn\w*|viewer\w*"
)


@remembered
def _asking(source: Source) -> Places:
    """Where it is asked who it is."""
    found = [call.node for call in ctx_calls(source, "auth.getUserIdentity")]
    for name, uses in source.names.items():
        if _ASKS.fullmatch(name):
            found += uses
    for name, uses in source.properties.items():
        if _ASKS.fullmatch(name) or name == "getUserIdentity":
            found += uses
    return Places(found)


def checks_who(source: Source, function: Function) -> bool:
    """Whether a handler, or a helper of the same file that it calls, asks who is signed in.

    A builder of the project (`authedMutation`) counts: it is there for that.
    """
    if function.custom:
        return True
    if function.handler is None:
        return False
    return _asking(source).any_in(function.handler) or _through_helpers(source).any_in(function.handler)


@remembered
def _through_helpers(source: Source) -> Places:
    """The calls of the file's own functions that ask who it is."""
    found: list[SgNode] = []
    for node in source.nodes("function_declaration", "variable_declarator"):
        name = node.field("name")
        body = node if node.kind() == "function_declaration" else node.field("value")
        if name is None or body is None or body.kind() not in ("function_declaration", "arrow_function"):
            continue
        if _asking(source).any_in(body):
            found += source.calls_of(name.text())
    return Places(found)
