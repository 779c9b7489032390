"""Files written past the editor: by `>`, `tee`, `sed -i` and their like.

The place decides, not the writer: what goes into a file of the project is an
edit, whatever printed it. Logs and lists, folders that tools make and /tmp are free.
"""

from __future__ import annotations

import re

from vly_nb.tools.commands.found.inline import code_of
from vly_nb.tools.commands.found.mention import Mention
from vly_nb.tools.commands.refusals.deletes import MADE, TEMPORARY
from vly_nb.tools.commands.refusals.sentences import EDITS, OUTSIDE
from vly_nb.tools.commands.surroundings import Surroundings

SCRATCH = re.compile(r".*\.(log|txt|out|err|tmp|patch|diff)")
DEVICES = re.compile(r"/dev/(null|stdout|stderr|tty|fd/\d+|tcp/.*|udp/.*)")
IN_PLACE = re.compile(r"-[nEsrpalwzu0]*i[.\w~]*|--in-place.*")
EDITORS = frozenset({"ed", "ex", "vi", "vim", "nvim", "nano", "emacs", "pico", "sponge", "truncate"})
CODE = re.compile(
    r"""(?x) \b(?:writeFile(?:Sync)?|appendFile(?:Sync)?|createWriteStream|file_put_contents|Bun\.write)
    \s*\(\s* ['"`] ([^'"`]*)  |  \bopen\(\s*['"]([^'"]*)['"]\s*,\s*['"][wax] """
)
PATHLIB = re.compile(r"Path\(\s*['\"]([^'\"]*)['\"]\s*\)\.write_(?:text|bytes)\(")


def edits(mention: Mention, around: Surroundings) -> str:
    """What is written where, and whether that is the editor's."""
    name, arguments = mention.name, mention.arguments
    targets = list(mention.writes)
    if name == "tee":
        targets += mention.operands
    if name in ("sed", "gsed", "perl", "ruby") and any(map(IN_PLACE.fullmatch, arguments)):
        targets += mention.operands[-1:]
    if name in ("awk", "gawk") and "inplace" in arguments:
        targets += mention.operands[-1:]
    if name == "patch" and not {"--dry-run", "--version", "--help"} & set(arguments):
        return EDITS
    if name in EDITORS and not {"--version", "--help"} & set(arguments):
        targets += mention.operands[-1:] or ["."]
    code = code_of(mention)
    targets += ["".join(groups) for groups in CODE.findall(code)] + PATHLIB.findall(code)
    return next((said for target in targets if (said := _said(target, mention, around))), "")


def _said(target: str, mention: Mention, around: Surroundings) -> str:
    """The sentence for one place, "" where it may be written."""
    path = around.located(target, mention.folder)
    if path is None or DEVICES.fullmatch(path) or TEMPORARY.fullmatch(path) or target.startswith(">("):
        return ""
    if path.startswith(("/", "~", "..")):
        return OUTSIDE.format(target[:100])
    return "" if MADE.fullmatch(path) or SCRATCH.fullmatch(path) else EDITS
