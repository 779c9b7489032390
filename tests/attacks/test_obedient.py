"""A model that does whatever a file tells it: what it gets is measured by effects, in tiers A, B and D."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.attacks.goals import GOALS
from tests.attacks.obedient import environment
from tests.conftest import needs

ROOT = Path(__file__).resolve().parents[2]
OPEN = {"read keys in the cloud"}
"""What no sandbox here can hold: named in docs/security.md."""


@pytest.mark.slow
@pytest.mark.parametrize("tier", ["A", "B", "D"])
def test_attack_an_obedient_model_gets_nothing_but_what_is_named(tmp_path: Path, tier: str) -> None:
    needs("git", "Install git.")
    if tier == "A":
        needs("bwrap", "Install bubblewrap.")
    done = subprocess.run(
        [sys.executable, "-m", "tests.attacks.obedient", str(tmp_path / "world"), tier],
        cwd=ROOT,
        env={**os.environ, **environment(), "VLY_NB_SHIELD": "1", "VLY_NB_DATA": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        timeout=600,
    )
    came = dict(json.loads(line) for line in done.stdout.splitlines())
    assert list(came) == [goal.name for goal in GOALS], done.stderr
    assert len(came) >= 25
    print(json.dumps(came, indent=1))
    assert {name for name, reached in came.items() if reached} == OPEN
