"""Nothing that a command does destroys or forges what was: git's history, vly's versions and tapes,
the allowances, the read-only files. In tiers A and B."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.attacks.decoys import Ground, planted, tricks
from tests.conftest import needs
from vly_nb.project.project import Project
from vly_nb.project.state import own_state
from vly_nb.sandbox.sandbox import Tier

KEPT = ("vly-policy.json", "src/convex/auth.ts")


def ground_with_state(base: Path) -> Ground:
    ground = planted(base)
    for name, text in {
        ".vly/tapes/one.tape.jsonl": '{"reply": "mine"}\n',
        ".vly/versions.git/HEAD": "ref: refs/heads/main\n",
        ".vly/lock": "",
        "lesson.tape.jsonl": '{"reply": "mine"}\n',
        "vly-policy.json": '{"allowances": "none"}\n',
        "src/convex/auth.ts": "export const auth = 1;\n",
    }.items():
        (ground.root / name).parent.mkdir(parents=True, exist_ok=True)
        (ground.root / name).write_text(text)
    return ground


def digest(folder: Path) -> dict[str, str]:
    """Everything in a folder: names, kinds, contents, and who may do what."""
    found = {}
    for place in sorted(folder.rglob("*")):
        status = place.lstat()
        what = str(place.readlink()) if place.is_symlink() else ""
        if place.is_file() and not place.is_symlink():
            what = hashlib.sha256(place.read_bytes()).hexdigest()
        found[str(place.relative_to(folder))] = f"{status.st_mode:o} {what}"
    return found


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["git", "state"])
def test_attack_history_is_neither_destroyed_nor_forged(tmp_path: Path, tier: Tier, kind: str) -> None:
    needs("git")
    ground = ground_with_state(tmp_path)
    (own_state(ground.root) / "running").mkdir()  # where vly itself notes what runs
    git, state = digest(ground.root / ".git"), digest(ground.root / ".vly")
    tape = (ground.root / "lesson.tape.jsonl").read_text()
    came = ground.attempt(tier, tricks(kind))
    assert digest(ground.root / ".git") == git
    assert digest(ground.root / ".vly") == state
    assert (ground.root / "lesson.tape.jsonl").read_text() == tape
    assert len(came) == len(tricks(kind))
    assert not (ground.root / "ran").exists() and not (tmp_path / "app2").exists()


@pytest.mark.slow
@pytest.mark.parametrize("command", tricks("policy"))
def test_attack_no_command_grants_an_allowance_or_changes_what_is_read_only(
    tmp_path: Path, tier: Tier, command: str
) -> None:
    ground = ground_with_state(tmp_path)
    before = {name: (ground.root / name).read_bytes() for name in KEPT}
    ground.attempt(tier, [command], kept=KEPT)
    assert {name: (ground.root / name).read_bytes() for name in KEPT} == before
    assert not (ground.root / "vly-policy.json").is_symlink()


@pytest.mark.slow
def test_attack_no_command_makes_the_policy_file(tmp_path: Path, tier: Tier) -> None:
    ground = planted(tmp_path)
    granted = json.dumps({"allowances": [{"rule": "no-collect", "path": "src/a.ts"}]})
    [came] = ground.attempt(tier, [f"echo '{granted}' > vly-policy.json; ls"], kept=["vly-policy.json"])
    assert not (ground.root / "vly-policy.json").exists()
    if tier is Tier.A:
        assert "vly-policy.json is read-only to commands" in came["output"]
        [aside] = (ground.root / ".vly/put-back").iterdir()
        assert json.loads(aside.read_text())["allowances"], "a person may have written it: it is kept aside"


@pytest.mark.slow
def test_attack_what_is_put_back_is_written_through_no_link(tmp_path: Path, tier: Tier) -> None:
    ground = ground_with_state(tmp_path)
    outside = tmp_path / "outside"
    outside.mkdir()
    ground.attempt(
        tier, [f"mv src/convex src/old && ln -s {outside} src/convex || rm -rf src/convex"], kept=KEPT
    )
    assert list(outside.iterdir()) == []


def test_a_file_that_was_hidden_and_is_replaced_meanwhile_is_not_shown(tmp_path: Path, tier: Tier) -> None:
    """Somebody's editor saves .env.local by a rename while a command runs: bubblewrap's mask falls off."""
    ground = planted(tmp_path)
    swap = f"""
import os, time
time.sleep(0.7)
open({str(tmp_path / "new")!r}, "w").write("OPENAI_API_KEY=replaced-4711\\n")
os.replace({str(tmp_path / "new")!r}, {str(ground.root / ".env.local")!r})
"""
    editor = subprocess.Popen([sys.executable, "-c", swap])
    [came] = ground.attempt(
        tier, ["for i in $(seq 15); do sleep 0.1; cat .env.local 2>/dev/null; done; true"]
    )
    editor.wait()
    assert "replaced-4711" not in came["output"]
    assert (
        came["stopped"]
        == "A file with keys changed while this ran, so what it printed isn't shown. Run it again."
    )


GRANT = """
import asyncio, signal, sys
from pathlib import Path
from vly_nb.processes import run
from vly_nb.project.project import Project
from vly_nb.sandbox.sandbox import Tier

async def main():
    project = Project.open(sys.argv[1], protected=("/vly-policy.json",), tier=Tier(sys.argv[2]))
    box = await project.confinement.box()
    print("running", flush=True)
    command = "echo granted > vly-policy.json; echo made; sleep 60"
    tell = lambda line: print(line, flush=True)
    await run(["bash", "-c", command], cwd=project.root, box=box, on_line=tell)

signal.signal(signal.SIGINT, signal.default_int_handler)  # what started the tests may ignore it
asyncio.run(main())
"""


@pytest.mark.slow
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL], ids=["interrupted", "killed"])
def test_attack_a_grant_does_not_outlive_a_command_that_never_ended(
    app: Path, tier: Tier, ending: signal.Signals
) -> None:
    """The person stops the command, or the whole kernel, before it could be looked after."""
    kernel = subprocess.Popen(
        [sys.executable, "-c", GRANT, str(app), tier.value], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert kernel.stdout and kernel.stdout.readline() == b"running\n"
    said = kernel.stdout.readline() if tier is Tier.A else kernel.stdout.readline() + kernel.stdout.readline()
    assert said.endswith(b"made\n")
    kernel.send_signal(ending)
    kernel.wait(timeout=30)
    if ending is signal.SIGINT:
        assert not (app / "vly-policy.json").exists()
    project = Project.open(app, protected=("/vly-policy.json",))
    try:
        assert not (app / "vly-policy.json").exists()
        killed = tier is Tier.A and ending is signal.SIGKILL
        assert project.set_aside == (("vly-policy.json",) if killed else ())
        assert list((app / ".vly/running").iterdir()) == []
    finally:
        project.close()


def test_what_a_person_wrote_after_a_crash_stays(app: Path) -> None:
    """Only what is new is set aside; a file that was there may be theirs by now."""
    (app / "vly-policy.json").write_text("old")
    project = Project.open(app, protected=("/vly-policy.json",), tier=Tier.D)
    project.confinement._watch(project.confinement._contents.look(), strict=False, keeps=True)
    project.close()
    (app / "vly-policy.json").write_text("the person's")
    again = Project.open(app, protected=("/vly-policy.json",), tier=Tier.D)
    again.close()
    assert (app / "vly-policy.json").read_text() == "the person's" and again.set_aside == ()
