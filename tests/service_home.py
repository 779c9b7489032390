"""A small project with a service in it: a server that tells what it can reach."""

from __future__ import annotations

import asyncio
import sys
import urllib.request
from pathlib import Path

from vly_nb.project.confine import Confinement, Reach
from vly_nb.sandbox.sandbox import Tier
from vly_nb.services import FOR_LONG, Program, Service

SERVER = r"""
import ctypes, http.server, json, os, socket, subprocess, sys
port = int(sys.argv[1])
print("planted", os.environ.get("PLANTED_KEY"), flush=True)
if "daemon" in sys.argv[2:]:
    for _ in range(3):
        subprocess.Popen([sys.executable, "-c", "import os,time\nos.setsid()\nos.fork()\ntime.sleep(300)"])

def tried(act):
    try:
        return act()
    except OSError as error:
        return f"refused: {error.errno}"

class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_): pass
    def do_GET(self):
        what, _, rest = self.path[1:].partition("/")
        if what == "connect":
            said = tried(lambda: socket.create_connection(("127.0.0.1", int(rest)), 1) and "connected")
        elif what == "reconnect":  # the handed socket itself, turned round
            def turn():
                one = socket.socket(fileno=os.dup(server.socket.fileno()))
                libc = ctypes.CDLL(None, use_errno=True)
                libc.connect(one.fileno(), b"\0" * 16, 16)
                one.connect(("127.0.0.1", int(rest)))
                return "connected"
            said = tried(turn)
        elif what == "listen":
            def other():
                one = socket.socket()
                one.bind(("0.0.0.0", int(rest)))
                one.listen()
                return str(one.getsockname()[1])
            said = tried(other)
        elif what == "read":
            said = tried(lambda: open("/" + rest).read())
        elif what == "write":
            said = tried(lambda: open("/" + rest, "w").write("x") and "written")
        elif what == "interfaces":
            said = str(len(socket.if_nameindex()))
        elif what == "ticks":
            said = str(ticks[0])
        elif what == "print":
            print(rest, flush=True)
            said = "printed"
        elif what == "die":
            os._exit(3)
        else:
            said = "hello"
        self.send_response(200); self.end_headers(); self.wfile.write(said.encode())

import threading, time
ticks = [0]
def tick():
    while True:
        ticks[0] += 1
        time.sleep(0.001)
threading.Thread(target=tick, daemon=True).start()
server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
server.serve_forever()
"""


def get(port: int, path: str = "") -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=10) as answer:
        return str(answer.read().decode())


def below(pid: int) -> list[int]:
    found, waiting = [], [pid]
    while waiting:
        for place in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = place.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == waiting[0]:
                found.append(int(place.parent.name))
                waiting.append(int(place.parent.name))
        waiting.pop(0)
    return found


class Home:
    """A project, and a service in it."""

    def __init__(self, root: Path, tier: Tier | None) -> None:
        self.root = root
        self.tier = tier
        (root / "server.py").write_text(SERVER)
        self.service = self.another()
        self.confinement = Confinement(root, tier=tier)

    def another(self) -> Service:
        return Service("test", self.root, self.root / ".vly" / "services")

    async def start(self, *words: str, idle: float = 3600, port: int | None = None, **secrets: str) -> int:
        (self.root / ".vly").mkdir(exist_ok=True)
        box = await self.confinement.box(Reach(listens=True, reads=True), FOR_LONG) if self.tier else None

        def program(port: int) -> Program:
            argv = [sys.executable, "server.py", str(port), *words]
            return Program(argv, {"PLANTED_KEY": secrets.get("PLANTED_KEY", "")}, box, secrets)

        running = await self.service.start(program, cwd=self.root, idle=idle, port=port)
        for _ in range(1000):  # unboxed it opens the port itself, in its own time
            try:
                assert get(running.port) == "hello"
                break
            except OSError:
                await asyncio.sleep(0.02)
        return running.port
