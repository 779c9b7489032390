"""The vault: whose it is, who may read it, and the way of env files into it and back."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path

import pytest

from tests.conftest import write_files
from tests.project.planted import planted
from vly_nb.errors import VaultError
from vly_nb.project import vault as vaults
from vly_nb.project.env_files import is_key, lines_of
from vly_nb.project.folder import Folder
from vly_nb.project.keys import Keys
from vly_nb.project.moving import import_keys, restore_keys
from vly_nb.project.vault import Vault, home

VALUE = planted(1)


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VLY_NB_DATA", str(tmp_path / "data"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "app").mkdir()
    return tmp_path / "app"


def place_of(root: Path) -> Path:
    return home() / (root / ".vly/vault").read_text()


# -- keeping --------------------------------------------------------------------


def test_what_is_put_in_comes_out_and_nobody_else_can_open_it(root: Path) -> None:
    vault = Vault.of(root)
    assert vault.values() == {}
    assert not home().exists(), "looking makes nothing"
    vault.put({"B": VALUE, "A": "two\nlines é"})
    assert Vault.of(root).values() == {"A": "two\nlines é", "B": VALUE}
    vault.put({"A": None, "C": "x"})
    assert Vault.of(root).values() == {"B": VALUE, "C": "x"}
    place = place_of(root)
    assert [oct(p.stat().st_mode & 0o777) for p in (home(), place, place / "keys.json")] == [
        "0o700",
        "0o700",
        "0o600",
    ]
    assert [p.name for p in place.iterdir()] == ["keys.json"]
    assert VALUE not in repr(vault) and VALUE not in repr(vars(vault))


def test_no_value_lies_in_the_project(root: Path) -> None:
    Vault.of(root).put({"A": VALUE})
    assert all(VALUE.encode() not in p.read_bytes() for p in root.rglob("*") if p.is_file())


def test_a_vault_is_written_whole_or_not_at_all(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = Vault.of(root)
    vault.put({"A": VALUE})

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(VaultError, match="the disk is full") as error:
            vault.put({"B": "another"})
        assert error.value.hint
    assert vault.values() == {"A": VALUE}
    (place_of(root) / "0123456789abcdef").write_text("what a crash left")
    vault.put({"B": "another"})
    assert [p.name for p in place_of(root).iterdir()] == ["keys.json"]


def test_a_project_that_holds_the_users_data_folder_is_turned_away(tmp_path: Path) -> None:
    with pytest.raises(VaultError, match="inside the project"):
        Vault.of(tmp_path).put({"A": VALUE})
    with pytest.raises(VaultError, match="inside the project"):
        Vault.of(tmp_path).values()


# -- who may read ----------------------------------------------------------------


@pytest.mark.parametrize("what", ["home", "folder", "file"])
def test_a_vault_that_others_may_open_is_not_used_until_it_is_mended(root: Path, what: str) -> None:
    Vault.of(root).put({"A": VALUE})
    place = {"home": home(), "folder": place_of(root), "file": place_of(root) / "keys.json"}[what]
    place.chmod(0o644 if what == "file" else 0o755)
    vault = Vault.of(root)
    with pytest.raises(VaultError, match="Others may open") as error:
        vault.values()
    assert str(place) in error.value.message and "%vly keys mend" in error.value.hint
    with pytest.raises(VaultError):
        vault.put({"B": "x"})
    keys = Keys(Folder(root))
    assert keys.trouble is not None and keys.given(["A"]) == {}
    vault.mend()
    assert vault.values() == {"A": VALUE}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_vault_of_another_user_is_not_used(root: Path) -> None:
    Vault.of(root).put({"A": VALUE})
    os.chown(place_of(root) / "keys.json", 12345, 12345)
    for act in (Vault.of(root).values, Vault.of(root).mend):
        with pytest.raises(VaultError, match="belongs to another user"):
            act()


def test_attack_a_link_in_the_vaults_place(root: Path, tmp_path: Path) -> None:
    Vault.of(root).put({"A": VALUE})
    place = place_of(root)
    shutil.move(place / "keys.json", tmp_path / "elsewhere")
    (place / "keys.json").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(VaultError, match="not what the vault made"):
        Vault.of(root).values()
    with pytest.raises(VaultError):
        Vault.of(root).mend()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"vault": 1}', '{"vault": 1, "project": 3, "keys": {}}'])
def test_a_damaged_vault_says_so(root: Path, tmp_path: Path, text: str) -> None:
    Vault.of(root).put({"A": VALUE})
    (place_of(root) / "keys.json").write_text(text)
    with pytest.raises(VaultError, match="can't be understood") as error:
        Vault.of(root).values()
    assert f"Move {place_of(root)} away and set the keys again" in error.value.hint
    place_of(root).rename(tmp_path / "away")
    Vault.of(root).put({"A": VALUE})
    assert Vault.of(root).values() == {"A": VALUE}


# -- whose it is -----------------------------------------------------------------


def test_attack_a_repository_brings_anothers_id(root: Path, tmp_path: Path) -> None:
    """The id leaked, and stands in a hostile repository: it opens nothing, and the person is asked."""
    Vault.of(root).put({"A": VALUE})
    hostile = write_files(tmp_path / "hostile", {".vly/vault": (root / ".vly/vault").read_text()})
    vault = Vault.of(hostile)
    assert vault.values() == {}
    former = vault.former()
    assert former is not None and former.project == str(root) and former.names == ("A",) and not former.moved
    vault.put({"B": "mine"})
    assert Vault.of(root).values() == {"A": VALUE}
    assert vault.values() == {"B": "mine"}, "taken over by nobody but the person"


@pytest.mark.parametrize("text", ["../../x", "a" * 31, "A" * 32, "", "0" * 33, "../" + "0" * 32, "\0" * 32])
def test_attack_an_id_that_is_a_path(root: Path, text: str) -> None:
    write_files(root, {".vly/vault": text})
    assert Vault.of(root).values() == {}
    Vault.of(root).put({"A": VALUE})
    assert Vault.of(root).values() == {"A": VALUE}


def test_attack_an_id_that_is_a_link(root: Path, tmp_path: Path) -> None:
    Vault.of(root).put({"A": VALUE})
    real = (root / ".vly/vault").rename(tmp_path / "id")
    (root / ".vly/vault").symlink_to(real)
    assert Vault.of(root).values() == {}


def test_a_fresh_clone_at_an_old_path_is_asked_about(root: Path) -> None:
    Vault.of(root).put({"A": VALUE})
    shutil.rmtree(root)
    root.mkdir()
    vault = Vault.of(root)
    assert vault.values() == {}
    former = vault.former()
    assert former is not None and former.project == str(root)
    vault.adopt()
    assert vault.values() == {"A": VALUE}
    assert len(list(home().iterdir())) == 1, "the former one is gone"


def test_a_moved_project_finds_its_keys(root: Path) -> None:
    Vault.of(root).put({"A": VALUE})
    moved = root.rename(root.with_name("moved"))
    vault = Vault.of(moved)
    assert vault.values() == {}
    former = vault.former()
    assert former is not None and former.moved
    assert vault.adopt().names == ("A",)
    assert Vault.of(moved).values() == {"A": VALUE} and Vault.of(moved).former() is None


def test_keys_that_were_set_before_the_former_ones_were_taken_over_stay(root: Path) -> None:
    Vault.of(root).put({"A": VALUE, "B": "old"})
    vault = Vault.of(root.rename(root.with_name("moved")))
    vault.put({"B": "new"})
    assert vault.values() == {"B": "new"}
    assert vault.adopt().names == ("A", "B")
    assert vault.values() == {"A": VALUE, "B": "new"} and vault.former() is None
    assert len(list(home().iterdir())) == 1


def test_a_copied_project_gets_keys_of_its_own(root: Path) -> None:
    Vault.of(root).put({"A": VALUE})
    copy = Path(shutil.copytree(root, root.with_name("copy")))
    Vault.of(copy).adopt()
    Vault.of(copy).put({"A": "changed"})
    assert Vault.of(root).values() == {"A": VALUE} and Vault.of(copy).values() == {"A": "changed"}


def test_there_is_nothing_to_adopt(root: Path) -> None:
    assert Vault.of(root).former() is None
    Vault.of(root).mend()
    with pytest.raises(VaultError, match="no keys from before"):
        Vault.of(root).adopt()


# -- names and places ------------------------------------------------------------


def test_keys_are_listed_by_name_and_place(root: Path) -> None:
    write_files(root, {".env.local": f"FILE_KEY={planted(3)}\nVITE_CONVEX_URL=https://a-b-1.convex.cloud\n"})
    environ = {"CONVEX_DEPLOY_KEY": planted(4), "ANTHROPIC_API_KEY": planted(5), "OTHER_TOKEN": planted(6)}
    keys = Keys(Folder(root), ("CONVEX_DEPLOY_KEY",), environ)
    keys.put({"VAULT_KEY": VALUE})
    assert [(key.name, key.where) for key in keys.listed()] == [
        ("VAULT_KEY", "vault"),
        ("FILE_KEY", ".env.local"),
        ("CONVEX_DEPLOY_KEY", "environment"),
        ("ANTHROPIC_API_KEY", "environment"),
    ]
    for n in (1, 3, 4, 5, 6):
        assert planted(n) not in keys.clean(f"it is {planted(n)}!")
    assert keys.clean("https://a-b-1.convex.cloud") == "https://a-b-1.convex.cloud"


def test_programs_are_given_the_vaults_keys_by_name(root: Path) -> None:
    keys = Keys(Folder(root), environ={"CONVEX_DEPLOY_KEY": "of the environment"})
    keys.put({"CONVEX_DEPLOY_KEY": "of the vault", "OPENAI_API_KEY": VALUE})
    assert keys.given(["CONVEX_DEPLOY_KEY", "MISSING"]) == {"CONVEX_DEPLOY_KEY": "of the vault"}


def test_a_value_once_seen_stays_hidden(root: Path) -> None:
    write_files(root, {".env": f"A_KEY={VALUE}\n"})
    keys = Keys(Folder(root), environ={})
    (root / ".env").rename(root / "notes.txt")
    write_files(root, {"deep/er/.env.x": f"B_KEY={planted(2)}\n#C_KEY={planted(3)}\n"})
    keys.refresh()
    for n in (1, 2, 3):
        assert keys.clean(planted(n)).endswith(" hidden⟩")


@pytest.mark.parametrize("name", ["", "a b", "1X", "X-Y", "é", "A" * 200, "A\nB"])
def test_a_name_that_is_none(root: Path, name: str) -> None:
    with pytest.raises(VaultError, match="can't be a key's name"):
        Keys(Folder(root), environ={}).put({name: VALUE})


# -- env files -------------------------------------------------------------------

ENV = f"""\ufeff# my settings\r
CONVEX_DEPLOYMENT=dev:happy-animal-123 # team: a, project: b\r
VITE_CONVEX_URL=https://happy-animal-123.convex.cloud\r
export OPENAI_API_KEY='{planted(1, "sk-proj-")}'\r
\r
# OLD_KEY={planted(2, "re_Ab3dEf12_")}\r
PEM_KEY="-----BEGIN PRIVATE KEY-----
{planted(3, "", 64)}
-----END PRIVATE KEY-----"\r
APP_NAME="My app"\r
""".encode()


def test_an_import_moves_keys_leaves_settings_and_a_restore_is_to_the_byte(root: Path) -> None:
    (root / ".env.local").write_bytes(ENV)
    (root / ".env.local").chmod(0o640)
    folder = Folder(root)
    keys = Keys(folder, environ={})
    moved = import_keys(keys, folder)
    assert moved.names == {".env.local": ["OPENAI_API_KEY", "PEM_KEY"]}
    left = (root / ".env.local").read_text()
    assert [(one.name, one.value) for one in lines_of(left) if one.name] == [
        ("CONVEX_DEPLOYMENT", "dev:happy-animal-123"),
        ("VITE_CONVEX_URL", "https://happy-animal-123.convex.cloud"),
        ("APP_NAME", "My app"),
    ]
    assert not any(planted(*p) in left for p in ((1, "sk-proj-"), (2, "re_Ab3dEf12_"), (3, "", 64)))
    assert keys.vault.values()["PEM_KEY"].count("\n") == 2
    assert import_keys(keys, folder).names == {}
    assert restore_keys(keys, folder) == ([".env.local"], [])
    assert (root / ".env.local").read_bytes() == ENV
    assert (root / ".env.local").stat().st_mode & 0o777 == 0o640
    assert keys.vault.values() == {}
    with pytest.raises(VaultError, match="No env file was moved"):
        restore_keys(keys, folder)


def test_a_file_with_nothing_but_keys_goes_away_and_comes_back(root: Path) -> None:
    write_files(
        root,
        {".env": f"A_KEY={VALUE}\n", "web/.dev.vars": f"B_KEY={planted(2)}\n", ".env.example": "A_KEY=\n"},
    )
    folder = Folder(root)
    keys = Keys(folder, environ={})
    import_keys(keys, folder)
    assert not (root / ".env").exists() and not (root / "web/.dev.vars").exists()
    assert (root / ".env.example").read_text() == "A_KEY=\n"
    restore_keys(keys, folder)
    assert (root / ".env").read_text() == f"A_KEY={VALUE}\n"
    assert (root / "web/.dev.vars").exists()


def test_the_file_in_force_wins_and_the_vault_over_both(root: Path) -> None:
    files = {".env": "A_KEY=from-env-00001\nB_KEY=from-env-00002\nC_KEY=from-env-00003\n"}
    files[".env.local"] = "A_KEY=from-local-0001\n"
    files[".env.production"] = "A_KEY=from-prod-00001\nD_KEY=from-prod-00004\n"
    write_files(root, files)
    folder = Folder(root)
    keys = Keys(folder, environ={})
    keys.put({"C_KEY": "from-the-vault"})
    moved = import_keys(keys, folder)
    assert keys.vault.values() == {
        "A_KEY": "from-local-0001",
        "B_KEY": "from-env-00002",
        "C_KEY": "from-the-vault",
        "D_KEY": "from-prod-00004",
    }
    assert sorted(moved.other) == [("A_KEY", ".env"), ("A_KEY", ".env.production"), ("C_KEY", ".env")]
    restore_keys(keys, folder)
    assert {name: (root / name).read_text() for name in files} == files
    assert keys.vault.values() == {"C_KEY": "from-the-vault"}


def test_two_imports_are_taken_back_one_by_one(root: Path) -> None:
    folder = Folder(write_files(root, {".env": f"A_KEY={VALUE}\nVITE_X=1\n"}))
    keys = Keys(folder, environ={})
    import_keys(keys, folder)
    second = (root / ".env").read_text() + f"B_KEY={planted(2)}\n"
    (root / ".env").write_text(second)
    import_keys(keys, folder)
    restore_keys(keys, folder)
    assert (root / ".env").read_text() == second and keys.vault.values() == {"A_KEY": VALUE}
    _, aside = restore_keys(keys, folder)
    assert (root / ".env").read_text() == f"A_KEY={VALUE}\nVITE_X=1\n" and keys.vault.values() == {}
    assert [(root / name).read_text() for name in aside] == [second], "nothing that was written since is lost"


def test_attack_an_env_file_that_is_a_link_is_left_alone(root: Path, tmp_path: Path) -> None:
    (tmp_path / "credentials").write_text(f"A_KEY={VALUE}\n")
    (root / ".env").symlink_to(tmp_path / "credentials")
    (root / ".env.local").mkdir()
    folder = Folder(root)
    keys = Keys(folder, environ={})
    assert keys.listed() == [] and import_keys(keys, folder).names == {}
    assert (tmp_path / "credentials").read_text() == f"A_KEY={VALUE}\n"


def test_a_crash_in_the_middle_of_an_import_loses_nothing(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Folder(write_files(root, {".env": f"A_KEY={VALUE}\n"}))
    keys = Keys(folder, environ={})
    with monkeypatch.context() as patch:
        patch.setattr(
            "vly_nb.project.env_files.write", lambda *_: (_ for _ in ()).throw(OSError(30, "Read-only"))
        )
        with pytest.raises(VaultError, match="can't be written"):
            import_keys(keys, folder)
    assert (root / ".env").read_text() == f"A_KEY={VALUE}\n"
    assert keys.vault.values() == {"A_KEY": VALUE}
    import_keys(keys, folder)
    assert not (root / ".env").exists()
    restore_keys(keys, folder)
    assert (root / ".env").read_text() == f"A_KEY={VALUE}\n"


@pytest.mark.parametrize(
    ("name", "value", "key"),
    [
        ("OPENAI_API_KEY", "abc", True),
        ("DATABASE_URL", "postgres://a:s3cr3tpw@h/d", True),
        ("JWKS", "{}", True),
        ("ANYTHING", planted(9, "sk_live_", 30), True),
        ("WHO_KNOWS", planted(9, "", 40), True),
        ("VITE_CONVEX_URL", "https://a-b-1.convex.cloud", False),
        ("CONVEX_DEPLOYMENT", "dev:a-b-1", False),
        ("STRIPE_PUBLISHABLE_KEY", "pk_live_51Habc", False),
        ("GOOGLE_CLIENT_ID", "12-ab.apps.x.com", False),
        ("VITE_MAPS_API_KEY", "AIzb123", False),
        ("VITE_OOPS", planted(9, "sk-proj-"), True),
        ("PORT", "3000", False),
        ("AUTH_EMAIL_FROM", "a@example.org", False),
        ("LOG_LEVEL", "debug", False),
        ("A_TOKEN", "", False),
    ],
)
def test_what_is_a_key(name: str, value: str, key: bool) -> None:
    assert is_key(name, value) is key


def test_backups_hold_no_plain_value_for_who_lists_them(root: Path) -> None:
    folder = Folder(write_files(root, {".env": f"A_KEY={VALUE}\n"}))
    keys = Keys(folder, environ={})
    import_keys(keys, folder)
    assert VALUE not in repr(keys.vault.backups())
    assert json.loads((place_of(root) / "backups.json").read_text())["imports"][0][0]["path"] == ".env"
    assert vaults.BACKUPS == "backups.json"
