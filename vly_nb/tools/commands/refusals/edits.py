"""Files written past the editor: by `>`, `tee`, `sed -i` and their like.

For `>` and `tee` the place decides, not the writer: what goes into a source file
of the project is an edit, whatever printed it. Lists, logs and archives, folders
that tools make and /tmp are free. What changes a file where it is is always an edit.
"""

from __future__ import annotations

import re

from vly_nb.tools.commands.found.inline import code_of
from vly_nb.tools.commands.found.mention import Mention
from vly_nb.tools.commands.refusals.places import made_again, outside
from vly_nb.tools.commands.refusals.sentences import EDITS, OUTSIDE
from vly_nb.tools.commands.surroundings import Surroundings

SOURCE = re.compile(
    r"(?i).*\.([mc]?[jt]sx?|css|s[ac]ss|less|html?|json[c5]?|mdx?|ya?ml|toml|svg|sh|sql|graphql|py|vue|svelte|xml)"
    r"|(.*/)?(\.\w+(rc|ignore|attributes|config)|dockerfile|makefile|\.nvmrc)"
)
IN_PLACE = re.compile(r"-[nEsrpalwzu0]*i[.\w~]*|--in-place.*")
EDITORS = frozenset({"ed", "ex", "vi", "vim", "nvim", "nano", "emacs", "pico", "sponge", "truncate", "patch"})
ASKS = frozenset({"--dry-run", "--version", "--help"})
ANY = re.compile(r".*", re.DOTALL)
CODE = re.compile(
    r"""(?x) \b(?:writeFile(?:Sync)?|appendFile(?:Sync)?|createWriteStream|file_put_contents|Bun\.write)
    \s*\(\s* ['"`] ([^'"`]*)  |  \bopen\(\s*['"]([^'"]*)['"]\s*,\s*['"][wax] """
)
PATHLIB = re.compile(r"Path\(\s*['\"]([^'\"]*)['\"]\s*\)\.write_(?:text|bytes)\(")


def edits(mention: Mention, around: Surroundings) -> str:
    """What is written where, and whether that is the editor's."""
    name, arguments, operands = mention.name, mention.arguments, mention.operands
    written = [*mention.writes, *(operands if name == "tee" else ())]
    code = code_of(mention)
    written += ["".join(groups) for groups in CODE.findall(code)] + PATHLIB.findall(code)
    changed: list[str] = []
    if (name in ("sed", "gsed", "perl", "ruby") and any(map(IN_PLACE.fullmatch, arguments))) or (
        name in ("awk", "gawk") and "inplace" in arguments
    ):
        changed = [word for word in operands if word not in ("+", ";")][-1:]
    elif name in EDITORS and not ASKS & set(arguments):
        changed = [word for word in arguments[-1:] if word != "-"] or (["."] if name == "patch" else [])
    return next(
        (
            said
            for places, source in ((written, SOURCE), (changed, ANY))
            for place in places
            if (said := _said(place, mention, around, source))
        ),
        "",
    )


def _said(target: str, mention: Mention, around: Surroundings, source: re.Pattern[str]) -> str:
    """The sentence for one place, "" where it may be written."""
    path = around.located(target, mention.folder)
    if source is ANY and "{}" in target:
        return EDITS
    if path is None or made_again(path) or target.startswith(">("):
        return ""
    if outside(path):
        return OUTSIDE.format(target[:100])
    return EDITS if source.fullmatch(path) else ""
