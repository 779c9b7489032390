"""Print docs/commands.md and docs/step-schema.json; `--check` only says whether they are stale.

    python scripts/docs_notebook.py [--check]

Exit code 0: written, or up to date; 1: stale.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from vly_nb.notebook.commands import COMMANDS, HEAD, OPTIONS
from vly_nb.notebook.wire import MIME, StepData

DOCS = Path(__file__).parent.parent / "docs"


def commands() -> str:
    """Every command and option."""
    source = "Printed by `scripts/docs_notebook.py` from `vly_nb/notebook/commands.py`; don't edit."
    parts = [
        f"# Commands\n\n{source}\n",
        f"```text\n{HEAD}```\n",
    ]
    for command in COMMANDS:
        more = f"{command.more}\n\n" if command.more else ""
        about = f"## `{command.usage}`\n\n{command.summary.capitalize()}.\n\n{more}"
        parts.append(f"{about}```text\n{command.example}\n```\n")
    parts.append("## Options of a `%%vly` cell\n\n| option | what it does |\n|---|---|")
    parts += [f"| `{f'{option.name} {option.value}'.strip()}` | {option.summary} |" for option in OPTIONS]
    return "\n".join(parts) + "\n"


def schema() -> str:
    """The JSON schema of a step's data."""
    about = {"$id": MIME, **StepData.model_json_schema(by_alias=True)}
    return json.dumps(about, indent=1, sort_keys=True) + "\n"


def main() -> int:
    """Write the pages, or compare them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say whether they are stale")
    check = parser.parse_args().check
    stale = 0
    for name, text in (("commands.md", commands()), ("step-schema.json", schema())):
        page = DOCS / name
        if page.exists() and page.read_text(encoding="utf-8") == text:
            continue
        stale += 1
        print(f"{'stale' if check else 'written'}: docs/{name}")
        if not check:
            page.parent.mkdir(exist_ok=True)
            page.write_text(text, encoding="utf-8")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
