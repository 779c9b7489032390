"""Prices: known or not shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vly_nb.errors import VlyError
from vly_nb.model.messages import Usage
from vly_nb.model.prices import PRICES, cost, price_list

MILLION = 1_000_000


def test_every_kind_of_token_has_its_price() -> None:
    each = [
        Usage(input=MILLION),
        Usage(output=MILLION),
        Usage(cache_write=MILLION),
        Usage(cache_read=MILLION),
    ]
    assert [cost(usage, "claude-sonnet-5-5") for usage in each] == [2.0, 10.0, 2.5, 0.1]
    assert cost(Usage(searches=3), "claude-opus-5-5") == pytest.approx(0.03)


def test_a_long_request_is_charged_at_its_own_rate() -> None:
    short, long = Usage(cache_read=100_000), Usage(cache_read=100_000, input=1)
    assert cost(short, "claude-haiku-5-5") == pytest.approx(0.001)
    assert cost(long, "claude-haiku-5-5") == pytest.approx(0.005, rel=1e-3)


@pytest.mark.parametrize(
    "name", ["", "llama3", "claude-sonnet-5", "claude-sonnet-5-5-x", "claude-mythos-5-2"]
)
def test_an_unknown_price_is_not_guessed(name: str) -> None:
    assert cost(Usage(input=MILLION), name) is None


def test_a_person_has_the_last_word(tmp_path: Path) -> None:
    own = tmp_path / "prices.json"
    own.write_text(json.dumps({"llama3": {"input": 1, "output": 2, "cache_write": 0, "cache_read": 0}}))
    prices = price_list(environ={"VLY_NB_PRICES": str(own)})
    assert cost(Usage(input=MILLION, output=MILLION), "llama3", prices) == 3.0
    assert prices["claude-sonnet-5-5"] == PRICES["claude-sonnet-5-5"]
    assert price_list(own) == prices
    assert price_list(environ={}) is PRICES


@pytest.mark.parametrize("broken", ["", "[]", '{"m": {"input": 1}}', '{"m": 3}', "\xff"])
def test_a_broken_price_file_is_one_sentence(tmp_path: Path, broken: str) -> None:
    own = tmp_path / "prices.json"
    own.write_text(broken, encoding="latin-1")
    with pytest.raises(VlyError, match=r"prices\.json can't be used"):
        price_list(own)


@pytest.mark.parametrize("number", ["-1", "NaN", "1e300"])
def test_attack_a_price_that_hides_the_cost(tmp_path: Path, number: str) -> None:
    own = tmp_path / "prices.json"
    own.write_text(f'{{"m": {{"input": {number}, "output": 1, "cache_write": 1, "cache_read": 1}}}}')
    with pytest.raises(VlyError):
        price_list(own)


def test_a_price_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(VlyError, match="No such file"):
        price_list(tmp_path / "none.json")
