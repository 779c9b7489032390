"""External calls: where code reaches out of the deployment, by `fetch` or by a service's client."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ast_grep_py import SgNode

from vly_nb.policy.functions import within
from vly_nb.policy.nesting import Places
from vly_nb.policy.source import Source, member, remembered, unwrapped

CLIENTS = re.compile(
    r"openai|@anthropic-ai/.*|@google/(?:genai|generative-ai)|@mistralai/.*|cohere-ai|groq-sdk|replicate|together-ai"
    r"|@ai-sdk/.*|ai|stripe|resend|@sendgrid/.*|twilio|postmark|mailgun.*|nodemailer|@slack/.*|@aws-sdk/.*"
    r"|googleapis|@octokit/.*|octokit|plaid|@supabase/supabase-js|@pinecone-database/.*|firecrawl|exa-js|tavily"
    r"|@vly-ai/integrations|@elevenlabs/.*|elevenlabs|@deepgram/.*|cloudinary|algoliasearch"
)
"""Packages that are a service's client."""

_HTTP = re.compile(r"axios|got|ky|node-fetch|undici|superagent|ofetch")
_VLY = re.compile(r"(?:^|/)vly-integrations(?:\.[jt]s)?$")
_VERBS = ("get", "post", "put", "patch", "delete", "request", "head")


@dataclass(frozen=True)
class ExternalCall:
    """A call that goes out; `what` is `fetch`, or the package."""

    node: SgNode
    what: str


@remembered
def external_calls(source: Source) -> list[ExternalCall]:
    """The external calls of a file, in the order of the text; a client's construction is none."""
    found = [ExternalCall(node, "fetch") for node in source.calls_of("fetch") if _is_global(source, node)]
    for local, imported in source.imports.items():
        if imported.type_only:
            continue
        if _HTTP.fullmatch(imported.module):
            found += [ExternalCall(node, imported.module) for node in source.calls_of(local)]
            found += [
                ExternalCall(call.node, imported.module)
                for call in source.calls(*_VERBS)
                if call.object.text() == local
            ]
        elif CLIENTS.fullmatch(imported.module) or _VLY.search(imported.module):
            found += _of_client(source, local, imported.module)
    return sorted(found, key=lambda call: call.node.range().start.index)


def _is_global(source: Source, call: SgNode) -> bool:
    called = call.field("function")
    return called is not None and source.scopes.find(called) is None and "fetch" not in source.imports


def _of_client(source: Source, local: str, package: str) -> Iterator[ExternalCall]:
    """Awaited or returned method calls on a client: `openai.chat.completions.create(…)`."""
    names = {local}
    for declarator in source.nodes("variable_declarator"):
        name, value = declarator.field("name"), declarator.field("value")
        made = unwrapped(value) if value is not None else None
        maker = (made.field("constructor") or made.field("function")) if made is not None else None
        if name is not None and name.kind() == "identifier" and maker is not None and maker.text() == local:
            names.add(name.text())
    for one in names:
        for use in source.names.get(one, ()):
            call = _call_on(use)
            if call is not None:
                yield ExternalCall(call, package)


def _call_on(use: SgNode) -> SgNode | None:
    """The call `use.a.b(…)` or `use(…)` that begins at a name."""
    node, above = use, use.parent()
    while above is not None and above.kind() in ("member_expression", "non_null_expression"):
        if above.kind() == "member_expression" and above.field("object") != node:
            return None
        node, above = above, above.parent()
    if above is None or above.kind() != "call_expression" or above.field("function") != node:
        return None
    return above if member(node) is not None or _waited_for(above) else None


def _waited_for(call: SgNode) -> bool:
    above = call.parent()
    return above is not None and above.kind() in ("await_expression", "return_statement")


def helpers_that(source: Source, calls: list[SgNode]) -> dict[str, SgNode]:
    """The top-level functions of a file, by name, in which one of these calls stands: one hop."""
    found, places = {}, Places(calls)
    for function in source.nodes("function_declaration"):
        name = function.field("name")
        if name is not None and places.any_in(function):
            found[name.text()] = function
    for declarator in source.nodes("variable_declarator"):
        name, value = declarator.field("name"), declarator.field("value")
        if name is None or value is None or value.kind() not in ("arrow_function", "function_expression"):
            continue
        if places.any_in(value):
            found[name.text()] = value
    return found


def calls_of_helper(source: Source, name: str, helper: SgNode) -> list[SgNode]:
    """Where a helper is called, itself left out."""
    found = []
    for call in source.calls_of(name):
        called = call.field("function")
        binding = source.scopes.find(called) if called is not None else None
        if binding is not None and binding.value == helper and not within(call, helper):
            found.append(call)
    return found
