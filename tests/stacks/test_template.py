"""The template: an example to the agent, so it passes all that judges the agent."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import ConsoleMessage, sync_playwright

from tests.conftest import copy_app, needs
from vly_nb.policy.linter import Linter
from vly_nb.policy.tree import Tree
from vly_nb.preview.browser import chromium
from vly_nb.project.changes import ChangeSet, FileChange
from vly_nb.project.folder import Folder
from vly_nb.project.project import Project
from vly_nb.stacks.convex_react.backend_check import check
from vly_nb.stacks.convex_react.rules import policy_of
from vly_nb.stacks.convex_react.stack import HERE
from vly_nb.stacks.stacks import stack_of

TEMPLATE = HERE / "template"
FILES = sorted(p for p in TEMPLATE.rglob("*") if p.is_file())
CHROMIUM = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def test_it_is_there_whole_and_holds_nothing_of_a_machine() -> None:
    names = {p.relative_to(TEMPLATE).as_posix() for p in FILES}
    assert {".gitignore", ".env.example", "pnpm-lock.yaml", "src/convex/_generated/api.d.ts"} <= names
    assert not any("node_modules" in name or name.startswith("dist/") for name in names)
    for place in FILES:
        text = place.read_text(encoding="utf-8")
        assert not re.search(r"/(root|home|work|Users)/\w", text), place
    assert not re.search(r"tarball:|https?://", (TEMPLATE / "pnpm-lock.yaml").read_text())


def test_no_rule_complains_about_it() -> None:
    tree = Tree(Folder(TEMPLATE))
    tree.refresh()
    assert len(tree.stamps) > 50
    assert [str(one) for one in Linter(policy_of(TEMPLATE), tree).all()] == []


def test_built_one_file_a_reply_it_meets_no_refusal(tmp_path: Path) -> None:
    root = tmp_path / "app"
    root.mkdir()
    for name in ("package.json", "convex.json", ".gitignore"):
        (root / name).write_bytes((TEMPLATE / name).read_bytes())
    stack = stack_of(root)
    project = Project.open(root, protected=stack.read_only(root))
    theirs = ("_generated/", "pnpm-lock.yaml", "/auth.ts", "/auth.config.ts", "/auth/emailOtp.ts")
    for place in FILES:
        path = place.relative_to(TEMPLATE).as_posix()
        if (root / path).exists() or any(part in f"/{path}" for part in theirs):
            continue
        change = ChangeSet((FileChange(path, None, place.read_bytes()),))
        project.apply(change, label=path, guards=stack.guards(project))
    project.close()


@pytest.mark.slow
@pytest.mark.node
def test_its_types_and_its_backend_are_in_order(installed: Path, tmp_path: Path) -> None:
    project = Project.open(copy_app(installed, tmp_path / "app"))
    for name in ("backend", "tsc"):
        result = asyncio.run(check(project, name, 1))
        assert (result.status, result.new) == ("green", ()), result
    assert project.observe("x") is None, "code generation changes nothing"
    project.close()


@pytest.fixture
def served(installed: Path) -> Iterator[str]:
    """The template on its dev server, with no backend's address in the environment."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    argv = ["node_modules/.bin/vite", "--host", "127.0.0.1", "--port", str(port), "--strictPort"]
    vite = subprocess.Popen(argv, cwd=installed, start_new_session=True, stdout=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(100):
            try:
                urlopen(url, timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield url
    finally:
        vite.send_signal(signal.SIGTERM)
        vite.wait(10)


@pytest.mark.slow
@pytest.mark.node
def test_with_no_backend_every_page_shows_and_says_what_is_missing(served: str) -> None:
    needs("chromium", "apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM)
        for width in (1280, 390):
            page = browser.new_page(viewport={"width": width, "height": 900})
            wrong: list[str] = []

            def listen(message: ConsoleMessage, wrong: list[str] = wrong) -> None:
                if message.type == "error":
                    wrong.append(message.text)

            page.on("console", listen)
            page.on("pageerror", lambda error, wrong=wrong: wrong.append(str(error)))
            for path in ("/", "/auth", "/tasks", "/nowhere"):
                page.goto(served + path)
                page.wait_for_selector("h1, h2", timeout=20_000)
                assert len(page.inner_text("body")) > 60, f"{path} is blank"
                wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                assert wide <= 0, f"{path} is {wide} px too wide at {width}"
                if path != "/nowhere":
                    assert "backend" in page.inner_text("body").lower(), f"{path} doesn't say what is missing"
            assert wrong == []
        browser.close()
