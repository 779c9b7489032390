"""pnpm: found or fetched, and installing runs nobody's code. Real pnpm, npm and registry."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from pathlib import Path

import pytest

from tests.conftest import needs
from vly_nb.errors import ProgramError, ToolError
from vly_nb.stacks.convex_react import pnpm

TEMPLATE = Path(pnpm.__file__).parent / "template"
DEAD = "http://127.0.0.1:9/"  # nothing listens there

pytestmark = [pytest.mark.slow, pytest.mark.node]


@pytest.fixture(autouse=True)
def node() -> None:
    needs("node")
    needs("npm")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A project that asks for nothing, with the template's settings."""
    root = tmp_path / "small"
    root.mkdir()
    (root / "package.json").write_text('{\n  "name": "small",\n  "private": true\n}\n')
    shutil.copy(TEMPLATE / "pnpm-workspace.yaml", root)
    return root


def only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *programs: str) -> Path:
    """A PATH with these programs and no others, and an empty cache folder, which is returned."""
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    for program in programs:
        found = shutil.which(program)
        assert found
        (bin_folder / program).symlink_to(Path(found).resolve())
    for program in ("sh", "env"):
        (bin_folder / program).symlink_to(str(shutil.which(program)))
    monkeypatch.setenv("PATH", str(bin_folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "vly_nb"


# -- finding it -------------------------------------------------------------------


async def test_without_pnpm_one_is_fetched_once_and_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: Path
) -> None:
    cache = only(tmp_path, monkeypatch, "node", "npm")
    said: list[str] = []
    first, second = await asyncio.gather(pnpm.find_pnpm(said.append), pnpm.find_pnpm(said.append))
    assert first == second == [str(cache / "pnpm" / "node_modules" / ".bin" / "pnpm")]
    assert said.count("fetching pnpm, once") == 2
    assert sorted(path.name for path in cache.iterdir()) == ["pnpm"]  # nothing half is left beside
    said.clear()
    answer = await pnpm.add(small, ["clsx@2.1.1"], report=said.append)
    assert "fetching pnpm, once" not in said
    assert answer.startswith("Added clsx 2.1.1;")
    assert (small / "node_modules/clsx/package.json").is_file()


async def test_a_broken_fetched_pnpm_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = only(tmp_path, monkeypatch, "node", "npm")
    (cache / "pnpm" / "node_modules" / ".bin").mkdir(parents=True)
    [program] = await pnpm.find_pnpm()
    assert Path(program).exists()
    assert [path.name for path in cache.iterdir()] == ["pnpm"]
    assert not (cache / "pnpm" / "broken").exists()


async def test_no_npm_is_told_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = only(tmp_path, monkeypatch, "node")
    with pytest.raises(ProgramError, match="npm, which could fetch it, isn't either") as told:
        await pnpm.find_pnpm()
    assert "Install Node" in told.value.hint
    assert not list(cache.iterdir())


async def test_no_registry_is_told_when_pnpm_must_be_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(tmp_path, monkeypatch, "node", "npm")
    monkeypatch.setenv("npm_config_registry", DEAD)
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm-cache"))
    said: list[str] = []
    with pytest.raises(ProgramError, match=r"npm couldn't fetch it: .*ECONNREFUSED") as told:
        await pnpm.find_pnpm(said.append)
    assert "network" in told.value.hint


async def test_a_cache_folder_that_cannot_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(tmp_path, monkeypatch, "node", "npm")
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(ProgramError, match="can't be written"):
        await pnpm.find_pnpm()


async def test_a_pnpm_in_the_project_or_below_a_relative_path_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pnpm").write_text("#!/bin/sh\ntouch ran\necho 10.9.9\n")
    (tmp_path / "pnpm").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f".:{os.environ['PATH']}")
    [program] = await pnpm.find_pnpm()
    assert Path(program).is_absolute()
    assert Path(program).parent != tmp_path
    assert not (tmp_path / "ran").exists()


# -- installing and adding ----------------------------------------------------------


async def test_the_template_installs_from_its_lock_file(tmp_path: Path) -> None:
    root = tmp_path / "app"
    shutil.copytree(TEMPLATE, root)
    said: list[str] = []
    done = await pnpm.install(root, frozen=True, report=said.append)
    assert done.ok
    assert any(line.startswith("Progress:") for line in said)
    assert (root / "node_modules/.bin/tsc").exists()
    for name in ("package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml"):
        assert (root / name).read_bytes() == (TEMPLATE / name).read_bytes()
    answer = await pnpm.add(root, ["clsx", "nanoid@^5"], dev=False)
    installed = json.loads((root / "node_modules/nanoid/package.json").read_text())["version"]
    assert f"nanoid {installed}" in answer
    assert installed.startswith("5.")
    assert "clsx 2." in answer
    assert "nanoid" in json.loads((root / "package.json").read_text())["dependencies"]
    answer = await pnpm.add(root, ["left-pad@1.3.0"], dev=True)
    assert "left-pad 1.3.0 as development dependencies" in answer
    assert json.loads((root / "package.json").read_text())["devDependencies"]["left-pad"] == "1.3.0"


async def test_a_lock_file_that_does_not_fit_is_told(small: Path) -> None:
    await pnpm.add(small, ["clsx"])
    package = json.loads((small / "package.json").read_text())
    package["dependencies"]["nanoid"] = "^5.0.0"
    (small / "package.json").write_text(json.dumps(package))
    with pytest.raises(ProgramError, match="ERR_PNPM_OUTDATED_LOCKFILE") as told:
        await pnpm.install(small, frozen=True)
    assert told.value.hint == "package.json and the lock file differ: run `pnpm install`."
    assert (await pnpm.install(small, frozen=False)).ok


async def test_no_such_package_and_no_such_version_are_told(small: Path) -> None:
    before = (small / "package.json").read_bytes()
    with pytest.raises(ToolError, match="no such package") as told:
        await pnpm.add(small, ["vly-nb-no-such-package-qqzz"])
    assert "ERR_PNPM_FETCH_404" in str(told.value)
    with pytest.raises(ToolError, match=r"The newest clsx is \d"):
        await pnpm.add(small, ["clsx@99"])
    assert (small / "package.json").read_bytes() == before


async def test_a_dead_network_is_told_soon(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("npm_config_registry", DEAD)
    (small / ".npmrc").write_text("registry=http://name:pass-word@127.0.0.1:9/\n")
    said: list[str] = []
    with pytest.raises(ToolError, match="registry can't be reached") as told:
        await pnpm.add(small, ["clsx"], report=said.append)
    assert said
    assert "pass-word" not in str(told.value)
    assert "pass-word" not in "\n".join(said)


@pytest.mark.parametrize(
    "name",
    [
        *("-g", "--global", "--config.ignore-scripts=false", "../up", "/abs", "https://x.y/z.tgz"),
        *("github:a/b", "a b", "a;b", "", "file:x", "a@npm:b", "@scope", "link:../x", "a\n--global"),
    ],
)
async def test_attack_flags_and_places_do_not_pass_as_names(small: Path, name: str) -> None:
    with pytest.raises(ToolError, match="Not names of npm packages"):
        await pnpm.add(small, [name])


# -- attacks ------------------------------------------------------------------------


def trap(root: Path) -> None:
    """Everything by which a project gets code run when its packages are installed."""
    package = json.loads((root / "package.json").read_text())
    package["scripts"] = dict.fromkeys(
        ("preinstall", "install", "postinstall", "prepare"), "touch script-ran"
    )
    package["packageManager"] = "pnpm@10.2.0"
    (root / "package.json").write_text(json.dumps(package))
    (root / ".pnpmfile.cjs").write_text(
        "require('fs').writeFileSync(__dirname + '/hook-ran', ''); module.exports = {}"
    )
    (root / "pnpm-workspace.yaml").write_text(
        "managePackageManagerVersions: true\nignoreScripts: false\nignorePnpmfile: false\n"
        "pnpmfile: .pnpmfile.cjs\nmodulesDir: ../escaped/modules\nvirtualStoreDir: ../escaped/store\n"
    )
    (root / ".npmrc").write_text("ignore-scripts=false\nmodules-dir=../escaped/modules\n")


async def test_attack_a_projects_own_settings_run_nothing_and_write_nothing_outside(small: Path) -> None:
    trap(small)
    await pnpm.add(small, ["clsx"])
    await pnpm.install(small, frozen=False)
    assert (small / "node_modules/clsx").exists()
    assert not [path.name for path in small.iterdir() if path.name.endswith("-ran")]
    assert [path.name for path in small.parent.iterdir()] == ["small"]


async def test_attack_a_packages_build_script_does_not_run(small: Path) -> None:
    brought = small / "brought"
    brought.mkdir()
    script = {"name": "brought", "version": "1.0.0", "scripts": {"postinstall": "touch script-ran"}}
    (brought / "package.json").write_text(json.dumps(script))
    package = {"name": "small", "private": True, "dependencies": {"brought": "file:./brought"}}
    (small / "package.json").write_text(json.dumps(package))
    (small / "pnpm-workspace.yaml").write_text("onlyBuiltDependencies: [brought]\n")
    await pnpm.install(small, frozen=False)
    assert (small / "node_modules/brought/package.json").is_file()
    assert not list(small.rglob("script-ran"))


# -- a recorded install -----------------------------------------------------------------


async def recorded(root: Path) -> dict[str, str]:
    await pnpm.add(root, ["clsx@2.1.1"])
    return {name: (root / name).read_text() for name in pnpm.KEPT}


async def test_a_recorded_install_comes_out_the_same(small: Path, tmp_path: Path) -> None:
    kept = await recorded(small)
    other = tmp_path / "other"
    other.mkdir()
    (other / "package.json").write_text('{"name": "small", "private": true}\n')
    (other / "package.json").chmod(0o640)
    answer = await pnpm.restore(other, kept)
    assert answer == "Installed the packages exactly as they were recorded."
    assert {name: (other / name).read_text() for name in pnpm.KEPT} == kept
    assert (other / "package.json").stat().st_mode & 0o777 == 0o640
    assert (other / "node_modules/clsx").exists()


async def test_a_recorded_install_that_fails_puts_the_files_back(small: Path, tmp_path: Path) -> None:
    kept = await recorded(small)
    other = tmp_path / "other"
    other.mkdir()
    (other / "package.json").write_text('{"name": "mine"}\n')
    broken = {**kept, "pnpm-lock.yaml": "lockfileVersion: '9.0'\n"}
    with pytest.raises(ToolError, match="can't be installed"):
        await pnpm.restore(other, broken)
    assert (other / "package.json").read_text() == '{"name": "mine"}\n'
    assert not (other / "pnpm-lock.yaml").exists()
    assert not [path for path in other.iterdir() if path.name.startswith(".package.json.")]


async def test_a_recording_without_its_lock_file_is_refused(small: Path) -> None:
    with pytest.raises(ToolError, match=r"holds no pnpm-lock\.yaml"):
        await pnpm.restore(small, {"package.json": "{}"})


async def test_attack_a_recorded_install_does_not_write_through_a_link(small: Path, tmp_path: Path) -> None:
    kept = await recorded(small)
    other = tmp_path / "other"
    other.mkdir()
    outside = tmp_path / "outside.json"
    outside.write_text("mine")
    (other / "package.json").symlink_to(outside)
    (other / "pnpm-lock.yaml").symlink_to(tmp_path / "not-there")
    more = {**kept, "../outside.json": "theirs", ".npmrc": "theirs", "src/a.ts": "theirs"}
    await pnpm.restore(other, more)
    assert outside.read_text() == "mine"
    assert not (tmp_path / "not-there").exists()
    assert not (other / ".npmrc").exists()
    assert not (other / "src").exists()
    assert (other / "package.json").read_text() == kept["package.json"]
