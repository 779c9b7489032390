"""Backends: which backend a project uses now: the stand-in, or a deployment, as the person chose.

    backends = Backends(project, embedded, deployment)
    backends.choose("embedded")
    backend = await backends.current()

Without a choice it is the deployment when a key for one is set, else the stand-in.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from contextlib import suppress

from vly_nb.backend.backend import STAND_IN, Backend, BackendError
from vly_nb.backend.deployment import Deployment
from vly_nb.backend.embedded import Embedded
from vly_nb.progress import Report, silent
from vly_nb.project.project import Project
from vly_nb.project.state import own_state

EMBEDDED, DEPLOYMENT = "embedded", "deployment"
CHOICE = "backend"  # the file in .vly; an address is never kept there, since keys would follow it


class Backends:
    """See the module's top. `deployment` finds the one that keys are set for (None: there is none);
    `at` makes one of an address that the person named."""

    def __init__(
        self,
        project: Project,
        embedded: Embedded | None,
        deployment: Callable[[], Deployment | None],
        at: Callable[[str], Deployment],
    ) -> None:
        self.embedded = embedded
        self._project = project
        self._deployment = deployment
        self._at = at
        self._named: Deployment | None = None

    @property
    def choice(self) -> str:
        """ "embedded", "deployment", or the address that was named."""
        if self._named is not None:
            return self._named.url
        with suppress(OSError):
            kept = (own_state(self._project.root) / CHOICE).read_text("utf-8").strip()
            if kept in (EMBEDDED, DEPLOYMENT):
                return kept
        with suppress(BackendError):
            return DEPLOYMENT if self._deployment() is not None else EMBEDDED
        return EMBEDDED

    def choose(self, which: str) -> None:
        """Use this one from now on. Raises BackendError when it can't be."""
        if which not in (EMBEDDED, DEPLOYMENT):
            self._named = self._at(which)
            return
        if which == DEPLOYMENT and self._deployment() is None:
            raise BackendError(
                "No key for a Convex deployment is set.",
                "Make a deploy key on the Convex dashboard and use `%vly keys set CONVEX_DEPLOY_KEY`.",
            )
        if which == EMBEDDED:
            self._stand_in()
        self._named = None
        place = own_state(self._project.root) / CHOICE
        beside = place.with_suffix(".new")
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(which)
        beside.replace(place)

    async def current(self, report: Report = silent) -> Backend:
        """The one to use; the stand-in is started when it doesn't run. Raises BackendError, ProgramError."""
        if self._named is not None:
            return self._named
        if self.choice == DEPLOYMENT:
            found = self._deployment()
            if found is None:
                raise BackendError(
                    "No key for a Convex deployment is set any more.", "Use `%vly backend embedded`."
                )
            return found
        stand_in = self._stand_in()
        await stand_in.start(report)
        return stand_in

    def there(self) -> Backend | None:
        """The one to use, when it is there without anything being started."""
        if self._named is not None or self.choice == DEPLOYMENT:
            with suppress(BackendError):
                return self._named or self._deployment()
            return None
        return self.embedded if self.embedded is not None and self.embedded.running() else None

    async def keep(self, version: int) -> None:
        """Keep the stand-in's data as it is now as a version's, when it runs; a failure is nobody's stop."""
        if isinstance(there := await asyncio.to_thread(self.there), Embedded):
            with suppress(BackendError):
                await there.snapshot(str(version))

    async def kept(self, version: int) -> bool:
        """Whether data was kept as this version's, and can be brought back now."""
        if isinstance(there := await asyncio.to_thread(self.there), Embedded):
            with suppress(BackendError):
                return str(version) in (await there.ask("status"))["snapshots"]
        return False

    def page_variables(self, elsewhere: bool) -> Mapping[str, str]:
        """What the page is told: where its backend is, while that is the stand-in.

        `elsewhere` is for a page whose address isn't this machine's.
        """
        if self.choice == EMBEDDED and self.embedded is not None and self.embedded.running():
            return {"VITE_CONVEX_URL": self.embedded.page_url() if elsewhere else self.embedded.url}
        return {}

    def _stand_in(self) -> Embedded:
        if self.embedded is None:
            raise BackendError(
                f"There is nothing for a {STAND_IN} to run: the project has no Convex functions.",
                "Add the package `convex` and a functions folder first.",
            )
        return self.embedded
