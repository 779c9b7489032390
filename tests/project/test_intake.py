"""A project from elsewhere: what arrives, and what a hostile archive, folder or repository can't do."""

from __future__ import annotations

import asyncio
import os
import ssl
import stat
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.conftest import FILES, needs, write_files
from vly_nb.errors import KeyPasted, ProjectError
from vly_nb.project.intake import intake, staging
from vly_nb.project.intake.intake import Taken, source_of, take_in

KEY = "sk-" + "planted" * 4 + "0123456789abcdef"


def take(address: str | Path, target: Path, reports: list[str] | None = None) -> Taken:
    return asyncio.run(
        take_in(source_of(str(address)), target, [].append if reports is None else reports.append)
    )


def refused(address: str | Path, target: Path) -> str:
    """Why it isn't taken; nothing of it is left beside."""
    with pytest.raises(ProjectError) as error:
        take(address, target)
    assert not target.exists() and not list(target.parent.glob(".*-*"))
    return str(error.value)


def tree(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A project with all that stays behind."""
    more = {
        ".env.local": f"OPENAI_API_KEY={KEY}\n",
        ".npmrc": "x=1\n",
        "server.pem": "x\n",
        "node_modules/a/index.js": "x\n",
        ".git/config": "[core]\n\tfsmonitor = touch /tmp/ran\n",
        ".vly/vault": "x\n",
        "run.sh": "#!/bin/sh\n",
    }
    root = write_files(tmp_path / "from" / "shop", {**FILES, **more})
    (root / "run.sh").chmod(0o755)
    (root / "outside").symlink_to("/etc")
    (root / "src/passwd").symlink_to("/etc/passwd")
    os.mkfifo(root / "pipe")
    return root


def test_a_folder_is_copied_and_stays_as_it_is(shop: Path, tmp_path: Path) -> None:
    before = {path: path.lstat() for path in shop.rglob("*")}
    taken = take(shop, tmp_path / "mine")
    arrived = tree(tmp_path / "mine")
    assert set(arrived) == {*FILES, ".env.local", "run.sh"}
    assert arrived["src/App.tsx"].decode() == FILES["src/App.tsx"]
    assert stat.S_IMODE((tmp_path / "mine/.env.local").stat().st_mode) == 0o600
    assert (tmp_path / "mine/run.sh").stat().st_mode & 0o100
    left = {path for paths in taken.left.values() for path in paths}
    assert left == {
        ".npmrc", "server.pem", "node_modules", ".git", ".vly", "outside", "src/passwd", "pipe"
    }  # fmt: skip
    after = {path: path.lstat() for path in shop.rglob("*")}
    assert {p: (s.st_mtime_ns, s.st_size) for p, s in before.items()} == {
        p: (s.st_mtime_ns, s.st_size) for p, s in after.items()
    }
    for target, why in ((tmp_path / "mine", "is there already"), (shop / "inside", "would lie in")):
        with pytest.raises(ProjectError, match=why):
            take(shop, target)


def zipped(place: Path, files: dict[str, bytes | str], top: str = "") -> Path:
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(top + name, data)
    return place


def test_a_zip_loses_the_folder_that_all_lies_in(tmp_path: Path) -> None:
    place = zipped(tmp_path / "shop-main.zip", {**FILES, "__MACOSX": "", ".DS_Store": ""}, top="shop-main/")
    assert source_of(str(place)).name == "shop-main"
    taken = take(place, tmp_path / "mine")
    assert {name: data.decode() for name, data in tree(tmp_path / "mine").items()} == FILES
    assert taken.files == len(FILES) and taken.size == sum(map(len, FILES.values()))


@pytest.mark.parametrize(
    "name",
    [
        "../out", "a/../../out", "/tmp/out", "a//b", "./a", "C:/out", "C:out", "a\\..\\out", "a/.",
        "line\nbreak", "bell\x07", "\u2028", "x" * 300, "/".join("d" * 70),
    ],
)  # fmt: skip
def test_attack_a_zip_whose_names_lead_out(tmp_path: Path, name: str) -> None:
    place = zipped(tmp_path / "shop.zip", {"package.json": "{}", name: "x"})
    assert "path" in refused(place, tmp_path / "mine")
    assert {one.name for one in tmp_path.iterdir()} == {"shop.zip"}


@pytest.mark.parametrize(
    ("one", "other"),
    [("src/a.ts", "SRC/A.ts"), ("README", "readme"), ("\u00e9", "e\u0301"), ("a", "a/b"), ("x", "x")],
)
def test_attack_names_that_are_one_on_other_disks(tmp_path: Path, one: str, other: str) -> None:
    place = tmp_path / "shop.zip"
    with zipfile.ZipFile(place, "w") as archive, pytest.MonkeyPatch.context() as patch:
        patch.setattr("warnings.warn", lambda *_, **__: None)  # zipfile's, of a name that comes twice
        archive.writestr(one, "x")
        archive.writestr(other, "y")
    assert "the same on many disks" in refused(place, tmp_path / "mine")


def test_attack_links_in_a_zip_are_not_made(tmp_path: Path) -> None:
    place = tmp_path / "shop.zip"
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr("package.json", "{}")
        link = zipfile.ZipInfo("src")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, str(tmp_path / "elsewhere"))
        archive.writestr("src/main.tsx", "through the link")
        pipe = zipfile.ZipInfo("pipe")
        pipe.external_attr = (stat.S_IFIFO | 0o644) << 16
        archive.writestr(pipe, "")
    taken = take(place, tmp_path / "mine")
    assert not (tmp_path / "elsewhere").exists() and not (tmp_path / "mine/src").is_symlink()
    assert taken.left == {staging.LINKS: ["src"], staging.SPECIAL: ["pipe"]}


def test_attack_a_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (staging, intake.archive):
        monkeypatch.setattr(module, "MOST_BYTES", 1 << 20)
        monkeypatch.setattr(module, "MOST_FILES", 100)
    place = zipped(tmp_path / "big.zip", {"a": b"\0" * (2 << 20)})
    assert "than 100 files or 1 MB" in refused(place, tmp_path / "mine")
    lying = bytearray(place.read_bytes())  # its directory says that it is small
    at = lying.rindex(b"PK\x01\x02")
    lying[at + 24 : at + 28] = (10).to_bytes(4, "little")
    (tmp_path / "lying.zip").write_bytes(bytes(lying))
    refused(tmp_path / "lying.zip", tmp_path / "mine")
    many = zipped(tmp_path / "many.zip", {f"{n}": "" for n in range(150)})
    assert "100 files" in refused(many, tmp_path / "mine")
    for name in ("nested.zip", "no.zip", "cut.zip"):
        (tmp_path / name).write_bytes({"no.zip": b"PK nothing"}.get(name, place.read_bytes()[:300]))
        assert "no zip that can be read" in refused(tmp_path / name, tmp_path / "mine")


def test_attack_a_locked_or_odd_zip_is_a_sentence(tmp_path: Path) -> None:
    place = zipped(tmp_path / "shop.zip", {"package.json": "{}"})
    data = bytearray(place.read_bytes())
    at = data.rindex(b"PK\x01\x02")
    data[at + 8] |= 1
    place.write_bytes(bytes(data))
    assert "locked" in refused(place, tmp_path / "mine")


@pytest.mark.parametrize(
    "address",
    ["http://example.com/a.git", "ssh://git@example.com/a", "git@example.com:a/b", "ext::sh -c id",
     "file:///etc", "git://example.com/a", "--upload-pack=id", "https://", "https://exa mple.com/x",
     "https://example.com:99999/x", "nothing/here", "https://\u0435xample.com/x", "fd::17"],
)  # fmt: skip
def test_attack_addresses_that_run_or_reach_something_else(tmp_path: Path, address: str) -> None:
    with pytest.raises(ProjectError):
        take(address, tmp_path / "mine")
    assert not list(tmp_path.iterdir())


def test_attack_a_password_in_an_address_goes_nowhere(tmp_path: Path) -> None:
    with pytest.raises(KeyPasted):
        take(f"https://{KEY}@example.com/shop", tmp_path / "mine")


def git(*words: str, at: Path, said: str = "") -> str:
    who = {
        f"GIT_{one}_{what}": "x@example.com" for one in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    done = subprocess.run(
        ["git", "-c", "init.defaultBranch=main", *words],
        cwd=at, env={**os.environ, **who, **quiet}, input=said, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.strip()


@pytest.fixture
def hostile(shop: Path) -> Path:
    """A bare repository with what might run or lead out: a filter, hooks, a submodule, links, names."""
    needs("git", "Install git.")
    (shop / ".git/config").unlink()
    (shop / ".git").rmdir()
    ran = shop.parent / "ran"
    write_files(shop, {
        ".gitattributes": "*.ts filter=evil\n",
        ".gitmodules": f'[submodule "x"]\n\tpath = x\n\turl = {shop.parent}\n',
        "hooks/post-checkout": f"#!/bin/sh\ntouch {ran}\n",
    })  # fmt: skip
    git("init", "-q", at=shop)
    git("config", "filter.evil.smudge", f"touch {ran}", at=shop)
    git("add", "-A", "-f", "--", ".", ":!pipe", at=shop)
    git("commit", "-qm", "first", at=shop)
    head = git("rev-parse", "HEAD", at=shop)
    git("update-index", "--add", "--cacheinfo", f"160000,{head},x", at=shop)
    git("commit", "-qm", "second", at=shop)
    bare = shop.parent / "shop.git"
    git("clone", "-q", "--bare", str(shop), str(bare), at=shop.parent)
    git("update-server-info", at=bare)
    (bare / "hooks/post-upload-pack").write_text(f"#!/bin/sh\ntouch {ran}\n")
    return bare


@pytest.mark.slow
def test_attack_a_repository_that_would_run_something_only_gives_its_files(
    hostile: Path, tmp_path: Path
) -> None:
    lines: list[str] = []
    taken = take(hostile, tmp_path / "mine", lines)
    assert "ignored" not in " ".join(lines), "of its history only the newest commit is fetched"
    assert set(tree(tmp_path / "mine")) == {
        *FILES, ".env.local", "run.sh", ".gitattributes", ".gitmodules", "hooks/post-checkout"
    }  # fmt: skip
    assert (tmp_path / "mine/run.sh").stat().st_mode & 0o100
    assert taken.left[staging.LINKS] == ["outside", "src/passwd"]
    assert taken.left[staging.SUBMODULES] == ["x"]
    assert not (hostile.parent / "ran").exists()


@pytest.mark.slow
def test_attack_a_repository_that_is_a_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few objects that name each other in their millions, and a blob that is big once it is unpacked."""
    needs("git", "Install git.")
    for module in (staging, intake.clone):
        monkeypatch.setattr(module, "MOST_BYTES", 1 << 20)
        monkeypatch.setattr(module, "MOST_FILES", 100)
    root = tmp_path / "from"
    root.mkdir()
    git("init", "-q", "--bare", "many.git", at=root)
    git("init", "-q", "--bare", "empty.git", at=root)
    git("init", "-q", "--bare", "big.git", at=root)
    bombs = [("many.git", "blob", "x"), ("empty.git", "tree", ""), ("big.git", "blob", "0" * (2 << 20))]
    for name, kind, fill in bombs:
        at = root / name
        key = git("hash-object", "-w", "--stdin", "-t", kind, at=at, said=fill)
        for _ in range(12 if name != "big.git" else 1):
            mode = {"blob": "100644", "tree": "040000"}[kind]
            entries = "".join(f"{mode} {kind} {key}\t{n}\n" for n in range(10))
            key, kind = git("mktree", at=at, said=entries), "tree"
        git("update-ref", "HEAD", git("commit-tree", "-m", "x", key, at=at), at=at)
        assert "more than 100" in refused(at, tmp_path / "mine")


@pytest.fixture
def served(hostile: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, list[str]]]:
    """The same over TLS, its certificate made known as a person makes one known; and what was asked."""
    asked: list[str] = []
    needs("openssl", "Install openssl.")
    folder = hostile.parent
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key", "-out", "cert",
         "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert", folder / "key")

    class Handler(BaseHTTPRequestHandler):
        """git's own server, and two places that want something else."""

        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked.append(self.path)
            host, port = self.server.server_address[:2]
            if self.path.startswith("/away"):
                self.send_response(302)
                self.send_header("Location", f"https://{host!s}:{port}{self.path.removeprefix('/away')}")
                self.send_header("Content-Length", "0")
                self.end_headers()
            elif self.path.startswith("/private"):
                self.send_response(401)
                self.send_header("WWW-Authenticate", "Basic")
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                self.backend()

        do_POST = do_GET  # noqa: N815

        def backend(self) -> None:
            path, _, query = self.path.partition("?")
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            cgi = {
                "GIT_PROJECT_ROOT": str(folder), "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": path,
                "QUERY_STRING": query, "REQUEST_METHOD": self.command, "CONTENT_LENGTH": str(len(body)),
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            }  # fmt: skip
            said = subprocess.run(
                ["git", "http-backend"], input=body, env={**os.environ, **cgi}, capture_output=True
            ).stdout
            head, _, answer = said.partition(b"\r\n\r\n")
            lines = dict(line.split(": ", 1) for line in head.decode().splitlines())
            self.send_response(int(lines.pop("Status", "200").split()[0]))
            for name, value in lines.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "cert"))
    monkeypatch.setenv("no_proxy", "*")
    yield f"https://localhost:{server.server_port}", asked
    server.shutdown()
    server.server_close()


@pytest.mark.slow
def test_over_https_from_the_one_host_and_nobody_is_asked(
    served: tuple[str, list[str]], tmp_path: Path
) -> None:
    url, asked = served
    lines: list[str] = []
    taken = take(f"{url}/shop.git", tmp_path / "mine", lines)
    assert taken.files == len(FILES) + 5 and lines
    assert "isn't public" in refused(f"{url}/nothing.git", tmp_path / "other")
    assert "isn't public" in refused(f"{url}/private/shop.git", tmp_path / "other")
    del asked[:]
    assert "can't be had" in refused(f"{url}/away/shop.git", tmp_path / "other")
    assert [path for path in asked if not path.startswith("/away")] == [], "another host was reached"


@pytest.mark.slow
def test_stopped_in_the_middle_nothing_is_left(hostile: Path, tmp_path: Path) -> None:
    async def stopped_at(line: str) -> None:
        waiting = asyncio.ensure_future(
            take_in(
                source_of(str(hostile)), tmp_path / "mine", lambda said: line in said and waiting.cancel()
            )
        )
        with pytest.raises(asyncio.CancelledError):
            await waiting

    asyncio.run(stopped_at("taking over"))
    assert not list(tmp_path.glob(".mine*")) and not (tmp_path / "mine").exists()
