"""The shield: what another program sees of a process of ours, and what the process keeps."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux only")

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = """
import ctypes, os, subprocess, sys
from vly_nb.process_shield import shield

print(shield(lambda name, value: name.endswith("_KEY")))
print(os.environ["A_KEY"], os.environ["PLAIN"])
print(subprocess.run(["printenv", "A_KEY"], capture_output=True, text=True).stdout.strip())
getenv = ctypes.CDLL(None).getenv
getenv.restype = ctypes.c_char_p
print(getenv(b"A_KEY").decode())
print(shield(lambda name, value: name.endswith("_KEY")))
del os.environ["A_KEY"]
print(getenv(b"A_KEY"))
print("ready", flush=True)
sys.stdin.readline()
"""


def started(**more: str) -> subprocess.Popen[str]:
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "A_KEY": "in-plain-sight",
        "PLAIN": "x",
        **more,
    }
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def lines(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None
    found = []
    while (line := process.stdout.readline().strip()) != "ready" and process.poll() is None:
        found.append(line)
    return found


def test_attack_a_key_of_the_process_is_not_in_its_environ() -> None:
    with started() as process:
        kept = "in-plain-sight"
        assert lines(process) == ["['A_KEY']", f"{kept} x", kept, kept, "[]", "None"]
        seen = Path(f"/proc/{process.pid}/environ").read_bytes()  # as root; others may not even look
        assert b"in-plain-sight" not in seen
        assert b"A_KEY=**************\0" in seen and b"PLAIN=x\0" in seen
        process.communicate("\n")


def test_it_can_be_switched_off() -> None:
    with started(VLY_NB_SHIELD="0") as process:
        assert lines(process)[0] == "[]"
        assert b"in-plain-sight" in Path(f"/proc/{process.pid}/environ").read_bytes()
        process.communicate("\n")


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("setpriv") is None, reason="needs root and setpriv")
def test_attack_another_program_of_the_same_user_reads_nothing(tmp_path: Path) -> None:
    """As an ordinary user: neither environ nor memory nor the list of open files of the shielded one."""
    code = tmp_path / "shield.py"
    code.write_text((ROOT / "vly_nb/process_shield.py").read_text())
    tmp_path.chmod(0o755)
    for folder in tmp_path.parents[:3]:
        folder.chmod(folder.stat().st_mode | 0o055)
    program = (
        f"import subprocess, sys; sys.path.insert(0, {str(tmp_path)!r}); import os, shield\n"
        "shield.shield(lambda name, value: name == 'A_KEY')\n"
        "look = f'cd /proc/{os.getpid()}; cat environ; ls fd; head -c 1 mem; cat maps'\n"
        "print(subprocess.run(['sh', '-c', look], capture_output=True, text=True))"
    )
    python = shutil.which("python3", path="/usr/bin:/usr/local/bin")
    if python is None:
        pytest.skip("no Python that another user may run")
    done = subprocess.run(
        ["setpriv", "--reuid", "12345", "--regid", "12345", "--clear-groups", python, "-c", program],
        env={"PATH": os.environ["PATH"], "A_KEY": "in-plain-sight"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Permission denied") >= 3 and "in-plain-sight" not in done.stdout
