"""The front end's bundles: whether they are built from the sources that are there.

    python scripts/labextension.py           # say whether they are fresh (exit 1: stale)
    python scripts/labextension.py --stamp   # note that they were just built from them

A bundle's bytes depend on where it was built, so a hash of the sources is kept beside it.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
FRONT = ROOT / "labextension"
STAMP = FRONT / "built" / "sources.sha256"
SOURCES = ("package.json", "package-lock.json", "tsconfig.json", "src/**/*.ts", "style/*.css")


def digest() -> str:
    """Of every source's name and text."""
    told = hashlib.sha256()
    for path in sorted(path for glob in SOURCES for path in FRONT.glob(glob)):
        told.update(path.relative_to(FRONT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return told.hexdigest()


def main() -> int:
    """Compare, or stamp."""
    if "--stamp" in sys.argv:
        STAMP.write_text(digest() + "\n", encoding="utf-8")
        return 0
    if STAMP.exists() and STAMP.read_text(encoding="utf-8").strip() == digest():
        return 0
    print("stale: labextension/built; run `npm ci && npm run build` in labextension/ (CONTRIBUTING.md)")
    return 1


if __name__ == "__main__":
    sys.exit(main())
