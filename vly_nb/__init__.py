"""vly_nb: a coding agent in Jupyter that changes a web app and shows every step for review.

In a notebook:

    %load_ext vly_nb
    %vly mount my-app
    %%vly
    Make the headline blue

In Python: `Session` and `Project`; in a notebook also `Panel`. Importing this module does nothing but name
them; `%load_ext` is as light, and everything else is imported when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vly_nb.notebook.widget import Panel as Panel
    from vly_nb.project.project import Project as Project
    from vly_nb.session import Session as Session

__version__ = "0.1.0"

__all__ = ["Panel", "Project", "Session", "__version__"]

_HOMES = {"Panel": "vly_nb.notebook.widget", "Session": "vly_nb.session", "Project": "vly_nb.project.project"}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for (PEP 562)."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """The public names, for tab completion."""
    return sorted([*globals(), *_HOMES])


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext vly_nb`: register `%vly` and `%%vly`. A second time does nothing."""
    import_module("vly_nb.notebook.extension").load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """`%unload_ext vly_nb`: take everything back that loading did."""
    import_module("vly_nb.notebook.extension").unload(shell)
