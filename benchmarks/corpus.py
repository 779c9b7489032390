"""A project to lint, the same each time: the stack's template, grown.

Each further feature is the template's own (functions, seeds, page, components) under another
noun, with its table, its route and its line in the generated API; every fifth file is one of
the rules' examples, bad ones too. So there are no other people's files in here, and what
there is, is written as real apps are: 2 to 3 KB a file, like those we looked at.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path, PurePosixPath

from vly_nb.policy.examples import examples
from vly_nb.policy.rules import RULES
from vly_nb.stacks import convex_react

TEMPLATE = Path(convex_react.__file__).parent / "template"
FEATURE = (
    "src/convex/tasks.ts",
    "src/convex/seed.ts",
    "src/pages/Tasks.tsx",
    "src/components/TaskItem.tsx",
    "src/components/NewTaskForm.tsx",
    "src/components/EditTaskDialog.tsx",
    "src/components/TaskPreview.tsx",
)
NOUNS = (
    "Order", "Invoice", "Ticket", "Recipe", "Room", "Lesson", "Player", "Photo", "Trip", "Parcel", "Plant",
    "Shift", "Ledger", "Survey", "Badge", "Garden", "Choir", "Boat",
)  # fmt: skip
EXAMPLES_EVERY = 5


def write(root: Path, files: int) -> list[str]:
    """Make a project with this many TypeScript files of its own; their paths, sorted."""
    shutil.copytree(TEMPLATE, root, ignore=shutil.ignore_patterns("node_modules"))
    features, others = _features(), _examples()
    for number in range(1, files - len(scripts(root)) + 1):
        path, text = next(others) if number % EXAMPLES_EVERY == 0 else next(features)
        place = root / path
        place.write_text(text)
        if path.startswith("src/pages/") and number % EXAMPLES_EVERY:
            _wire(root, place.stem)
    return scripts(root)


def scripts(root: Path) -> list[str]:
    """The project's TypeScript files, generated ones left out."""
    found = (place.relative_to(root).as_posix() for place in root.rglob("*.ts*"))
    return sorted(
        p for p in found if p.endswith((".ts", ".tsx")) and not re.search(r"_generated/|\.d\.ts$", p)
    )


def _features() -> Iterator[tuple[str, str]]:
    texts = {path: (TEMPLATE / path).read_text() for path in FEATURE}
    for number, noun in enumerate(cycle(NOUNS)):
        name = noun if number < len(NOUNS) else f"{noun}{number // len(NOUNS)}"
        for path, text in texts.items():
            yield _renamed(path, name), _renamed(text, name)


def _renamed(text: str, noun: str) -> str:
    """`tasks` as `orders`, `Task` as `Order`, and the seeds in a file of their own."""
    text = re.sub(r"(?<=/)seed\b", f"seed{noun}s", text)
    return text.replace("Task", noun).replace("task", noun[0].lower() + noun[1:])


def _wire(root: Path, page: str) -> None:
    """Put a page's route, its table and its modules where the app looks for them."""
    name = page[0].lower() + page[1:]
    schema = '{\n    userId: v.id("users"),\n    title: v.string(),\n    notes: v.string(),\n'
    schema += "    priority: priorityValidator,\n    isDone: v.boolean(),\n  }"
    table = f'  {name}: defineTable({schema}).index("by_userId_and_isDone", ["userId", "isDone"]),\n'
    _before(root / "src/convex/schema.ts", "});\n", table, last=True)
    _before(root / "src/main.tsx", "import { Convex", f'import {page} from "@/pages/{page}";\n')
    route = f'<Route path="/{name}" element={{<RequireAuth><{page} /></RequireAuth>}} />\n      '
    _before(root / "src/main.tsx", '<Route path="*"', route)
    api = root / "src/convex/_generated/api.d.ts"
    _before(api, "\nimport type {\n", f'import type * as {name} from "../{name}.js";\n')
    _before(api, "}>;\n", f"  {name}: typeof {name};\n")


def _before(place: Path, mark: str, more: str, *, last: bool = False) -> None:
    text = place.read_text()
    at = text.rindex(mark) if last else text.index(mark)
    place.write_text(text[:at] + more + text[at:])


def _examples() -> Iterator[tuple[str, str]]:
    """One example of each rule about functions, pages and components, then the next of each."""
    every = [(rule.id, example) for rule in RULES for example in enumerate(examples(rule.page))]
    for name, (number, example) in sorted(every, key=lambda one: one[1][0]):
        place = PurePosixPath(example.path)
        if place.parent.as_posix() in ("src/convex", "src/pages", "src/components") and (
            place.stem not in ("http", "crons", "schema", "auth", "auth.config")
        ):
            word = "".join(part.capitalize() for part in name.split("-"))
            yield place.with_stem(f"{place.stem}{word}{number}").as_posix(), example.code
