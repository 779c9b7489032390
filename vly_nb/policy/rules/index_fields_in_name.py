"""Name an index after its fields: `by_project_and_done`.

Who reads `withIndex("by_project_and_done", …)` then knows which fields it takes and in which
order, without opening the schema.

Bad

```ts path=src/convex/schema.ts severity=warning
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  tasks: defineTable({ projectId: v.id("projects"), done: v.boolean(), rank: v.number() })
    .index("main", ["projectId", "done"])
    .index("by_project", ["projectId", "rank"]),
});
```

```ts path=src/convex/schema.ts severity=warning
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  users: defineTable({ score: v.number() }).index("top", ["score"]),
});
```

Good

```ts path=src/convex/schema.ts
import { authTables } from "@convex-dev/auth/server";
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  ...authTables,
  // Convex Auth asks for its indexes by these very names
  users: defineTable({ email: v.string(), phone: v.string() })
    .index("email", ["email"])
    .index("phone", ["phone"]),
  // usual short forms, and a part of a field's name
  tasks: defineTable({
    workspaceId: v.id("workspaces"),
    createdAt: v.number(),
    dateKey: v.string(),
    assignedTo: v.string(),
  })
    .index("by_workspace", ["workspaceId"])
    .index("by_created_at", ["createdAt"])
    .index("by_date", ["dateKey"])
    .index("byAssigned", ["assignedTo"])
    .index("by_workspace_and_time", ["workspaceId", "createdAt"]),
});
```

```ts path=src/convex/schema.ts
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

const FIELDS = Object.keys({ a: 1 });
export default defineSchema({
  rows: defineTable({ isOpen: v.boolean() }).index("by_open", ["isOpen"]).index("by_all", FIELDS as any),
});
```

```ts path=src/convex/tables/events.ts
import { defineTable } from "convex/server";
import { v } from "convex/values";

// a name of at most 64 characters can't hold them all
const FIELDS = ["organizationName", "applicationDeadline", "eventCategory", "continent"];
export const events = defineTable({ organizationName: v.string() }).index("by_all", FIELDS);
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.schema import tables
from vly_nb.policy.source import Source

_AUTH = (
    "users",
    "authSessions",
    "authAccounts",
    "authRefreshTokens",
    "authVerificationCodes",
    "authRateLimits",
)
_TIMES = ("time", "date", "day", "recent", "newest", "latest", "created", "updated")
_LONGEST = 64  # characters in an index's name
_SHORT = ("id", "at", "is", "has", "the", "by", "to")


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Indexes whose names say nothing of one of their fields."""
    for table in tables(source):
        for index in table.indexes:
            if index.kind != "index" or index.name is None or not index.fields:
                continue
            if table.name in _AUTH and index.name.lower() in {field.lower() for field in index.fields}:
                continue
            missing = [field for field in index.fields if not _said(field, index.name)]
            if missing:
                better = "by_" + "_and_".join(_snake(field) for field in index.fields)
                if len(better) <= _LONGEST:
                    yield Finding(index.at, f'Name it after its fields: "{better}".')


def _said(field: str, name: str) -> bool:
    """Whether one of a field's words, or a good part of one, is in the name."""
    squeezed, plain = (re.sub(r"[^a-z0-9]", "", text.lower()) for text in (name, field))
    words = [word for word in _snake(field).split("_") if word not in _SHORT] or [plain]
    if plain in squeezed or any(word in squeezed for word in words):
        return True
    said = [word for word in _snake(name).split("_") if len(word) > 2 and word != "and"]
    is_time = re.search(r"(At|_at|Time|time|Date|date|_on)$", field) is not None
    return any(word in plain or (is_time and word in _TIMES) for word in said)


def _snake(field: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", field).replace(".", "_").lower()


RULE = Rule(
    id="index-fields-in-name",
    area="convex-schema",
    severity=Severity.WARNING,
    scope=("<fn>/**/*.ts",),
    needs=("defineTable",),
    message="Name it by_<field1>_and_<field2>.",
    check=check,
    page=__doc__,
)
