"""Write maxTokens in what vly.ai is asked, and a temperature between 0 and 2.

vly.ai names its options in its own way: `model`, `messages`, `temperature`, `maxTokens`. An
option by another name, like OpenAI's `max_tokens`, is passed over without a word: the answer may
then be as long, and as costly, as the model likes. A temperature above 2 is refused.

Bad

```ts path=src/convex/ai.ts severity=error
"use node";

import { vly } from "../lib/vly-integrations";

const max_tokens = 200;
const OPTIONS = { messages: [], max_completion_tokens: 100 };

export const answer = () => vly.ai.completion({ model: "gpt-5", messages: [], max_tokens: 150 });
export const again = () => vly.ai.completion({ messages: [], max_tokens });
export const other = () => vly.ai.completion(OPTIONS);
```

```ts path=src/convex/chat.ts severity=error
"use node";

import { createVlyIntegrations } from "@vly-ai/integrations";

const { ai } = createVlyIntegrations({ deploymentToken: process.env.VLY_INTEGRATION_KEY! });
const client = createVlyIntegrations({ deploymentToken: process.env.VLY_INTEGRATION_KEY! });
const talk = client.ai;

export const stream = () => talk.streamCompletion({ messages: [], temperature: 20 }, () => {});
export const short = () => client.ai.completion({ messages: [], "max_tokens": 10, temperature: -1 });
```

Good

```ts path=src/convex/ai.ts
"use node";

import { vly } from "../lib/vly-integrations";

export const answer = () =>
  vly.ai.completion({ model: "gpt-5", messages: [], maxTokens: 150, temperature: 2 });
```

```ts path=src/convex/openai.ts
"use node";

import OpenAI from "openai";
import { vly } from "../lib/vly-integrations";

// max_tokens is right for OpenAI's own client
const openai = new OpenAI();
export const answer = () =>
  openai.chat.completions.create({ model: "gpt-4o", messages: [], max_tokens: 150 });
export const both = (options: any) =>
  vly.ai.completion({ ...options, maxTokens: 10, metadata: { max_tokens: 1 } });
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity, TextEdit
from vly_nb.policy.constants import constant, fixed_value, pairs
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, unquoted, unwrapped
from vly_nb.policy.vly_client import vly_calls

_WRONG = ("max_tokens", "max_completion_tokens", "max_output_tokens", "maxOutputTokens")
_HOTTEST = 2


def check(source: Source, context: Context) -> Iterator[Finding]:
    """The options of every call on vly.ai."""
    said: set[int] = set()
    for call in vly_calls(source):
        if call.names[:1] not in (("ai",), ("completion",)) or not call.arguments:
            continue
        held = fixed_value(source, call.arguments[0])
        options = held if held is not None else unwrapped(call.arguments[0])
        if options.kind() != "object" or options.range().start.index in said:
            continue
        said.add(options.range().start.index)
        yield from _options(source, options)


def _options(source: Source, options: SgNode) -> Iterator[Finding]:
    known = pairs(options)
    for part in options.named_children():
        key = part.field("key") or part
        name = unquoted(key) or key.text()
        if part.kind() not in ("pair", "shorthand_property_identifier"):
            continue
        if name in _WRONG:
            text = f"maxTokens: {name}" if part.kind() != "pair" else "maxTokens"
            fix = () if "maxTokens" in known else (TextEdit(source.range(key), text),)
            yield Finding(
                key, f"vly.ai doesn't know {name}, and passes over it: use maxTokens.", code=part, fix=fix
            )
    temperature = constant(source, known["temperature"]) if "temperature" in known else None
    if isinstance(temperature, float) and not 0 <= temperature <= _HOTTEST:
        yield Finding(known["temperature"], "The temperature must be between 0 and 2; 0.7 is usual.")


RULE = Rule(
    id="vly-max-tokens",
    area="integrations",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("vly-integrations", "@vly-ai/integrations"),
    message="Use maxTokens.",
    check=check,
    page=__doc__,
)
