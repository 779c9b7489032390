"""Boxes: what each program of the list may reach."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from vly_nb.project.confine import PLAIN, Confinement, Reach
from vly_nb.sandbox.sandbox import Box
from vly_nb.stacks.convex_react.deployment import reaching, variables
from vly_nb.stacks.convex_react.registry import held
from vly_nb.tools.commands.command import Program


@asynccontextmanager
async def boxed(
    program: Program, confinement: Confinement, start: Sequence[str], keys: Mapping[str, str]
) -> AsyncIterator[tuple[Box, Mapping[str, str]]]:
    """A program's box and what is added to its environment, as long as the block runs.

    `start` is how the package manager is started, empty when it isn't needed; `keys` are
    the vault's, of which the Convex CLI gets what it needs.
    """
    if program.where == "package manager":
        async with held(start, confinement) as found:
            yield found.box, found.env
    elif program.where == "packages" and program.name == "convex":
        async with reaching(confinement.root, keys, confinement) as box:
            yield box, variables(keys) if keys else {}
    else:  # what git prints of a repository leaves secret files out (`execute`)
        yield await confinement.box(Reach(history=True) if program.name == "git" else PLAIN), {}
