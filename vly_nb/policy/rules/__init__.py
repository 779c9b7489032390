"""The rules, one a file; RULES is the list of all of them."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from vly_nb.policy.rule import Rule

_NAMES = sorted(name for _, name, _ in pkgutil.iter_modules(__path__))

RULES: tuple[Rule, ...] = tuple(import_module(f"{__name__}.{name}").RULE for name in _NAMES)
"""All rules, sorted by the names of their files."""
