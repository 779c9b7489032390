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

URGENT = """\
/** The titles of the signed-in person's urgent tasks, oldest first. */
export const urgent = query({
  args: {},
  handler: async (ctx): Promise<string[]> => {
    const userId = await getAuthUserId(ctx);
    if (userId === null) {
      return [];
    }
    const tasks = await ctx.db
      .query("tasks")
"""

BY_FILTER = """\
      .filter((q) => q.eq(q.field("priority"), "high"))
      .collect();
    return tasks.map((task) => task.title);
  },
});

"""

BY_INDEX = """\
      .withIndex("by_userId_and_priority_and_isDone", (q) =>
        q.eq("userId", userId).eq("priority", "high").eq("isDone", false),
      )
      .take(MAX_URGENT);
    return tasks.map((task) => task.title);
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
        "The server lists urgent tasks.",
        replace(TASKS, BEFORE_CREATE, URGENT + BY_FILTER + BEFORE_CREATE),
    ),
    say(
        "The server lists urgent tasks through an index, as the stack asks.",
        replace(
            SCHEMA,
            '.index("by_userId_and_isDone", ["userId", "isDone"])',
            '\n    .index("by_userId_and_isDone", ["userId", "isDone"])\n'
            '    .index("by_userId_and_priority_and_isDone", ["userId", "priority", "isDone"])',
        ),
        replace(TASKS, "const MAX_DONE = 50;\n", "const MAX_DONE = 50;\nconst MAX_URGENT = 5;\n"),
        replace(TASKS, BEFORE_CREATE, URGENT + BY_INDEX + BEFORE_CREATE),
    ),
    say(
        "The page names the urgent tasks.",
        replace(
            PAGE,
            "  const tasks = useQuery(api.tasks.list);\n",
            "  const tasks = useQuery(api.tasks.list);\n  const urgent = useQuery(api.tasks.urgent);\n",
        ),
        replace(
            PAGE,
            '        <p className="mt-1 mb-7 text-muted-foreground">{summary(tasks?.open)}</p>\n',
            '        <p className="mt-1 mb-7 text-muted-foreground">\n'
            "          {summary(tasks?.open)}\n"
            '          {urgent.length > 0 ? ` Urgent: ${urgent.join(", ")}.` : null}\n'
            "        </p>\n",
        ),
    ),
    say(
        "While the answer is still on its way, the page leaves it out.",
        replace(PAGE, "{urgent.length > 0 ?", "{urgent !== undefined && urgent.length > 0 ?"),
    ),
    say(
        "The Tasks page now names your urgent tasks above the form, the five oldest at most. The list comes "
        "from the server and stays current by itself."
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
