"""Say loudly which tests this machine will leave out, and how to get what they need."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

NEEDS = {
    "node": ("the checks, the template and the demo", "install Node 20 or newer"),
    "chromium": ("the browser tests", "apt-get install chromium"),
    "bwrap": ("tier A of the sandbox, and the full-disk test", "apt-get install bubblewrap"),
    "rg": ("search by ripgrep (Python's is used)", "apt-get install ripgrep"),
    "git": ("reading the version store with git", "apt-get install git"),
}
AXE = Path(__file__).parents[1] / "labextension" / "node_modules" / "axe-core"


def main() -> None:
    missing = {name: need for name, need in NEEDS.items() if shutil.which(name) is None}
    for name, (what, how) in missing.items():
        sys.stderr.write(f"!! {name} isn't here, so this is left out: {what}. To have it: {how}\n")
    if not AXE.exists():
        sys.stderr.write("!! axe-core isn't here, so the panels' accessibility is left out. ")
        sys.stderr.write("To have it: npm ci --prefix labextension\n")


if __name__ == "__main__":
    main()
