"""Which files are the project's own: as git sees it, less what is secret, linked or another repository's."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.conftest import write_files
from vly_nb.project.files import alternatives, is_ignored, matcher, walk
from vly_nb.project.folder import Folder
from vly_nb.project.ignore import Ignores
from vly_nb.project.paths import is_secret

NAMES = st.sampled_from(["a", "b.log", "dist", "keep.log", "src", "build", "x y", "ü.ts"])
PATTERNS = st.sampled_from(
    [
        *("a", "dist", "dist/", "/dist", "*.log", "!keep.log", "src/*", "!src/keep.log", "**/a", "a/**"),
        *("src/**/a", "*", "!*/", "# dist", "\\#a", "b?log", "[ab].log", "x y", "!dist", "/src/build"),
        *("build/*", "!build/a", "ü*", "a/b.log", "*.log/", "**/", "/*", "!/src"),
    ]
)


def walked(root: Path) -> list[str]:
    folder = Folder(root)
    found = sorted(path for path, _ in walk(folder))
    for path in found:
        assert not is_ignored(folder, path)
    folder.close()
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.lists(NAMES, min_size=1, max_size=3), min_size=1, max_size=8),
    st.dictionaries(
        st.sampled_from(["", "src/", "src/a/", "dist/"]), st.lists(PATTERNS, max_size=4), max_size=3
    ),
)
@example([["keep.log", "b.log", "a"]], {"": ["*.log/", "!keep.log"]})
def test_git_agrees_on_what_is_ignored(paths: list[list[str]], ignores: dict[str, list[str]]) -> None:
    if shutil.which("git") is None:
        pytest.skip("git isn't installed")
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        for names in paths:
            try:
                root.joinpath(*names).parent.mkdir(parents=True, exist_ok=True)
                root.joinpath(*names).write_text("x")
            except OSError:  # a file where a folder should be
                continue
        for folder, lines in ignores.items():
            if (root / folder).is_dir():
                (root / folder / ".gitignore").write_text("\n".join(lines) + "\n")
        subprocess.run(["git", "init", "-q", place], check=True)
        argv = [
            "git",
            "-c",
            "core.excludesFile=/dev/null",
            "ls-files",
            "-zco",
            "--exclude-per-directory=.gitignore",
        ]
        said = subprocess.run(argv, cwd=place, capture_output=True, check=True).stdout
        assert walked(root) == sorted(filter(None, said.decode().split("\0")))


def test_secrets_links_and_strangers_are_left_out_whatever_gitignore_says(tmp_path: Path) -> None:
    write_files(
        tmp_path,
        {
            ".gitignore": "!.env.local\n!node_modules\n!*.pem\n!.vly\n",
            "src/a.ts": "",
            ".env.local": "",
            "src/.ENV": "",
            ".env.example": "",
            "certs/x.PEM": "",
            "node_modules/p/i.js": "",
            "src/Node_Modules/p.js": "",
            ".vly/x": "",
            ".git/config": "",
            "inner/.git/HEAD": "ref: x",
            "inner/theirs.ts": "",
            "worktree/.git": "gitdir: ../elsewhere",
            "worktree/theirs.ts": "",
            "notrepo/.git/x": "",
            "notrepo/ours.ts": "",
        },
    )
    (tmp_path / "linked").symlink_to("src")
    (tmp_path / "linked.ts").symlink_to("src/a.ts")
    (tmp_path / "gone.ts").symlink_to("nowhere")
    (tmp_path / os.fsdecode(b"\xff.ts")).write_bytes(b"")
    assert walked(tmp_path) == [".env.example", ".gitignore", "notrepo/ours.ts", "src/a.ts"]


@pytest.mark.parametrize(
    "name",
    (
        *(".env", ".env.local", ".ENV.LOCAL", ".Env", ".env.production.local", ".envrc", ".npmrc", ".netrc"),
        *("id_rsa", "id_rsa.bak", "id_ed25519", "server.key", "tls.PEM", "a.p12", "a.pfx", ".dev.vars"),
        *(".env\u200b", ".e\u200dnv", "deep/.env/inside", "keys/id_rsa"),
    ),
)
def test_a_secret_is_known_by_its_name(name: str) -> None:
    assert is_secret(name)
    assert is_secret(f"src/{name}")


@pytest.mark.parametrize(
    "name",
    (
        *(".env.example", ".env.sample", ".env.template", "env.ts", "keyboard.ts", "monkey.tsx"),
        *("id_rsa.pub", "src/environment.ts"),
    ),
)
def test_an_example_is_no_secret(name: str) -> None:
    assert not is_secret(name)


@pytest.mark.parametrize(
    ("glob", "yes", "no"),
    [
        ("*.tsx", "src/deep/a.tsx", "src/a.ts"),
        ("src/components/**", "src/components/ui/b.tsx", "lib/src/components/b.tsx"),
        ("src/**/*.{ts,tsx}", "src/x/y/a.ts", "src/a.css"),
        ("/vite.config.ts", "vite.config.ts", "src/vite.config.ts"),
        ("src/lib", "src/lib/a.ts", "src/library.ts"),
        ("a[0-9].ts", "a1.ts", "ab.ts"),
    ],
)
def test_globs_read_as_in_gitignore_with_braces(glob: str, yes: str, no: str) -> None:
    assert matcher(glob)(yes)
    assert not matcher(glob)(no)
    assert not matcher()(yes)
    assert not matcher("src/**", "!src/a.ts")("src/a.ts")


def test_attack_a_glob_that_explodes_is_cut_short() -> None:
    assert len(alternatives("{a,b}" * 40)) < 200
    assert alternatives("}{") == ["}{"]


def test_attack_a_gitignore_that_would_stall_the_matcher_is_left_out() -> None:
    hostile = b"*a" * 40 + b"b\n" + b"x" * 5000 + b"\n[z-a]\n[[\n" + b"**/" * 200 + b"\n\xff\xfe\nreal.log\n"
    ignores = Ignores().within(".", hostile)
    began = time.process_time()
    assert not ignores.match("a" * 250)
    assert ignores.match("deep/real.log")
    assert time.process_time() - began < 2


def test_attack_a_tree_as_deep_as_it_goes_is_walked_to_a_limit(tmp_path: Path) -> None:
    place = tmp_path
    for _ in range(100):
        place = place / "d"
    place.mkdir(parents=True)
    (place / "deep.ts").write_text("")
    (tmp_path / "top.ts").write_text("")
    assert walked(tmp_path) == ["top.ts"]
