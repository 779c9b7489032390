"""Convex's two runtimes: what only the one with Node.js has, and which files are deployed at all.

Files of the functions folder run in Convex's own runtime, unless they begin with "use node".
Each is bundled by itself, so a module that only Node.js has breaks the deployment already.
(https://docs.convex.dev/functions/runtimes, https://docs.convex.dev/functions/bundling)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from vly_nb.policy.loads import Load, loads
from vly_nb.policy.program import Program

PLAIN_ONLY = ("http", "crons", "schema", "auth.config")
"""The files at the top of the functions folder that can't be in the Node.js runtime."""

_BUILTINS = frozenset(
    [
        "assert",
        "buffer",
        "child_process",
        "cluster",
        "console",
        "constants",
        "crypto",
        "dgram",
        "diagnostics_channel",
        "dns",
        "domain",
        "events",
        "fs",
        "http",
        "http2",
        "https",
        "inspector",
        "module",
        "net",
        "os",
        "path",
        "perf_hooks",
        "process",
        "punycode",
        "querystring",
        "readline",
        "repl",
        "sea",
        "sqlite",
        "stream",
        "string_decoder",
        "sys",
        "test",
        "timers",
        "tls",
        "trace_events",
        "tty",
        "url",
        "util",
        "v8",
        "vm",
        "wasi",
        "worker_threads",
        "zlib",
    ]
)  # async_hooks is there: Convex's bundler puts its own in
_ONLY_WITH_COLON = frozenset({"sea", "sqlite", "test"})

# Packages that need Node.js' own modules, or are compiled for it, and have no build without.
_PACKAGES = frozenset(
    [
        "@napi-rs/canvas",
        "@sendgrid/mail",
        "@sparticuz/chromium",
        "adm-zip",
        "archiver",
        "argon2",
        "bcrypt",
        "better-sqlite3",
        "execa",
        "firebase-admin",
        "fluent-ffmpeg",
        "fs-extra",
        "googleapis",
        "imapflow",
        "ioredis",
        "jsdom",
        "jsonwebtoken",
        "mysql2",
        "nodemailer",
        "pdf-parse",
        "pg",
        "playwright",
        "playwright-core",
        "puppeteer",
        "puppeteer-core",
        "sharp",
        "sqlite3",
        "ssh2",
        "ssh2-sftp-client",
        "twilio",
        "web-push",
    ]
)
_BROWSER_SINCE = {"pdf-parse": 2}  # from this major version on it runs without; unknown: not said
_MOST = 200  # files that are looked through for what one file brings in


def only_in_node(module: str, packages: Mapping[str, str]) -> bool:
    """Whether a module is Node.js' own, or a package that needs it; `packages` as `Program.packages`."""
    if module.startswith("node:"):
        return module[5:].split("/", 1)[0] in _BUILTINS
    base = "/".join(module.split("/")[: 2 if module.startswith("@") else 1])
    if base in packages and base in _BUILTINS:
        return False  # a package by the name of a builtin: events, buffer
    if base in _BUILTINS:
        return base not in _ONLY_WITH_COLON
    if base not in _PACKAGES:
        return False
    if base not in _BROWSER_SINCE:
        return True
    major = re.match(r"[\^~>=v ]*(\d{1,9})", packages.get(base, ""))
    return major is not None and int(major[1]) < _BROWSER_SINCE[base]


def is_deployed(path: str, functions: str) -> bool:
    """Whether Convex bundles a file of the functions folder: not tests, nor names with a space."""
    below = path.removeprefix(f"{functions}/")
    stem, _, ending = below.rpartition(".")
    if below == path or ending not in ("ts", "tsx", "js", "jsx", "mts", "mjs") or " " in below:
        return False
    name = stem.rpartition("/")[2]
    return below.startswith("auth.config.") or not ("." in name or name.startswith("#"))


def brings_in(program: Program, load: Load, path: str) -> tuple[str, str] | None:
    """(file, module): where a module that only Node.js has comes in with a load of a plain file.

    Files that begin with "use node" are not looked into: to load them is wrong by itself.
    """
    first = program.resolve(path, load.module)
    if first is None or _search(program, first, _by_facts) is None:
        return None
    return _search(program, first, _by_use)


def _by_facts(program: Program, path: str) -> Iterable[str]:
    """What a file may load: quickly told."""
    facts = program.facts(path)
    return [one.module for one in facts.imports if not one.type_only] if facts is not None else []


def _by_use(program: Program, path: str) -> Iterable[str]:
    source = program.source(path)
    return [one.module for one in loads(source) if not one.called] if source is not None else []


def _search(
    program: Program, first: str, loaded: Callable[[Program, str], Iterable[str]]
) -> tuple[str, str] | None:
    seen, ahead = {first}, [first]
    while ahead and len(seen) < _MOST:
        path = ahead.pop(0)
        facts = program.facts(path)
        if facts is None or is_node_file(program, path):
            continue
        for module in loaded(program, path):
            if only_in_node(module, program.packages) and not program.is_local(module):
                return path, module
            target = program.resolve(path, module)
            if target is not None and target not in seen:
                seen.add(target)
                ahead.append(target)
    return None


def is_node_file(program: Program, path: str) -> bool:
    """Whether a file of the functions folder asks for the Node.js runtime."""
    facts = program.facts(path) if is_deployed(path, program.functions) else None
    return facts is not None and facts.use_node
