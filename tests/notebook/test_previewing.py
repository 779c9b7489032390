"""How the preview is put into a cell: where the frame leads, and what is left of it elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vly_nb.notebook.previewing import framed, front_end, notebook_server


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file in which a notebook server says what it is."""
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("JPY_PARENT_PID", "4711")
    for name in ("SSH_CONNECTION", "JUPYTERHUB_SERVICE_PREFIX", "JUPYTERHUB_USER"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "jpserver-4711.json"


def said(place: Path, base: str, host: str) -> None:
    place.write_text(json.dumps({"base_url": base, "hostname": host, "token": "secret-token"}))


def test_on_this_machine_directly_elsewhere_through_the_proxy(
    server: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert front_end([]) == front_end(["--proxy"]) == ""  # there is no server: nbclient
    said(server, "/", "localhost")
    assert front_end([]) == "" and front_end(["--proxy"]) == "/"
    said(server, "/user/x/", "127.0.0.1")
    assert front_end([]) == "/user/x/" and front_end(["--direct"]) == ""
    said(server, "/nb/", "0.0.0.0")
    assert front_end([]) == "/nb/"
    said(server, "/", "localhost")
    monkeypatch.setenv("SSH_CONNECTION", "1 2 3 4")
    assert front_end([]) == "/"  # the browser is elsewhere


def test_attack_the_servers_token_stays_where_it_is(server: Path) -> None:
    said(server, "/", "localhost")
    assert "secret-token" not in repr(notebook_server())
    for odd in ("[]", "nonsense", "", "3"):
        server.write_text(odd)
        assert notebook_server() is None


def test_a_link_is_left_where_frames_are_taken_out() -> None:
    bundle = framed("/user/x/proxy/absolute/20001/", "http://127.0.0.1:20001/", mobile=True)
    assert 'src="/user/x/proxy/absolute/20001/"' in bundle["text/html"] and "390px" in bundle["text/html"]
    assert '<a href="/user/x/proxy/absolute/20001/"' in bundle["text/html"]
    assert "http://127.0.0.1:20001/" in bundle["text/plain"]


def test_attack_a_base_with_quotes_stays_text() -> None:
    bundle = framed('/"><script>alert(1)</script>/', 'http://127.0.0.1:1/"<b>', mobile=False)
    assert "<script>" not in bundle["text/html"] and "<b>" not in bundle["text/html"]
