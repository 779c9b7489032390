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
CALL = re.compile(
    r"""(?x)
    (?: (?<![\w.]) (?:exec|system|popen|shell_exec|passthru|spawn|execFile) | \bchild_process\S{0,20}?\.exec
      | \b(?:os|cp|IO|subprocess|Deno|Bun|pty)\s*\.\s*(?:system|popen|exec\w*|spawn\w*|run|call|Popen|Command)
      | \b(?:execSync|execFileSync|spawnSync|check_call|check_output|getoutput|getstatusoutput|Popen)
    ) \s* \(? \s* ( [^)]{1,2000} )"""
)
LITERAL = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`""", re.DOTALL)
SHELLED = re.compile(r"(?:print|getline)?[^|'\"`]{0,80}\|\s*\"([^\"]+)\"|\"([^\"]+)\"\s*\|\s*getline")


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
    code = code_of(mention)
    for call in CALL.finditer(code):
        words = ["".join(filter(None, groups)) for groups in LITERAL.findall(call[1])]
        if len(words) == 1:
            yield words[0]
        elif words[:2] in (["sh", "-c"], ["bash", "-c"]) or (words and "-c" in words[1:2]):
            yield " ".join(words[2:])
        elif words:
            yield " ".join(words)
    if mention.name in AWKS:
        yield from ("".join(filter(None, groups)) for groups in SHELLED.findall(code))
    if mention.name in ("perl", "ruby"):
        yield from re.findall(r"`([^`]+)`", code)
