"""`make bench`: one table, each line a ratio against a peer or a limit in the same run.

python -m benchmarks [--markdown]
python -m benchmarks mistakes       # the fast lane and the gate on sixty mistakes: some ten minutes
"""

from __future__ import annotations

import sys

from benchmarks import (
    apply_version,
    load_ext,
    mistakes,
    panel_start,
    policy_lint,
    redaction,
    sandbox,
    stand_in_load,
    step_overhead,
    verdict,
)


def main() -> None:
    if "mistakes" in sys.argv[1:]:
        mistakes.main()
        return
    rows = [
        *step_overhead.rows(),
        *load_ext.rows(),
        *apply_version.rows(),
        *policy_lint.rows(),
        *redaction.rows(),
        *sandbox.rows(),
        *stand_in_load.rows(),
        *panel_start.rows(),
        *verdict.rows(),
    ]
    wide = [max(len(row[column]) for row in [HEAD, *rows]) for column in range(len(HEAD))]
    lines = [HEAD, tuple("-" * width for width in wide), *rows]
    for line in lines:
        sys.stdout.write(
            "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, wide, strict=True)) + " |\n"
        )


HEAD = ("what", "ours", "against", "theirs", "ratio")


if __name__ == "__main__":
    main()
