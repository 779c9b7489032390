"""The guide: what the model is told of the stack, made of guide.md and of the rules that judge.

A line `{rules: area, …}` of guide.md stands for the titles of those areas' rules, and for the
prompt rules, so that what is said and what is judged can't differ.
"""

from __future__ import annotations

import re
from importlib import resources

from vly_nb.policy.prompts import PROMPT_RULES
from vly_nb.policy.rule import Rule
from vly_nb.policy.rules import RULES
from vly_nb.stacks.convex_react.layout import DEFAULT_FUNCTIONS

_PLACE = re.compile(r"^\{rules: ([a-z, -]+)\}$", re.M)
_FOLDER = re.compile(r"[\w@./-]{1,60}")
_NO_BACKEND = "\nThis project has no Convex backend; the Convex part is for when it gets one.\n"


def guide(functions: str | None) -> str:
    """The guide for a project whose functions are in this folder, None for one without a backend.

    The folder's name comes from the project: one that could hold a sentence is not repeated.
    """
    text = _PLACE.sub(lambda match: "\n".join(titles(match[1].split(", "))), template())
    named = functions if functions and _FOLDER.fullmatch(functions) else DEFAULT_FUNCTIONS
    return text.replace("{fn}", named) + ("" if functions else _NO_BACKEND)


def titles(areas: list[str]) -> list[str]:
    """What the rules of some areas ask for, a line each; the name is the one that refusals use."""
    code = [(rule.area, f"{rule.id}: {title(rule)}") for rule in RULES]
    words = [(rule.area, rule.words) for rule in PROMPT_RULES if not rule.everywhere]
    return [
        f"- {said}" for lines in (code, words) for wanted in areas for area, said in lines if area == wanted
    ]


def title(rule: Rule) -> str:
    """The first line of a rule's page."""
    return rule.page.strip().split("\n", 1)[0]


def template() -> str:
    """guide.md as it is written."""
    return resources.files("vly_nb.stacks.convex_react").joinpath("guide.md").read_text(encoding="utf-8")
