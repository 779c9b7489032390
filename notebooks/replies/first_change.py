"""The model's half of 01-first-change, written by hand: `make tapes` records the tape from it."""

from __future__ import annotations

from itertools import count
from typing import Any

Block = dict[str, Any]
numbers = count(1)


def call(name: str, **arguments: Any) -> Block:
    return {
        "type": "tool_use",
        "id": f"toolu_first_change_{next(numbers):02}",
        "name": name,
        "input": arguments,
    }


def view(path: str) -> Block:
    return call("str_replace_based_edit_tool", command="view", path=path)


def replace(path: str, old: str, new: str) -> Block:
    return call("str_replace_based_edit_tool", command="str_replace", path=path, old_str=old, new_str=new)


def say(words: str, *calls: Block) -> list[Block]:
    return [{"type": "text", "text": words}, *calls]


LANDING = "src/pages/Landing.tsx"
TASKS = "src/convex/tasks.ts"
SCHEMA = "src/convex/schema.ts"
PAGE = "src/pages/Tasks.tsx"

BEFORE_CREATE = """\
export const create = mutation({
  args: {
    title: v.string(),
"""

COUNT = """\
/** How many open tasks of the signed-in person are urgent. */
export const urgentCount = query({
  args: {},
  handler: async (ctx): Promise<number> => {
    const userId = await getAuthUserId(ctx);
    if (userId === null) {
      return 0;
    }
    const urgent = await ctx.db
      .query("tasks")
"""

BY_FILTER = """\
      .filter((q) => q.eq(q.field("priority"), "high"))
      .collect();
    return urgent.length;
  },
});

"""

BY_INDEX = """\
      .withIndex("by_userId_and_isDone_and_priority", (q) =>
        q.eq("userId", userId).eq("isDone", false).eq("priority", "high"),
      )
      .take(MAX_OPEN);
    return urgent.length;
  },
});

"""

REPLIES: list[list[Block]] = [
    # 1. the headline and the button
    say("I read the landing page first.", view(LANDING)),
    say(
        "The landing page gets its new headline and button.",
        replace(LANDING, 'headline: "Get it off your mind."', 'headline: "Everything you meant to do."'),
        replace(LANDING, 'callToAction: "Start your list"', 'callToAction: "Start today"'),
    ),
    say(
        "The landing page now says “Everything you meant to do.”, and its button “Start today”. Look at the "
        "top of the first page."
    ),
    # 2. urgent tasks, one cell a step
    say("I read how tasks are stored and shown.", view(TASKS), view(SCHEMA), view(PAGE)),
    say(
        "The server counts urgent tasks.",
        replace(TASKS, BEFORE_CREATE, COUNT + BY_FILTER + BEFORE_CREATE),
    ),
    say(
        "The server counts urgent tasks through an index, as the stack asks.",
        replace(
            SCHEMA,
            '.index("by_userId_and_isDone", ["userId", "isDone"])',
            '\n    .index("by_userId_and_isDone", ["userId", "isDone"])\n'
            '    .index("by_userId_and_isDone_and_priority", ["userId", "isDone", "priority"])',
        ),
        replace(TASKS, BEFORE_CREATE, COUNT + BY_INDEX + BEFORE_CREATE),
    ),
    say(
        "The page shows the number of urgent tasks.",
        replace(
            PAGE,
            "  const tasks = useQuery(api.tasks.list);\n",
            "  const tasks = useQuery(api.tasks.list);\n  const urgent = useQuery(api.tasks.urgentCount);\n",
        ),
        replace(
            PAGE,
            '        <p className="mt-1 mb-7 text-muted-foreground">{summary(tasks?.open)}</p>\n',
            '        <p className="mt-1 mb-7 text-muted-foreground">\n'
            "          {summary(tasks?.open)}\n"
            "          {urgent > 0 ? ` ${urgent} of them urgent.` : null}\n"
            "        </p>\n",
        ),
    ),
    say(
        "While the number is still on its way, the page leaves it out.",
        replace(PAGE, "{urgent > 0 ?", "{urgent !== undefined && urgent > 0 ?"),
    ),
    say(
        "The list now says how many of your open tasks are urgent, above the form on the Tasks page. The "
        "count comes from the server and stays current by itself."
    ),
    # 3. something to take back
    say(
        "The headline is in capitals.",
        replace(
            LANDING, 'headline: "Everything you meant to do."', 'headline: "EVERYTHING YOU MEANT TO DO!"'
        ),
    ),
    say("The headline now shouts. If that is too much, `%vly undo` takes it back."),
]
