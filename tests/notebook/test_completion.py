"""What Tab offers, as a function."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.notebook.steps import change
from vly_nb.agent.turn import Proposal
from vly_nb.notebook.commands import COMMANDS
from vly_nb.notebook.completion import complete
from vly_nb.policy.rules import RULES
from vly_nb.project.changes import ChangeSet
from vly_nb.project.project import Project


@pytest.fixture
def session(app: Path) -> Iterator[Any]:
    """What completion asks of a session: its project and what waits."""
    before = "".join(f"{n}\n" for n in range(40))
    after = before.replace("3\n", "three\n", 1).replace("33\n", "x\n", 1)
    waiting = Proposal(ChangeSet((change("src/a.tsx", before, after), change("src/b.tsx"))), ())
    project = Project.open(app)
    yield SimpleNamespace(project=project, turn=SimpleNamespace(waiting=waiting))
    project.close()


def offered(before: str, session: Any = None) -> list[str]:
    fragment, found = complete(before, session)
    assert before.endswith(fragment)
    return [before[: len(before) - len(fragment)] + text for text, _ in found]


def test_commands() -> None:
    assert len(offered("%vly ")) == len(COMMANDS)
    assert offered("%vly go") == ["%vly goto"]
    assert offered("%vly help go") == ["%vly help goto"]
    assert offered("%vly nonsense x") == []


def test_rules(session: Any) -> None:
    names = [rule.id for rule in RULES]
    assert offered("%vly help no-coll") == ["%vly help no-collect"], "with no project, and nothing imported"
    assert [one for one in offered("%vly help n") if "-" in one] == [
        f"%vly help {name}" for name in names if name.startswith("n")
    ]
    assert len(offered("%vly help ")) == len(COMMANDS) + 1, "the rules come with the first letter"
    assert "%vly help rules" in offered("%vly help ru")
    session.stack = SimpleNamespace(rules=["of-another-stack"])
    assert offered("%vly help of", session) == ["%vly help of-another-stack"]
    assert "%vly lint --all" in offered("%vly lint -", session)


def test_settings() -> None:
    assert offered("%vly mode re") == ["%vly mode review"]
    assert "%vly model claude-sonnet-5-5" in offered("%vly model ")


def test_folders(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (app.parent / "my app").mkdir()
    monkeypatch.chdir(app.parent)
    assert offered("%vly mount sm") == ["%vly mount small/"]
    assert offered("%vly mount small/s") == ["%vly mount small/src/"]
    assert offered("%vly mount my a") == ["%vly mount my app/"]
    assert offered("%vly mount nowhere/x") == []


def test_versions_and_files(session: Any) -> None:
    assert offered("%vly goto ", session) == ["%vly goto 1"]
    assert offered("%vly diff 1 src/A", session) == ["%vly diff 1 src/App.tsx"]
    assert "%vly only src/lib/**" in offered("%vly only src/", session)


def test_the_proposal(session: Any) -> None:
    assert offered("%vly apply src/", session) == ["%vly apply src/a.tsx", "%vly apply src/b.tsx"]
    assert offered("%vly apply src/a.tsx:", session) == ["%vly apply src/a.tsx:1", "%vly apply src/a.tsx:2"]
    assert offered("%vly apply src/b.tsx src/a.tsx:1,", session) == ["%vly apply src/b.tsx src/a.tsx:1,2"]


def test_in_a_cell(session: Any) -> None:
    options = ("step", "review", "only", "docs", "anyway")
    assert offered("%%vly --") == [f"%%vly --{name}" for name in options]
    assert offered("%%vly\nlook at @src/m", session) == ["%%vly\nlook at @src/main.tsx"]
    assert offered("%%vly\nlook at @app", session) == ["%%vly\nlook at @src/App.tsx"]
    assert offered("%%vly\nmail ann@src", session) == []
    assert offered("%%vly\nplain wor", session) == []


def test_with_nothing_mounted() -> None:
    for line in ("%vly goto ", "%vly apply ", "%vly diff ", "%vly only ", "%%vly\n@s"):
        assert offered(line) == []
