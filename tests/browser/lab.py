"""Lab: a real JupyterLab, and Notebook 7 on the same server, without this machine's settings."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {
    "@jupyterlab/apputils-extension/notification.jupyterlab-settings": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
    "@jupyterlab/extensionmanager-extension/plugin.jupyterlab-settings": {"enabled": False},
}


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab: its address, its token, the folder it serves."""

    url: str
    token: str
    folder: Path
    environ: dict[str, str]

    def address(self, path: str = "", base: str = "lab/tree") -> str:
        """Where a file of the folder is opened; every time in a workspace of its own."""
        workspace = f"lab/workspaces/w{time.monotonic_ns()}/tree" if base == "lab/tree" else base
        return f"{self.url}/{workspace}/{path}?token={self.token}"


def private(folder: Path) -> dict[str, str]:
    """An environment in which Jupyter knows nothing of this machine's settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ANTHROPIC_", "JUPYTER", "VLY_"))}
    names = ("JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "IPYTHONDIR")
    own = {name: str(folder / name.lower()) for name in names}
    own["VLY_NB_DATA"] = os.environ["VLY_NB_DATA"]  # the vaults of tests, see tests/conftest.py
    own["JUPYTERLAB_SETTINGS_DIR"] = str(folder / "settings")
    own["JUPYTERLAB_WORKSPACES_DIR"] = str(folder / "workspaces")
    for name, value in SETTINGS.items():
        place = folder / "settings" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(value))
    return {**kept, **own, "PYTHONPATH": str(ROOT)}


@contextmanager
def running(folder: Path, environ: dict[str, str], *, base: str = "") -> Iterator[Lab]:
    """A server for a folder: JupyterLab at /lab, Notebook 7 at /notebooks, with this tree's extension.

    At `base` ("/user/x") as on a hub.
    """
    ours = extensions(folder)
    argv = [sys.executable, "-m", "jupyterlab"]
    for app in ("LabApp", "JupyterNotebookApp"):
        argv += [f"--{app}.expose_app_in_browser=True", f"--{app}.extra_labextensions_path={ours}"]
    with serving([*argv, f"--ServerApp.base_url={base}/"], folder, environ, base=base) as lab:
        yield lab


@contextmanager
def serving(command: list[str], folder: Path, environ: dict[str, str], *, base: str = "") -> Iterator[Lab]:
    """A command that starts a server, for a folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = "a-token-of-the-tests"
    argv = [*command, "--no-browser", "--allow-root", f"--port={port}", f"--IdentityProvider.token={token}"]
    argv += [f"--ServerApp.root_dir={folder}", "--ServerApp.ip=127.0.0.1", "--ServerApp.port_retries=0"]
    with folder.with_suffix(".log").open("wb") as log:
        server = subprocess.Popen(argv, env=environ, stdout=log, stderr=log, start_new_session=True)
    url = f"http://127.0.0.1:{port}{base}"
    try:
        answered(f"{url}/api/status?token={token}", server)
        yield Lab(url, token, folder, environ)
    finally:
        server.terminate()
        server.wait(10)


def extensions(folder: Path) -> Path:
    """A folder of prebuilt extensions, beside the served one, that holds ours as it is in this tree."""
    place = folder.with_suffix(".extensions")
    place.mkdir()
    (place / "vly_nb").symlink_to(ROOT / "labextension" / "built")
    return place


def answered(url: str, server: subprocess.Popen[bytes], seconds: float = 60) -> None:
    """Wait until a server answers."""
    until = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            assert server.poll() is None, "JupyterLab ended"
            assert time.monotonic() < until, "JupyterLab didn't answer"
            time.sleep(0.1)
