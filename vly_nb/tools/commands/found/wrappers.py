"""Programs that run another one: `sudo`, `xargs`, `sh -c`, `npx`, `pnpm run`, and what they would run."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from vly_nb.tools.commands.found.javascript import run_by_manager, run_by_node
from vly_nb.tools.commands.found.mention import Mention

Carried = str | list[str]
"""What is run: a piece of shell, or the words of one command."""


@dataclass(frozen=True)
class Wrapper:
    """How to find the command behind a program: its options with values, words before the command."""

    valued: str = ""
    operands: int = 0
    assigns: bool = False  # NAME=value may stand before the command


WRAPPERS = {
    "sudo": Wrapper("ugpCchRrtTDU", assigns=True),
    "doas": Wrapper("uC"),
    "env": Wrapper("uC", assigns=True),
    "xargs": Wrapper("aEdIiLlnPs"),
    "timeout": Wrapper("ks", operands=1),
    "time": Wrapper("fo"),
    "nice": Wrapper("n"),
    "ionice": Wrapper("cnpPu"),
    "stdbuf": Wrapper("ioe"),
    "exec": Wrapper("a"),
    "flock": Wrapper("wE", operands=1),
    "chroot": Wrapper(operands=1),
    "taskset": Wrapper(operands=1),
    "chrt": Wrapper(operands=1),
    "watch": Wrapper("nd"),
    "strace": Wrapper("eopsEuabPOS"),
    "ltrace": Wrapper("eopsEuan"),
    "unshare": Wrapper("SGRw"),
    "cross-env": Wrapper(assigns=True),
    "cross-env-shell": Wrapper(assigns=True),
    "dotenv": Wrapper("ecpv", assigns=True),
    "env-cmd": Wrapper("fer"),
    "command": Wrapper(),
    "builtin": Wrapper(),
    "nohup": Wrapper(),
    "setsid": Wrapper(),
    "busybox": Wrapper(),
    "toybox": Wrapper(),
    "coproc": Wrapper(),
    "unbuffer": Wrapper(),
    "fakeroot": Wrapper(),
    "entr": Wrapper(),
    "systemd-run": Wrapper("pEu"),
    "parallel": Wrapper("jaIN"),
    "corepack": Wrapper(),
    # the grammar takes these for names after `!` and `time`
    **dict.fromkeys(("if", "then", "elif", "else", "while", "until", "do", "{", "!"), Wrapper(assigns=True)),
}
LONG_VALUED = frozenset(
    {"--user", "--group", "--signal", "--kill-after", "--adjustment", "--max-args", "--max-procs", "--unset"}
    | {"--delimiter", "--arg-file", "--chdir", "--interval", "--output", "--format", "--max-lines"}
)
SHELLS = frozenset({"sh", "bash", "zsh", "dash", "ksh", "ash", "fish", "rbash"})
SOURCING = frozenset({"source", "."})
TEXT_OPTIONS = {  # programs that are told of another one by an option
    **dict.fromkeys(("su", "runuser", "flock", "npx", "npm"), re.compile(r"-c(.*)", re.DOTALL)),
    "script": re.compile(r"-\w*c"),
    "env": re.compile(r"-S(.*)", re.DOTALL),
    "man": re.compile(r"-P(.*)"),
    "tar": re.compile(r"(?:--checkpoint-action=exec=|--to-command=|--use-compress-program=|-I)(.*)"),
    "nodemon": re.compile(r"--exec=?(.*)|-x"),
}
TEXTS = frozenset({"concurrently", "start-server-and-test", "parallel", "watch", "onchange"})
NAMES_SCRIPTS = frozenset({"npm-run-all", "npm-run-all2", "run-s", "run-p"})
RUNS_PROGRAM = frozenset(  # variables that name a program
    {"PAGER", "GIT_PAGER", "MANPAGER", "EDITOR", "VISUAL", "BROWSER", "GIT_EDITOR", "GIT_SSH_COMMAND"}
    | {"GIT_EXTERNAL_DIFF", "GIT_ASKPASS", "SSH_ASKPASS", "PROMPT_COMMAND", "LESSOPEN"}
)
ASKS_ONLY = frozenset({"-v", "-V"})  # `command -v x` looks where x is
EXECUTES = frozenset({"-exec", "-execdir", "-ok", "-okdir"})
ASSIGNMENT = re.compile(r"\w+=.*", re.DOTALL)
GIT_PROGRAM = re.compile(
    r"(?:alias\.\S+?=!|(?:core\.(?:pager|editor|sshcommand|fsmonitor)|pager\.\w+)=)(.+)", re.I
)


def carried(mention: Mention, scripts: Mapping[str, str], files: Mapping[str, str]) -> Iterator[Carried]:
    """What a command runs in turn; `files` is what is known of files, `scripts` of package.json."""
    name, arguments = mention.name, mention.arguments
    if name in SHELLS or name in SOURCING:
        yield from _shell(mention, files)
    elif name == "eval":
        yield " ".join(arguments)
    elif name == "trap":
        yield from arguments[:1]
    elif name == "alias":
        yield from (word.partition("=")[2] for word in arguments if "=" in word)
    elif name == "find":
        yield from _executed(arguments)
    elif name == "git":
        yield from _by_git(arguments)
    elif name in NAMES_SCRIPTS:
        yield from (scripts[word] for word in mention.operands if word in scripts)
    elif name in WRAPPERS and not (name == "command" and ASKS_ONLY & set(arguments[:1])):
        yield from _behind(WRAPPERS[name], mention)
    yield from run_by_manager(mention, scripts)
    yield from run_by_node(mention, scripts)
    if name in TEXT_OPTIONS:
        yield from _optioned(arguments, TEXT_OPTIONS[name])
    if name in TEXTS:
        yield from (
            re.sub(r"^npm:", "pnpm run ", word) for word in mention.operands if " " in word or ":" in word
        )


def _shell(mention: Mention, files: Mapping[str, str]) -> Iterator[str]:
    words = list(mention.arguments)
    inline = False
    while words and re.match(r"[-+]\w|--", words[0]):
        option = words.pop(0)
        inline = inline or bool(re.fullmatch(r"-\w*c\w*", option))
        if option in ("-o", "+o", "-O", "--rcfile", "--init-file"):
            words[:1] = []
    if inline:
        yield from words[:1]
    elif words and words[0] not in ("-", "/dev/stdin"):
        if words[0] in files:
            yield files[words[0]]
    elif mention.stdin is not None:
        yield mention.stdin


def _behind(wrapper: Wrapper, mention: Mention) -> Iterator[list[str]]:
    words = list(mention.arguments)
    while words and (words[0].startswith("-") or (wrapper.assigns and ASSIGNMENT.fullmatch(words[0]))):
        word = words.pop(0)
        if word == "--":
            continue
        short = re.match(r"-(\w*)", word)
        letters = short[1] if short and not word.startswith("--") else ""
        place = next((i for i, letter in enumerate(letters) if letter in wrapper.valued), None)
        if word in LONG_VALUED or (place is not None and place + 2 == len(word)):
            words[:1] = []
    words = words[wrapper.operands :]
    while wrapper.assigns and words and ASSIGNMENT.fullmatch(words[0]):
        words.pop(0)
    if mention.name in ("xargs", "parallel"):
        words = _fed(words, mention)
    if words:
        yield words


def _fed(words: list[str], mention: Mention) -> list[str]:
    """With what is known of the input in the place of `{}`, or at the end."""
    if ":::" in words:
        place = words.index(":::")
        return [*words[:place], *words[place + 1 :]]
    if mention.stdin is None or not words:
        return words
    given = mention.stdin.strip()
    told = re.search(r"(?:^|\s)-I\s?(\S+)", mention.text)
    mark = told[1] if told else "{}"
    if any(mark in word for word in words):
        return [word.replace(mark, given) for word in words]
    return [*words, *given.split()]


def _executed(arguments: Sequence[str]) -> Iterator[list[str]]:
    words = list(arguments)
    while words:
        if words.pop(0) in EXECUTES:
            end = next((i for i, word in enumerate(words) if word in (";", "+")), len(words))
            if end:
                yield words[:end]
            words = words[end:]


def _by_git(arguments: Sequence[str]) -> Iterator[Carried]:
    for word in arguments:
        if found := GIT_PROGRAM.fullmatch(word):
            yield found[1].removeprefix("!")
    for verb, after in (("bisect", "run"), ("submodule", "foreach")):
        if verb in arguments and after in arguments:
            words = list(arguments[arguments.index(after) + 1 :])
            yield words[0] if len(words) == 1 else words


def _optioned(arguments: Sequence[str], option: re.Pattern[str]) -> Iterator[str]:
    """The text of an option, in the same word or in the next."""
    for word, after in itertools.pairwise((*arguments, "")):
        if found := option.fullmatch(word):
            yield next(filter(None, found.groups()), after)
