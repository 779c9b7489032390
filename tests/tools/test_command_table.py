"""The table of commands (commands.toml): attacks refused with their sentence, look-alikes let be."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from vly_nb.tools.commands import Ask, Refuse, Surroundings, judge

TABLE: dict[str, Any] = tomllib.loads((Path(__file__).parent / "commands.toml").read_text("utf-8"))
AROUND = Surroundings(TABLE["scripts"], TABLE["functions"])


def rows(kind: str) -> list[tuple[str, str]]:
    return [(command, family["says"]) for family in TABLE["family"] for command in family.get(kind, ())]


def test_the_table_is_large_enough() -> None:
    attacks, fine = rows("refused") + rows("asked"), rows("fine")
    assert len({command for command, _ in attacks}) == len(attacks) >= 150
    assert len({command for command, _ in fine}) >= 80


@pytest.mark.parametrize(("command", "says"), rows("refused"))
def test_attack_is_refused_with_a_plain_sentence(command: str, says: str) -> None:
    found = judge(command, AROUND)
    assert isinstance(found, Refuse), found
    assert any(words in found.sentence for words in says.split("|")), found
    assert found.sentence.endswith(".") and len(found.sentence) < 400 and "\n" not in found.sentence


@pytest.mark.parametrize(("command", "_"), rows("asked"))
def test_attack_that_hides_never_runs_by_itself(command: str, _: str) -> None:
    assert isinstance(judge(command, AROUND), Ask)


@pytest.mark.parametrize(("command", "_"), rows("fine"))
def test_a_look_alike_is_never_refused(command: str, _: str) -> None:
    assert not isinstance(judge(command, AROUND), Refuse), judge(command, AROUND)
