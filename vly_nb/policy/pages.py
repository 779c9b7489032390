"""Pages: a rule's own file as a page for people, in Markdown."""

from __future__ import annotations

import re
from dataclasses import dataclass

from vly_nb.policy.rule import Rule

_FENCE = re.compile(r"^```(\w+) ([^\n`]*path=\S+[^\n`]*)$", re.M)
_HEADS = {
    "Given": "Given\n\nThese files lie beside the examples.",
    "Bad": "Bad",
    "Good": "Good",
}


@dataclass(frozen=True)
class About:
    """A rule in short: what to do, in one line, and why, in Markdown."""

    rule: str
    title: str
    why: str


def about(rule: Rule) -> About:
    """The top of a rule's page, without the examples."""
    title, _, rest = rule.page.strip().partition("\n")
    return About(rule.id, title, re.split(r"^(?:Given|Bad|Good):?$", rest, maxsplit=1, flags=re.M)[0].strip())


def page(rule: Rule) -> str:
    """A rule's page: its facts, then what its file says."""
    refuses = "A new error refuses the write." if rule.refuses else "It is told, and must be gone at the end."
    scope = ", ".join(f"`{glob}`" for glob in rule.scope)
    weight = rule.severity.capitalize()
    facts = f"*{weight}, area {rule.area}, in {scope}.{f' {refuses}' if weight == 'Error' else ''}*"
    text = re.sub(r"^(Given|Bad|Good):?$", lambda m: f"## {_HEADS[m[1]]}", rule.page.strip(), flags=re.M)
    return f"# {rule.id}\n\n{facts}\n\n{_FENCE.sub(_head, text)}\n"


def _head(match: re.Match[str]) -> str:
    """A fence with its file's name above it instead of in it."""
    words = match[2].split()
    info = dict(word.split("=", 1) for word in words if "=" in word)
    notes = [info["severity"]] if "severity" in info else []
    notes += ["beside the next example"] if "with" in words else []
    notes += ["before the change"] if "before" in words else []
    notes += ["a new file"] if "new" in words else []
    notes += [_asked(info["request"])] if "request" in info else []
    notes += ["the table holds documents"] if "data" in words else []
    notes += ["nobody knows whether the table holds documents"] if info.get("data") == "?" else []
    said = f" ({', '.join(notes)})" if notes else ""
    return f"`{info['path']}`{said}\n\n```{match[1]}"


def _asked(wish: str) -> str:
    return "nobody knows what was asked for" if wish == "?" else f'asked for: "{wish.replace("-", " ")}"'
