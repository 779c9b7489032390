"""Print docs/rules/*.md from the rules and the catalogue; `--check` only says whether they are stale.

    python scripts/docs_rules.py [--check]

Exit code 0: written, or up to date; 1: stale.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from vly_nb.agent.prompt import WHO
from vly_nb.policy.catalogue import Entry, catalogue
from vly_nb.policy.pages import page
from vly_nb.policy.prompts import PROMPT_RULES
from vly_nb.policy.rules import RULES
from vly_nb.stacks.convex_react.guide import guide, title

FOLDER = Path(__file__).parent.parent / "docs" / "rules"
TITLES = {rule.id: title(rule) for rule in RULES}
PROMPT = f"{WHO}\n{guide('src/convex')}"
ABOUT = """\
# Rules

Printed by `scripts/docs_rules.py` from `vly_nb/policy/`; don't edit.

{count} rules of the stack, and where each one lives. A *lint* rule is code over the syntax tree and has
a page of its own; a *guard* sits in a tool or a gate; a *prompt* rule is words in the prompt.

`<fn>` is the functions folder that `convex.json` names. Errors count where a change touches a line or
brings them in; what was there before is debt. A person can allow one place:
`// vly-allow RULE: reason`, confirmed once.
"""
HEADS = {
    "lint": ("Lint rules", "what"),
    "guard": ("Guards", "where"),
    "prompt": ("Prompt rules", "where"),
}


def index() -> str:
    """The list of all rules."""
    entries = catalogue().entries
    parts = [ABOUT.format(count=len(entries))]
    for kind, (head, column) in HEADS.items():
        rows = "\n".join(
            row(entry) for entry in sorted(entries, key=lambda one: one.id) if entry.kind == kind
        )
        parts.append(f"## {head}\n\n| rule | area | severity | {column} |\n|---|---|---|---|\n{rows}\n")
    return "\n".join(parts)


def row(entry: Entry) -> str:
    """One rule's line."""
    name = f"[{entry.id}]({entry.id}.md)" if entry.kind == "lint" else entry.id
    return f"| {name} | {entry.area} | {entry.severity} | {where(entry)} |"


def where(entry: Entry) -> str:
    """A lint rule's title; where a guard or a prompt rule lives, or whose it will be."""
    if entry.kind == "lint":
        return TITLES[entry.id]
    if entry.kind == "prompt":
        words = next(one.words for one in PROMPT_RULES if one.id == entry.id)
        heads = re.findall(r"^#+ (.+)$", PROMPT[: PROMPT.index(words)], re.M)
        return f"the prompt, under “{heads[-1]}”"
    owner = catalogue().owners[entry.owner]
    links = ", ".join(map(link, entry.places))
    return links if owner.landed else f"{links + '; ' if links else ''}to come with {owner.what}"


def link(place: str) -> str:
    """`module:object` as a link to the module's file."""
    module, _, name = place.partition(":")
    return f"[`{name}`](../../{module.replace('.', '/')}.py)"


def main(arguments: list[str] | None = None) -> int:
    """Write the pages, or check them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 when stale")
    check = parser.parse_args(arguments).check
    wanted = {"index.md": index()} | {f"{rule.id}.md": page(rule) for rule in RULES}
    there = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.md")}
    stale = sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))
    if check:
        for name in stale:
            print(f"docs/rules/{name} is stale: run python scripts/docs_rules.py")
        return 1 if stale else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in stale:
        if name in wanted:
            (FOLDER / name).write_text(wanted[name], "utf-8")
        else:
            (FOLDER / name).unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
