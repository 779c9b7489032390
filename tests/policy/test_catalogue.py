"""The catalogue against what there is: the rules, the guards in the code, the words of the prompt."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import reduce
from importlib import import_module
from pathlib import Path

import pytest

from vly_nb.agent.prompt import WHO
from vly_nb.policy.catalogue import Catalogue, Entry, Owner, catalogue
from vly_nb.policy.prompts import PROMPT_RULES
from vly_nb.policy.rule import Rule
from vly_nb.policy.rules import RULES
from vly_nb.stacks.convex_react.guide import guide, title

ENTRIES = catalogue().entries
PROMPT = f"{WHO}\n{guide('src/convex')}"
INDEX = Path(__file__).parents[2] / "docs" / "rules" / "index.md"


def of_kind(kind: str) -> list[Entry]:
    return [entry for entry in ENTRIES if entry.kind == kind]


def complaints(of: Catalogue) -> list[str]:
    """What is wrong with the places and the owners."""
    found = []
    for entry in of.entries:
        if entry.kind != "guard":
            found += [f"{entry.id} has places, and is no guard"] if entry.places else []
            found += [f"{entry.id} is the policy's"] if entry.owner != "policy" else []
        elif of.owners[entry.owner].landed and not entry.places:
            found.append(f"{entry.id} lives nowhere, and {of.owners[entry.owner].what} has landed")
        found += [f"{entry.id}: there is no {place}" for place in entry.places if not exists(place)]
    for name, owner in of.owners.items():
        if not owner.landed and all(entry.places for entry in of.entries if entry.owner == name):
            found.append(f"all guards of {name} have a place: it has landed")
    return found


def exists(place: str) -> bool:
    """Whether `module:object.attribute` is something that can be called."""
    module, _, names = place.partition(":")
    try:
        return callable(reduce(getattr, names.split("."), import_module(module)))
    except (ImportError, AttributeError):
        return False


def test_there_are_164_rules_of_three_kinds() -> None:
    assert Counter(entry.kind for entry in ENTRIES) == {"lint": 118, "guard": 30, "prompt": 16}
    assert len({entry.id for entry in ENTRIES}) == 164
    assert {entry.owner for entry in ENTRIES} == catalogue().owners.keys()


def test_every_lint_rule_is_there_and_none_besides() -> None:
    known = {(entry.id, entry.area, entry.severity) for entry in of_kind("lint")}
    assert known == {(rule.id, rule.area, rule.severity) for rule in RULES}


def test_every_guard_lives_where_the_catalogue_says() -> None:
    assert complaints(catalogue()) == []


def test_a_guard_that_is_not_there_is_noticed() -> None:
    def of(places: Sequence[str], landed: bool) -> list[str]:
        guard = Entry(id="x", kind="guard", area="a", severity="error", owner="o", places=tuple(places))  # type: ignore[arg-type]
        return complaints(Catalogue(owners={"o": Owner(what="the work", landed=landed)}, entries=(guard,)))

    there = "vly_nb.project.gates:not_stray"
    assert of([there], True) == of([], False) == []
    assert of([], True) == ["x lives nowhere, and the work has landed"]
    assert of([there], False) == ["all guards of o have a place: it has landed"]
    for gone in ("vly_nb.project.gates:no_such", "vly_nb.no_such:judge", "vly_nb.project.gates:FENCES"):
        assert of([there, gone], True) == [f"x: there is no {gone}"]


def test_every_prompt_rule_has_words_and_they_are_in_the_prompt() -> None:
    assert {(e.id, e.area) for e in of_kind("prompt")} == {(rule.id, rule.area) for rule in PROMPT_RULES}
    for rule in PROMPT_RULES:
        assert PROMPT.count(f"\n- {rule.words}\n") == 1, rule.id


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_prompt_is_made_of_the_rules_that_judge(rule: Rule) -> None:
    assert PROMPT.count(f"\n- {rule.id}: {title(rule)}\n") == 1


def test_the_index_names_every_rule_once() -> None:
    rows = re.findall(r"^\| \[?([a-z0-9-]+)", INDEX.read_text("utf-8"), re.M)
    rows = [name for name in rows if name not in ("rule", "---")]
    assert sorted(rows) == sorted(entry.id for entry in ENTRIES)
