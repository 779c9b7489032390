"""Keys: what a project has of them, from all places, and the redactor that hides their values.

    keys = Keys(project.folder)
    keys.listed()                        # names and where each is; never a value
    keys.clean(text)                     # with every value hidden
    keys.given(("CONVEX_DEPLOY_KEY",))   # for a program that needs it

Places, the best first: the vault; env files in the project (masked, second best); the environment of
this process. A value that was seen once is hidden for as long as this lives, wherever it goes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from vly_nb.errors import VaultError
from vly_nb.project import env_files, shapes
from vly_nb.project.folder import Folder
from vly_nb.project.forms import is_hideable
from vly_nb.project.secrets import Redactor, Stream
from vly_nb.project.vault import Former, Vault

VAULT, ENVIRONMENT = "vault", "environment"
MODEL_KEYS = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")
LARGEST = 64_000  # characters of a value


@dataclass(frozen=True, slots=True)
class Key:
    """A key by its name. `where` is "vault", an env file's path, or "environment"."""

    name: str
    where: str


class Keys:
    """See the module's top. `wanted` are names of the stack's own programs."""

    def __init__(self, folder: Folder, wanted: Sequence[str] = (), environ: Mapping[str, str] = os.environ):
        self.vault = Vault.of(folder.root)
        self.redactor = Redactor()
        self.trouble: VaultError | None = None
        """Why the vault can't be used, if it can't."""
        self.learnt: Callable[[], None] = lambda: None
        """Called when more is hidden than before: what was kept of a text may hold it."""
        self._folder = folder
        self._wanted = wanted
        self._environ = environ
        self._known: dict[tuple[str, str], None] = {}
        self._allowed: set[str] = set()
        self._read: dict[str, tuple[object, list[tuple[str, str]]]] = {}
        self.refresh()

    # -- names -----------------------------------------------------------------
    def listed(self) -> list[Key]:
        """Every key by its name and where it is. Raises VaultError when the vault can't be used."""
        found = [Key(name, VAULT) for name in sorted(self.vault.values())]
        for path in env_files.env_files(self._folder):
            names = {line.name for line in self._lines(path) if env_files.moves(line.name, line.value)}
            found += [Key(name, path) for name in sorted(names)]
        there = (*self._wanted, *MODEL_KEYS)
        return found + [Key(name, ENVIRONMENT) for name in dict.fromkeys(there) if self._environ.get(name)]

    def example_names(self) -> list[str]:
        """Names that the project says it wants: those of `.env.example`, and its stack's own."""
        found = env_files.read(self._folder, ".env.example")
        lines = env_files.lines_of(env_files.decoded(found[0])) if found else []
        return list(dict.fromkeys([*(line.name for line in lines if line.name), *self._wanted]))

    def given(self, names: Iterable[str]) -> dict[str, str]:
        """What the vault has under these names, for a program; nothing while it can't be used."""
        with suppress(VaultError):
            kept = self.vault.values()
            return {name: kept[name] for name in names if name in kept}
        return {}

    # -- changes -----------------------------------------------------------------
    def put(self, changes: Mapping[str, str | None]) -> None:
        """Set keys, and take away those that are None. Raises VaultError."""
        for name, value in changes.items():
            if not env_files.NAME.fullmatch(name):
                raise VaultError(
                    f"{name[:60]!r} can't be a key's name.", "Use letters, digits and _, as in MY_KEY."
                )
            if value is not None and (not value or len(value) > LARGEST or "\0" in value):
                raise VaultError("That can't be a key's value: it is empty, too long, or no text.")
        self.vault.put(changes)
        self.refresh()

    def adopt(self) -> Former:
        """Take over the keys that this project had elsewhere, or before. Raises VaultError."""
        former = self.vault.adopt()
        self.refresh()
        return former

    # -- hiding --------------------------------------------------------------------
    def refresh(self) -> None:
        """Learn what became known since: keys that were set, env files that came or changed."""
        found: list[tuple[str, str]] = []
        try:
            kept = self.vault.values()
            found += [(name, kept[name]) for name in kept if not env_files.is_public_name(name)]
            self.trouble = None
        except VaultError as trouble:
            self.trouble = trouble
        with suppress(OSError):  # the folder is gone: there is nothing to learn
            for path in env_files.env_files(self._folder):
                found += self._secrets(path)
        found += [(name, value) for name, value in self._environ.items() if is_secret_variable(name, value)]
        new = [pair for pair in found if pair not in self._known]
        if new:
            self._known |= dict.fromkeys(new)
            self._make()

    def allow(self, texts: Iterable[str]) -> None:
        """The person says that these are no keys, whatever they look like."""
        if new := set(texts) - self._allowed:
            self._allowed |= new
            self._make()

    def clean(self, text: str) -> str:
        """The text with every secret hidden."""
        return self.redactor.clean(text)

    def inspect(self, text: str) -> str:
        """`clean` with a second look, for what goes to the model."""
        return self.redactor.inspect(text)

    def stream(self) -> Stream:
        """For a text that comes in pieces."""
        return self.redactor.stream()

    def _make(self) -> None:
        self.redactor = Redactor(self._known, self._allowed)
        self.learnt()

    # -- env files -------------------------------------------------------------------
    def _lines(self, path: str) -> list[env_files.Line]:
        found = env_files.read(self._folder, path)
        return env_files.lines_of(env_files.decoded(found[0])) if found else []

    def _secrets(self, path: str) -> list[tuple[str, str]]:
        """The keys of an env file, read anew when it changed."""
        now = self._folder.stat(path)
        stamp = (now.st_ino, now.st_size, now.st_mtime_ns, now.st_ctime_ns) if now else None
        if path not in self._read or self._read[path][0] != stamp:
            found = env_files.read(self._folder, path)
            pairs = list(env_files.secrets_in(env_files.decoded(found[0]))) if found else []
            self._read[path] = (stamp, pairs)
        return self._read[path][1]


def is_secret_variable(name: str, value: str) -> bool:
    """Whether a variable of this process holds a secret: by its name, or by the value's shape."""
    if not is_hideable(value) or env_files.is_public_name(name):
        return False
    if env_files.is_secret_name(name):
        return not value.startswith(("/", "~/", "./"))
    return any(found.shape.sure for found in shapes.find(value))
