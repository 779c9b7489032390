"""The bash tool's policy: which commands run (without a shell), are asked for, or refused.

`judge` reads a command and answers with a verdict; `execute` carries out a Run.
The lists are `allowed.py` and `refusals/`; every command of the table
tests/tools/commands.toml is judged by the tests.
"""

from vly_nb.tools.commands.command import Ask, Pipeline, Program, Refuse, Run, Verdict, Word
from vly_nb.tools.commands.execute import execute, without_folder
from vly_nb.tools.commands.judge import judge
from vly_nb.tools.commands.no_build import NO_BUILD
from vly_nb.tools.commands.surroundings import Surroundings, surroundings

__all__ = [
    "NO_BUILD",
    "Ask",
    "Pipeline",
    "Program",
    "Refuse",
    "Run",
    "Surroundings",
    "Verdict",
    "Word",
    "execute",
    "judge",
    "surroundings",
    "without_folder",
]
