"""What the stand-in's host needs besides the project's own packages: fetched once, into a cache of ours."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from pathlib import Path

from vly_nb.backend.backend import BackendError
from vly_nb.errors import ProgramError
from vly_nb.processes import run
from vly_nb.progress import Report

HOST = Path(__file__).parent / "host"
PACKAGES = HOST / "packages"
LOCK = "package-lock.json"
TIMEOUT = 300.0  # seconds; the packages are there in 2 s
INSTALL = (
    "npm",
    "ci",
    "--ignore-scripts",
    "--legacy-peer-deps",  # `convex` itself is the project's
    "--omit=dev",
    "--fetch-retry-mintimeout=1000",
    "--fetch-retry-maxtimeout=8000",
)


async def packages(cache: Path, report: Report) -> Path:
    """The folder of the host's packages beneath `cache`; installed when it isn't there.

    Raises BackendError.
    """
    digest = hashlib.sha256((PACKAGES / LOCK).read_bytes()).hexdigest()[:12]
    place = cache / f"stand-in-{digest}"
    if _whole(place):
        return place
    report("fetching what the stand-in needs, once")
    cache.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix="stand-in-", dir=cache))
    try:
        for name in ("package.json", LOCK):
            shutil.copyfile(PACKAGES / name, beside / name)
        done = await run(INSTALL, cwd=beside, timeout=TIMEOUT)
        if not done.ok:
            raise BackendError(
                f"What the stand-in needs couldn't be fetched: {done.output.strip()[-600:]}",
                "Check the network (or npm's registry setting), then try again.",
            )
        beside.chmod(0o755)
        if place.exists() and not _whole(place):
            place.rename(beside / "broken")
        try:
            beside.rename(place)
        except OSError:
            if not _whole(place):  # another came first, and is as good
                raise
    except ProgramError as error:
        raise BackendError(error.message, error.hint) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return place


def _whole(place: Path) -> bool:
    names = json.loads((PACKAGES / "package.json").read_bytes())["dependencies"]
    return all((place / "node_modules" / name / "package.json").is_file() for name in names)
