"""No path leads out of the project or to a secret: forms, tools, races, other names of the same file."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.agent.talk import EDITOR, answers, call, create, mounted, replace, say, view
from vly_nb.errors import ProjectError, Refused, ToolError
from vly_nb.model.scripted import Scripted
from vly_nb.notebook.mentions import put_in
from vly_nb.project.changes import ChangeSet, FileChange
from vly_nb.project.project import Project
from vly_nb.project.search import search

SECRET = "sk_live_of_somebody_outside"
TRIES = 30_000


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder beside the project with something to read and something to spoil."""
    place = tmp_path / "outside"
    place.mkdir()
    (place / "secret.ts").write_text(SECRET)
    return place


def forms(app: Path, outside: Path) -> list[str]:
    """Ways to write a path to what lies outside, or to what is nobody's to read."""
    up = f"../{outside.name}/secret.ts"
    away = str(outside / "secret.ts")
    return [
        *(up, f"./{up}", f"src/../{up}", f"src/../../{outside.name}/secret.ts", f"src/./../{up}"),
        *(away, f"//{away}", f"file://{away}", f"{app}/{up}", f"{app}/../{outside.name}/secret.ts"),
        *(f"~/{up}", "~root/.ssh/id_rsa", f"{away}\n", f" {up}", f"{up}\0.ts", f"src/a.ts\0/{up}"),
        *(up.replace("/", "\\"), up.replace("../", "..\\"), up.replace("..", "%2e%2e")),
        *(up.replace("/", "%2f"), up.replace("..", ".\u2024"), up.replace("..", "\uff0e\uff0e")),
        *(up.replace("/", "\u2215"), up.replace("/", "\uff0f"), up.replace("..", ".\u200b.")),
        *(f"\u200b{up}", f"src/App.tsx/../../../{outside.name}/secret.ts", "link/secret.ts"),
        *("link/../link/secret.ts", "src/in.ts", "node_modules/out/secret.ts", "chain/secret.ts"),
        *("node_modules/../link/secret.ts", "node_modules/env/.env.local", "/etc/passwd", "/dev/fd/0"),
        *("/proc/self/environ", "/proc/self/root/etc/passwd", "/proc/self/cwd/.env.local"),
        *(".env.local", "./.env.local", "src/../.env.local", ".ENV.LOCAL", ".Env.Local", ".env.local/"),
        *("src/.env", ".env\u200b.local", ".\u200benv.local", ".env.local ", ".env.local."),
        *("\uff0eenv.local", "keys/server.pem", f"{app}/.env.local", f"{app}/src/../.env.local"),
        *(".git/config", ".GIT/config", ".g\u200cit/config", "src/../.git/config", ".VLY/x"),
        *(".vly/versions.git/HEAD", "twin.ts", "src/twin.txt"),
    ]


@pytest.fixture
def trapped(app: Path, outside: Path) -> Path:
    """A project full of ways out."""
    (app / ".env.local").write_text(f"KEY={SECRET}\n")
    (app / "src/.env").write_text(f"KEY={SECRET}\n")
    (app / "keys").mkdir()
    (app / "keys/server.pem").write_text(SECRET)
    (app / "link").symlink_to(outside)
    (app / "chain").symlink_to("link")
    (app / "src/in.ts").symlink_to(outside / "secret.ts")
    (app / "node_modules").mkdir()
    (app / "node_modules/out").symlink_to(outside)
    (app / "node_modules/env").symlink_to("..")
    os.link(app / ".env.local", app / "twin.ts")
    os.link(app / "keys/server.pem", app / "src/twin.txt")
    (app / ".git").mkdir()
    (app / ".git/config").write_text(f"[remote]\n  url = https://{SECRET}@x\n")
    return app


def untouched(app: Path, outside: Path) -> None:
    assert [one.name for one in outside.iterdir()] == ["secret.ts"]
    assert (outside / "secret.ts").read_text() == SECRET
    assert (app / ".env.local").read_text() == f"KEY={SECRET}\n"
    assert (app / "src/.env").read_text() == f"KEY={SECRET}\n"
    assert (app / "keys/server.pem").read_text() == SECRET
    assert SECRET in (app / ".git/config").read_text()


async def test_attack_forty_forms_of_a_path_through_every_tool(trapped: Path, outside: Path) -> None:
    paths = forms(trapped, outside)
    session = await mounted(trapped)
    script: list[Any] = []
    for path in paths:
        search = call("search_code", pattern="sk_live", glob=path)
        cats = [call("bash", command=f"cat -- '{path}'"), call("bash", command=f"cat {path}")]
        insert = call(EDITOR, command="insert", path=path, insert_line=0, insert_text="hacked")
        script.append(say("I read.", view(path), search, *cats))
        script.append(say("I write.", create(path, "hacked")))
        script.append(say("I edit.", replace(path, "KEY", "HACKED"), insert))
        script.append(say("I delete.", call("delete_file", path=path)))
    for turn in range(0, len(script), 20):
        session.agent.model = Scripted([*script[turn : turn + 20], "Done."])
        async for _ in session.ask("Go on"):
            pass
        while session.turn is not None and session.turn.waiting is not None:  # a command that is asked about
            async for _ in session.go_on(answer="no"):
                pass
    told = "\n".join(answers(session))
    assert len(answers(session)) > 3 * len(paths) > 120
    assert SECRET not in told
    untouched(trapped, outside)
    tapes = b"".join(path.read_bytes() for path in (trapped / ".vly").rglob("*") if path.is_file())
    assert SECRET.encode() not in tapes


def test_attack_forty_forms_in_a_prompt(trapped: Path, outside: Path) -> None:
    project = Project.open(trapped)
    for path in forms(trapped, outside):
        for mention in (f"@{path}", f'@"{path}"'):
            found = put_in(f"Look at {mention}", project, {}, {})
            assert SECRET not in str(found.blocks)
    project.close()


def test_attack_forty_forms_in_a_change_set(trapped: Path, outside: Path) -> None:
    project = Project.open(trapped)
    for path in forms(trapped, outside):
        for before in (None, SECRET.encode(), f"KEY={SECRET}\n".encode()):
            try:
                project.apply(ChangeSet((FileChange(path, before, b"hacked"),)), label="out")
            except (Refused, ToolError, ProjectError):
                continue
            made = trapped / project.relative(path)
            assert made.is_relative_to(trapped) and not made.is_symlink()
            project.undo()
    untouched(trapped, outside)
    project.close()


async def test_attack_another_name_of_a_secret_file(trapped: Path) -> None:
    """A hard link shows what the file holds: it is not read, found, listed or kept."""
    project = Project.open(trapped)
    for path in ("twin.ts", "src/twin.txt"):
        with pytest.raises(ToolError, match="another name of a secret"):
            project.read(path)
        assert path not in project.files()
        assert path not in project.digests()
    assert await search(project, "sk_live", regex=False) == []
    project.close()


def test_a_file_with_two_ordinary_names_is_a_file_like_any(app: Path) -> None:
    os.link(app / "src/App.tsx", app / "src/Same.tsx")
    project = Project.open(app)
    assert project.read("src/Same.tsx").data == (app / "src/App.tsx").read_bytes()
    assert "src/Same.tsx" in project.files()
    project.close()


class Racer(threading.Thread):
    """Puts a link in a folder's place and takes it away, until told to end."""

    def __init__(self, root: Path, outside: Path) -> None:
        super().__init__(daemon=True)
        self.root, self.outside, self.on, self.swaps = root, outside, True, 0

    def run(self) -> None:
        place, aside = self.root / "race", self.root / "aside"
        while self.on:
            place.rename(aside)
            place.symlink_to(self.outside)
            place.unlink()
            aside.rename(place)
            self.swaps += 1


@pytest.fixture
def racing(app: Path, outside: Path) -> Iterator[tuple[Project, Racer]]:
    (app / "race").mkdir()
    (app / "race/secret.ts").write_text("ours")
    project = Project.open(app)
    racer = Racer(app, outside)
    racer.start()
    yield project, racer
    racer.on = False
    racer.join()
    project.close()


@pytest.mark.slow
def test_attack_a_race_of_thirty_thousand_tries(racing: tuple[Project, Racer], outside: Path) -> None:
    project, racer = racing
    read = 0
    latest = time.monotonic() + 120  # on a loaded machine the racer gets its turn later
    tries = 0
    while tries < TRIES or ((read <= 100 or racer.swaps <= 1_000) and time.monotonic() < latest):
        tries += 1
        try:
            assert project.read("race/secret.ts").data == b"ours"
            read += 1
        except ToolError:
            continue
    assert read > 100 and racer.swaps > 1_000
    assert [one.name for one in outside.iterdir()] == ["secret.ts"]
