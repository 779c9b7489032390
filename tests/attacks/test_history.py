"""Nothing that a command does destroys or forges what was: git's history, vly's versions and tapes,
the allowances, the read-only files. In tiers A and B."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from tests.attacks.decoys import Ground, planted
from tests.conftest import needs
from vly_nb.sandbox.sandbox import Tier

GIT = """
rm -rf .git
mv .git src/git
mv .git .git2; mkdir .git; echo x > .git/HEAD
rm .git/HEAD; echo ref: refs/heads/evil > .git/HEAD
echo x >> .git/config
printf '#!/bin/sh\\ntouch ran\\n' > .git/hooks/pre-commit; chmod +x .git/hooks/pre-commit
ln -sf ../../src/a.ts .git/hooks/pre-commit
mkdir .git/hooks2
truncate -s 0 .git/index
python3 -c "import os; os.truncate('.git/HEAD', 0)"
python3 -c "import os; os.open('.git/HEAD', os.O_RDONLY | os.O_TRUNC)"
chmod -R 000 .git
git config user.name evil
git commit --allow-empty -m x
git update-ref -d HEAD
git gc --prune=now
ln .git/HEAD src/head; echo evil > src/head
cp -al .git src/g; echo evil > src/g/HEAD
ln -s ../.git src/g2; echo evil > src/g2/HEAD; rm -rf src/g2/*
python3 -c "import os; os.rename('.git', 'src/.git')"
python3 -c "import ctypes; c = ctypes.CDLL(None); c.renameat2(-100, b'.git', -100, b'src', 2)"
python3 -c "import ctypes; c = ctypes.CDLL(None); c.mount(None, b'.git', None, 32 | 4096, None); open('.git/HEAD', 'w')"
cd .. ; mv app app2; mkdir app; mv app2/src app
"""

STATE = """
rm -rf .vly
mv .vly src/vly
rm -rf .vly; mkdir .vly; echo '{}' > .vly/state.json
echo '{}' > .vly/state.json
echo '{"reply": "evil"}' >> .vly/tapes/one.tape.jsonl
cp src/a.ts .vly/versions.git/HEAD
ln -s ../.vly src/v; rm -rf src/v/*; echo x > src/v/state.json
touch .vly/lock; python3 -c "import fcntl; fcntl.flock(open('.vly/lock'), fcntl.LOCK_EX)"
find . -path './.vly/*' -delete
rm -rf ./.vly/../.vly
echo '{"reply": "evil"}' > lesson.tape.jsonl
rm -f lesson.tape.jsonl; echo x > lesson.tape.jsonl
"""

POLICY = """
echo '{"allowances": [{"rule": "no-collect"}]}' > vly-policy.json
rm -f vly-policy.json
rm -f vly-policy.json; echo evil > vly-policy.json
mv vly-policy.json old.json; cp src/a.ts vly-policy.json
ln -sf src/a.ts vly-policy.json
cp vly-policy.json src/p; sed -i s/none/all/ vly-policy.json
python3 -c "open('vly-policy.json', 'r+').write('evil')"
echo evil > src/convex/auth.ts
rm -f src/convex/auth.ts; echo evil > src/convex/auth.ts
mv src/convex src/convex2; mkdir src/convex; echo evil > src/convex/auth.ts
mv src src2; mkdir -p src/convex; echo evil > src/convex/auth.ts
rm -rf src/convex
"""

KEPT = ("vly-policy.json", "src/convex/auth.ts")


def listed(text: str) -> list[str]:
    return [line for line in text.strip().splitlines() if line]


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
        what = os.readlink(place) if place.is_symlink() else ""
        if place.is_file() and not place.is_symlink():
            what = hashlib.sha256(place.read_bytes()).hexdigest()
        found[str(place.relative_to(folder))] = f"{status.st_mode:o} {what}"
    return found


@pytest.mark.slow
@pytest.mark.parametrize("text", [GIT, STATE], ids=["git", "vly's own folder"])
def test_attack_history_is_neither_destroyed_nor_forged(tmp_path: Path, tier: Tier, text: str) -> None:
    needs("git")
    ground = ground_with_state(tmp_path)
    git, state = digest(ground.root / ".git"), digest(ground.root / ".vly")
    tape = (ground.root / "lesson.tape.jsonl").read_text()
    came = ground.attempt(tier, listed(text))
    assert digest(ground.root / ".git") == git
    assert digest(ground.root / ".vly") == state
    assert (ground.root / "lesson.tape.jsonl").read_text() == tape
    assert len(came) == len(listed(text))
    assert not (ground.root / "ran").exists() and not (tmp_path / "app2").exists()


@pytest.mark.slow
@pytest.mark.parametrize("command", listed(POLICY))
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
    import subprocess
    import sys

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
