"""Scripts where only text should stand: nothing runs, in a trusted or an untrusted notebook or on a page."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from playwright.sync_api import Page

from tests.browser.lab import Lab
from tests.browser.payloads import PAYLOADS
from tests.conftest import FILES, write_files
from tests.fake_model import FakeModel, call, create, text

pytestmark = pytest.mark.slow

COUNT = "window.__hacked = []; window.hacked = (...words) => window.__hacked.push(words.join(' ') || 'x');"
EVERY = 12  # payloads in one turn
MARK = "ENDOFALL"


@dataclass
class Told:
    """An address that a payload would tell something: what was asked of it."""

    url: str
    paths: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def told() -> Iterator[Told]:
    found = Told("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.paths.append(self.path)
            self.send_response(200)
            self.send_header("content-type", "text/javascript")
            self.end_headers()
            self.wfile.write(b"(window.parent || window).hacked('loaded')")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield found
    server.shutdown()
    server.server_close()


def named(payload: str, number: int) -> str:
    """A file's name with as much of a payload as a name can hold."""
    fit = "".join(c for c in payload if c.isprintable() and c not in "/\\:*?|").encode()[:180]
    return f"src/{number}{fit.decode(errors='ignore').strip() or 'x'}.tsx"


def replies(payloads: list[str]) -> list[Any]:
    """A turn that has every payload in every place: titles, files, names, output, questions, answers."""
    edits = []
    for number, payload in enumerate(payloads):
        edits.append(create(f"src/file{number}.ts", f"// {payload!r}\nexport const a: string = 1;\n"))
        edits.append(create(f"src/raw{number}.md", f"{payload}\n"))
    bad = f'import {{ Link }} from "react-router-dom"; // {payloads[0]}\nexport const c = Link;\n'
    looks = [call("search_code", pattern=payload[:60]) for payload in payloads[:3]]
    return [
        [text(f"{payloads[0]} I look at what is there."), *(view(one) for one in found_there(edits))],
        [text(f"{payloads[0]} I write files."), *edits],
        [text(f"{payloads[-1]}\n\nI look."), call("bash", command="cat src/raw*.md"), *looks],
        [text("One is refused."), create("src/A.tsx", bad)],
        [text("Names are."), *(create(payload[:30], "x") for payload in payloads)],
        [text("A broken one."), create("src/B.tsx", f"export const c = (\n{payloads[1]}\n")],
        [text("Which?"), call("ask_person", question="\n".join(payloads[2:4]), choices=payloads[:9])],
        "\n\n".join(payloads),
    ]


def found_there(edits: list[dict[str, Any]]) -> list[str]:
    return [str(edit["input"]["path"]) for edit in edits]


def view(path: str) -> dict[str, Any]:
    return call("str_replace_based_edit_tool", command="view", path=path)


@pytest.fixture(scope="module")
def notebook(lab: Lab, told: Told) -> nbformat.NotebookNode:
    """A notebook that was run by a real kernel, all payloads in it."""
    payloads = [payload.replace("SERVER", told.url) for payload in PAYLOADS]
    names = [named(payload, number) for number, payload in enumerate(payloads)]
    bad = 'import { Link } from "react-router-dom";\nexport const a = Link;\n'
    write_files(lab.folder / "small", {**FILES, **dict.fromkeys(names, bad)})
    cells = ["%load_ext vly_nb", "%vly mount small"]
    script: list[Any] = []
    for at in range(0, len(payloads), EVERY):
        some = (payloads[at : at + EVERY] + payloads)[:EVERY]
        cells.append("%%vly --anyway\n" + "\n".join(some))
        cells.append(f"%vly next --anyway {some[0].splitlines()[0]}")
        script += replies(some)
    change = (
        f"from pathlib import Path\nfor name in {names!r}:\n    Path('small', name).write_text('// changed')"
    )
    cells += [
        change,
        "%vly check",
        "%vly diff",
        "%vly lint --all",
        "%vly diff 1 2",
        "%vly versions",
        "%vly status",
        "%vly undo",
    ]
    cells += [f"%vly {payloads[0]}", f"%vly only {payloads[3]!r}", "%vly only off", "%vly cost"]
    cells += [f"%vly mount {payloads[15]}", f"%vly help {payloads[40]}", f"print('{MARK}')"]
    document = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    document.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    with FakeModel(script, lenient=True) as fake:
        client = NotebookClient(
            document,
            timeout=300,
            kernel_name="python3",
            allow_errors=True,
            resources={"metadata": {"path": str(lab.folder)}},
        )
        client.execute(env={**lab.environ, **fake.environ})
    assert len(fake.requests) == len(script), "the turns went on to their ends"
    return document


def shown_everywhere(document: nbformat.NotebookNode) -> str:
    """All HTML of a notebook's outputs."""
    return "\n".join(
        str(output.get("data", {}).get("text/html", ""))
        for cell in document.cells
        for output in cell.get("outputs", ())
    )


def test_the_payloads_are_really_shown(notebook: nbformat.NotebookNode) -> None:
    html = shown_everywhere(notebook)
    assert html.count("hacked()") > 500, html.count("hacked()")
    assert "&lt;SCRIPT&gt;hacked()" in html


def poked(page: Page) -> list[str]:
    """Hover over, focus and click what the outputs hold, then say what ran."""
    page.evaluate(
        """() => {
            for (const node of document.querySelectorAll(
                '.jp-OutputArea-output *, .jp-RenderedHTMLCommon *, details *')) {
              for (const kind of ['mouseover', 'mouseenter', 'focus', 'load', 'error', 'toggle']) {
                node.dispatchEvent(new Event(kind, {bubbles: false}));
              }
            }
            for (const link of document.querySelectorAll('.jp-OutputArea-output a[href]')) {
              if (!/^(https?:|#|mailto:)/.test(link.href)) { window.__hacked.push('link ' + link.href); }
            }
            document.querySelectorAll('details').forEach((one) => { one.open = true; });
        }"""
    )
    page.wait_for_timeout(500)
    return list(page.evaluate("() => window.__hacked"))


def watched(page: Page) -> list[str]:
    """Dialogs and navigations that a script would cause; added to as they come."""
    seen: list[str] = []
    page.add_init_script(COUNT)
    page.on("dialog", lambda dialog: (seen.append(dialog.message), dialog.dismiss()))
    page.on("popup", lambda popup: seen.append(popup.url))
    return seen


@pytest.mark.parametrize("trusted", [False, True], ids=["untrusted", "trusted"])
def test_attack_nothing_runs_in_a_notebook(
    notebook: nbformat.NotebookNode, lab: Lab, told: Told, page: Page, trusted: bool
) -> None:
    name = "trusted.ipynb" if trusted else "untrusted.ipynb"
    nbformat.write(notebook, lab.folder / name)
    if trusted:
        argv = [sys.executable, "-m", "jupyter", "trust", str(lab.folder / name)]
        subprocess.run(argv, env=lab.environ, check=True, capture_output=True)
    seen, told.paths[:] = watched(page), []
    page.goto(lab.address(name))
    page.wait_for_selector(".jp-Notebook .jp-OutputArea-output")
    scroll_through(page)
    assert page.evaluate("() => document.querySelectorAll('.jp-OutputArea-output').length") > 40
    assert poked(page) == [] and seen == [] and told.paths == []
    assert name in page.url, "the page was left"


def scroll_through(page: Page) -> None:
    """Bring every cell into view, so that a windowed notebook renders it."""
    count = page.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets.length")
    for number in range(count):
        page.evaluate(
            """async (n) => {
                const panel = window.jupyterapp.shell.currentWidget;
                await panel.content.scrollToItem(n);
            }""",
            number,
        )
        page.wait_for_timeout(60)


def as_page(export: Callable[[nbformat.NotebookNode], str], document: nbformat.NotebookNode, to: Path) -> str:
    to.write_text(export(document), encoding="utf-8")
    return to.as_uri()


@pytest.mark.parametrize("sanitised", [False, True], ids=["as it is", "sanitised"])
def test_attack_nothing_runs_on_an_exported_page(
    notebook: nbformat.NotebookNode, told: Told, page: Page, tmp_path: Path, sanitised: bool
) -> None:
    """The prompts themselves are code cells, which nbconvert escapes."""
    exporter = HTMLExporter(sanitize_html=sanitised)
    address = as_page(lambda d: exporter.from_notebook_node(d)[0], notebook, tmp_path / "page.html")
    seen, told.paths[:] = watched(page), []
    page.route("**/*cdn*/**", lambda route: route.abort())
    page.goto(address, wait_until="domcontentloaded")
    assert MARK in page.inner_text("body")
    assert poked(page) == [] and seen == [] and told.paths == []


def test_a_payload_that_is_not_escaped_would_be_noticed(told: Told, page: Page, tmp_path: Path) -> None:
    """The traps themselves work: raw on a page, the list runs, and tells."""
    payloads = [payload.replace("SERVER", told.url) for payload in PAYLOADS]
    place = tmp_path / "raw.html"
    place.write_text(
        "<body>" + "".join(f"<div>{one}</div>" for one in payloads if "refresh" not in one.lower())
    )
    watched(page)
    told.paths[:] = []
    page.goto(place.as_uri(), wait_until="domcontentloaded")
    page.wait_for_timeout(500)
    assert page.evaluate("() => window.__hacked.length") > 5
    assert told.paths
