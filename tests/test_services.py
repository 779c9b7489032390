"""Services: detached, found again, ended whole; and what a program in one can't reach."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import needs
from tests.process_state import alive
from tests.service_home import Home, below, get
from tests.waiting import soon
from vly_nb.errors import ProgramError
from vly_nb.project.confine import Reach
from vly_nb.sandbox.caretaker import started
from vly_nb.sandbox.sandbox import Tier
from vly_nb.services import FOR_LONG, Program

pytestmark = pytest.mark.slow

REPO = Path(__file__).parents[1]


@pytest.fixture
async def home(tmp_path: Path, tier: Tier) -> AsyncIterator[Home]:
    made = Home(tmp_path, tier)
    yield made
    await made.service.stop()


@pytest.fixture
async def plain_home(tmp_path: Path) -> AsyncIterator[Home]:
    made = Home(tmp_path, None)
    yield made
    await made.service.stop()


async def test_it_starts_answers_and_leaves_nothing_behind(home: Home) -> None:
    port = await home.start("daemon")
    running = home.service.running()
    assert running is not None and running.port == port
    assert await soon(lambda: len(below(running.pid)) >= 5)
    tree = [running.pid, *below(running.pid)]
    assert await home.service.stop() is True
    assert [pid for pid in tree if alive(pid)] == []
    assert home.service.running() is None
    ended = home.service.ended()
    assert ended is not None and ended.why == "It was stopped."
    with pytest.raises(OSError):
        get(port)
    assert await home.service.stop() is False


async def test_a_second_start_finds_the_first(plain_home: Home) -> None:
    port = await plain_home.start()
    first = plain_home.service.running()
    assert await plain_home.start() == port
    assert plain_home.another().running() == first


async def test_it_is_found_on_a_machine_that_stands_still_for_a_while(plain_home: Home) -> None:
    await plain_home.start()
    first = plain_home.service.running()
    assert first is not None
    os.kill(first.pid, signal.SIGSTOP)
    looking = asyncio.create_task(asyncio.to_thread(plain_home.another().running))
    await asyncio.sleep(3)
    os.kill(first.pid, signal.SIGCONT)
    assert await looking == first


async def test_it_is_found_again_after_the_kernel_was_killed(plain_home: Home) -> None:
    code = f"""
import asyncio, os, signal, sys
sys.path.insert(0, {str(REPO)!r})
from pathlib import Path
from tests.service_home import Home
home = Home(Path({str(plain_home.root)!r}), None)
asyncio.run(home.start())
os.killpg(os.getpgid(0), signal.SIGKILL)
"""
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", code], start_new_session=True, cwd=REPO
    )
    assert done.returncode == -signal.SIGKILL
    running = plain_home.service.running()
    assert running is not None
    assert get(running.port) == "hello"
    assert await plain_home.service.stop() is True
    assert not alive(running.pid)


async def test_the_port_stays_and_moves_on_when_it_is_taken(plain_home: Home) -> None:
    port = await plain_home.start()
    await plain_home.service.stop()
    assert await plain_home.start() == port
    await plain_home.service.stop()
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        moved = await plain_home.start()
    assert moved != port
    await plain_home.service.stop()
    assert await plain_home.start() == moved  # it is remembered


async def test_many_starts_at_once_start_one(plain_home: Home) -> None:
    ports = await asyncio.gather(*(plain_home.start() for _ in range(4)))
    assert len(set(ports)) == 1


async def test_what_it_prints_is_capped_masked_and_read_from_an_offset(plain_home: Home) -> None:
    port = await plain_home.start(PLANTED_KEY="sk-planted-0123456789")
    text, offset = plain_home.service.log()
    assert "planted ⟨PLANTED_KEY hidden⟩" in text
    get(port, "print/more")
    assert await soon(lambda: plain_home.service.log(offset)[1] == offset + 5)
    text, after = plain_home.service.log(offset)
    assert text == "more\n" and after == offset + 5
    get(port, "print/" + "y" * 60_000)
    for _ in range(40):
        get(port, "print/" + "x" * 60_000)
    assert await soon(lambda: plain_home.service.log(after)[1] == after + 41 * 60_001)
    place = plain_home.root / ".vly" / "services" / "test.log"
    assert place.stat().st_size < 1.2 * (1 << 20)
    assert place.stat().st_mode & 0o077 == 0
    text, end = plain_home.service.log(after)
    assert end == after + 41 * 60_001
    assert "y" not in text and "sk-planted" not in place.read_text()


async def test_a_program_that_dies_is_told_of(plain_home: Home) -> None:
    port = await plain_home.start()
    with pytest.raises(OSError):
        get(port, "die")
    assert await soon(plain_home.service.ended)
    ended = plain_home.service.ended()
    assert ended is not None and ended.code == 3
    assert plain_home.service.running() is None
    assert await plain_home.start() == port


async def test_a_program_that_is_not_there(plain_home: Home) -> None:
    with pytest.raises(ProgramError, match="`nobody` can't be started"):
        await plain_home.service.start(lambda _: Program(["/nobody"]), cwd=plain_home.root)
    assert plain_home.service.running() is None


async def test_it_stands_still_while_paused(home: Home) -> None:
    port = await home.start()
    began = time.perf_counter()
    with home.service.paused() as held:
        took = time.perf_counter() - began
        assert held
        before = asyncio.create_task(asyncio.to_thread(get, port, "ticks"))
        await asyncio.sleep(0.2)
        assert not before.done()
    assert int(await before) > 0
    assert took < 5


async def test_a_pause_ends_with_whoever_wanted_it(plain_home: Home) -> None:
    port = await plain_home.start()
    code = f"""
import os, sys
sys.path.insert(0, {str(REPO)!r})
from pathlib import Path
from tests.service_home import Home
with Home(Path({str(plain_home.root)!r}), None).service.paused() as held:
    os._exit(0 if held else 1)
"""
    done = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", code], cwd=REPO)
    assert done.returncode == 0
    assert int(await asyncio.to_thread(get, port, "ticks")) > 0


async def test_it_ends_with_the_project(plain_home: Home) -> None:
    await plain_home.start()
    running = plain_home.service.running()
    assert running is not None
    plain_home.root.rename(plain_home.root.with_name("elsewhere"))
    assert await soon(lambda: not alive(running.pid))


async def test_it_ends_when_nobody_asks_for_a_long_time(plain_home: Home) -> None:
    await plain_home.start(idle=0.5)
    await asyncio.sleep(3)
    assert await soon(plain_home.service.ended, every=3), "to ask after it is to need it"
    ended = plain_home.service.ended()
    assert ended is not None and "long time" in ended.why


async def test_a_killed_caretaker_leaves_no_program(home: Home) -> None:
    await home.start("daemon")
    running = home.service.running()
    assert running is not None
    tree = below(running.pid)
    os.kill(running.pid, signal.SIGKILL)
    assert await soon(lambda: not any(map(alive, tree)))
    assert home.service.running() is None
    ended = home.service.ended()
    assert ended is not None and ended.why == "It was ended from outside."


async def test_a_program_that_closes_its_output_goes_on(plain_home: Home) -> None:
    code = "import os, time; os.close(1); os.close(2); time.sleep(60)"
    running = await plain_home.service.start(
        lambda _: Program([sys.executable, "-c", code]), cwd=plain_home.root
    )
    await asyncio.sleep(0.5)
    fields = Path(f"/proc/{running.pid}/stat").read_text().rpartition(")")[2].split()
    used = int(fields[11]) + int(fields[12])
    await asyncio.sleep(1)
    fields = Path(f"/proc/{running.pid}/stat").read_text().rpartition(")")[2].split()
    assert int(fields[11]) + int(fields[12]) - used < 20  # hundredths of a second
    assert plain_home.service.running() == running


async def test_node_serves_in_a_box_with_a_websocket_upgrade(home: Home) -> None:
    needs("node")
    code = """
    const server = require("http").createServer((_, answer) => answer.end("node"));
    server.on("upgrade", (_, socket) => {
      const lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: echo", "Connection: Upgrade", "", ""];
      socket.write(lines.join("\\r\\n"));
      socket.on("data", (data) => socket.write(data));
    });
    server.listen(Number(process.argv[1]), "127.0.0.1", () => console.log(server.address().port));
    """
    box = await home.confinement.box(Reach(listens=True, reads=True), FOR_LONG)
    running = await home.service.start(
        lambda port: Program(["node", "-e", code, str(port)], {}, box), cwd=home.root
    )
    assert await asyncio.to_thread(get, running.port) == "node"
    assert await soon(lambda: home.service.log()[0])
    assert home.service.log()[0] == f"{running.port}\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n")
    assert b"101" in await reader.readuntil(b"\r\n\r\n")
    payload = os.urandom(300_000)
    writer.write(payload)
    assert await reader.readexactly(len(payload)) == payload
    writer.close()


async def test_the_list_of_interfaces_comes_as_node_asks_for_it_in_its_reports(home: Home) -> None:
    port = await home.start()
    assert int(await asyncio.to_thread(get, port, "interfaces")) >= 1  # it never came: Vite 6 hung


# -- attacks -----------------------------------------------------------------------


async def test_attack_a_service_connects_to_nothing(home: Home) -> None:
    port = await home.start()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        for how in ("connect", "reconnect"):
            assert get(port, f"{how}/{other.getsockname()[1]}").startswith("refused"), how
        other.settimeout(0.2)
        with pytest.raises(TimeoutError):
            other.accept()


async def test_attack_a_service_listens_nowhere_else(home: Home) -> None:
    port = await home.start()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        wanted = free.getsockname()[1]
    assert get(port, f"listen/{wanted}") == str(port)  # it got the same socket once more
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", wanted), 1)


async def test_attack_a_service_reads_no_key_and_writes_no_file(home: Home) -> None:
    key = home.root / ".env.local"
    key.write_text("SECRET=planted-key-value\n")
    port = await home.start()
    assert "planted" not in get(port, f"read{key}")
    assert "planted" not in get(port, f"read/proc/{os.getpid()}/environ")
    assert get(port, f"write{home.root}/server.py").startswith("refused")
    assert get(port, f"write{home.root}/.vly/services/test.json").startswith("refused")


async def test_attack_a_key_file_that_is_replaced_ends_the_service(home: Home) -> None:
    (home.root / ".env.local").write_text("SECRET=one\n")
    (home.root / ".env.example").write_text("SECRET=\n")
    await home.start()
    await asyncio.sleep(1.5)
    assert home.service.running() is not None
    new = home.root / "new"
    new.write_text("SECRET=two\n")
    new.rename(home.root / ".env.local")
    assert await soon(home.service.ended)
    ended = home.service.ended()
    assert ended is not None and ended.why == "A file that is hidden from it changed."
    await home.start()
    (home.root / ".env.production").write_text("SECRET=three\n")
    assert await soon(lambda: home.service.running() is None)


async def test_attack_a_planted_state_file_kills_and_trusts_nobody(plain_home: Home) -> None:
    sleeping = [sys.executable, "-c", "import time; time.sleep(60)"]
    victim = subprocess.Popen(sleeping)  # noqa: ASYNC220
    folder = plain_home.root / ".vly" / "services"
    folder.mkdir(parents=True)
    place = folder / "test.json"
    try:
        told = {"pid": victim.pid, "started": started(victim.pid), "port": 20_001}
        for mode in (0o600, 0o644):
            place.write_text(json.dumps(told))
            place.chmod(mode)
            assert plain_home.service.running() is None
            assert await plain_home.service.stop() is False
        with socket.socket(socket.AF_UNIX) as impostor:  # another program of the same user answers
            os.chdir(folder)
            impostor.bind("test.sock")
            impostor.listen()
            place.write_text(json.dumps(told))
            place.chmod(0o600)
            assert plain_home.service.running() is None
            assert await plain_home.service.stop() is False
            os.chdir("/")
        for odd in ('{"pid": true, "started": [], "port": "x"}', "[]", "nonsense", '{"port": 5e300}'):
            place.write_text(odd)
            assert plain_home.service.running() is None
            plain_home.service.ended()
        assert victim.poll() is None
    finally:
        victim.kill()
        victim.wait()
