"""A program's name out of the word that names it: without folders, version, tricks with letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from fnmatch import fnmatchcase

from tree_sitter import Node

from vly_nb.tools.commands.letters import text_of

PATH = re.compile(
    r"(?:.*/)?node_modules/(?:\.pnpm/[^/]+/node_modules/)?(\.bin/[\w.-]+|@[\w.-]+/[\w.-]+|[\w.-]+)(?:/.*)?"
)
TITLES = {
    "webpack-cli": "webpack",
    "@rspack/cli": "rspack",
    "@angular/cli": "ng",
    "@storybook/cli": "storybook",
}
VERSION = re.compile(r"(?<=.)@[\w.^~<>=*-]*$")


def program_name(word: str) -> str:
    """`vite` for `./node_modules/.bin/vite`, `node_modules/vite/bin/vite.js` and `vite@latest`."""
    if found := PATH.fullmatch(word):
        package = found[1].removeprefix(".bin/")
        return TITLES.get(package, package)
    name = word if word.startswith("@") else word.rpartition("/")[2]
    return VERSION.sub("", name).removesuffix(".js").removesuffix(".exe") or word


HIDDEN_BY_PATTERN = (
    *("printenv", "env", "rm", "dd", "shutdown", "reboot", "openssl", "ssh-keygen", "chmod", "kill"),
    *("npm", "yarn", "bun", "pnpm", "npx", "vite", "convex", "tee", "sed", "git", "killall"),
)
LOOKALIKES = str.maketrans("аеорсухіјѕԁһոԛԝοαρνικυτ", "aeopcyxijsdhnqwoapvikut")


def program_names(word: str) -> Iterator[str]:
    """A program's name; several when it is a pattern like `/bin/print*v`."""
    plain = unicodedata.normalize("NFKC", word)
    plain = "".join(letter for letter in plain if unicodedata.category(letter) != "Cf")
    name = program_name(plain.casefold().translate(LOOKALIKES))
    yield name
    if any(letter in name for letter in "*?[") and sum(map(str.isalnum, name)) > 1 and len(name) < 60:
        yield from (one for one in HIDDEN_BY_PATTERN if fnmatchcase(one, name))


def multiplies(body: Node, name: str) -> bool:
    """Whether a function's body starts the function itself beside itself: a fork bomb."""
    waiting = [body]
    while waiting:
        node = waiting.pop()
        called = node.child_by_field_name("name") if node.type == "command" else None
        if called is not None and text_of(called) == name:
            after = node.next_sibling
            if (node.parent and node.parent.type == "pipeline") or (after and after.type == "&"):
                return True
        waiting += node.named_children
    return False
