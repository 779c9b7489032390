"""The bash tool's policy: which commands run (without a shell), are asked for, or refused.

`judge` reads a command and answers with a verdict; `execute` carries out a Run.
The lists are `allowed.py` and `refused.py`.
"""

from vly_nb.tools.commands.command import Ask, Pipeline, Program, Refuse, Run, Verdict, Word
from vly_nb.tools.commands.execute import execute, without_folder
from vly_nb.tools.commands.judge import judge

__all__ = [
    "Ask",
    "Pipeline",
    "Program",
    "Refuse",
    "Run",
    "Verdict",
    "Word",
    "execute",
    "judge",
    "without_folder",
]
