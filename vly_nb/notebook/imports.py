"""Imports: what vly needs is never taken from the folder a notebook lies in.

A kernel looks for modules in its current folder first. There the app may be, with a file
`anthropic.py` or `secrets.py` in it that somebody else wrote, and that would run in the kernel,
beside the keys. So an import that vly makes, or a package it stands on, passes that folder over;
a person's own imports are as they always were.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import FrameType, ModuleType

OURS = frozenset((
    *("vly_nb", "ahocorasick_rs", "annotated_types", "anthropic", "anyio", "anywidget", "ast_grep_py"),
    *("attr", "attrs", "docstring_parser", "dotenv", "dulwich", "fastjsonschema", "h11", "httpcore2"),
    *("httpx2", "idna", "jiter", "jsonschema", "jsonschema_specifications", "markdown_it", "mdurl"),
    *("nbformat", "nh3", "opentelemetry", "pathspec", "psygnal", "pydantic", "pydantic_core"),
    *("referencing", "rpds", "sniffio", "tree_sitter", "tree_sitter_bash"),
    *("tree_sitter_typescript", "truststore", "typing_extensions", "typing_inspection", "urllib3"),
    # not asked for, but taken by the SDK where they are, and JupyterLab's proxy brings them
    *("aiohappyeyeballs", "aiohttp", "aiosignal", "frozenlist", "multidict", "propcache", "yarl"),
))  # fmt: skip
"""vly and the packages it stands on; those that a kernel has loaded anyway are left out."""


class Careful(MetaPathFinder):
    """Finds, for imports made by vly and its packages, what is not in the current folder."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """As PathFinder does; None leaves it to the other finders. Raises ModuleNotFoundError."""
        if path is not None or not _is_ours(sys._getframe(1)):
            return None
        spec = PathFinder.find_spec(fullname, list(_elsewhere()), target)
        for finder in () if spec else sys.meta_path:
            if finder is not self and finder is not PathFinder:
                spec = spec or finder.find_spec(fullname, None, target)
        if spec is None:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        return spec


def _is_ours(frame: FrameType | None) -> bool:
    """Whether the import is made by vly or one of its packages, or by what these are importing."""
    while frame is not None:
        module = str(frame.f_globals.get("__name__", "")).partition(".")[0]
        if module in OURS:
            return True
        loading = frame.f_code.co_name == "<module>" and module in sys.stdlib_module_names
        if not (loading or module == "importlib" or module == "_frozen_importlib_external"):
            return module == "_frozen_importlib" and _is_ours(frame.f_back)
        frame = frame.f_back
    return False


def _elsewhere() -> Iterator[str]:
    here = os.path.realpath(os.getcwd())  # noqa: PTH109  (Path would import more)
    for entry in sys.path:
        if entry not in ("", ".") and os.path.realpath(entry) != here:
            yield entry
