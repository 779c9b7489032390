"""What a linter has kept says the same as a fresh look: after edits, from disk, for other settings."""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from tests.conftest import FILES, write_files
from vly_nb.diagnostics import Diagnostic
from vly_nb.policy.allowances import Allowance
from vly_nb.policy.examples import FUNCTIONS, Example, examples
from vly_nb.policy.linter import Linter, code_in
from vly_nb.policy.policy import Policy
from vly_nb.policy.rule import Rule
from vly_nb.policy.rules import RULES
from vly_nb.policy.tree import Tree
from vly_nb.project.folder import Folder

POLICY = Policy(RULES, functions=FUNCTIONS)
EXAMPLES = [example for rule in RULES for example in examples(rule.page)]
TOGETHER = [example for rule in RULES if not rule.alone for example in examples(rule.page)]
SEVERAL = Policy([rule for rule in RULES if not rule.alone], functions=FUNCTIONS)
COLLECT = """\
import { query } from "./_generated/server";

export const all = query({ args: {}, handler: async (ctx) => await ctx.db.query("tasks").collect() });
"""


class App:
    """A project on disk that changes at random; no two states of a file have one time of change."""

    def __init__(self, root: Path, seed: int, files: Mapping[str, str] = FILES) -> None:
        self.root = root
        self.rng = random.Random(seed)
        self._times = count(1_700_000_000)
        self.put(files)

    def put(self, files: Mapping[str, str | None]) -> None:
        for path, text in files.items():
            if text is None:
                (self.root / path).unlink(missing_ok=True)
            else:
                write_files(self.root, {path: text})
                os.utime(self.root / path, (0, next(self._times)))

    @property
    def texts(self) -> dict[str, str]:
        places = (p for p in sorted(self.root.rglob("*")) if p.is_file() and ".vly" not in p.parts)
        return {place.relative_to(self.root).as_posix(): place.read_text("utf-8") for place in places}

    def edit(self) -> None:
        """An example's files come in, or a file changes, moves or goes."""
        path = self.rng.choice(sorted(self.texts))
        match self.rng.randrange(6):
            case 0:
                (self.root / path).unlink()
            case 1:
                (self.root / path).rename(self.root / path.replace(".", "2.", 1))
            case 2:
                self.put({path: self._changed(self.texts[path])})
            case 3:
                self._come_in(self.rng.choice(EXAMPLES))
            case _:
                self._come_in(self.rng.choice(TOGETHER))

    def _come_in(self, example: Example) -> None:
        files = {path: text for path, text in example.files.items() if not (self.root / path).is_dir()}
        self.put({path: text for path, text in files.items() if not (self.root / path).parent.is_file()})

    def _changed(self, text: str) -> str:
        lines = text.splitlines(keepends=True)
        at = self.rng.randrange(len(lines) + 1)
        return "".join([*lines[:at], *lines[at + self.rng.randrange(2) :]])

    def linter(self, policy: Policy = POLICY) -> Linter:
        linter = Linter(policy, Tree(Folder(self.root)))
        linter.tree.refresh()
        return linter


@pytest.fixture(params=range(12))
def changing(request: pytest.FixtureRequest, tmp_path: Path) -> App:
    return App(tmp_path / "app", request.param)


def test_after_any_edits_it_says_what_a_fresh_linter_says(changing: App) -> None:
    linter = changing.linter()
    said = 0
    for _ in range(25):
        changing.edit()
        linter.tree.refresh()
        found = linter.all()
        assert found == changing.linter().all()
        said += len(found)
    assert said > 50


@pytest.mark.parametrize("rule", [rule for rule in RULES if not rule.alone], ids=lambda rule: rule.id)
def test_a_change_of_any_other_file_is_noticed(rule: Rule, tmp_path: Path) -> None:
    """Each file of each example of a rule goes, comes, and gets the texts that it has in the others."""
    policy = Policy([rule], functions=FUNCTIONS)
    found = examples(rule.page)
    paths = {path for example in found for path in example.files}
    texts = {path: {one.files[path] for one in found if path in one.files} for path in paths}
    states = set()
    for number, example in enumerate(found):
        app = App(tmp_path / str(number), 0, example.files)
        linter, said = app.linter(policy), app.linter(policy).all()
        for path in sorted(example.files.keys() | OTHERS.keys()):
            first = app.texts.get(path)
            for text in (None, *sorted(texts.get(path, OTHERS.get(path, ()))), first):
                earlier, before = app.texts.get(path), said
                app.put({path: text})
                linter.tree.refresh()
                fresh = app.linter(policy)
                new, said = linter.since({path: earlier})[0], fresh.all()
                assert new == fresh.since({path: earlier})[0]
                assert [d for d in new if d.path != path] == brought(before, said, path)
                assert linter.all() == said
                states.add(tuple(said))
    assert len(states) > 1 or rule.id == "no-new-page", "which speaks of changes only"


OTHERS = {
    "package.json": ['{ "name": "a", "dependencies": { "typescript": "5.0.0", "sonner": "2" } }'],
    "index.html": ['<script type="module" src="/src/main.tsx"></script>'],
    "src/main.tsx": ['import "./App";\n\nexport const main = <Toaster />;\n'],
    "tsconfig.json": [
        '{ "compilerOptions": { "paths": { "lib/*": ["src/convex/*"] } } }',
        '{ "compilerOptions": { "paths": { "*": ["src/*"] } } }',
    ],
}
"""Files that a project has, with a text that makes a difference."""


def brought(before: list[Diagnostic], now: list[Diagnostic], changed: str) -> list[Diagnostic]:
    """What is said now of files that didn't change, and was not said before."""
    known = Counter(d.identity for d in before)
    new = []
    for diagnostic in now:
        known[diagnostic.identity] -= 1
        if diagnostic.path != changed and known[diagnostic.identity] < 0:
            new.append(diagnostic)
    return new


def test_what_is_new_since_is_the_same_as_for_a_fresh_linter(changing: App) -> None:
    linter = changing.linter()
    for _ in range(15):
        earlier = changing.texts
        for _ in range(changing.rng.randint(1, 3)):
            changing.edit()
        now = changing.texts
        before = {path: earlier.get(path) for path in earlier | now if earlier.get(path) != now.get(path)}
        linter.tree.refresh()
        assert linter.since(before) == changing.linter().since(before)


def test_what_was_kept_on_disk_says_what_a_fresh_linter_says(changing: App) -> None:
    place = changing.root / ".vly/lint.json"
    for _ in range(15):
        changing.edit()
        linter = changing.linter()
        linter.load(place)
        some = changing.rng.sample(sorted(linter.tree.stamps), 3)
        assert linter.all(some) == [d for d in changing.linter().all() if d.path in some]
        if changing.rng.randrange(2):
            assert linter.all() == changing.linter().all()
        linter.dump(place)


def test_a_change_of_no_concern_has_no_other_file_judged_again(tmp_path: Path) -> None:
    app = App(tmp_path / "app", 0)
    linter = app.linter()
    linter.all()
    app.put({"src/lib/sum.ts": FILES["src/lib/sum.ts"] + "// a remark\n"})
    assert again(linter) == {"src/lib/sum.ts"}
    app.put({"src/convex/tasks.ts": FILES["src/convex/tasks.ts"].replace("list", "page")})
    assert again(linter) == {"src/convex/tasks.ts", "package.json"}, "whose rule asks what functions import"


def again(linter: Linter) -> set[str]:
    """The files that are judged anew by the rules of several files."""
    linter.tree.refresh()
    before = dict(linter._kept.together)
    linter.all()
    return {path for path, said in linter._kept.together.items() if said is not before.get(path)}


def test_a_change_reaches_the_files_that_asked(tmp_path: Path) -> None:
    app = App(tmp_path / "app", 0)
    page = 'import { api } from "@/convex/_generated/api";\n\nexport const use = () => api.tasks.list;\n'
    app.put({"src/use.ts": page})
    linter = app.linter()
    assert linter.all(["src/use.ts"]) == []
    app.put({"src/convex/tasks.ts": FILES["src/convex/tasks.ts"].replace("list", "page")})
    assert "src/use.ts" in again(linter)
    assert [d.code for d in linter.all(["src/use.ts"])] == ["function-ref-exists"]


# -- what a kept file is for --------------------------------------------------------


@pytest.fixture
def collecting(tmp_path: Path) -> Iterator[tuple[App, Path]]:
    """A project with a finding, and what a linter has kept of it."""
    app = App(tmp_path / "app", 0)
    (app.root / "src/convex/tasks.ts").unlink()
    app.put({"src/convex/all.ts": COLLECT})
    place = app.root / ".vly/lint.json"
    linter = app.linter()
    assert [d.code for d in linter.all()] == ["no-collect"]
    linter.dump(place)
    yield app, place


def from_disk(app: App, place: Path, policy: Policy = POLICY) -> tuple[list[Diagnostic], bool]:
    """What is said with the kept file, and whether it was of use."""
    linter = app.linter(policy)
    linter.load(place)
    used = bool(linter._kept.alone)
    return linter.all(), used


def test_kept_for_an_unchanged_project_it_is_used(collecting: tuple[App, Path]) -> None:
    found, used = from_disk(*collecting)
    assert [d.code for d in found] == ["no-collect"] and used


def test_other_rules_another_folder_and_what_was_allowed_since_are_noticed(
    collecting: tuple[App, Path],
) -> None:
    app, place = collecting
    fewer = POLICY.only(lambda rule: rule.id != "no-collect")
    assert from_disk(app, place, fewer) == ([], False)
    assert from_disk(app, place, Policy(RULES, functions="convex"))[1] is False
    asks = COLLECT.replace("export", "// vly-allow no-collect: a handful\nexport")
    app.put({"src/convex/all.ts": asks})
    linter = app.linter()
    linter.load(place)
    assert [d.code for d in linter.all()] == ["no-collect"]
    linter.dump(place)
    (one,) = linter.asked()
    assert isinstance(one, Allowance)
    assert from_disk(app, place, Policy(RULES, functions=FUNCTIONS, allowed=[one])) == ([], False)


def test_changed_code_of_the_rules_is_noticed(tmp_path: Path) -> None:
    write_files(tmp_path, {"rules/a.py": "A = 1\n", "rules/b.py": "B = 1\n", "rules/notes.md": "x"})
    known = code_in(tmp_path)
    write_files(tmp_path, {"rules/notes.md": "y"})
    assert code_in(tmp_path) == known
    for change in ({"rules/a.py": "A = 11\n"}, {"rules/c.py": ""}, {"other/d.so": ""}):
        write_files(tmp_path, change)
        assert code_in(tmp_path) != known
        known = code_in(tmp_path)
    os.utime(tmp_path / "rules/b.py", (0, 0))
    assert code_in(tmp_path) != known


def test_a_kept_file_that_holds_anything_at_all_is_only_of_no_use(collecting: tuple[App, Path]) -> None:
    app, place = collecting
    whole, rng = place.read_text("utf-8"), random.Random(7)
    values = ["null", "0", "-1", '"x"', "[]", "{}", "[[]]", "1e999", '["a", 1]', "[" * 5_000, "", "\0", "é"]
    for _ in range(300):
        at = rng.randrange(len(whole))
        end = at + rng.choice([0, 1, 5, 50, len(whole)])
        place.write_text(whole[:at] + rng.choice(values) + whole[end:], "utf-8")
        app.put({"src/lib/sum.ts": FILES["src/lib/sum.ts"]})
        linter = app.linter()
        linter.load(place)
        linter.all()
    place.write_bytes(b"\xff\xfe")
    assert from_disk(app, place)[1] is False


def test_rows_of_other_shapes_in_a_kept_file_are_only_of_no_use(collecting: tuple[App, Path]) -> None:
    app, place = collecting
    whole, rng = json.loads(place.read_text("utf-8")), random.Random(8)
    odd = ["null", "0", "-1", "1e30", '"x"', "[]", "{}", "[[]]", "[null]", '{"a": 1}', "true", "[1, 2, 3]"]
    for _ in range(300):
        data = json.loads(json.dumps(whole))
        for _ in range(rng.randint(1, 4)):
            spoil(data, rng, json.loads(rng.choice(odd)))
        data["of"] = whole["of"]
        place.write_text(json.dumps(data), "utf-8")
        app.put({"src/lib/sum.ts": FILES["src/lib/sum.ts"]})
        linter = app.linter()
        linter.load(place)
        linter.all()


def spoil(data: object, rng: random.Random, value: object) -> None:
    """Put a value in some place of a JSON value."""
    while True:
        places = sorted(data) if isinstance(data, dict) else list(range(len(data)))  # type: ignore[arg-type]
        if not places:
            return
        at = rng.choice(places)
        inner = data[at]  # type: ignore[index]
        if not isinstance(inner, dict | list) or not inner or rng.randrange(4) == 0:
            data[at] = value  # type: ignore[index]
            return
        data = inner


def test_what_is_kept_says_the_same_whatever_was_asked_before(changing: App) -> None:
    """The rules of several files alone, with answers that other rules have asked for first."""
    for _ in range(10):
        changing.edit()
        both = [d for d in changing.linter().all() if d.code in SEVERAL.ids]
        alone = changing.linter(SEVERAL).all()
        assert [replace(d, advice="") for d in both] == [replace(d, advice="") for d in alone]
