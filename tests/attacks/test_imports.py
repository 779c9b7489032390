"""A project's files are not modules of ours: none of them runs because vly imports something."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import FILES, write_files
from tests.fake_model import FakeModel
from tests.notebook.kernel import Kernel
from vly_nb.notebook.imports import OURS

TRAP = "from pathlib import Path\nPath(__file__).with_name('HACKED-' + __name__).write_text('x')\n"
STANDARD = ("secrets", "uuid", "zoneinfo", "mimetypes", "netrc", "graphlib", "wsgiref", "calendar", "getpass")
KERNELS = {"comm", "ipykernel", "ipython", "ipywidgets", "jupyter-core", "traitlets", "platformdirs"}


def planted(folder: Path) -> Path:
    """A folder in which every name that vly might import is a trap."""
    names = {*OURS - {"vly_nb"}, *STANDARD, "vly", "certifi", "h2", "socksio", "rich", "brotli", "zstandard"}
    return write_files(folder, {**FILES, **{f"{name}.py": TRAP for name in sorted(names)}})


def sprung(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("HACKED-*"))


def test_attack_modules_beside_the_notebook(tmp_path: Path) -> None:
    """The notebook lies in the project itself; nothing that vly does there takes a module from it."""
    app = planted(tmp_path / "app")
    commands = ["%load_ext vly_nb", "%vly mount .", "%%vly\nIs all well?", "%vly lint --all", "%vly check"]
    commands += ["%vly versions", "%vly cost", "%vly help", "%vly undo"]
    with FakeModel(["All is well: [a link](https://example.com)."]) as fake:
        with Kernel(app, fake.environ) as kernel:
            for command in commands:
                ran = kernel.run(command)
                assert ran.ok or "nothing to undo" in ran.error, ran.error
            kernel.complete("%vly mo")
            assert sprung(app) == []


def test_a_persons_own_modules_are_imported_as_always(tmp_path: Path) -> None:
    write_files(tmp_path, {"mine.py": "import other\nanswer = other.answer\n", "other.py": "answer = 42\n"})
    with Kernel(tmp_path) as kernel:
        assert kernel.run("%load_ext vly_nb\n%vly help").ok
        assert "42" in kernel.run("import mine\nmine.answer").text
        again = "import pickle, sys\npickle.loads(b'cother\\nanswer\\n.')"
        assert "42" in kernel.run(again).text


def test_the_list_holds_all_that_vly_stands_on() -> None:
    """The packages that vly's own requirements bring, but for those a kernel has loaded already."""
    found: set[str] = set()
    todo = ["vly_nb"]
    while todo:
        name = re.sub(r"[-_.]+", "-", todo.pop()).lower()
        if name in found or name in KERNELS:
            continue
        try:
            wanted = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:
            continue  # for another platform
        found.add(name)
        todo += [re.split(r"[^A-Za-z0-9._-]", one)[0] for one in wanted if "extra ==" not in one]
    modules = importlib.metadata.packages_distributions()
    tops = {
        top for top, whose in modules.items() if found & {re.sub(r"[-_.]+", "-", w).lower() for w in whose}
    }
    loaded = {"packaging", "tzdata", "_cffi_backend", "cffi", "pycparser", "_binding", "jupyterlab_widgets"}
    assert not tops - OURS - loaded - {"widgetsnbextension"}


def test_attack_the_command_line_in_a_hostile_folder(tmp_path: Path) -> None:
    app = planted(tmp_path / "app")
    write_files(app, {"asyncio.py": TRAP, "argparse.py": TRAP, "json.py": TRAP})
    argv = [sys.executable, "-m", "vly_nb", "lint", "--no-cache"]
    subprocess.run(argv, cwd=app, capture_output=True, timeout=60)
    assert sprung(app) == []
