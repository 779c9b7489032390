"""What attacks go for: planted keys, decoy processes, and the search for what got out."""

from __future__ import annotations

import base64
import codecs
import json
import os
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from vly_nb.sandbox.sandbox import Tier

TRICKS = Path(__file__).parent / "tricks"
PLANTED = {place: f"sk-planted-{place}-4711deadbeef0815" for place in ("vault", "kernel", "tree", "history")}


def tricks(kind: str) -> list[str]:
    """The commands of a list in `tricks/`."""
    lines = (TRICKS / f"{kind}.sh").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def encodings(key: str) -> dict[str, bytes]:
    """A key as it may be dressed up on its way out; base64 at each of the three offsets."""
    data = key.encode()
    found = {
        "plain": data,
        "hex": data.hex().encode(),
        "HEX": data.hex().upper().encode(),
        "base32": base64.b32encode(data).rstrip(b"="),
        "percent": "".join(f"%{byte:02x}" for byte in data).encode(),
        "quoted": urllib.parse.quote(key).encode(),
        "unicode escapes": "".join(f"\\u{ord(letter):04x}" for letter in key).encode(),
        "utf-16": key.encode("utf-16-le"),
        "reversed": data[::-1],
        "rot13": codecs.encode(key, "rot13").encode(),
        "octal dump": " ".join(f"{byte:02x}" for byte in data).encode(),
    }
    for offset in range(3):
        found[f"base64 at {offset}"] = base64.b64encode(b"\0" * offset + data)[4 * bool(offset) :].rstrip(
            b"="
        )[:-1]
    return found


def leaks(data: bytes) -> list[str]:
    """Which planted keys are in some bytes, and how they were dressed up."""
    folded = data.replace(b"\n", b"")  # base64 and dumps come in lines
    return [
        f"{place} ({name})"
        for place, key in PLANTED.items()
        for name, form in encodings(key).items()
        if form in data or form in folded
    ]


@dataclass(frozen=True)
class Ground:
    """A project with keys around it and in it, and a home that isn't the person's."""

    root: Path
    home: Path
    vault: Path
    own: set[int] = field(default_factory=set)
    """The files of the project in which keys were planted, by number."""

    def attempt(
        self, tier: Tier, commands: Sequence[str], env: Mapping[str, str] | None = None, **job: object
    ) -> list[dict]:
        """Run commands in the sandbox, by a kernel that has a key in its environment."""
        told = {
            "root": str(self.root),
            "tier": tier.value,
            "commands": list(commands),
            "env": {"VAULT": str(self.vault), "ROOT": str(self.root), **(env or {})},
            **job,
        }
        kernel = subprocess.run(
            [sys.executable, "-m", "tests.attacks.kernel"],
            input=json.dumps(told),
            capture_output=True,
            text=True,
            env={**os.environ, "HOME": str(self.home), "OPENAI_API_KEY": PLANTED["kernel"]},
            timeout=300,
        )
        assert kernel.returncode == 0, kernel.stderr
        return json.loads(kernel.stdout)

    def written(self) -> Iterator[tuple[Path, bytes]]:
        """Every file that a command could have left in the project."""
        for folder, folders, files in os.walk(self.root):
            folders[:] = [name for name in folders if name not in (".git", ".vly")]
            for name in files:
                place = Path(folder, name)
                if place.is_file() and not place.is_symlink() and place.stat().st_ino not in self.own:
                    yield place, place.read_bytes()


def planted(base: Path) -> Ground:
    """Keys in a vault outside, in the tree, under another name, and in the repository's history."""
    base = base.resolve()
    ground = Ground(base / "app", base / "home", base / "home/.local/share/vly_nb/vault/app/keys.json")
    for folder in (ground.root / "src", ground.root / ".vly", ground.vault.parent, ground.root / "deep/app"):
        folder.mkdir(parents=True)
    ground.vault.write_text(json.dumps({"OPENAI_API_KEY": PLANTED["vault"]}))
    line = f"OPENAI_API_KEY={PLANTED['tree']}\n"
    (ground.root / ".vly/state.json").write_text(json.dumps({"key": PLANTED["vault"]}))
    (ground.root / "package.json").write_text('{"name": "app", "private": true}\n')
    (ground.root / "src/a.ts").write_text("export const a = 1;\n")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@a"]
    (ground.root / ".env.local").write_text(f"OPENAI_API_KEY={PLANTED['history']}\n")

    def do(*arguments: str) -> None:
        subprocess.run([*git, *arguments], cwd=ground.root, check=True, capture_output=True)

    do("init", "-q")
    do("add", "-A", "-f")
    do("commit", "-qm", "with a key")
    (ground.root / ".env.local").write_text(f"OPENAI_API_KEY={PLANTED['history']}-stashed\n")
    do("stash", "-q")
    (ground.root / ".env.local").write_text(line)
    do("add", "-f", ".env.local")  # staged, never committed
    (ground.root / "deep/app/.env").write_text(line)
    os.link(ground.root / ".env.local", ground.root / "notes.txt")  # the same file, by a harmless name
    ground.own.update(
        place.stat().st_ino for place in (ground.root / ".env.local", ground.root / "deep/app/.env")
    )
    return ground


@contextmanager
def decoy_process() -> Iterator[int]:
    """A process with a key in its environment and its memory, that is nobody's but ours."""
    code = f"import time; key = {PLANTED['kernel']!r} * 3; print('ready', flush=True); time.sleep(120)"
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        env={"PATH": os.defpath, "KEY": PLANTED["kernel"]},
    )
    try:
        assert process.stdout and process.stdout.readline()
        yield process.pid
    finally:
        process.kill()
        process.wait()
