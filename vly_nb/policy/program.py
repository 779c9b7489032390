"""Program: all files of a project together, for rules that one file can't decide.

    program = Program("src/convex", read, paths)
    program.schema                                   the tables of schema.ts
    program.function(("tasks", "list"))              the Export that api.tasks.list means
    program.resolve("src/App.tsx", "@/lib/utils")    "src/lib/utils.ts"

Nothing is read until it is asked for; a file's facts are kept by its text, so after a
change only what changed is read again. Who asks is noted where that is wanted (questions.py).
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Iterator, Sequence

from vly_nb.policy.facts import Export, Facts, Schema, facts_of
from vly_nb.policy.questions import Answers, question
from vly_nb.policy.source import Source, is_script, parsed

Read = Callable[[str], str | None]
"""The text of a file of the project, or None."""

Paths = Callable[[], Sequence[str]]
"""The project's files."""

_ENDINGS = (
    "",
    ".ts",
    ".tsx",
    ".d.ts",
    ".js",
    ".jsx",
    ".mjs",
    ".json",
    "/index.ts",
    "/index.tsx",
    "/index.js",
)
_SECTIONS = ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")
_HOPS = 5  # how far through re-exports a name is followed
_ENTRIES = ("src/main.tsx", "src/main.ts", "src/index.tsx", "main.tsx", "src/main.jsx")


class Program(Answers):
    """See the module's top. `functions` is the folder that convex.json names."""

    functions: str

    def __init__(
        self,
        functions: str,
        read: Read,
        paths: Paths,
        facts: Callable[[str], Facts | None] | None = None,
        earlier: Program | None = None,
    ) -> None:
        """`facts` of a file that is there, where they are kept; else they are read from its text.

        `earlier` is the project in another state.
        """
        super().__init__(earlier if earlier is not None and earlier.functions == functions else None)
        self.functions = functions
        self._read = read
        self._list = paths
        self._facts = facts

    @question
    def read(self, path: str) -> str | None:
        """A file's text; None when it isn't there."""
        return self._read(path)

    @property
    @question
    def paths(self) -> frozenset[str]:
        """The project's files."""
        return frozenset(self._list())

    @property
    @question
    def scripts(self) -> list[str]:
        """Its TypeScript and JavaScript files, sorted; generated ones left out."""
        return sorted(p for p in self.paths if is_script(p) and "/_generated/" not in p)

    @question
    def begins(self, stem: str) -> bool:
        """Whether a folder, or a file but for its ending, is called so."""
        return stem in self._stems

    @property
    @question
    def _stems(self) -> frozenset[str]:
        return frozenset(path[:at] for path in self.paths for at, sign in enumerate(path) if sign in "/.")

    def source(self, path: str) -> Source | None:
        """A file, parsed; None when it isn't there."""
        text = self.read(path)
        return None if text is None else parsed(path, text)

    @question
    def facts(self, path: str) -> Facts | None:
        """What other files need to know of a file; None when it isn't there."""
        if self._facts is not None:
            return self._facts(path)
        text = self.read(path)
        return None if text is None else facts_of(path, text)

    # what the project is made of

    @property
    @question
    def package(self) -> dict[str, object]:
        """package.json; {} when there is none."""
        return json_object(self.read("package.json"))

    @property
    @question
    def packages(self) -> dict[str, str]:
        """The packages it names, in whatever section, with their ranges."""
        found: dict[str, str] = {}
        for name in _SECTIONS:
            section = self.package.get(name)
            if isinstance(section, dict):
                found |= {str(key): str(value) for key, value in section.items()}
        return found

    @property
    @question
    def entry(self) -> str | None:
        """The file that the page loads: src/main.tsx, mostly."""
        page = self.read("index.html") or ""
        named = re.findall(r"<script[^>]+src=[\"']/?([^\"'>]+\.[tj]sx?)[\"']", page)
        return next((path for path in (*named, *_ENTRIES) if path in self.paths), None)

    @property
    @question
    def schema(self) -> Schema | None:
        """The tables of the functions folder's schema.ts."""
        facts = self.facts(f"{self.functions}/schema.ts")
        return facts.schema if facts is not None else None

    @property
    @question
    def uses_convex_auth(self) -> bool:
        """Whether logins are Convex Auth's (@convex-dev/auth imported in auth.ts)."""
        facts = self.facts(f"{self.functions}/auth.ts")
        modules = [one.module for one in facts.imports if not one.type_only] if facts is not None else []
        return any(module.startswith("@convex-dev/auth") for module in modules)

    # functions

    @property
    @question
    def named_in(self) -> dict[tuple[str, tuple[str, ...]], set[str]]:
        """The files that name a function: `("api", ("tasks", "list"))` → their paths."""
        found: dict[tuple[str, tuple[str, ...]], set[str]] = {}
        for path in self.scripts:
            facts = self.facts(path)
            if facts is None or facts.home not in (None, self.functions):
                continue
            for one in facts.references:
                found.setdefault(one, set()).add(path)
        return found

    @question
    def module(self, names: tuple[str, ...]) -> str | None:
        """The file that `api.a.b.f` is in; None when there is none."""
        base = "/".join((self.functions, *names[:-1]))
        return next((base + end for end in (".ts", ".tsx", ".js") if base + end in self.paths), None)

    def function(self, names: tuple[str, ...]) -> Export | None:
        """What `api.a.b.f` means: ("a", "b", "f"). None: nothing by this name, for sure.

        What can't be followed (re-exports of packages, calls that make functions) is an
        Export of the kind "value" with `made`.
        """
        path = self.module(names)
        if path is None:
            return None
        return self.export(path, names[-1])

    @question
    def export(self, path: str, name: str) -> Export | None:
        """What a file gives out under a name, through re-exports; None: nothing, for sure."""
        return self._export(path, name, _HOPS)

    def _export(self, path: str, name: str, hops: int) -> Export | None:
        facts = self.facts(path)
        unknown = Export(name, "value", made=True)
        if facts is None or hops == 0:
            return unknown
        own = facts.export(name)
        if own is not None and own.module is None:
            return own
        stars = [own] if own is not None else [one for one in facts.exports if one.name == "*"]
        for one in stars:
            target = self.resolve(path, one.module or "")
            if target is None:
                return unknown
            wanted = name if one.origin in ("*", None) else one.origin
            found = self._export(target, wanted or name, hops - 1)
            if found is not None:
                return found
        return None

    # imports

    def resolve(self, importer: str, specifier: str) -> str | None:
        """The project's file that a specifier means; None for packages and what isn't there."""
        return self._target(posixpath.dirname(importer) if specifier.startswith(".") else "", specifier)

    @question
    def _target(self, folder: str, specifier: str) -> str | None:
        return next(self._candidates(folder, specifier), None)

    @question
    def is_local(self, specifier: str) -> bool:
        """Whether a specifier means a file of the project, there or not: relative, absolute, or an alias."""
        return specifier.startswith((".", "/")) or any(self.aliased(specifier))

    def _candidates(self, folder: str, specifier: str) -> Iterator[str]:
        specifier = specifier.split("?", 1)[0]
        if specifier.startswith("."):
            bases = [posixpath.normpath(posixpath.join(folder, specifier))]
        elif specifier.startswith("/"):
            bases = [specifier[1:], f"public{specifier}"]
        else:
            bases = list(self.aliased(specifier))
        for base in bases:
            stem = re.sub(r"\.(m?js|jsx)$", "", base)
            for ending in _ENDINGS:
                yield from (
                    path for path in dict.fromkeys((base + ending, stem + ending)) if path in self.paths
                )

    def aliased(self, specifier: str) -> Iterator[str]:
        """The paths from the root, without an ending, that a specifier with an alias may mean."""
        for alias, targets in self.aliases.items():
            if alias == specifier or (alias.endswith("*") and specifier.startswith(alias[:-1])):
                rest = specifier[len(alias) - 1 :] if alias.endswith("*") else ""
                yield from (posixpath.normpath(target.replace("*", rest, 1)) for target in targets)

    @property
    @question
    def aliases(self) -> dict[str, list[str]]:
        """`{"@/*": ["src/*"]}`: the paths of tsconfig*.json, and the aliases of vite.config.ts."""
        found: dict[str, list[str]] = {}
        for name in ("tsconfig.json", "tsconfig.app.json", "tsconfig.base.json"):
            options = json_object(self.read(name)).get("compilerOptions")
            given = options.get("paths") if isinstance(options, dict) else None
            base = options.get("baseUrl", ".") if isinstance(options, dict) else "."
            for alias, targets in given.items() if isinstance(given, dict) else ():
                if isinstance(targets, list) and isinstance(base, str):
                    found[alias] = [posixpath.normpath(f"{base}/{t}") for t in targets if isinstance(t, str)]
        config = self.read("vite.config.ts") or self.read("vite.config.js") or ""
        for alias, target in re.findall(
            r"[\"']([@~#$][\w/-]*)[\"']\s*:[^\n]*?[\"']\.?/([\w./-]+)[\"']", config
        ):
            found.setdefault(alias, [target])
            found.setdefault(f"{alias.rstrip('/')}/*", [f"{target.rstrip('/')}/*"])
        if not found:
            found["@/*"] = ["src/*"]  # what shadcn/ui, and with it every template, is set up with
        return found

    @question
    def reached_from(self, path: str) -> frozenset[str]:
        """The project's files that are loaded with a file, itself too: static and lazy imports, no types."""
        seen, ahead = {path}, [path]
        while ahead:
            for target in self._loaded_by(ahead.pop()):
                if target not in seen:
                    seen.add(target)
                    ahead.append(target)
        return frozenset(seen)

    def _loaded_by(self, path: str) -> Iterator[str]:
        facts = self.facts(path)
        for one in facts.imports if facts is not None else ():
            target = None if one.type_only else self.resolve(path, one.module)
            if target is not None:
                yield target


def json_object(text: str | None) -> dict[str, object]:
    """A JSON file with comments and trailing commas, as tsconfig.json may have; {} for what is no object."""
    if text is None:
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        try:
            found = json.loads(_without_comments(text))
        except (ValueError, RecursionError):
            return {}
    return found if isinstance(found, dict) else {}


def _without_comments(text: str) -> str:
    tokens = re.compile(r'"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/|,(?=\s*[}\]])', re.S)
    bare = tokens.sub(lambda match: match[0] if match[0].startswith('"') else " ", text)
    return re.sub(r'("(?:\\.|[^"\\\n])*")|,(?=\s*[}\]])', lambda match: match[1] or " ", bare)
