"""Paths as the project names them: relative, `/`, no way out; and which are nobody's to read.

Names only, no disk. What a link may do to a path is `folder`'s matter.
"""

from __future__ import annotations

import unicodedata
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path

from vly_nb.errors import ToolError

LONGEST_NAME = 255  # bytes; what Linux, macOS and git all take
LONGEST_PATH = 1000  # bytes; macOS stops at 1,024

OWN_NAMES = frozenset({".git", ".vly", "node_modules", ".ipynb_checkpoints"})
"""Folders that are never the project's own files, wherever they are; Jupyter makes the last one."""

SECRET_NAMES = (
    *(".env*", ".envrc", ".npmrc", ".netrc", "_netrc", ".pypirc", ".dev.vars*"),
    *("*.pem", "*.key", "*.p12", "*.pfx", "*.jks", "*.keystore", "*.ppk"),
    *("id_rsa*", "id_dsa*", "id_ecdsa*", "id_ed25519*"),
)
EXAMPLE_NAMES = (".env.example", ".env.sample", ".env.template", ".env.*.example", "*.pub")


@lru_cache(maxsize=50_000)
def folded(name: str) -> str:
    """A name as the most forgiving disk compares it.

    Case and composition are folded, and letters that show nothing are left out:
    HFS+ takes `.g\\u200cit` for `.git`.
    """
    shown = "".join(letter for letter in name if unicodedata.category(letter) != "Cf")
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", shown).casefold())


def own_folder(path: str) -> str | None:
    """`.git`, `.vly` or `node_modules` when the path is one of these or inside one, else None."""
    return next((name for name in map(folded, path.split("/")) if name in OWN_NAMES), None)


def is_secret(path: str) -> bool:
    """Whether a file is never read, searched, listed, captured or written: env files and keys.

    By its name, in any case, and by that of every folder above it (`.env/local`).
    Examples (`.env.example`) are not secret: they hold names, no values.
    """
    return any(_secret_name(name) for name in map(folded, path.split("/")))


@lru_cache(maxsize=50_000)
def _secret_name(name: str) -> bool:
    if any(fnmatchcase(name, pattern) for pattern in EXAMPLE_NAMES):
        return False
    return any(fnmatchcase(name, pattern) for pattern in SECRET_NAMES)


def normalized(text: str, root: Path) -> str:
    """A path from the model or a person as the project's own: `src/a.ts`, or "." for the root.

    Takes `./x`, `src//x`, `src/../x`, and an absolute path inside the root. Raises
    ToolError for one that leaves the project or that no disk should be asked for.
    """
    if not text:
        raise ToolError("The path is empty.")
    if "\\" in text:
        raise ToolError(f"{shown(text)}: use / between folders, not a backslash.")
    if any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in text):
        raise ToolError(f"{shown(text)}: a path can't hold control characters.")
    inside = _inside(text, root)
    parts: list[str] = []
    for part in inside.split("/"):
        if part == "..":
            if not parts:
                raise ToolError(f"{shown(text)} leaves the project; use a path inside it, like src/main.tsx.")
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    if (
        any(len(part.encode()) > LONGEST_NAME for part in parts)
        or len("/".join(parts).encode()) > LONGEST_PATH
    ):
        raise ToolError(f"{shown(text)}: the path is too long.")
    return "/".join(parts) or "."


def _inside(text: str, root: Path) -> str:
    if not text.startswith("/"):
        return text
    for base in (str(root), str(root.resolve())):
        if text == base or text.startswith(base.rstrip("/") + "/"):
            return text[len(base) :]
    raise ToolError(f"{shown(text)} is outside the project; use a path inside it, like src/main.tsx.")


def shown(text: str, limit: int = 120) -> str:
    """A hostile path fit for a sentence: escaped and cut."""
    plain = "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text[:limit])
    return plain + ("…" if len(text) > limit else "")
