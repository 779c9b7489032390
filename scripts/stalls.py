"""Run a command on a machine that stalls: what fails only here counts on a fast machine.

    python scripts/stalls.py .venv/bin/python -m pytest -n 3

Every one to three seconds the command's whole process tree stands still for up to 1.2 seconds, and
every third time a few processes of it for up to two, while the clock goes on: as on a shared machine
whose host is busy. Detached processes (services) are left alone. Ends with the command's own code.
"""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from contextlib import suppress

import psutil

ASLEEP = (psutil.STATUS_STOPPED, psutil.STATUS_TRACING_STOP, psutil.STATUS_ZOMBIE)


def freeze(processes: Iterable[psutil.Process], seconds: float) -> None:
    """Stop those that run, and let just those go on again."""
    held = []
    for process in processes:
        with suppress(psutil.Error):
            if process.status() not in ASLEEP:
                process.suspend()
                held.append(process)
    time.sleep(seconds)
    for process in held:
        with suppress(psutil.Error):
            process.resume()


def stall(root: psutil.Process, over: threading.Event) -> None:
    """Freeze what is below a process, again and again."""
    times = 0
    while not over.wait(random.uniform(1, 3)):
        times += 1
        below = root.children(recursive=True)
        if times % 3:
            freeze([root, *below], random.uniform(0.3, 1.2))
        else:
            freeze(random.sample(below, min(len(below), 6)), random.uniform(0.5, 2))
    print(f"stalls: it stood still {times} times", flush=True)


def main() -> int:
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    over = threading.Event()
    command = subprocess.Popen(sys.argv[1:])
    staller = threading.Thread(target=stall, args=(psutil.Process(command.pid), over))
    staller.start()
    try:
        return command.wait()
    finally:
        over.set()
        staller.join()


if __name__ == "__main__":
    sys.exit(main())
