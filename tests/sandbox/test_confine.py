"""What a command sees of a project, and that ordinary work goes on in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from tests.conftest import needs, write_files
from vly_nb.processes import Completed, run
from vly_nb.project.confine import CACHES, PLAIN, Confinement, Reach, forgets_case, owner
from vly_nb.project.contents import Contents
from vly_nb.project.paths import is_secret
from vly_nb.sandbox import system
from vly_nb.sandbox.sandbox import Tier


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_files(
        tmp_path / "app",
        {
            "package.json": "{}\n",
            "src/a.ts": "export const a = 1;\n",
            ".env.local": "KEY=hush-4711\n",
            ".env.example": "KEY=\n",
            ".vly/versions": "v",
            "node_modules/react/index.js": "module.exports = 1;\n",
        },
    )


def git(folder: Path, *arguments: str) -> str:
    argv = ["git", "-c", "user.name=a", "-c", "user.email=a@a", *arguments]
    return subprocess.run(argv, cwd=folder, check=True, capture_output=True, text=True).stdout


async def do(root: Path, tier: Tier, command: str, reach: Reach = PLAIN, **options: object) -> Completed:
    box = await Confinement(root, tier=tier).box(reach)
    return await run(["bash", "-c", command], cwd=root, box=box, **options)  # type: ignore[arg-type]


# -- ordinary work -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("cat src/a.ts", "export const a = 1;\n"),
        ("pwd | xargs basename", "app\n"),
        ("mkdir -p src/b/c && echo hi > src/b/c/d && cat src/b/c/d", "hi\n"),
        ("mv src/a.ts src/b.ts && ls src", "b.ts\n"),
        ("cp src/a.ts src/b.ts && rm src/a.ts && ls src", "b.ts\n"),
        ("echo '{\"x\":1}' > package.json && cat package.json", '{"x":1}\n'),
        ("echo x > $TMPDIR/x && cat $TMPDIR/x", "x\n"),
        ("echo x > $HOME/x && cat ~/x", "x\n"),
        ("cat .env.example", "KEY=\n"),
        ("ls src | wc -l; (echo sub); echo $((1+2))", "1\nsub\n3\n"),
        ("for i in 1 2; do echo $i; done | tac", "2\n1\n"),
        ("cat <(echo a) <(echo b)", "a\nb\n"),
        ("sleep 5 & kill %1; echo done", "done\n"),
        ("ln -s a.ts src/l.ts && cat src/l.ts", "export const a = 1;\n"),
        ("git init -q src/sub && cd src/sub && git status --short && echo fine", "fine\n"),
        ("python3 -c 'import tempfile, os; print(os.path.exists(tempfile.mkdtemp()))'", "True\n"),
        ("python3 -c 'import subprocess; print(subprocess.run([\"true\"]).returncode)'", "0\n"),
        ("node -p '1 + 1'", "2\n"),
        ("echo 'process.send(7)' > src/c.js; node -e 'require(\"child_process\").fork(\"src/c.js\")"
         ".on(\"message\", m => console.log(m))'", "7\n"),
        ("node -e 'new (require(\"worker_threads\").Worker)(\"console.log(8)\", {eval: true})'", "8\n"),
        ("node -p 'require(\"os\").cpus().length > 0 && require(\"os\").totalmem() > 0'", "true\n"),
        ("node -p 'Object.keys(require(\"os\").networkInterfaces()).length >= 0'", "true\n"),
        ("node -p 'require(\"react\")'", "1\n"),
        ("node -e 'require(\"fs\").copyFileSync(\"src/a.ts\", \"src/c.ts\")'; ls src", "a.ts\nc.ts\n"),
        ("tar cf src/t.tar src/a.ts && tar tf src/t.tar", "src/a.ts\n"),
        ("perl -pi -e 's/1/2/' src/a.ts; cat src/a.ts", "export const a = 2;\n"),
    ],
)  # fmt: skip
async def test_ordinary_work(root: Path, tier: Tier, command: str, output: str) -> None:
    for program in ("node", "python3", "git"):
        needs(program)
    assert (await do(root, tier, command)).output == output


@pytest.mark.parametrize(
    "command",
    [
        "echo x > new.txt && cat new.txt",
        "mkdir out && touch out/x && rm -r out",
        "mv package.json p.json && ls *.json",
    ],
)
async def test_right_at_the_top_names_come_and_go_in_tier_a_alone(
    root: Path, tier: Tier, command: str
) -> None:
    done = await do(root, tier, command)
    assert done.ok == (tier is Tier.A), done
    if tier is Tier.B:
        assert "ermission denied" in done.output


async def test_a_server_of_its_own_is_reached_in_tier_a_alone(root: Path, tier: Tier) -> None:
    code = (
        "import http.server as h, threading, urllib.request as u;"
        "s = h.HTTPServer(('127.0.0.1', 0), h.SimpleHTTPRequestHandler);"
        "threading.Thread(target=s.serve_forever, daemon=True).start();"
        "print(u.urlopen(f'http://127.0.0.1:{s.server_port}/package.json').status)"
    )
    done = await do(root, tier, f'python3 -c "{code}"')
    assert done.ok == (tier is Tier.A)


async def test_the_environment_has_folders_that_can_be_written_and_no_secret(
    root: Path, tier: Tier, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_API_KEY", "https_proxy", "SSH_AUTH_SOCK", "XDG_RUNTIME_DIR", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, "/hush-4711")
    told = (await do(root, tier, "env")).output
    assert "hush-4711" not in told
    seen = dict(line.split("=", 1) for line in told.splitlines() if "=" in line)
    assert not Path(seen["HOME"]).is_relative_to(Path.home())
    assert seen["TMPDIR"] and seen["AI_AGENT"] == "vly_nb"


async def test_nothing_of_a_private_folder_is_left(root: Path, tier: Tier) -> None:
    told = (await do(root, tier, "mkdir -p $TMPDIR/deep/er; echo x > $TMPDIR/deep/er/x; echo $TMPDIR")).output
    assert told.strip() == "/tmp" if tier is Tier.A else not Path(told.strip()).exists()


async def test_what_is_in_a_home_is_not_seen(root: Path, tier: Tier, tmp_path: Path) -> None:
    done = await do(root, tier, f"ls {tmp_path} {Path.home()} /root /home/* /var /opt 2>&1; true")
    assert "outside" not in done.output
    for place in (Path.home() / ".npmrc", Path.home() / ".bashrc", Path("/etc/shadow")):
        assert not (await do(root, tier, f"cat {place}")).ok


async def test_a_project_in_a_system_folder_hides_its_own_all_the_same(tier: Tier) -> None:
    """As node's images have it: /usr/src/app."""
    base = Path("/usr/src")
    if os.geteuid() != 0 or not os.access(base, os.W_OK):
        return  # only root can put one there
    root = base / f"vly-test-{os.getpid()}"
    try:
        write_files(root, {".env.local": "KEY=hush-4711\n", "src/a": "a\n"})
        done = await do(root, tier, "cat src/a .env.local; echo b > src/b; cat src/b")
        assert "hush-4711" not in done.output and "a\n" in done.output and done.output.endswith("b\n")
    finally:
        shutil.rmtree(root)


async def test_a_project_of_another_user_is_changed_as_that_user(tier: Tier) -> None:
    """Root in a container, and a folder from outside: files come out as their owner's."""
    if os.geteuid() != 0:
        return  # only root becomes somebody else
    root = Path("/var/tmp") / f"vly-test-{os.getpid()}-{tier.value}"
    try:
        write_files(root, {"src/a": "a\n"})
        for place in (root, *root.rglob("*")):
            os.chown(place, 12345, 12345)
        assert owner(root) == (12345, 12345)
        done = await do(
            root,
            tier,
            "id -u; echo b > src/b && cat src/b; echo t > $TMPDIR/t && cat ~/../t 2>/dev/null; true",
        )
        assert done.output.startswith("12345\nb\n"), done
        assert (root / "src/b").stat().st_uid == 12345
    finally:
        shutil.rmtree(root, ignore_errors=True)


async def test_a_home_as_project_has_no_shell(
    tier: Tier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    found = await Confinement(tmp_path, tier=tier).standing()
    assert found.tier is Tier.D and "the project's folder holds your home folder" in found.sentence


def test_an_ordinary_disk_knows_case(root: Path) -> None:
    assert not forgets_case(root)


async def test_a_worktree_is_read_by_git(root: Path, tier: Tier, tmp_path: Path) -> None:
    needs("git")
    main, tree = tmp_path / "main", tmp_path / "tree"
    git(tmp_path, "init", "-q", str(main))
    git(main, "commit", "-q", "--allow-empty", "-m", "first")
    git(main, "worktree", "add", "-q", str(tree))
    done = await do(tree, tier, "git log --format=%s", Reach(history=True))
    assert done.output == "first\n"
    assert not (await do(tree, tier, "git log")).ok
    (root / ".git").write_text(f"gitdir: {Path.home()}\n")
    assert ".npmrc" not in (await do(root, tier, f"ls -A {Path.home()}", Reach(history=True))).output


async def test_the_names_of_commits_are_there_for_programs_that_ask(root: Path, tier: Tier) -> None:
    """A vite.config.ts may ask `git rev-parse HEAD`; what is in the commits is not shown."""
    needs("git")
    for arguments in (["init", "-q"], ["add", "src"], ["commit", "-q", "-m", "first"]):
        git(root, *arguments)
    head = git(root, "rev-parse", "HEAD")
    assert (await do(root, tier, "git rev-parse HEAD")).output == head
    assert not (await do(root, tier, "git show HEAD")).ok


# -- what is found in a tree -----------------------------------------------------------


def test_a_second_look_sees_what_changed(root: Path) -> None:
    contents = Contents(root, lambda path: path == "src/auth.ts")
    first = contents.look()
    assert [place.name for place in first.secrets] == [".env.local"]
    assert [place.name for place in first.packages] == ["node_modules"] and first.kept == []
    (root / "src/auth.ts").write_text("x")
    (root / "src/deep/er").mkdir(parents=True)
    (root / "src/deep/er/server.pem").write_text("x")
    (root / ".env.local").rename(root / ".ENV.other")
    again = contents.look()
    assert sorted(place.name for place in again.secrets) == [".ENV.other", "server.pem"]
    assert again.kept == [root / "src/auth.ts"]
    shutil.rmtree(root / "src/deep")
    assert [place.name for place in contents.look().secrets] == [".ENV.other"]


def test_links_with_a_secrets_name_hide_what_they_lead_to(root: Path) -> None:
    (root / "config").mkdir()
    (root / "config/keys.txt").write_text("x")
    (root / "src/.env").symlink_to("../config/keys.txt")
    (root / "src/.env.out").symlink_to("/etc/passwd")
    found = Contents(root, lambda _: False).look().secrets
    assert sorted(found) == [root / ".env.local", root / "config/keys.txt"]


def test_hard_links_to_a_secret_are_found_by_any_name(root: Path) -> None:
    os.link(root / ".env.local", root / "src/harmless.txt")
    assert sorted(Contents(root, lambda _: False).look().secrets) == [
        root / ".env.local",
        root / "src/harmless.txt",
    ]


def test_every_name_that_is_secret_is_found(root: Path) -> None:
    names = [".env", ".ENV", ".env.x", "id_rsa", "a.pem", ".npmrc", "Server.KEY", ".dev.vars"]
    for name in names:
        (root / "src" / name).write_text("x")
        assert is_secret(name)
    assert len(Contents(root, lambda _: False).look().secrets) == len(names) + 1


@pytest.mark.slow
def test_a_look_at_an_unchanged_tree_of_five_thousand_files_takes_no_time(tmp_path: Path) -> None:
    for folder in range(250):
        (tmp_path / f"d{folder % 16}/e{folder}").mkdir(parents=True)
        for file in range(20):
            (tmp_path / f"d{folder % 16}/e{folder}/f{file}.ts").touch()
    contents = Contents(tmp_path, lambda _: False)
    contents.look()
    time.sleep(0.3)
    contents.look()
    took = []
    for _ in range(10):
        began = time.perf_counter()
        contents.look()
        took.append(time.perf_counter() - began)
    assert min(took) < 0.05


async def test_caches_among_the_packages_are_made_beforehand(root: Path, tier: Tier) -> None:
    box = await Confinement(root, tier=tier).box()
    assert [place.name for place in box.loose] == list(CACHES)
    (root / "node_modules/.vite").rmdir()
    (root / "node_modules/.vite").symlink_to("/etc")
    box = await Confinement(root, tier=tier).box()
    assert root / "node_modules/.vite" not in box.loose


def test_no_folder_of_tools_holds_a_home() -> None:
    for place in system.toolchains():
        assert not Path.home().is_relative_to(place) and place != Path.home() / ".local"
