"""Options of the commands that run by themselves: those known to be harmless, and no others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from vly_nb.tools.commands.command import Program, Unlisted, Word

Operands = Literal["none", "any", "paths", "pattern, paths"]


@dataclass(frozen=True)
class Options:
    """What a program may be given.

    `letters` are short options without a value, `valued` those with one (a number
    for those in `numeric`), `long` the long ones, with `=` at their end when they
    need a value and `?` when they may have one (then only with `=`), `numbers`
    tells whether `-20` is one. `operands` says what the rest is.
    """

    letters: str = ""
    valued: str = ""
    numeric: str = ""
    long: frozenset[str] = frozenset()
    operands: Operands = "paths"
    numbers: bool = False
    pattern_given_by: str = ""  # options that give the pattern, so that all operands are paths


def _long(names: str) -> frozenset[str]:
    return frozenset(f"--{name}" for name in names.split())


GREP = Options(
    letters="EFGPinvwxclLoqsHhrRabzZU",
    valued="eABCmD",
    numeric="ABCm",
    long=_long(
        "recursive ignore-case line-number invert-match word-regexp line-regexp count files-with-matches "
        "files-without-match only-matching quiet no-messages with-filename no-filename extended-regexp "
        "fixed-strings perl-regexp text null include= exclude= exclude-dir= max-count= after-context= "
        "before-context= regexp= color? binary-files="
    ),
    operands="pattern, paths",
    numbers=True,
    pattern_given_by="e",
)
RIPGREP = Options(
    letters="nilwcvFHhNSsUxPpuoqI.0",
    valued="gtTABCmejdr",
    numeric="ABCmjd",
    long=_long(
        "files hidden no-ignore no-ignore-vcs ignore-case smart-case case-sensitive line-number "
        "no-line-number files-with-matches files-without-match count count-matches fixed-strings "
        "word-regexp line-regexp multiline multiline-dotall only-matching invert-match json heading "
        "no-heading with-filename no-filename stats trim vimgrep pcre2 column null type-list glob= iglob= "
        "type= type-not= max-count= max-depth= after-context= before-context= context= regexp= sort= "
        "sortr= replace= max-columns= color= threads= no-messages unrestricted"
    ),
    operands="pattern, paths",
    pattern_given_by="e",
)
TSC = Options(
    letters="bp",
    long=_long(
        "build noEmit skipLibCheck version listFiles explainFiles showConfig strict pretty project "
        "incremental"
    ),
    operands="paths",
)
CONVEX = Options(
    long=_long("once until-success dry-run typecheck tail-logs debug codegen no-push"), operands="any"
)
PNPM_ADD = Options(
    letters="DPEO",
    long=_long("save-dev save-prod save-exact save-optional dev prefer-offline offline"),
    operands="any",
)
PNPM_INSTALL = Options(
    letters="DP",
    long=_long("frozen-lockfile no-frozen-lockfile prefer-offline offline prod dev force"),
    operands="any",
)
PNPM_LIST = Options(letters="rDP", long=_long("depth= json long parseable prod dev"), operands="any")
GIT = Options(
    letters="pusbwzi",
    valued="nSGU",
    long=_long(
        "stat shortstat numstat name-only name-status oneline graph all decorate patch cached staged "
        "porcelain short branch reverse no-color abbrev-commit follow word-diff summary no-patch merges "
        "no-merges first-parent ignored untracked-files? color? format? pretty? since= until= after= "
        "before= author= grep= diff-filter? unified? max-count? date? porcelain? decorate? stat? word-diff?"
    ),
    numbers=True,
)
LS = Options("1aAbBcCdFghiklmnopqQrRsStuUvxX", long=_long("all almost-all recursive color?"))
CAT = Options("nbAsEetTuv")
HEAD = Options("qv", "nc", long=_long("lines= bytes="), numbers=True)
WC = Options("lwcmL", long=_long("lines words bytes chars"))
SORT = Options("nrufbdhV", "kt")
CUT = Options("s", "dfcb")
UNIQ = Options("cdui", operands="none")
TR = Options("dsc", operands="any")
ECHO = Options("neE", operands="any")
PWD = Options("LP", operands="none")
ALONE = Options(operands="none")
PNPM_REMOVE = Options("DPO", operands="any")
CONVEX_RUN = Options(long=_long("no-push"), operands="any")


def sorted_out(program: Program, options: Options) -> list[Word]:
    """The operands. Raises Unlisted for an option that isn't on the list."""
    operands: list[Word] = []
    words = iter(program.words)
    for word in words:
        text = word.text
        if text == "--":
            operands.extend(words)
        elif text.startswith("--"):
            name, equals, _ = text.partition("=")
            if {name, f"{name}?"} & options.long and not equals:
                continue
            if not {f"{name}=", f"{name}?"} & options.long:
                raise unknown(program, text)
            if not equals:
                next(words, None)
        elif text.startswith("-") and text != "-":
            if options.numbers and text[1:].isdigit():
                continue
            for index, letter in enumerate(text[1:], 1):
                if letter in options.valued:
                    value = text[index + 1 :] or next(words, Word("")).text
                    if letter in options.numeric and not value.isdigit():
                        raise unknown(program, text)
                    break
                if letter not in options.letters:
                    raise unknown(program, text)
        else:
            operands.append(word)
    return operands


def unknown(program: Program, option: str) -> Unlisted:
    """The reason to ask about an option."""
    return Unlisted(f"`{program.name}` has the option {option[:40]}, which isn't known to be harmless.")
