"""Every command in a piece of bash, wherever it hides, as Mentions for the refusals to look at.

`mentions` walks the tree; `spelling` and `constants` tell what words come to,
`known` keeps what the command itself has set, `wrappers`, `javascript` and
`inline` tell what a command runs in turn. All of it may be inexact: what isn't
refused isn't run by it either.
"""

from vly_nb.tools.commands.found.mention import Mention
from vly_nb.tools.commands.found.mentions import mentions

__all__ = ["Mention", "mentions"]
