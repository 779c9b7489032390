"""Code that stands in the command itself: `node -e …`, `python -c …`, `awk '…'`, a here-document for python.

Best effort: what a program hides further is the sandbox's.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from vly_nb.tools.commands.found.mention import Mention

OPTIONS = {
    **dict.fromkeys(("node", "nodejs", "tsx", "ts-node", "bun"), re.compile(r"-[ep]|-pe|--eval|--print")),
    **dict.fromkeys(("python", "python3", "pypy3"), re.compile(r"-\w*c")),
    **dict.fromkeys(("perl", "ruby"), re.compile(r"-\w*[eE]")),
    "php": re.compile(r"-r"),
    "deno": re.compile(r"eval"),
    "lua": re.compile(r"-e"),
    "osascript": re.compile(r"-e"),
}
AWKS = frozenset({"awk", "gawk", "mawk", "nawk"})
INTERPRETERS = frozenset(OPTIONS) | AWKS
STARTS = r"system|popen|shell_exec|passthru|exec(?:File)?Sync|spawnSync|check_call|check_output|getoutput"
WITH_MODULE = r"run|call|Popen|exec|spawn|execFile|fork|Command"
MODULES = re.compile(r"subprocess|child_process|\bpty\b|Deno|Bun|execa|zx")
CALL = re.compile(rf"\b(?:{STARTS})\s*\(\s*([^)]{{1,2000}})")
CALL_WITH_MODULE = re.compile(rf"\b(?:{STARTS}|{WITH_MODULE})\s*\(\s*([^)]{{1,2000}})")
CALL_OF_SCRIPTS = re.compile(
    r"\b(?:system|exec|spawn|popen|shell_exec|passthru)\s*\(?\s*(['\"][^)\n;]{1,2000})"
)
LITERAL = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`""", re.DOTALL)
AWK_READS = re.compile(r'"([^"]+)"\s*\|&?\s*getline')
AWK_SHELL = re.compile(r'\|\s*"\w*sh"')
QUOTED_COMMAND = re.compile(r"`([^`]+)`|\bqx\s*[({\[/|!]([^)}\]/|!]+)")
SED_COMMAND = re.compile(
    r"(?:^|[;{}\n]|[\d$/]\s*!?)\s*e\s+([^\n]+)|s([/|#,])(?:(?!\2)[^\n])*\2((?:(?!\2)[^\n])*)\2\w*e"
)


def code_of(mention: Mention) -> str:
    """The code that an interpreter is given, "" when there is none in sight."""
    if mention.name in AWKS:
        return next(iter(mention.operands), "")
    option = OPTIONS.get(mention.name)
    if option is None:
        return ""
    words = mention.arguments
    found = [after for word, after in itertools.pairwise(words) if option.fullmatch(word)]
    found += [word.partition("=")[2] for word in words if re.match(r"--(?:eval|print)=", word)]
    if not found and not [word for word in mention.operands if word != "-"]:
        return mention.stdin or ""
    return "\n".join(found)


def started(mention: Mention) -> Iterator[str]:
    """What the code would start, as shell: the words of `exec`, `system`, `subprocess.run` and their like."""
    if mention.name in ("sed", "gsed"):
        for word in mention.operands:
            yield from (found[1] or found[3] for found in SED_COMMAND.finditer(word))
        return
    code = code_of(mention)
    scripts = mention.name in ("perl", "ruby", "php")
    calls = CALL_OF_SCRIPTS if scripts else CALL_WITH_MODULE if MODULES.search(code) else CALL
    for call in calls.finditer(code):
        words = _literals(call[1])
        yield " ".join(words[2:] if words[1:2] in (["-c"], ["-lc"]) else words)
    if mention.name in AWKS:
        yield from AWK_READS.findall(code)
        yield from _literals(code) if AWK_SHELL.search(code) else []
    if scripts:
        yield from (found[1] or found[2] for found in QUOTED_COMMAND.finditer(code))


def _literals(code: str) -> list[str]:
    return ["".join(groups) for groups in LITERAL.findall(code)]
