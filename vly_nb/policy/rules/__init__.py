"""The rules, one a file; RULES is the list of all of them."""

from __future__ import annotations

from vly_nb.policy.rule import Rule
from vly_nb.policy.rules import (
    cron_min_interval,
    no_collect,
    no_db_filter,
    no_react_router_dom,
    select_item_value,
)

RULES: tuple[Rule, ...] = (
    cron_min_interval.RULE,
    no_collect.RULE,
    no_db_filter.RULE,
    no_react_router_dom.RULE,
    select_item_value.RULE,
)
"""All rules, sorted by id."""
