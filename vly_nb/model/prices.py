"""Prices: what tokens cost, from a dated, cited table that a person can override.

A price that isn't known is not shown: `cost` is None for any other model, also for one whose
name merely looks alike. VLY_NB_PRICES names a JSON file of the same shape as `PRICES`:

    {"claude-sonnet-5-5": {"input": 2.0, "output": 10.0, "cache_write": 2.5, "cache_read": 0.1}}

Checked on 2026-11-22 against stored copies of the provider's pages, dated below:
- Opus 5.5, Sonnet 5.5, Haiku 5.5: https://platform.claude.com/docs/en/about-claude/pricing, its table
  as quoted on 2026-10-09, and https://platform.claude.com/docs/en/models/haiku-5-5/overview (2026-10-07)
- Fable 5.2: the same page's row, as read by
  https://github.com/archid21/rightsize/releases/tag/v0.10.2 (November 2026)
- Web search: https://docs.claude.com/en/docs/agents-and-tools/tool-use/web-search-tool
- Mythos 5.2: no source found, so no price.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from vly_nb.errors import VlyError
from vly_nb.model.messages import Usage

CHECKED = "2026-11-22"
SEARCH = 0.01
"""USD for one web search."""


@dataclass(frozen=True, slots=True)
class Price:
    """USD per million tokens. `cache_write` is for five minutes, which is what our marks ask for.

    `long` holds for the whole of a request with more than `long_from` tokens of input, cached or not.
    """

    input: float
    output: float
    cache_write: float
    cache_read: float
    long_from: int | None = None
    long: Price | None = None

    def of(self, usage: Usage) -> float:
        """USD for one request."""
        prompt = usage.input + usage.cache_read + usage.cache_write
        if self.long is not None and self.long_from is not None and prompt > self.long_from:
            return self.long.of(usage)
        tokens = (
            usage.input * self.input
            + usage.output * self.output
            + usage.cache_write * self.cache_write
            + usage.cache_read * self.cache_read
        )
        return tokens / 1_000_000 + usage.searches * SEARCH


PRICES: Mapping[str, Price] = {
    "claude-opus-5-5": Price(4.0, 20.0, 5.0, 0.20),
    "claude-sonnet-5-5": Price(2.0, 10.0, 2.5, 0.10),
    "claude-haiku-5-5": Price(0.10, 0.50, 0.125, 0.01, 100_000, Price(0.50, 2.50, 0.625, 0.05)),
    "claude-fable-5-2": Price(8.0, 40.0, 10.0, 0.20),
}

_FILE = TypeAdapter(dict[str, Price])


def price_list(
    path: str | Path | None = None, environ: Mapping[str, str] = os.environ
) -> Mapping[str, Price]:
    """The table, with a person's own prices over it: from `path`, else from VLY_NB_PRICES.

    Raises VlyError when the file can't be used.
    """
    path = path or environ.get("VLY_NB_PRICES")
    if not path:
        return PRICES
    try:
        own = _FILE.validate_json(Path(path).read_bytes(), strict=False)
        if any(not 0 <= number < 1e6 for price in own.values() for number in _numbers(price)):
            raise ValueError("a price is negative or not a number")
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it isn't of the expected shape"
        raise VlyError(
            f"The prices in {Path(path).name} can't be used: {why}.",
            'VLY_NB_PRICES names a JSON file like {"model": {"input": 2, "output": 10, "cache_write": 2.5, '
            '"cache_read": 0.1}}, in USD per million tokens.',
        ) from None
    return {**PRICES, **own}


def _numbers(price: Price) -> tuple[float, float, float, float]:
    return price.input, price.output, price.cache_write, price.cache_read


def cost(usage: Usage, model: str, prices: Mapping[str, Price] | None = None) -> float | None:
    """USD for one request (add up costs, not usages: some prices depend on a request's length).

    None when the model's price isn't known.
    """
    price = (PRICES if prices is None else prices).get(model)
    return price.of(usage) if price else None
