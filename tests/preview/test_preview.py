"""The dev server by itself: found again, told of, held still; and what pages and files can't do."""

from __future__ import annotations

import asyncio
import base64
import json
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.conftest import copy_app, needs, needs_tier
from tests.process_state import state
from tests.service_home import below
from tests.waiting import soon
from vly_nb.errors import ProgramError
from vly_nb.preview import complaints
from vly_nb.preview.browser import Browser
from vly_nb.preview.page import DESKTOP, Page
from vly_nb.preview.preview import Preview
from vly_nb.preview.routes import routes_of
from vly_nb.preview.source_map import original
from vly_nb.project.changes import ChangeSet, FileChange
from vly_nb.project.project import Project
from vly_nb.sandbox.sandbox import Tier

REPO = Path(__file__).parents[2]
LANDING = "src/pages/Landing.tsx"
SETS = 40

pytestmark = [pytest.mark.node, pytest.mark.slow]


@pytest.fixture
async def shop(installed: Path, tmp_path: Path) -> AsyncIterator[tuple[Project, Preview]]:
    project = Project.open(copy_app(installed, tmp_path / "shop"))
    preview = Preview(project)
    project.pause = preview.paused
    yield project, preview
    await preview.stop()
    project.close()


async def test_it_is_off_up_found_again_and_off(shop: tuple[Project, Preview]) -> None:
    project, preview = shop
    assert (preview.state, preview.url) == ("off", "")
    url = await preview.start()
    assert (preview.state, preview.url) == ("up", url)
    other = Preview(project)  # as after a kernel's restart
    assert await other.start() == url
    assert await preview.stop() is True
    assert other.state == "off"
    assert await preview.look([LANDING], 1) is None


async def test_another_front_end_gets_another_base(shop: tuple[Project, Preview]) -> None:
    _, preview = shop
    first = await preview.start("/user/x/")
    port = first.split(":")[2].split("/")[0]
    assert first.endswith(f"/user/x/proxy/absolute/{port}/")
    assert await preview.start() == f"http://127.0.0.1:{port}/"


@pytest.fixture
def tier_b() -> None:
    needs_tier(Tier.B)


async def test_in_tier_b_a_replaced_page_is_served_after_the_next_look(
    tier_b: None, installed: Path, tmp_path: Path
) -> None:
    project = Project.open(copy_app(installed, tmp_path / "shop"), tier=Tier.B)
    preview = Preview(project)
    try:
        url = await preview.start()
        old = project.read("index.html").data
        assert old is not None
        new = old.replace(b"</title>", b" and more</title>")
        project.apply(ChangeSet((FileChange("index.html", old, new),)), label="Another title")
        await asyncio.sleep(2)
        assert await preview.look(["index.html"], 1)
        answer = await preview._server.ask(preview._server.service.running(), "/", "text/html")  # type: ignore[arg-type]
        assert preview.url == url and answer is not None and b" and more" in answer.body
    finally:
        await preview.stop()
        project.close()


async def test_a_project_without_packages_says_what_to_do(app: Path) -> None:
    project = Project.open(app)
    with pytest.raises(ProgramError, match="Vite isn't installed"):
        await Preview(project).start()
    project.close()


async def test_attack_keys_reach_neither_the_server_nor_its_log(
    shop: tuple[Project, Preview], monkeypatch: pytest.MonkeyPatch
) -> None:
    project, preview = shop
    planted = "sk-planted-" + "k" * 24
    monkeypatch.setenv("OPENAI_API_KEY", planted)
    lines = [f"SECRET_KEY={planted}", "VITE_TITLE=public", f"VITE_AUTH_TOKEN={planted}", ""]
    (project.root / ".env.local").write_text("\n".join(lines))
    config = project.root / "vite.config.ts"
    spying = 'import { readFileSync } from "node:fs";\nconsole.log("SPY", JSON.stringify(process.env));\n'
    spying += 'try { console.log(readFileSync(".env.local", "utf8")); } catch { console.log("SHUT"); }\n'
    config.write_text(spying + config.read_text())
    url = await preview.start()
    log = preview.log()[0]
    assert "SPY" in log and planted not in log
    assert planted not in (project.root / ".vly/services/preview.log").read_text()
    assert planted not in (project.root / ".vly/services/preview.json").read_text()
    answer = await preview._server.ask(preview._server.service.running(), "/src/lib/convex.ts")  # type: ignore[arg-type]
    assert answer is not None and b"public" in answer.body and planted.encode() not in answer.body
    listed = await asyncio.to_thread(subprocess.run, ["ps", "axeww"], capture_output=True, text=True)
    lines = [line for line in listed.stdout.splitlines() if "vite" in line or "caretaker" in line]
    assert lines and not any(planted in line for line in lines), url


async def test_change_sets_are_never_compiled_by_half(shop: tuple[Project, Preview]) -> None:
    """Thirteen files that must go together, changed over and over while a page is open on them; the one
    that imports the others is the first to be renamed."""
    needs("chromium")
    project, preview = shop
    url = await preview.start()
    browser = Browser()
    await browser.start()
    try:
        page = await Page.open(browser)
        landing = project.read(LANDING).data
        parts = [f"src/parts/p{n}.ts" for n in range(12)]
        before: dict[str, bytes | None] = {LANDING: landing, **dict.fromkeys(parts)}
        offset = preview.log()[1]
        for number in range(SETS):
            after = {path: f"export const mark{number} = {number};\n".encode() for path in parts}
            using = "".join(
                f'import {{ mark{number} as m{n} }} from "../parts/p{n}";\nvoid m{n};\n' for n in range(12)
            )
            after[LANDING] = using.encode() + landing
            files = [FileChange(path, before[path], after[path]) for path in (LANDING, *parts)]
            project.apply(ChangeSet(tuple(files)), label="All of them")
            before = dict(after)
            if not number:
                assert not (await page.look(url, DESKTOP)).said
            await asyncio.sleep(0.15)
            until = time.monotonic() + 60  # a page that Vite loads anew is blank for a moment
            while (probe := await page.probe())["blank"] and time.monotonic() < until:
                assert not probe["overlay"], number
            assert not probe["blank"] and not probe["overlay"], number
        await asyncio.sleep(1)
        assert "error" not in preview.log(offset)[0].lower()
        assert [one for one in page._said if one.severity == "error"] == []
    finally:
        await browser.close()


async def test_all_of_vite_stands_still_in_a_pause(shop: tuple[Project, Preview]) -> None:
    _, preview = shop
    await preview.start()
    running = preview._server.service.running()
    assert running is not None
    tree = [pid for pid in below(running.pid) if b"vly_nb" not in Path(f"/proc/{pid}/cmdline").read_bytes()]
    began = time.perf_counter()
    with preview.paused():
        took = time.perf_counter() - began
        assert tree and {state(pid) for pid in tree} == {"T"}
    assert await soon(lambda: "T" not in {state(pid) for pid in tree})
    assert took < 5


async def test_what_went_wrong_meanwhile_is_told(shop: tuple[Project, Preview]) -> None:
    needs("chromium")
    project, preview = shop
    await preview.start()
    assert await preview.look([LANDING], 1)
    place = project.root / LANDING
    good = place.read_text()
    place.write_text(good.replace("const hero = {", "const hero = nothing + {"))  # by the person
    found = await preview.meanwhile([LANDING])
    assert any("nothing is not defined" in one.message and one.path == LANDING for one in found)
    assert await preview.meanwhile([]) == ()
    place.write_text(good)
    assert await preview.meanwhile([LANDING]) == ()


async def test_attack_a_page_reaches_no_other_host(tmp_path: Path) -> None:
    needs("chromium")
    browser = Browser()
    await browser.start()
    try:
        page = await Page.open(browser)
        told = await page.ask("Page.navigate", url="http://example.com/")
        assert told["errorText"] == "net::ERR_NAME_NOT_RESOLVED"
        listening = await asyncio.to_thread(subprocess.run, ["ps", "axww"], capture_output=True, text=True)
        assert "--remote-debugging-pipe" in listening.stdout
        assert "--remote-debugging-port" not in listening.stdout
    finally:
        await browser.close()


@asynccontextmanager
async def looking(body: Callable[[str], bytes | None]) -> AsyncIterator[tuple[Page, str]]:
    """A tab, and the address of a server: what it says by path, b"" after a second, None never."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        said = body((await reader.readuntil(b"\r\n\r\n")).split()[1].decode())
        if said is None:
            return
        await asyncio.sleep(0 if said else 1)
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(said)}\r\n"
        writer.write(f"{head}Connection: close\r\n\r\n".encode() + said)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    browser = Browser()
    await browser.start()
    try:
        yield await Page.open(browser), f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        await browser.close()
        server.close()


async def test_a_page_is_looked_at_once_all_is_there_and_no_dialog_stops_it() -> None:
    needs("chromium")
    html = b"""<p>Loading...</p><script type="module">
        if (confirm("Delete all?")) throw new Error("deleted");
        await fetch("/module");
        document.body.innerHTML = "<h1>There</h1>";
        const fade = [{ opacity: 0 }, { opacity: 1 }];
        document.querySelector("h1").animate(fade, { duration: 90000, fill: "both" }).finished.then(
            () => document.body.append("and shown"));
        document.body.animate(fade.reverse(), { duration: 90000, iterations: Infinity });
    </script>"""

    async with looking(lambda path: html if path == "/" else b"") as (page, url):
        seen = await page.look(url, DESKTOP)
        assert seen.probe["text"] == len("There\nand shown")


def test_attack_a_complaint_names_no_file_outside(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/a.ts").write_text("one\ntwo\n")
    for named in ("/etc/passwd", "../../etc/passwd", "node_modules/x/a.ts", "src/../../x"):
        found = complaints.compiling({"message": "no", "id": named}, "src/a.ts", tmp_path)
        assert found.path == "src/a.ts"
    told = {"message": "bad", "id": f"{tmp_path}/src/a.ts?t=1", "loc": {"line": 2, "column": 0}}
    assert complaints.compiling(told, "", tmp_path).where == "src/a.ts:2:1"
    for odd in ({}, {"message": None, "loc": 3}, {"message": ["x"], "loc": {"line": "a"}}, {"id": 4}):
        assert complaints.compiling(odd, "src/a.ts", tmp_path).code == "compile"


def test_the_hint_about_convex_dev(tmp_path: Path) -> None:
    words = "Could not find public function for 'tasks:list'. Did you forget to run `npx convex dev`?"
    found = complaints.complaint("console", words, None, None, tmp_path)
    assert found.code == "convex-forgot-dev-hint" and "misspelt" in found.advice


def test_a_source_map_that_is_no_map(tmp_path: Path) -> None:
    def module(text: bytes) -> bytes:
        return b"x\n//# sourceMappingURL=data:application/json;base64," + base64.b64encode(text)

    assert original(module(json.dumps({"mappings": "AAAA;AACA"}).encode()), 1, 0) == (2, 1)
    for odd in (b"{}", b"[]", b'{"mappings": "!"}', b'{"mappings": "zzzz"}', b"nonsense", b'{"mappings": 3}'):
        original(module(odd), 0, 0)
    assert original(b"nothing", 0, 0) is None


def test_routes_of_changed_pages(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    text = (REPO / "vly_nb/stacks/convex_react/template/src/main.tsx").read_text()
    (tmp_path / "src/main.tsx").write_text(text)
    assert routes_of(["src/pages/Tasks.tsx"], tmp_path) == ["/", "/tasks"]
    assert routes_of(["src/pages/Landing.tsx", "src/pages/Auth.tsx"], tmp_path) == ["/", "/auth"]
    assert routes_of(["src/index.css", "src/pages/NotFound.tsx"], tmp_path) == ["/"]


async def test_a_page_that_loads_itself_anew_leaves_nothing_to_wait_for() -> None:
    """As Vite has a broken page do when it is mended: what the page before asked for is never told of."""
    needs("chromium")
    anew = b"<script src=/never async></script><script>setTimeout(() => location.reload(), 300)</script>"
    pages = [anew, b"<h1>There</h1>"]
    async with looking(lambda path: pages.pop(0) if path == "/" else None) as (page, url):
        seen = await page.look(url, DESKTOP)
        assert seen.probe["text"] == len("There") and not pages
        assert page.loading == 0
