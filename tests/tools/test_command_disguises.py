"""Forbidden commands stay refused however they are written, ordinary ones free; no text breaks the judge."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.tools.test_command_table import AROUND, TABLE
from vly_nb.tools.commands import Ask, Refuse, Run, judge

pytestmark = pytest.mark.slow

FORBIDDEN = [
    ("pnpm", "build"),
    ("npx", "vite", "build"),
    ("npm", "install", "zod"),
    ("printenv", "HOME"),
    ("npx", "convex", "env", "list"),
    ("npx", "convex", "deploy"),
    ("openssl", "genrsa", "2048"),
    ("rm", "-rf", "src"),
    ("git", "reset", "--hard"),
    ("cat", ".env.local"),
    ("cat", "/etc/passwd"),
    ("sed", "-i", "s/a/b/", "src/App.tsx"),
    ("pkill", "node"),
    ("chmod", "-R", "777", "src"),
]
ORDINARY = [
    ("npx", "tsc", "-b"),
    ("rm", "-rf", "dist"),
    ("git", "log", "--grep", "pnpm build"),
    ("echo", "rm -rf / && printenv"),
    ("grep", "-rn", "process.env", "src"),
    ("cat", ".env.example"),
    ("pnpm", "add", "zod"),
    ("npx", "convex", "dev", "--once"),
    ("printf", "%s", "cat .env.local | sh"),
    ("node", "-p", "process.version"),
]


# -- how a word may be written ----------------------------------------------------------


def backslashed(word: str) -> str:
    return "".join(f"\\{letter}" if letter.isalnum() else shlex.quote(letter) for letter in word)


def split_up(word: str) -> str:
    return "''".join(shlex.quote(letter) for letter in word)


def half(word: str) -> str:
    middle = len(word) // 2
    return shlex.quote(word[:middle]) + '""' + shlex.quote(word[middle:])


def doubled(word: str) -> str:
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$").replace("`", "\\`") + '"'


def hexed(word: str) -> str:
    return "$'" + "".join(f"\\x{ord(letter):02x}" for letter in word) + "'"


def octal(word: str) -> str:
    return "$'" + "".join(f"\\{ord(letter):03o}" for letter in word) + "'"


WRITINGS: list[Callable[[str], str]] = [shlex.quote, backslashed, split_up, half, doubled, hexed, octal]


# -- what may run a command -------------------------------------------------------------


def shell_c(line: str) -> str:
    return f"bash -c {shlex.quote(line)}"


def evaluated(line: str) -> str:
    return f"eval {shlex.quote(line)}"


def echoed(line: str) -> str:
    return f"printf '%s' {shlex.quote(line)} | sh"


def fed(line: str) -> str:
    mark = f"STOP{len(line)}"
    return f"bash <<'{mark}'\n{line}\n{mark}\n"


def stored(line: str) -> str:
    return f'held={shlex.quote(line)}; eval "$held"'


def sourced(line: str) -> str:
    return f"source <(printf '%s' {shlex.quote(line)})"


def by_find(line: str) -> str:
    return f"find . -maxdepth 0 -exec sh -c {shlex.quote(line)} \\;"


def by_function(line: str) -> str:
    return f"work() {{ {line}\n}}; work"


def around(before: str, after: str = "") -> Callable[[str], str]:
    return lambda line: f"{before}{line}{after}"


SHELL_WRAPPERS: list[Callable[[str], str]] = [  # take any piece of shell
    *(shell_c, evaluated, echoed, fed, stored, sourced, by_find, by_function),
    around("( ", " )"),
    around("true && "),
    around("false; "),
    around("if true; then ", "; fi"),
    around("for one in 1 2; do ", "; done"),
    around("x=$( ", " )"),
    around("{ ", "; }"),
]
PROGRAM_WRAPPERS: list[Callable[[str], str]] = [  # take one command
    around("sudo "),
    around("sudo -u root -E "),
    around("env A=1 B=2 "),
    around("env -u A "),
    around("nohup "),
    around("time -p "),
    around("timeout -s KILL 9 "),
    around("nice -n 5 "),
    around("command "),
    around("exec "),
    around("setsid "),
    around("stdbuf -o L "),
    around("busybox "),
    around("xargs -n 1 "),
    around("", " 2>&1 | cat"),
    around("", " > /tmp/out"),
    around("", " &"),
]


@st.composite
def disguised(draw: st.DrawFn, commands: list[tuple[str, ...]]) -> str:
    words = draw(st.sampled_from(commands))
    space = draw(st.sampled_from([" ", "  ", "\t", " \\\n "]))
    line = space.join(draw(st.sampled_from(WRITINGS))(word) for word in words)
    for wrapper in draw(st.lists(st.sampled_from(PROGRAM_WRAPPERS), max_size=2)):
        line = wrapper(line) if "|" not in line and "&" not in line and ">" not in line else line
    line = draw(st.sampled_from(["", "A=1 ", "A=1 B='x y' ", "! ", "! A=1 "])) + line
    for wrapper in draw(st.lists(st.sampled_from(SHELL_WRAPPERS), max_size=3)):
        if not (line.endswith(("\n", "&")) and wrapper not in SHELL_WRAPPERS[:7]):
            line = wrapper(line)
    return line


@settings(max_examples=800, deadline=None)
@given(disguised(FORBIDDEN))
@example("xargs -n 1 \\p\\n\\p\\m \\b\\u\\i\\l\\d")
def test_attack_quoting_and_wrapping_hide_nothing(command: str) -> None:
    assert isinstance(judge(command, AROUND), Refuse), judge(command, AROUND)


@settings(max_examples=800, deadline=None)
@given(disguised(ORDINARY))
def test_ordinary_commands_stay_free_however_they_are_written(command: str) -> None:
    assert not isinstance(judge(command, AROUND), Refuse), judge(command, AROUND)


# -- broken input -----------------------------------------------------------------------

COMMANDS = [
    command for family in TABLE["family"] for command in (*family["refused"], *family.get("fine", ()))
]
STRANGE = st.text("|&;<>()${}`'\"\\ \n\t*?[]#~=%!:@,.-/abx1\u200b\u202e\x00\x1bé界", max_size=6)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from(COMMANDS))
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, len(text)))
        match draw(st.sampled_from(["put in", "cut", "repeat", "join"])):
            case "put in":
                text = text[:place] + draw(STRANGE) + text[place:]
            case "cut":
                text = text[:place] + text[place + draw(st.integers(1, 4)) :]
            case "repeat":
                text = text[:place] + text[place : place + 5] * draw(st.integers(2, 40)) + text[place:]
            case "join":
                text += draw(st.sampled_from([" | ", " && ", "; ", "\n", " $("])) + draw(
                    st.sampled_from(COMMANDS)
                )
    return text


@settings(max_examples=800, deadline=None)
@given(mutated())
def test_attack_mutated_commands_are_judged_and_soon(command: str) -> None:
    began = time.process_time()
    assert isinstance(judge(command, AROUND), Run | Ask | Refuse)
    assert time.process_time() - began < 1


def test_attack_long_and_deep_commands_are_judged_soon() -> None:
    for command in (
        "ls && " * 4000 + "ls",
        "ls; " * 4900,
        "ls | " * 3900 + "ls",
        "(" * 5000,
        "$(" * 3000 + "ls",
        "{a," * 3000,
        "echo " + "a{b,c}" * 500,
        "'" * 9999,
        "f() { f; f; f; }; f",
        "for a in 1 2 3 4 5 6 7 8; do " * 9 + "pnpm build" + "; done" * 9,
        "x=" + "a" * 9000 + "; " + "x=$x$x; " * 30 + "$x",
        'eval "' * 40 + "ls" + '"' * 40,
        "sudo " * 3000 + "ls",
        "echo " + "$(echo " * 200 + "x" + ")" * 200,
        "cat <<A\n" * 500,
        "node -e '" + "exec(" * 3000 + "'",
        "python3 -c '" + 'import os; os.system("ls"); ' * 600 + "'",
        "a=$((1+" * 2000,
        "rm -rf " + "../" * 6000,
        "cat " + "*" * 15000,
        "sed " + "s/a/b/" * 2000,
        "\\\n" * 9000,
        "!" * 19000,
    ):
        began = time.process_time()
        assert isinstance(judge(command[:20_000], AROUND), Run | Ask | Refuse)
        assert time.process_time() - began < 1, command[:40]
