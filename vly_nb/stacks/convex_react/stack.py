"""The stack `convex-react`: React, Vite, React Router, Tailwind, shadcn/ui, Convex, pnpm."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from pathlib import Path

from vly_nb.checks.baseline import Baselines
from vly_nb.checks.check import CheckResult
from vly_nb.diagnostics import Diagnostic
from vly_nb.errors import ProgramError, ProjectError, ToolError
from vly_nb.policy import gates
from vly_nb.policy.policy import Policy
from vly_nb.policy.rules import RULES
from vly_nb.project.changes import ChangeSet
from vly_nb.project.project import Guard, Project
from vly_nb.stacks.convex_react import backend_check, pnpm, syntax
from vly_nb.stacks.stack import Report

HERE = resources.files("vly_nb.stacks.convex_react")
NAME = re.compile(r"^[a-z0-9][a-z0-9._-]{0,60}$")
