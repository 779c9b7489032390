"""Which Convex deployment a project is set up with: by names, never by anybody's keys.

The values that are looked at say whether a deployment is a production one, which is
told to nobody, and where it is, so that the CLI reaches that and nothing else.
"""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

from vly_nb.project.confine import Confinement, Reach
from vly_nb.sandbox.proxy import Host, Proxy, host_of
from vly_nb.sandbox.sandbox import Box

NAMES = ("CONVEX_DEPLOYMENT", "CONVEX_SELF_HOSTED_URL", "CONVEX_DEPLOY_KEY")
ADMIN_KEY = "CONVEX_SELF_HOSTED_ADMIN_KEY"
VARIABLES = (*NAMES, ADMIN_KEY)
ENV_FILES = (".env.local", ".env")
SET_LINE = re.compile(
    r"""^[ \t]*(?:export[ \t]+)?(CONVEX_\w+)[ \t]*=[ \t]*["']?([^\s#"']{1,9})""", re.MULTILINE
)
ADDRESSES = ("CONVEX_SELF_HOSTED_URL", "CONVEX_URL", "VITE_CONVEX_URL")
PLACE_LINE = re.compile(
    r"""^[ \t]*(?:export[ \t]+)?((?:VITE_)?CONVEX_URL|CONVEX_SELF_HOSTED_URL|CONVEX_DEPLOYMENT)"""
    r"""[ \t]*=[ \t]*["']?([^\s#"']{1,300})""",
    re.MULTILINE,
)
LOCAL_PORTS = range(3210, 3310)  # where `convex dev` puts a deployment on this machine
PROVISION = "https://api.convex.dev"  # convex 1.48: `productionProvisionHost`
BIGGEST = 200_000  # characters of an env file


def deployment(root: Path, keys: Mapping[str, str] | None = None) -> str:
    """The variable that names the deployment, "" when none is set up.

    Looked for in the process's environment, in `keys`, and in the env files.
    """
    names = _beginnings(root, keys)
    return next((name for name in NAMES if name in names), "")


def is_production(root: Path, keys: Mapping[str, str] | None = None) -> bool:
    """Whether that deployment is the one that people use: nothing is ever pushed to it."""
    return any(beginning.startswith("prod:") for beginning in _beginnings(root, keys).values())


def variables(keys: Mapping[str, str] | None = None) -> dict[str, str]:
    """What the CLI needs to reach the deployment, for its ears only: of this process's environment and
    of `keys`, which win.

    The admin key goes only where the person said: an address in a file of the project is not enough.
    """
    found = {name: value for name, value in {**os.environ, **(keys or {})}.items() if name in VARIABLES}
    if "CONVEX_SELF_HOSTED_URL" not in found:
        found.pop(ADMIN_KEY, None)
    return found


@asynccontextmanager
async def reaching(
    root: Path, keys: Mapping[str, str] | None, confinement: Confinement
) -> AsyncIterator[Box]:
    """A box for the Convex CLI as long as the block runs: the env files, the deployment, nothing else.

    The person's login is there to be read, as the CLI needs it for a deployment of theirs.
    """
    async with Proxy(hosts(root, keys)) as proxy:
        reach = Reach(
            keys=True,
            network=proxy.address,
            proxy=proxy.url,
            home=True,
            readable=[Path.home() / ".convex" / "config.json"],
        )
        yield await confinement.box(reach)


def hosts(root: Path, keys: Mapping[str, str] | None = None) -> frozenset[Host]:
    """The deployment's own hosts, to the letter, and Convex's, which tells where a deployment is.

    What the person's environment and keys name may be in a private network; what a file
    of the project names may not, but for a deployment that Convex runs on this machine.
    """
    files, told = _values(root), {**os.environ, **(keys or {})}
    known = {**files, **told}
    named = [host_of(known[name], told=bool(told.get(name))) for name in ADDRESSES if known.get(name)]
    found = {replace(host, told=host.told or _is_local(host)) for host in named if host is not None}
    if name := re.fullmatch(r"(?:\w+:)?([a-z]+-[a-z]+-\d+)", known.get("CONVEX_DEPLOYMENT", "")):
        found.add(Host(f"{name[1]}.convex.cloud", 443))
    if provision := host_of(known.get("CONVEX_PROVISION_HOST") or PROVISION, told=False):
        found.add(provision)
    return frozenset(found)


def _is_local(host: Host) -> bool:
    return host.name in ("127.0.0.1", "localhost") and host.port in LOCAL_PORTS


def _values(root: Path) -> dict[str, str]:
    """What the env files say of where the deployment is; none of it opens anything."""
    found: dict[str, str] = {}
    for file in reversed(ENV_FILES):
        with suppress(OSError), (root / file).open(encoding="utf-8", errors="replace") as opened:
            found.update(PLACE_LINE.findall(opened.read(BIGGEST)))
    return found


def _beginnings(root: Path, keys: Mapping[str, str] | None) -> dict[str, str]:
    """The first letters of each variable; the process's environment wins over the files."""
    found: dict[str, str] = {}
    for file in reversed(ENV_FILES):
        try:
            with (root / file).open(encoding="utf-8", errors="replace") as opened:
                found.update(SET_LINE.findall(opened.read(BIGGEST)))
        except OSError:
            continue
    found.update({name: value for name, value in variables(keys).items() if value})
    return {name: value for name, value in found.items() if name in NAMES}
