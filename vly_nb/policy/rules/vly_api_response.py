"""Look whether a call of vly has succeeded before using what it brought.

vly doesn't throw when a call fails. Each gives `{ success, data, error }`, and `data` is there
only when `success` is true: `result.data.choices` fails at the first hiccup of the service, and
`result.choices` is never there. Write `if (!result.success || !result.data)`, and say what
happens then.

The package has `vly.ai` (completions) and `vly.email`. There are no payments in it, and its
embeddings don't work: use a payment service's own package, and an AI provider's embeddings.

Bad

```ts path=src/convex/ai.ts severity=warning
"use node";

import { vly } from "../lib/vly-integrations";

export async function answer() {
  const result = await vly.ai.completion({ messages: [] });
  return result.data.choices[0].message.content;
}

export async function wrong() {
  const response = await vly.ai.completion({ messages: [] });
  if (response.success) return response.choices[0].message.content;
  return (await vly.ai.completion({ messages: [] })).data!.choices;
}

export async function sent() {
  const mail = await vly.email.send({ to: "a@example.org", subject: "Hello" });
  return mail.data!.id;
}
```

```ts path=src/convex/shop.ts severity=warning
"use node";

import { vly } from "@/lib/vly-integrations";

export const buy = async () => await vly.payments.createCheckout({ amount: 100 });
export const vectors = async () => await vly.ai.embeddings("text");
```

Good

```ts path=src/convex/ai.ts
"use node";

import { vly } from "../lib/vly-integrations";
import { assertFine } from "./checks";

export async function answer() {
  const result = await vly.ai.completion({ messages: [] });
  if (!result.success || !result.data) throw new Error(result.error ?? "No answer");
  return result.data.choices[0].message.content;
}

export async function checked() {
  const result = await vly.ai.completion({ messages: [] });
  const { success, data } = await vly.ai.completion({ messages: [] });
  if (success) console.log(data!.choices);
  return result.success ? result.data!.choices : (await vly.ai.completion({ messages: [] })).data?.choices;
}

export async function handed() {
  const result = await vly.ai.completion({ messages: [] });
  assertFine(result);
  return result.data!.choices;
}

export async function raw() {
  return await vly.ai.completion({ messages: [] });
}
```

```ts path=src/convex/openai.ts
"use node";

import OpenAI from "openai";
import { vly } from "./valleys";

// other clients answer otherwise
const openai = new OpenAI();
export async function answer() {
  const result = await openai.chat.completions.create({ model: "gpt-4o", messages: [] });
  const other = await vly.ai.completion({ messages: [] });
  return [result.choices, other.choices, await openai.embeddings.create({ model: "m", input: "text" })];
}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.nullness import awaited, is_asked_about, taken_for_granted, uses
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, member
from vly_nb.policy.vly_client import VlyCall, vly_calls

_INSTEAD = "A call of vly may fail: check result.success && result.data before using result.data."
_NOT_THERE = (
    "The answer is in result.data: use result.data.choices, once result.success && result.data is checked."
)
_PAYMENTS = "vly has no payments: use a payment service's own package, in a Convex action."
_EMBEDDINGS = "vly's embeddings don't work: use an AI provider's own embeddings."


def check(source: Source, context: Context) -> Iterator[Finding]:
    """What the package doesn't have, and answers that are taken for granted."""
    for call in vly_calls(source):
        if call.names[0] == "payments":
            yield Finding(call.node, _PAYMENTS)
        elif call.names[-1] == "embeddings":
            yield Finding(call.node, _EMBEDDINGS)
        else:
            yield from _answer(source, call)


def _answer(source: Source, call: VlyCall) -> Iterator[Finding]:
    value = awaited(call.node)
    if value is None:
        return
    yield from _used(source, [value])
    above = value.parent()
    name = above.field("name") if above is not None and above.kind() == "variable_declarator" else None
    binding = source.scopes.find(name) if name is not None and name.kind() == "identifier" else None
    if binding is not None and not binding.assigned:
        yield from _used(source, uses(source, binding))


def _used(source: Source, places: list[SgNode]) -> Iterator[Finding]:
    """What is read of an answer: `places` are all the uses of one."""
    reads = [read for place in places if (read := _read(place)) is not None]
    wrong = next((node for node, name in reads if name == "choices"), None)
    if wrong is not None:
        yield Finding(wrong, _NOT_THERE)
    if any(_is_passed_on(place) for place in places):
        return
    asked = any(
        name == "success" or (name in ("data", "error") and is_asked_about(node)) for node, name in reads
    )
    granted = [taken_for_granted(node) for node, name in reads if name == "data"]
    first = next((node for node in granted if node is not None), None)
    if first is not None and not asked:
        yield Finding(first)


def _is_passed_on(place: SgNode) -> bool:
    """Whether a function is given the answer, which may look at it; the console doesn't."""
    above = place.parent()
    call = above.parent() if above is not None and above.kind() == "arguments" else None
    called = call.field("function") if call is not None else None
    return called is not None and not called.text().startswith("console.")


def _read(place: SgNode) -> tuple[SgNode, str] | None:
    """(`result.data`, "data") round a use of the answer."""
    above = place.parent()
    while above is not None and above.kind() in ("parenthesized_expression", "non_null_expression"):
        place, above = above, above.parent()
    step = member(above) if above is not None and above.field("object") == place else None
    return (above, step[1]) if above is not None and step is not None else None


RULE = Rule(
    id="vly-api-response",
    area="integrations",
    severity=Severity.WARNING,
    scope=("<fn>/**/*.ts",),
    needs=("vly-integrations", "@vly-ai/integrations"),
    message=_INSTEAD,
    check=check,
    page=__doc__,
)
