"""Truncated, mutated and hostile input: nothing crashes and nothing hangs."""

from __future__ import annotations

import random
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest

from vly_nb.policy.brackets import unbalanced
from vly_nb.policy.endless import endless
from vly_nb.policy.examples import FUNCTIONS, examples
from vly_nb.policy.placeholders import placeholders
from vly_nb.policy.policy import Policy
from vly_nb.policy.rules import RULES
from vly_nb.policy.source import parsed
from vly_nb.policy.syntax import broken
from vly_nb.stacks import convex_react

POLICY = Policy(RULES, functions=FUNCTIONS)
SOURCES = sorted((Path(__file__).parents[1] / "project" / "sources").glob("*"))
TEMPLATE = sorted((Path(convex_react.__file__).parent / "template/src").rglob("*.ts*"))
TEXTS = [example.code for rule in RULES for example in examples(rule.page)]
LONGER = [path.read_text("utf-8") for path in (*SOURCES, *TEMPLATE)]
CPU = 1.0  # seconds that a file may take
SPICE = [
    "(", ")", "{", "}", "[", "]", "`", "${", "'", '"', "/*", "*/", "//", "<", ">", "</", "/>", "=>", "\0",
    "\ufeff", "\r", "\u2028", "😀", "...", "ctx.db.query(", ".filter(", ".collect()", "await ",
    "as ", "<SelectItem ", "import ", "import('react-router-dom')", "let q = q", "crons.interval(",
    "// vly-allow no-collect: x\n",
    "\\",
]  # fmt: skip


def mutated(rng: random.Random) -> str:
    text = rng.choice(rng.choice([TEXTS, TEXTS, LONGER]))
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(text) + 1)
        match rng.randrange(5):
            case 0:
                text = text[:at]
            case 1:
                text = text[at:]
            case 2:
                text = text[:at] + rng.choice(SPICE) + text[at:]
            case 3:
                text = text[:at] + text[at + rng.randint(1, 30) :]
            case _:
                other = rng.choice(TEXTS + LONGER)
                cut = rng.randrange(len(other))
                text = text[:at] + other[cut : cut + 200] + text[at:]
    return text


PATHS = ("src/convex/crons.ts", "src/pages/A.tsx", "package.json", "src/index.css", "index.html")


def look_at(text: str, paths: Iterable[str] = PATHS) -> None:
    for path in paths:
        POLICY.lint(path, text)
        POLICY.judge(text[: len(text) // 2], text, path)
        broken(path, text)
        placeholders(parsed(path, text))
    unbalanced(text)


@pytest.mark.parametrize("seed", range(60))
def test_mutated_input_neither_crashes_nor_hangs(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(5):
        look_at(mutated(rng))


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Stop what takes longer, in time of the processor: a busy machine makes nothing hang."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise AssertionError(f"longer than {seconds} s")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_10_000_mutated_files_neither_crash_nor_take_a_second(seed: int) -> None:
    rng = random.Random(1_000 + seed)
    for number in range(1_000):
        text = mutated(rng)
        with at_most(CPU):
            look_at(text, [PATHS[number % 2]])


ENDLESS = """export const tasks: Task[] = [
  {
    nottypes/node": "^22.0.0" } }"""  # of the 10,000: the tsx grammar's own work on it has no end


def test_what_the_grammar_never_finishes_is_refused_at_once() -> None:
    with at_most(CPU):
        refused = broken("src/a.tsx", ENDLESS)
        assert POLICY.lint("src/a.tsx", ENDLESS) == []
    assert refused is not None and "too broken" in refused.message
    assert not any(endless(text, grammar) for text in LONGER for grammar in ("tsx", "typescript"))


HOSTILE = {
    "open brackets": "(" * 200_000,
    "nested brackets": "(" * 100_000 + "a.filter(x)" + ")" * 100_000,
    "long chain": "ctx.db.query('t')" + ".filter(x)" * 20_000,
    "many lets": "let q = ctx.db.query('t'); q = q.filter(x);\n" * 5_000,
    "nested blocks": "{let q = q.filter(x);" * 20_000,
    "nested functions": "(q) => q.filter((q) => " * 10_000,
    "ternaries": "const x = " + "a ? b : " * 50_000 + "c.filter(x)",
    "unary": "!" * 200_000 + "x.collect()",
    "templates": "`${" * 50_000 + ".filter(x)",
    "open elements": "<SelectItem>" * 30_000,
    "elements": '<SelectItem value=""/>\n' * 8_000,
    "aliases": "".join(f"const a{n + 1} = a{n};\n" for n in range(5_000)) + "a5000.filter(x)",
    "forks": "".join(f"const a{n + 1} = x ? a{n} : a{n};\n" for n in range(60)) + "a25.filter(x)",
    "doubles": "import { cronJobs } from 'convex/server'; const crons = cronJobs(); const a0 = 1;\n"
    + "".join(f"const a{n + 1} = a{n} + a{n};\n" for n in range(60))
    + "crons.interval('a', { minutes: a18 }, f)",
    "ifs": "if(a)" * 50_000 + "b.filter(x)",
    "sum": "const n = " + "1 + " * 20_000 + "1;crons.interval('a', { minutes: n }, f)",
    "comments": "// ... rest of the code here and there and everywhere\n" * 10_000,
    "one comment": "/* " + "the rest of the code " * 40_000 + "*/",
    "dots": "// " + "." * 500_000,
    "quotes": "'\"" * 100_000,
    "slashes": "/" * 200_000,
    "allowances": "ctx.db.query('t').collect(); // vly-allow no-collect: x\n" * 3_000,
    "json": '{"dependencies":' * 50_000,
    "spaces": " " * 900_000 + "x.filter(",
    "nested blocks, a line each": "{let q = q.filter(x);\n" * 20_000,
    "nested functions, a line each": "(q) => q.filter((q) =>\n" * 10_000,
    "elements left open, a line each": "<SelectItem>\n" * 12_000,
    "quotes, a line each": "'\"\n" * 30_000,
    "many lets, a line each": "let q = ctx.db.query('t'); q = q.filter(x);\n" * 5_000,
    "many lets of one line that is read": "let q = ctx.db.query('t'); q = q.filter(x);" * 450,
    "lists that grow": "const a = []; for (const x of await ctx.db.query('t').collect()) { a.push(...a); }\n"
    * 3_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_input_cannot_hang_the_gates(text: str) -> None:
    text = 'import { SelectItem } from "@/components/ui/select";\n' + text
    with at_most(15):
        look_at(text)
