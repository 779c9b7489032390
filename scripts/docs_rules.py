"""Print docs/rules/*.md from the rules' own files; `--check` only says whether they are stale.

    python scripts/docs_rules.py [--check]

Exit code 0: written, or up to date; 1: stale.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from vly_nb.policy.pages import page
from vly_nb.policy.rules import RULES

FOLDER = Path(__file__).parent.parent / "docs" / "rules"


def index() -> str:
    """The list of all rules."""
    rows = [
        f"| [{rule.id}]({rule.id}.md) | {rule.area} | {rule.severity} | {rule.page.strip().splitlines()[0]} |"
        for rule in RULES
    ]
    head = "# Rules\n\nPrinted by `scripts/docs_rules.py` from `vly_nb/policy/rules/`; don't edit.\n\n"
    note = (
        "\n`<fn>` is the functions folder that `convex.json` names. Errors count where a change touches "
        "a line or brings\nthem in; what was there before is debt. A person can allow one place: "
        "`// vly-allow RULE: reason`, confirmed once.\n"
    )
    table = "| rule | area | severity | what |\n|---|---|---|---|\n" + "\n".join(rows) + "\n"
    return head + table + note


def main(arguments: list[str] | None = None) -> int:
    """Write the pages, or check them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 when stale")
    check = parser.parse_args(arguments).check
    wanted = {"README.md": index()} | {f"{rule.id}.md": page(rule) for rule in RULES}
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
