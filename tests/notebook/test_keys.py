"""`%vly keys` in a real kernel: typed into a field, listed by name, and nowhere to be seen."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.fake_model import call, text
from tests.notebook.conftest import Room
from tests.notebook.kernel import Kernel
from tests.project.planted import planted
from vly_nb.project.vault import home

pytestmark = pytest.mark.slow


def stdin(kernel: Kernel, code: str, answer: str) -> tuple[dict[str, Any], str]:
    """Run a cell that asks, as a front end does; the question, and all messages as text."""
    sent = kernel.client.execute(code, allow_stdin=True)
    asked = kernel.client.get_stdin_msg(timeout=30)["content"]
    kernel.client.input(answer)
    seen = []
    while True:
        message = kernel.client.get_iopub_msg(timeout=30)
        seen.append(json.dumps(message["content"]))
        if (
            message["content"].get("execution_state") == "idle"
            and message["parent_header"].get("msg_id") == sent
        ):
            break
    kernel.client.get_shell_msg(timeout=30)
    return dict(asked), "\n".join(seen)


def test_a_key_is_typed_into_a_field_and_nothing_shows_it(room: Callable[..., Room]) -> None:
    here = room(["I see.", "Yes."])
    value = planted(70)
    asked, seen = stdin(here.kernel, "%vly keys set AUTH_RESEND_KEY", f" AUTH_RESEND_KEY='{value}' \n")
    assert asked["password"] is True and "AUTH_RESEND_KEY" in asked["prompt"]
    assert "AUTH_RESEND_KEY is set" in seen and value not in seen
    assert re.search(r"AUTH_RESEND_KEY +vault", here.run("%vly keys").text)
    assert here.kernel.complete("%vly keys remove ") == ["%vly keys remove AUTH_RESEND_KEY"]
    assert here.kernel.complete("%vly keys rem") == ["%vly keys remove"]
    refused = here.run(f"%%vly\nsend mail with {value}")
    assert not refused.ok and "the value of AUTH_RESEND_KEY" in refused.error and value not in refused.error
    assert here.model.requests == []
    assert here.run("print(In, _i, dir())").text.count(value) == 0, "the cell is forgotten"
    assert here.run("%%vly\nsend mail with AUTH_RESEND_KEY").ok
    _, nothing = stdin(here.kernel, "%vly keys set AUTH_RESEND_KEY", "")
    assert "Nothing was set" in nothing
    assert here.run("%vly keys remove AUTH_RESEND_KEY").ok
    assert "vault" not in here.run("%vly keys").text


def test_attack_a_value_on_the_command_line(room: Callable[..., Room]) -> None:
    here = room()
    value = planted(71)
    for line in (
        f"%vly keys set MY_KEY {value}",
        f"%vly keys set MY_KEY={value}",
        f"%vly keys set MY_KEY = {value}",
    ):
        ran = here.run(line)
        assert not ran.ok and "Clear this cell" in ran.error and "`%vly keys set MY_KEY`" in ran.error
        assert value not in ran.error
    assert "MY_KEY" not in here.run("%vly keys").text
    here.run("get_ipython().history_manager.writeout_cache()")
    found = here.run(
        "import sqlite3\nprint(get_ipython().history_manager.hist_file)\n"
        f"print([s for s in _ih if 'MY_KEY' in s and {value[:6]!r} + {value[6:]!r} in s])"
    )
    place, listed = found.text.strip().splitlines()[-2:]
    assert listed == "[]"
    with sqlite3.connect(place) as history:
        every = str(history.execute("select source, source_raw from history").fetchall())
    assert value not in every and "forgotten" in every
    assert value.encode() not in Path(place).read_bytes()


def test_without_a_front_end_it_says_where_to_go(room: Callable[..., Room]) -> None:
    here = room()
    here.kernel.client.allow_stdin = False
    ran = here.run("%vly keys set MY_KEY")
    assert not ran.ok and "Nobody can be asked here" in ran.error and "%vly keys import" in ran.error


BAD = [
    "sett A",
    "set",
    "set a-b",
    "remove",
    "remove NOPE",
    "restore",
    "adopt",
    "jwt --pull",
    "import now",
    "?x",
]


def test_bad_input_is_one_sentence(room: Callable[..., Room]) -> None:
    here = room()
    for words in BAD:
        ran = here.run(f"%vly keys {words}")
        assert not ran.ok and ran.error.startswith("vly: ") and "Traceback" not in ran.error, words
    assert here.run("%vly help keys").ok and "restore puts the files back" in here.run("%vly keys?").text


def test_what_may_be_a_key_passes_with_anyway(room: Callable[..., Room]) -> None:
    asking = [text("I ask."), call("ask_person", question="Which?", choices=[])]
    here = room(["I see.", asking, "So."])
    doubt = f"the token is {planted(72, '', 24)}"
    refused = here.run(f"%%vly\n{doubt}")
    assert not refused.ok and "--anyway" in refused.error and here.model.requests == []
    assert here.run(f"%%vly --anyway\n{doubt}").ok
    assert here.prompt == doubt
    assert here.run("%%vly\nask me").ok
    other = f"token: {planted(73, '', 24)}"
    assert not here.run(f"%vly next {other}").ok
    assert here.run(f"%vly next --anyway {other}").ok
    assert other in json.dumps(here.model.requests[-1])


def test_attack_the_kernels_own_key_is_not_in_its_environ(room: Callable[..., Room]) -> None:
    here = room()
    key = here.model.environ["ANTHROPIC_API_KEY"]
    pid = int(here.run("import os; print(os.getpid())").text)
    assert key.encode() not in Path(f"/proc/{pid}/environ").read_bytes()
    assert here.run("print(os.environ['ANTHROPIC_API_KEY'])").text.strip() == key, (
        "a person's own cells need it"
    )
    assert (
        here.run("import subprocess\nprint(subprocess.getoutput('printenv ANTHROPIC_API_KEY'))").text.strip()
        == key
    )


@pytest.mark.parametrize("what", ["mode", "owner"])
def test_a_vault_with_wrong_permissions(room: Callable[..., Room], tmp_path: Path, what: str) -> None:
    here = room(["I see."])
    stdin(here.kernel, "%vly keys set MY_KEY", planted(74))
    place = home() / (here.app / ".vly/vault").read_text() / "keys.json"
    if what == "mode":
        place.chmod(0o644)
    elif os.geteuid() == 0:
        os.chown(place, 12345, 12345)
    else:
        pytest.skip("only root can give files away")
    ran = here.run("%vly keys")
    assert not ran.ok and str(place) in ran.error
    assert here.run("%vly unmount").ok
    again = here.run("%vly mount small")
    assert again.ok and str(place) in again.text, "the project opens, and says what is wrong"
    assert here.run("%%vly\nhello").ok, "everything but the keys goes on"
    mended = here.run("%vly keys mend")
    if what == "mode":
        assert mended.ok and "MY_KEY" in here.run("%vly keys").text
    else:
        assert not mended.ok and "belongs to another user" in mended.error


def test_a_moved_project_is_asked_about(room: Callable[..., Room]) -> None:
    here = room()
    stdin(here.kernel, "%vly keys set MY_KEY", planted(75))
    assert here.run("%vly unmount").ok
    here.app.rename(here.app.with_name("moved"))
    ran = here.run("%vly mount moved")
    assert ran.ok and "no longer there: MY_KEY" in ran.text and "%vly keys adopt" in ran.text
    assert "MY_KEY" not in here.run("%vly status").text
    assert here.run("%vly keys adopt").ok
    assert re.search(r"MY_KEY +vault", here.run("%vly keys").text)
