"""Secrets in code: what a key looks like, where a program reads one, and where its value goes.

For the rules; what must never leave the machine is found and hidden elsewhere, by value.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ast_grep_py import SgNode

from vly_nb.policy.functions import within
from vly_nb.policy.source import Source, member, unwrapped

JWT_KEYS = ("JWT_PRIVATE_KEY", "JWKS")
"""The keys that log people in, which the system makes and nobody else touches."""

_SHAPES = re.compile(
    r"""
    -----BEGIN\ (?:[A-Z]+\ )*PRIVATE\ KEY-----
    | \bsk-(?:proj-|ant-|or-v1-)?[A-Za-z0-9_-]{20,}    # OpenAI, Anthropic, OpenRouter
    | \b[sr]k_live_[A-Za-z0-9]{16,}                    # Stripe
    | \bsk_test_[A-Za-z0-9]{20,}
    | \bwhsec_[A-Za-z0-9+/=]{20,}
    | \bAIza[0-9A-Za-z_-]{35}                          # Google
    | \bgh[pousr]_[A-Za-z0-9]{36,} | \bgithub_pat_\w{50,}
    | \bglpat-[A-Za-z0-9_-]{20,}
    | \bxox[abposr]-[A-Za-z0-9-]{10,}                  # Slack
    | \b(?:AKIA|ASIA)[0-9A-Z]{16}\b                    # AWS
    | \bre_[A-Za-z0-9]{8,}_[A-Za-z0-9]{16,}            # Resend
    | \bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}     # SendGrid
    | \bkey-[0-9a-f]{32}\b                             # Mailgun
    | \b(?:prod|dev|preview):[a-z]+-[a-z]+-\d+\|[A-Za-z0-9+/=]{20,}   # Convex
    """,
    re.X,
)
# One of these is in each of them; to look for plain texts first is ten times as fast.
_MARKS = (
    "PRIVATE KEY", "sk-", "k_live_", "sk_test_", "whsec_", "AIza", "ghp_", "gho_", "ghu_", "ghs_", "ghr_",
    "github_pat_", "glpat-", "xox", "AKIA", "ASIA", "re_", "SG.", "key-", "prod:", "dev:", "preview:",
)  # fmt: skip
_MADE_UP = re.compile(
    r"x{4,}|\.{3}|…|\*{3}|<[^>]+>|your|example|placeholder|dummy|fake|sample|changeme|1234567", re.I
)
_ENDS = ("DB", "INDEX")


def looks_like_a_secret(text: str) -> bool:
    """Whether a provider's key, or a private key, is in a text; a made-up one (`sk_test_xxx`) isn't."""
    for mark in _MARKS:
        if mark in text:
            break
    else:
        return False
    found = _SHAPES.search(text)
    return found is not None and _MADE_UP.search(found[0]) is None


def is_random(text: str) -> bool:
    """Whether a text of some length has the disorder of a key (over 3.5 bits a character)."""
    counts = Counter(text)
    bits = -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values()) if text else 0.0
    return bits > 3.5


@dataclass(frozen=True)
class Read:
    """A place where the environment is read: the whole expression, and the variable's name."""

    node: SgNode
    name: str


def environment(source: Source) -> Iterator[Read]:
    """`process.env.NAME`, `process.env["NAME"]`, `env.NAME` with `env` from process, `const { NAME } = …`."""
    for node in (*source.properties.get("env", ()),):
        whole = node.parent()
        target = whole.field("object") if whole is not None and whole.kind() == "member_expression" else None
        if whole is None or target is None or target.text() != "process":
            continue
        above = whole.parent()
        while above is not None and above.kind() in ("non_null_expression", "parenthesized_expression"):
            whole, above = above, above.parent()
        step = member(above) if above is not None and above.field("object") == whole else None
        if above is not None and step is not None:
            yield Read(above, step[1])
        elif above is not None and above.kind() == "variable_declarator":
            yield from _taken(source, above)


def _taken(source: Source, declarator: SgNode) -> Iterator[Read]:
    """`const { A, B: b } = process.env` and the uses of `env` in `const env = process.env`."""
    pattern = declarator.field("name")
    if pattern is None:
        return
    if pattern.kind() == "identifier":
        for use in source.names.get(pattern.text(), ()):
            above = use.parent()
            step = member(above) if above is not None and above.field("object") == use else None
            if above is not None and step is not None:
                yield Read(above, step[1])
        return
    for part in pattern.named_children():
        key = part.field("key") or part.field("left") or part
        yield Read(part, key.text())


@dataclass(frozen=True)
class Sink:
    """A place that gives a value away, and how that is put in words."""

    node: SgNode
    words: str


def sinks(source: Source) -> Iterator[Sink]:
    """What is logged, returned, thrown or sent as a Response, in a file."""
    for call in source.calls("log", "info", "warn", "error", "debug"):
        if call.object.text() == "console":
            yield Sink(call.node, "logs")
    for node in source.nodes("return_statement"):
        yield Sink(node, "returns")
    for node in source.nodes("throw_statement"):
        yield Sink(node, "throws")
    for node in source.nodes("new_expression"):
        made = node.field("constructor")
        if made is not None and made.text() == "Response":
            yield Sink(node, "sends")
    for node in source.nodes("arrow_function"):
        body = node.field("body")
        if body is not None and body.kind() != "statement_block":
            yield Sink(body, "returns")


def aliases(source: Source, read: Read) -> list[SgNode]:
    """The places where the value of a read stands: itself, and the names it was given, one hop."""
    places = [read.node]
    holder = _declarator(read.node)
    name = holder.field("name") if holder is not None else None
    if name is None:
        return places
    local = name.text() if name.kind() == "identifier" else _local(read.node)
    target = next((n for n in source.names.get(local, ()) if within(n, name)), None)
    binding = source.scopes.find(target) if target is not None else None
    for use in source.names.get(local, ()):
        if not within(use, name) and (binding is None or source.scopes.find(use) is binding):
            places.append(use)
    shorthand = source.nodes("shorthand_property_identifier")
    places += [use for use in shorthand if use.text() == local]
    return places


def _local(part: SgNode) -> str:
    value = part.field("value") or part.field("left") or part
    return value.text()


def _declarator(node: SgNode) -> SgNode | None:
    """The declaration whose value this is, or in whose pattern it stands."""
    above = node.parent()
    while above is not None and above.kind() in (
        "non_null_expression", "parenthesized_expression", "as_expression", "object_pattern", "pair_pattern",
        "object_assignment_pattern", "binary_expression",
    ):  # fmt: skip
        above = above.parent()
    return above if above is not None and above.kind() == "variable_declarator" else None


def gives_value(place: SgNode, sink: SgNode) -> bool:
    """Whether the value itself reaches the sink: not a test of it, nor what a call makes of it."""
    node, above = place, place.parent()
    while above is not None and node != sink:
        kind = above.kind()
        if kind == "unary_expression" and not above.text().startswith(("+", "-")):
            return False  # !key, !!key, typeof key
        if kind == "binary_expression":
            sign = above.field("operator")
            if sign is not None and sign.text() not in ("+", "??", "||", "&&"):
                return False  # key === undefined
            if sign is not None and sign.text() == "&&" and above.field("left") == node:
                return False
        if kind in ("ternary_expression", "if_statement") and above.field("condition") == node:
            return False
        if kind in ("call_expression", "new_expression") and above != sink and not _passes(above):
            return False  # fetch(url, key), stripe(key): its result, not the key
        if kind in ("arrow_function", "function_expression", "function_declaration") and above != sink:
            return False
        node, above = above, above.parent()
    return node == sink


def _passes(call: SgNode) -> bool:
    """Calls whose result still is the value."""
    called = call.field("function") or call.field("constructor")
    text = called.text() if called is not None else ""
    step = member(unwrapped(called)) if called is not None else None
    names = (
        "String",
        "JSON.stringify",
        "JSON.parse",
        "Error",
        "ConvexError",
        "Response",
        "Response.json",
        "btoa",
    )
    return text in names or (step is not None and step[1] in _KEEPING)


_MAKING = (
    "String", "JSON.stringify", "JSON.parse", "Error", "ConvexError", "Response", "Response.json", "btoa"
)  # fmt: skip
_KEEPING = ("toString", "trim", "slice", "substring", "replace", "concat", "join", "split", "json")
