"""The zip of a project: what is in it, and what is never in it."""

from __future__ import annotations

import os
import stat
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import FILES, write_files
from vly_nb.errors import ProjectError
from vly_nb.project.download import Packed, free_name, pack, words
from vly_nb.project.folder import Folder
from vly_nb.project.secrets import Redactor

KEY = "re_" + "Planted0123456789abcdefghij"


def packed(root: Path, place: Path) -> Packed:
    with closing(Folder(root)) as folder:
        return pack(folder, "shop", place, Redactor([("AUTH_RESEND_KEY", KEY)]))


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    more = {
        ".env.local": f"AUTH_RESEND_KEY={KEY}\n",
        ".env.example": "AUTH_RESEND_KEY=\n",
        "node_modules/a/index.js": "x\n",
        "src/node_modules/b.js": "x\n",
        ".git/config": "x\n",
        ".vly/vault": "x\n",
        "dist/index.html": "x\n",
        "deploy.pem": "x\n",
        "src/mail.ts": f'const key = "{KEY}";\n',
        "src/turned.ts": f'const key = "{KEY[::-1]}";\n',
        "src/odd.ts": 'const stripe = "sk_live_' + "4eC39HqLyjWDarjtT1zdp7dc" + '";\n',
        "run.sh": "#!/bin/sh\n",
    }
    root = write_files(tmp_path / "shop", {**FILES, **more})
    (root / "run.sh").chmod(0o755)
    (root / "link").symlink_to("/etc/passwd")
    os.utime(root / "run.sh", (0, 0))
    return root


def test_what_is_in_it_and_what_is_said_of_the_rest(shop: Path, tmp_path: Path) -> None:
    done = packed(shop, tmp_path / "shop.zip")
    with zipfile.ZipFile(tmp_path / "shop.zip") as archive:
        assert archive.testzip() is None
        names = {one.filename for one in archive.infolist()}
        modes = {one.filename: one.external_attr >> 16 for one in archive.infolist()}
        assert names == {f"shop/{name}" for name in (*FILES, ".env.example", "src/odd.ts", "run.sh")}
        assert archive.read("shop/src/App.tsx").decode() == FILES["src/App.tsx"]
    assert stat.S_IMODE(modes["shop/run.sh"]) == 0o755
    assert done.files == len(names) and done.size == (tmp_path / "shop.zip").stat().st_size
    told = {path for paths in done.left.values() for path in paths}
    assert told == {
        ".env.local", "node_modules", ".git", ".vly", "dist/", "deploy.pem", "src/mail.ts", "src/turned.ts",
        "link",
    }  # fmt: skip
    assert done.doubtful == ["src/odd.ts"]
    assert any("files with keys): .env.local, deploy.pem" in line for line in words(done.left))
    assert KEY not in repr(done)


def test_attack_no_form_of_a_key_is_in_the_bytes(shop: Path, tmp_path: Path) -> None:
    packed(shop, tmp_path / "shop.zip")
    with zipfile.ZipFile(tmp_path / "shop.zip") as archive:
        every = b"".join(archive.read(name) for name in archive.namelist())
    assert KEY.encode() not in every and KEY[::-1].encode() not in every


def test_nothing_is_written_over(shop: Path, tmp_path: Path) -> None:
    place = tmp_path / "shop.zip"
    place.write_text("mine")
    with pytest.raises(ProjectError, match="there already"):
        packed(shop, place)
    assert place.read_text() == "mine" and free_name(place).name == "shop-2.zip"
    (tmp_path / "shop-2.zip").symlink_to(tmp_path / "nowhere")
    assert free_name(place).name == "shop-3.zip"
    with pytest.raises(ProjectError):
        packed(shop, tmp_path / "shop-2.zip")
    assert not (tmp_path / "nowhere").exists()
    with pytest.raises(ProjectError, match="can't be written"):
        packed(shop, tmp_path / "no" / "shop.zip")
    assert not list(tmp_path.glob(".shop*"))
