"""Commands that are refused: one family a file, each rule a function from a command to a sentence or "".

Not a wall: a command that hides from these is on no list either, and goes into
the sandbox. To add a refusal, add a word to a family's list, or a rule to RULES.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from vly_nb.tools.commands.found.mention import Mention
from vly_nb.tools.commands.refusals.builds import builds, guard
from vly_nb.tools.commands.refusals.convex import convex
from vly_nb.tools.commands.refusals.convex_run import convex_run
from vly_nb.tools.commands.refusals.deletes import deletes
from vly_nb.tools.commands.refusals.edits import edits
from vly_nb.tools.commands.refusals.files import machine_files, own_files, secret_files
from vly_nb.tools.commands.refusals.git import git
from vly_nb.tools.commands.refusals.keys import printers, signing
from vly_nb.tools.commands.refusals.machine import machine
from vly_nb.tools.commands.refusals.managers import managers
from vly_nb.tools.commands.refusals.servers import publishing, servers
from vly_nb.tools.commands.surroundings import Surroundings

Rule = Callable[[Mention, Surroundings], str]

RULES: Sequence[Rule] = (
    *(printers, signing, machine, secret_files, machine_files, own_files),
    *(convex, builds, guard, publishing, servers, convex_run),
    *(git, deletes, managers, edits),
)
"""The most telling first: what breaks several rules is answered by the first."""


def refusal(mentions: Sequence[Mention], around: Surroundings) -> str:
    """The sentence for what is refused, "" for all else."""
    return next((said for rule in RULES for one in mentions if (said := rule(one, around))), "")
