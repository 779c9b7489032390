"""The backends of a project of this stack: its stand-in, and the deployment that its keys open."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from vly_nb.backend.backend import BackendError
from vly_nb.backend.backends import Backends
from vly_nb.backend.deployment import Deployment
from vly_nb.backend.embedded import Embedded
from vly_nb.errors import VlyError
from vly_nb.project.project import Project
from vly_nb.stacks.convex_react.deployment import ADMIN_KEY, is_production, variables
from vly_nb.stacks.convex_react.layout import functions_folder
from vly_nb.stacks.convex_react.pnpm import cache_folder
from vly_nb.stacks.convex_react.signing import place


def backends(project: Project, keys: Callable[[], Mapping[str, str]]) -> Backends:
    """What there is for this project; `keys` are what the vault has for the stack's own programs."""
    functions = functions_folder(project.root)
    embedded = Embedded(project, functions, cache_folder()) if functions else None

    def deployment() -> Deployment | None:
        found = variables(keys())
        if not ("CONVEX_DEPLOY_KEY" in found or ADMIN_KEY in found):
            return None
        return _made(project, found)

    def at(url: str) -> Deployment:
        if "://" not in url:
            raise BackendError(f"{url[:60]!r} is no address.", "Use embedded, deployment, or https://…")
        return _made(
            project, {"CONVEX_SELF_HOSTED_URL": url, ADMIN_KEY: {**os.environ, **keys()}.get(ADMIN_KEY, "")}
        )

    return Backends(project, embedded, deployment, at)


def _made(project: Project, found: Mapping[str, str]) -> Deployment:
    try:
        url, key, production = place(found)
    except VlyError as error:
        raise BackendError(error.message, error.hint) from None
    name = urlsplit(url).hostname or url
    return Deployment(name, url, key, production=production or is_production(project.root, found))
