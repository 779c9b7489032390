"""`%vly backend`, `db`, `run` and `seed` in a real kernel, on the template."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import copy_app
from tests.fake_model import FakeModel, call, text
from tests.notebook.kernel import Kernel, Ran

pytestmark = [pytest.mark.slow, pytest.mark.node]

KEY = "fc-" + "9f8e7d6c5b4a39281706f5e4d3c2b1a0"


@pytest.fixture
def kernel(installed: Path, tmp_path: Path) -> Iterator[Kernel]:
    copy_app(installed, tmp_path / "shop")
    replies = [
        [
            call("read_database", table="tasks", limit=2),
            call("read_database", table="nothing"),
            call("run_function", function="seed:run", arguments={"email": "model@example.com"}),
            call("run_function", function="tasks:create", arguments={"title": 1}),
        ],
        text("I looked."),
    ]
    with FakeModel(replies) as model, Kernel(tmp_path, model.environ) as kernel:
        kernel.model = model  # type: ignore[attr-defined]
        assert kernel.run("%load_ext vly_nb").ok
        assert kernel.run("%vly mount shop").ok
        yield kernel
        kernel.run("%vly backend stop")


def ran(kernel: Kernel, code: str) -> Ran:
    done = kernel.run(code)
    assert done.ok, done.error
    return done


def test_data_from_seed_to_reset(kernel: Kernel, tmp_path: Path) -> None:
    env = tmp_path / "shop/.env.local"
    env.write_text("VITE_A=1\n")
    assert "isn't running" in ran(kernel, "%vly backend").text
    seeded = ran(kernel, "%vly seed")
    assert "Added 5 tasks" in seeded.text and "+5" in seeded.text and "stand-in" in seeded.text
    assert "+" not in ran(kernel, "%vly seed").text.split("added")[-1], "a second time adds nothing"
    tables = ran(kernel, "%vly db")
    assert "tasks" in tables.text and "stand-in" in tables.text
    rows = ran(kernel, "%vly db tasks --limit 2 --where isDone=false")
    assert "rows 1 to 2 of 4" in rows.text and "--offset 2 --where isDone=false" in rows.text
    assert "no row that fits" in ran(kernel, "%vly db tasks --where title=Nothing").text
    ran(kernel, "%vly db tasks --df --where isDone=false")
    told = ran(kernel, "print(type(df).__module__, len(df), df.columns[0], sorted(df.title)[0])").text
    assert told.startswith("pandas") and " 4 _id " in told
    picture = ran(kernel, "%vly db --schema").outputs[-1]
    assert picture["image/svg+xml"].startswith("<svg") and "by_userId_and_isDone" in picture["text/plain"]
    made = ran(kernel, f"%vly db add users name='<script>alert(1)</script>' email={KEY}")
    key = made.text.split()[-1].rstrip(".")
    shown = ran(kernel, "%vly db users")
    assert "<script" not in shown.html and "&lt;script" in shown.html
    assert "Changed" in ran(kernel, f"%vly db set {key} name=Ada").text
    assert "Ada" in ran(kernel, "%vly db users --where name=Ada").text
    assert "Deleted" in ran(kernel, f"%vly db delete {key}").text
    assert not kernel.run("%vly db set nonsense name=Ada").ok
    assert "null" in ran(kernel, "%vly run users:currentUser '{}'").text
    assert "Please sign in first" in kernel.run("%vly run tasks:removeDone").error
    assert "no JSON" in kernel.run("%vly run tasks:list {a").error
    assert "kept as 1" in ran(kernel, "%vly backend snapshot").text
    assert "is gone" in ran(kernel, "%vly backend reset").text
    assert "no row" in ran(kernel, "%vly db tasks").text
    assert "as it was at 1" in ran(kernel, "%vly backend restore 1").text
    assert "rows 1 to 5 of 5" in ran(kernel, "%vly db tasks").text
    (tmp_path / "shop/src/App.css").write_text(".a { color: red; }\n")
    assert kernel.run("%%vly\nlook").ok, "what was changed outside becomes a version"
    assert "restore 1 brings back" in ran(kernel, "%vly undo").text
    assert env.read_text() == "VITE_A=1\n"
    state = ran(kernel, "%vly backend").text
    assert "a stand-in for Convex" in state and "functions" in state
    assert "reach no host" in ran(kernel, "%vly backend allow").text
    assert "is no host" in kernel.run("%vly backend allow *.example.com").error
    assert "from https://api.example.com, and" in ran(kernel, "%vly backend allow api.example.com").text
    rows = re.search(r"data +(\d+ rows)", state)
    state = ran(kernel, "%vly backend").text
    assert (
        rows is not None
        and rows[1] in state
        and "https://api.example.com" in state
        and "nothing leaves it" not in state
    )
    assert "any more" in ran(kernel, "%vly backend refuse api.example.com").text
    assert "doesn't know" in kernel.run("%vly backend resett").error
    assert "No key for a Convex deployment" in kernel.run("%vly backend deployment").error


def test_what_the_model_may_know_of_the_data(kernel: Kernel) -> None:
    ran(kernel, "%vly seed")
    assert kernel.run("%%vly\nlook at the data").ok
    request = kernel.model.requests[-1]  # type: ignore[attr-defined]
    answers = [
        json.dumps(block["content"])
        for block in request["messages"][-1]["content"]
        if block["type"] == "tool_result"
    ]
    assert "2 of 5 rows of tasks" in answers[0] and "plumber" in answers[0]
    assert "There is no table" in answers[1]
    assert "Added 5 tasks for model@example.com" in answers[2]
    assert "ArgumentValidationError" in answers[3]


def test_words_are_completed(kernel: Kernel) -> None:
    assert kernel.complete("%vly db tas") == ["%vly db tasks"]
    assert kernel.complete("%vly run seed") == ["%vly run seed:run"]
    assert "%vly backend embedded" in kernel.complete("%vly backend emb")
