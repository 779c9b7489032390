"""Cache marks, judged by a model of the provider's cache."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.fake_model import problem, text
from vly_nb.model.cache import marked, marked_system

LOOK_BACK = 20
READ, WRITE, PLAIN = 0.1, 1.25, 1.0


def bare(block: dict[str, Any]) -> str:
    return repr({k: v for k, v in block.items() if k != "cache_control"})


def flat(system: list[dict[str, Any]], messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [*system, *(block for message in messages for block in message["content"])]


class Provider:
    """Entries are stored at marks; from a mark, at most 20 blocks are looked back for one."""

    def __init__(self) -> None:
        self.stored: set[int] = set()

    def cost(self, texts: list[str], marks: list[int]) -> float:
        prefixes, running = [], 0
        for each in texts:
            running = hash((running, each))
            prefixes.append(running)
        read = 0
        for mark in marks:
            for place in range(mark, max(-1, mark - LOOK_BACK), -1):
                if prefixes[place] in self.stored:
                    read = max(read, place + 1)
                    break
        self.stored |= {prefixes[mark] for mark in marks}
        sizes, written = [len(each) for each in texts], max(marks) + 1
        return READ * sum(sizes[:read]) + WRITE * sum(sizes[read:written]) + PLAIN * sum(sizes[written:])

    @staticmethod
    def ideal(texts: list[str], seen: int) -> float:
        sizes = [len(each) for each in texts]
        return READ * sum(sizes[:seen]) + WRITE * sum(sizes[seen:])


def marks_of(blocks: list[dict[str, Any]]) -> list[int]:
    return [place for place, block in enumerate(blocks) if "cache_control" in block]


def step(number: int, calls: int, thinking: bool) -> list[dict[str, Any]]:
    ids = [f"call_{number}_{i}" for i in range(calls)]
    thought = [{"type": "thinking", "thinking": "hm", "signature": "s" * 80}] if thinking else []
    uses = [{"type": "tool_use", "id": i, "name": "bash", "input": {"command": f"cat {i}"}} for i in ids]
    results = [{"type": "tool_result", "tool_use_id": i, "content": f"{i} " + "x" * 500} for i in ids]
    return [
        {"role": "assistant", "content": [*thought, text(f"Step {number}."), *uses]},
        {"role": "user", "content": results},
    ]


@pytest.mark.parametrize("calls", [1, 4, 12, 20])
@pytest.mark.parametrize("thinking", [False, True])
def test_all_but_the_newest_part_is_read_from_cache(calls: int, thinking: bool) -> None:
    system = [text("s" * 8000)]
    history: list[dict[str, Any]] = [{"role": "user", "content": [text("Make it blue.")]}]
    provider, paid, ideal, previous, seen = Provider(), 0.0, 0.0, None, 0
    before: list[str] = []
    for number in range(100):
        untouched = copy.deepcopy(history) if number < 10 else history
        sent = marked(history, previous)
        assert history == untouched, "history must not be changed"
        blocks = flat(marked_system(system), sent)
        assert len(marks_of(blocks)) == (2 if previous is None else 3)
        assert number % 20 or problem({"system": marked_system(system), "messages": sent}) is None
        now = [bare(block) for block in blocks]
        assert now[: len(before)] == before, "a request must extend the one before it"
        before = now
        paid += provider.cost(now, marks_of(blocks))
        ideal += Provider.ideal(now, seen)
        seen, previous = len(blocks), len(history) - 1
        history += step(number, calls, thinking)
    assert ideal / paid >= 0.99


def test_two_marks_would_not_do() -> None:
    """The provider's model can tell good from bad: system and last block alone lose it."""
    provider, paid, ideal, seen = Provider(), 0.0, 0.0, 0
    history: list[dict[str, Any]] = [{"role": "user", "content": [text("go")]}]
    for number in range(60):
        blocks = flat(marked_system([text("s" * 8000)]), marked(history, None))
        texts = [bare(block) for block in blocks]
        paid += provider.cost(texts, marks_of(blocks))
        ideal += Provider.ideal(texts, seen)
        seen = len(blocks)
        history += step(number, 12, False)
    assert ideal / paid < 0.5


def test_only_what_is_marked_is_copied() -> None:
    history = [{"role": "user", "content": [text("go")]}]
    for number in range(3):
        history += step(number, 2, False)
    sent = marked(history, 4)
    assert [a is b for a, b in zip(sent, history, strict=True)] == [True] * 4 + [False, True, False]
    assert sent[4]["content"][0] is history[4]["content"][0]


def test_a_mark_goes_to_the_nearest_block_that_can_carry_it() -> None:
    history = [
        {"role": "user", "content": "go"},
        {
            "role": "assistant",
            "content": [text("well"), {"type": "thinking", "thinking": "", "signature": "s"}],
        },
    ]
    sent = marked(history, 0)
    assert sent[0]["content"] == [{**text("go"), "cache_control": {"type": "ephemeral"}}]
    assert "cache_control" in sent[1]["content"][0] and "cache_control" not in sent[1]["content"][1]
    assert marked(history, 99) == marked(history, 1), "an index beyond the end is the end"


def test_strings_stay_the_same_bytes_when_the_mark_moves_on() -> None:
    history = [{"role": "user", "content": "go"}, {"role": "assistant", "content": [text("a")]}]
    first, later = marked(history[:1], None), marked([*history, *history], 2)
    assert bare(first[0]["content"][0]) == bare(later[0]["content"][0])


def test_nothing_to_mark_is_no_error() -> None:
    assert marked([], None) == [] and marked_system([]) == []
