"""Secret files, git's and vly's own, and the machine's: named anywhere in a command that could read them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from vly_nb.project.paths import folded, is_secret
from vly_nb.tools.commands.found.inline import AWKS, code_of
from vly_nb.tools.commands.found.mention import Mention
from vly_nb.tools.commands.found.wrappers import EXECUTES
from vly_nb.tools.commands.refusals.places import made_again, outside, temporary
from vly_nb.tools.commands.refusals.sentences import HIDDEN, KEYS, OUTSIDE, OWN
from vly_nb.tools.commands.surroundings import Surroundings

SEARCHERS = {  # options with values; the first operand is a pattern, unless an option gives it
    **dict.fromkeys(("grep", "egrep", "fgrep", "zgrep"), "eABCmDf"),
    "rg": "gtTABCmejdrfM",
    "ag": "ABCGm",
    "ack": "ABCm",
    **dict.fromkeys(("sed", "gsed"), "efl"),
    **dict.fromkeys(AWKS, "vFfe"),
    "jq": "fL",
}
FILERS = frozenset({"cp", "mv", "less", "more", "base64", "xxd", "od", "strings", "nl", "tac", "rev", "diff"})
SAYS = frozenset(
    {"echo", "printf", "print", ":", "true", "false", "export", "declare", "alias", "trap", "eval"}
)
NAMES_ONLY = frozenset(
    {"ls", "dir", "stat", "test", "[", "[[", "basename", "dirname", "realpath", "readlink", "du", "file"}
)
READS_NAMES = frozenset({"xargs", "read", "$(", "parallel", "mapfile", "readarray", "cpio", "tar"})
FINDS_MORE = EXECUTES | {"-delete", "-fprint", "-fprintf", "-fls"}
GIT_NAMES = frozenset({"check-ignore", "ls-files", "status", "check-attr"})
GIT_TEXT = frozenset({"-m", "--message", "--grep", "--author", "-S", "-G", "--format", "--pretty", "-c"})
LEAVES_OUT = re.compile(r"--(?:exclude(?:-\w+)?|ignore(?:-pattern|-path|-dir)?)(?:=.*)?")
LEAVES_OUT_BY = {"diff": {"-x", "-X"}, "zip": {"-x"}, "tree": {"-I"}, "tar": {"-X"}}

SAMPLES = (".env", ".env.local", ".env.production", ".npmrc", ".netrc", "server.pem", "id_rsa")
ORDINARY = (
    *(".eslintrc", ".eslintrc.json", ".editorconfig", ".env.example", ".gitignore", ".prettierrc", ".github"),
    *(".vscode", ".nvmrc", ".node-version", ".dockerignore", "index.html", "package.json", "src", "App.tsx"),
    *("main.ts", "README.md", "a", "x.js", "test.txt"),
)
TOUCHES = re.compile(
    r"(?i)read|open\(|dotenv|cat\b|slurp|load|file_get|config\(|copy|rename|unlink|<|Bun\.file|getline"
    r"|write|append|put_contents"
)
IN_CODE = re.compile(r"""['"`]([^'"`\s]*(?:\.env|\.npmrc|\.netrc|\.pem|\.key|id_rsa)[^'"`\s]*)['"`]""")
MACHINE = re.compile(
    r"""(?x)
    /etc/(?:passwd|shadow|gshadow|sudoers|ssh|ssl/private|krb5)\b.* | /root(?:/.*)? | /home/[^/]+/\..*
    | ~[\w-]*/(?: \.(?:ssh|aws|config|docker|kube|gnupg|jupyter|local|cache|profile)\b
        | \.(?:netrc|npmrc|git-credentials|\w*_?history|\w*rc)\b | Library ).*
    | /proc/(?: self|thread-self|\*|\?|\[.*\]|\$\w+|\$\$|\d+ )/
        (?: mem|maps|fd|root|cwd|cmdline|task|map_files )\b.*
    | /proc/kcore | /dev/(?:sd|nvme|vd|mem|kmem|disk).* | /var/lib/docker.*
    | (?:/var)?/run/(?:docker\.sock|user|secrets).*"""
)
ENVIRON = re.compile(r".*/?proc/[^\s]*environ.*")


def secret_files(mention: Mention, _: Surroundings) -> str:
    """Whatever a command would do with it, when it is named where a file is meant."""
    for word in _file_words(mention):
        for part in (word, *re.split(r"[=:,@]", word)):
            if (path := _secret(part.strip("\"'() "))) and not only_names(mention):
                return HIDDEN.format(path[:100])
            if ENVIRON.fullmatch(part):
                return KEYS
    for place in (*mention.writes, *mention.reads):
        if path := _secret(place):
            return HIDDEN.format(path[:100])
        if ENVIRON.fullmatch(place):
            return KEYS
    code = code_of(mention)
    if code and mention.name not in AWKS and TOUCHES.search(code):
        for word in IN_CODE.findall(code):
            if path := _secret(word):
                return HIDDEN.format(path[:100])
    return ""


def own_files(mention: Mention, around: Surroundings) -> str:
    """`.git` and `.vly`, which commands may not touch."""
    if only_names(mention) or mention.name == "find":
        return ""
    for word in (*_file_words(mention), *mention.writes, *mention.reads):
        for part in (word, *word.split("=")):
            path = around.located(part, mention.folder) or part
            if any(folded(step) in (".git", ".vly") for step in path.split("/")) and "://" not in word:
                return OWN.format(part[:100])
    return ""


def machine_files(mention: Mention, around: Surroundings) -> str:
    """Files of the machine and of the person's home that hold what is secret."""
    for word in (*_file_words(mention), *mention.writes, *mention.reads):
        for part in (word, *re.split(r"[=@]", word)):
            if MACHINE.fullmatch(part) or (mention.name in FILERS and _elsewhere(part, mention, around)):
                return OUTSIDE.format(part[:100])
    return ""


def _elsewhere(word: str, mention: Mention, around: Surroundings) -> bool:
    path = around.located(word, mention.folder)
    return path is not None and outside(path) and not made_again(path) and not temporary(path)


def _secret(path: str) -> str:
    """The path when it is a secret file's, or a pattern that fits secret files and no ordinary ones."""
    if not path or len(path) > 300 or any(letter in path for letter in " \n{}$`"):
        return ""
    if not any(letter in path for letter in "*?["):
        return path if is_secret(path.removeprefix("./")) else ""
    if path.startswith("!"):
        return ""
    last = path.rstrip("/").rpartition("/")[2]
    fits = any(fnmatchcase(sample, last) for sample in SAMPLES)
    return (
        path if fits and not any(fnmatchcase(one, last) for one in ORDINARY if one != ".env.example") else ""
    )


def only_names(mention: Mention) -> bool:
    """Whether it tells that a file is there and no more, and nothing further takes its name."""
    if mention.sinks & READS_NAMES:
        return False
    if mention.name == "git":
        return bool(GIT_NAMES & set(mention.operands[:1]))
    if mention.name == "find":
        return not FINDS_MORE & set(mention.arguments)
    return mention.name in NAMES_ONLY


def _file_words(mention: Mention) -> Iterator[str]:
    """The arguments that may name a file; patterns, texts and what is left out don't."""
    name = mention.name
    if name in SAYS or (name == "convex" and mention.arguments[:1] != ("import",)):
        return
    if name in SEARCHERS:
        yield from _operands(mention.arguments, SEARCHERS[name])
        return
    if name == "find" and not only_names(mention):
        yield from mention.arguments
        return
    taken = GIT_TEXT if name == "git" else LEAVES_OUT_BY.get(name, frozenset())
    for before, word in zip(("", *mention.arguments), mention.arguments, strict=False):
        if before in taken or LEAVES_OUT.fullmatch(before) or LEAVES_OUT.fullmatch(word):
            continue
        if name == "git" and re.match(r":(\(.*exclude.*\)|[!^])", word):
            continue
        yield word


def _operands(arguments: tuple[str, ...], valued: str) -> Iterator[str]:
    """Files of a search: after the pattern, which may come with `-e` or `-f`."""
    words = list(arguments)
    pattern_given = False
    operands: list[str] = []
    while words:
        word = words.pop(0)
        if word == "--":
            operands += words
            break
        if word.startswith("--"):
            pattern_given = pattern_given or word.startswith(
                ("--regexp", "--file=", "--expression", "--files")
            )
        elif word.startswith("-") and len(word) > 1:
            place = next((i for i, letter in enumerate(word[1:], 1) if letter in valued), None)
            if place is not None:
                pattern_given = pattern_given or word[place] in "ef"
                if place == len(word) - 1:
                    words[:1] = []
        else:
            operands.append(word)
    yield from operands if pattern_given else operands[1:]
