"""Make tests/project/logs: what real programs print, in which nothing may be taken for a secret.

    python scripts/sample_logs.py                  # the set that is committed: some programs, short logs
    python scripts/sample_logs.py --all FOLDER     # every command of sample_logs.txt that can be run here

Each is really run, in a folder of its own: a small repository with mistakes in its code, or, for those
that begin with `app:`, an installed app of the template that `--app` names. Paths and addresses of this
machine are taken out.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
LOGS = HERE.parent / "tests" / "project" / "logs"
PATIENCE = 60.0  # seconds for one program
LONGEST = 2_500  # characters of a committed log
EACH = 3  # committed logs of one program
COMMITTED = frozenset(
    {"git", "tsc", "pnpm", "npm", "pip", "python", "node", "ls", "find", "grep", "rg", "diff", "ruff", "mypy"}
    | {"pytest", "tar", "make", "sha256sum", "openssl", "sqlite3", "perl", "vite", "convex", "esbuild", "gcc"}
)

SOURCES = {
    "package.json": """{
  "name": "small", "version": "1.0.0", "type": "module",
  "scripts": { "hello": "node hello.js", "fail": "node -e process.exit(3)" }
}
""",
    "src/a.ts": """export const token: string = 3;
export function key(secret: string) { return secert; }
""",
    "src/b.ts": """import { missing } from "./a.js";
const api_key = missing as unknown as Promise<string>;
""",
    "hello.js": "const password = process.env.PASSWORD;\nconsole.log({ password, token: null });\n",
    "broken.js": "function secret( { return token }\n",
    "throws.js": "throw new TypeError('Unexpected token: key-value pair');\n",
    "tool.py": "import json\n\ndef secret_key(token: str) -> int:\n    return token + 1\n\nsecret_key('')\n",
    "broken.py": "def api_key(:\n    pass\n",
    "test_it.py": "def test_token():\n    password = 'hunter'\n    assert password == 'hunter2'\n",
    "Makefile": "all: token\n\ntoken:\n\t@echo making $@\n\nfail:\n\tfalse\n",
    "main.c": "int main(void) { int token = key; return tokn; }\n",
    "notes.md": "# Secrets\n\n- API keys: see `.env.example`\n- the password is kept elsewhere\n",
    ".env.example": "OPENAI_API_KEY=sk-your-key-here\nSTRIPE_SECRET_KEY=sk_test_xxxxxxxxxxxxxxxx\nJWKS=\n",
    "table.sql": """create table users (id integer primary key, password_hash text, api_token text);
insert into users values (1, 'none', null), (2, 'pending', null);
select * from users;
""",
}


def prepare(root: Path) -> None:
    """The repository that programs are run in."""
    for name, text in SOURCES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    git(root, "init", "-qb", "main")
    for number in range(4):
        (root / f"note-{number}.md").write_text(f"token {number}\n" * 5)
        git(root, "add", "-A")
        git(root, "commit", "-qm", f"Change {number}: keys and tokens")
    (root / "src/a.ts").write_text(SOURCES["src/a.ts"].replace("3", "4"))


def git(root: Path, *words: str) -> None:
    author = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *author, *words], cwd=root, check=True, capture_output=True)


def printed(argv: list[str], root: Path) -> str:
    """What a program prints; "" when it isn't here."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {"PATH": path, "HOME": str(root / ".home"), "LANG": "C.UTF-8", "CI": "1"}
    env |= {name: value for name, value in os.environ.items() if name.lower().startswith("npm_config_")}
    ended = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    try:
        done = subprocess.run(argv, cwd=root, env=env, timeout=PATIENCE, **ended)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace")


def plain(text: str, root: Path) -> str:
    """Without this machine's paths and addresses, so that it can be committed."""
    text = text.replace(str(root), "/app").replace(str(Path(sys.prefix)), "/venv")
    text = re.sub(r"/(?:root|home/\w+|work)(?=[/\s'\":,)]|$)(?:/[\w.+@-]+)*", "/home/ann", text)
    text = re.sub(r"https?://(?!127\.0\.0\.1|localhost)[\w.-]+(?::\d+)?", "https://example.org", text)
    return re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text)


def main() -> int:
    """Run the programs and keep what they print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--all", metavar="FOLDER", type=Path, help="every command, whole logs, into this folder"
    )
    parser.add_argument("--app", metavar="FOLDER", type=Path, help="an installed app of the template")
    options = parser.parse_args()
    target: Path = options.all or LOGS
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    kept: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        prepare(root)
        for line in (HERE / "sample_logs.txt").read_text().splitlines():
            argv = shlex.split(line.removeprefix("app:"))
            tool, where = argv[0], root
            if options.all is None and (tool not in COMMITTED or kept.get(tool, 0) >= EACH):
                continue
            if line.startswith("app:"):
                if options.app is None:
                    continue
                where = options.app.resolve()
                argv[0] = str(where / "node_modules/.bin" / tool)
            text = printed(argv, where)
            if not text.strip():
                continue
            kept[tool] = kept.get(tool, 0) + 1
            text = text if options.all else plain(text, where)[:LONGEST]
            (target / f"{tool}-{kept[tool]:02}.log").write_text(text, encoding="utf-8")
    print(f"{sum(kept.values())} logs of {len(kept)} programs: {', '.join(sorted(kept))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
