"""Where a path is, and whether what is there is anybody's."""

from __future__ import annotations

import re

MADE = re.compile(  # made again by the tool that made it, or nobody's; within the sources it is theirs
    r"(?:.*/)?node_modules(?:/.*)?|(?!src/|convex/)(?:.*/)?(?:dist|build|out|coverage|\.cache|\.vite|\.tmp|tmp"
    r"|temp|\.turbo|\.next|\.parcel-cache|test-results|playwright-report|\.eslintcache|\.pnpm-store"
    r"|storybook-static)(?:/.*)?"
)
TEMPORARY = re.compile(r"/(?:tmp|var/tmp|dev/shm)/.+")
DEVICES = re.compile(r"/dev/(null|zero|full|u?random|stdin|stdout|stderr|tty|fd/\d+|(tcp|udp)/.*)")


def outside(path: str) -> bool:
    """Whether a path from the root leads out of the project."""
    return path.startswith(("/", "~", "../")) or path == ".."


def temporary(path: str) -> bool:
    """Whether it is a folder for what nobody keeps, or in one."""
    return TEMPORARY.fullmatch(path.rstrip("/") + "/x") is not None


def made_again(path: str) -> bool:
    """Whether nothing is lost there: a device, a file in /tmp, what a tool makes again."""
    return any(kind.fullmatch(path) for kind in (MADE, TEMPORARY, DEVICES))
