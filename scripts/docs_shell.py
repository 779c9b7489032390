"""Print docs/shell.md from the table of commands that the tests judge; `--check` only tells if it is stale.

    python scripts/docs_shell.py [--check]

Exit code 0: written, or up to date; 1: stale.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

from vly_nb.tools.commands import Refuse, Run, Surroundings, judge

HOME = Path(__file__).parent.parent
TABLE = HOME / "tests" / "tools" / "commands.toml"
PAGE = HOME / "docs" / "shell.md"
HEAD = """\
# What the bash tool does with a command

Printed by `scripts/docs_shell.py` from `tests/tools/commands.toml`; don't edit.

A command is read with a real grammar of bash, and so is what it hides: behind `sudo`, `xargs` and
`find -exec`, in `$(…)`, here-documents, variables and functions, in scripts of package.json, in what
`echo` or `base64 -d` hand to a shell. Then one of three things happens:

- it **runs** by itself, with no shell, when every part of it is on a short list (`allowed.py`);
- it is **refused** with one sentence that says what to do instead (`refusals/`);
- anything else goes to the **sandbox** (where there is none, the person is asked).

The refusals are for clear sentences; they are no wall. What hides from them meets the sandbox. Builds
are also stopped while they run: every node program of a command loads `no_build.cjs` first.
"""


def page() -> str:
    """Every family with its commands, by what happens to them."""
    table = tomllib.loads(TABLE.read_text("utf-8"))
    around = Surroundings(table["scripts"], table["functions"])
    families = table["family"]
    counts = {kind: sum(len(one.get(kind, ())) for one in families) for kind in ("refused", "asked", "fine")}
    parts = [
        HEAD,
        f"Below are {counts['refused']} attacks that are refused, {counts['asked']} that hide and go to the "
        f"sandbox, and {counts['fine']} look-alikes that are never refused.",
        "The package.json that these commands meet has these scripts:\n",
        listed(f"{name}: {body}" for name, body in table["scripts"].items()),
    ]
    for one in families:
        parts.append(f"## {one['title']}")
        said: dict[str, list[str]] = {}
        for command in one["refused"]:
            verdict = judge(command, around)
            said.setdefault(verdict.sentence if isinstance(verdict, Refuse) else "", []).append(command)
        for sentence, commands in said.items():
            parts += [f"> {sentence}", listed(commands)]
        fine = {True: [], False: []}
        for command in one.get("fine", ()):
            fine[isinstance(judge(command, around), Run)].append(command)
        for title, commands in (
            ("Hide, and go to the sandbox:", one.get("asked", ())),
            ("Look alike, and run:", fine[True]),
            ("Look alike, and run in the sandbox:", fine[False]),
        ):
            parts += [title, listed(commands)] if commands else []
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def listed(commands: Iterable[str]) -> str:
    """A block of commands, one a line; what a screen wouldn't show is spelt out."""
    lines = (
        "".join(letter if letter.isprintable() or letter == "\n" else ascii(letter)[1:-1] for letter in line)
        for line in commands
    )
    return "```text\n" + "\n".join(lines) + "\n```"


def main(arguments: list[str] | None = None) -> int:
    """Write the page, or check it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 when stale")
    stale = not PAGE.exists() or PAGE.read_text("utf-8") != page()
    if parser.parse_args(arguments).check:
        if stale:
            print("docs/shell.md is stale: run python scripts/docs_shell.py")
        return int(stale)
    if stale:
        PAGE.write_text(page(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
