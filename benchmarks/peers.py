"""The linters that ours is compared with: installed once by npm into the person's cache folder.

The folder is `vly_nb/bench-…` under $XDG_CACHE_HOME or ~/.cache; delete it to install anew. It
holds the template's packages too, so that type-aware rules have the types they need.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

from benchmarks.corpus import TEMPLATE

LINTERS = {
    "eslint": "^9.39.0",
    "@convex-dev/eslint-plugin": "5.0.0",
    "typescript-eslint": "~8.58.0",
    "oxlint": "1.94.0",
}
RULES = "Object.keys(convex.rules).map((name) => [`@convex-dev/${name}`, 'error'])"
ESLINT = """\
import convex from "@convex-dev/eslint-plugin";
import tseslint from "typescript-eslint";

export default [
  { ignores: ["**/_generated/**", "**/*.d.ts"] },
  {
    files: ["**/*.ts", "**/*.tsx"],
    plugins: { "@convex-dev": convex },
    rules: Object.fromEntries(%s),
    languageOptions: { parser: tseslint.parser, parserOptions: { %s } },
  },
];
"""
ALL = "**/*.{ts,tsx}"
TYPES = "projectService: true, tsconfigRootDir: import.meta.dirname"


@cache
def installed() -> Path | None:
    """The folder with node_modules; None where there is no Node, or npm can't install."""
    package = json.loads((TEMPLATE / "package.json").read_text())
    package["devDependencies"] |= LINTERS
    text = json.dumps(package, indent=2)
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = root / "vly_nb" / f"bench-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    done = folder / "installed"
    if shutil.which("node") is None or shutil.which("npm") is None:
        return None
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text(text)
        argv = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--legacy-peer-deps"]
        if subprocess.run(argv, cwd=folder, stdout=subprocess.DEVNULL).returncode != 0:
            return None
        done.touch()
    return folder


def prepare(root: Path) -> dict[str, list[str]] | None:
    """Let a project be linted by all peers; their command lines by name. None: they aren't installed."""
    folder = installed()
    if folder is None:
        return None
    modules = folder / "node_modules"
    (root / "node_modules").symlink_to(modules)
    (root / "eslint.plain.mjs").write_text(ESLINT % (RULES, ""))
    (root / "eslint.types.mjs").write_text(ESLINT % (RULES, TYPES))
    names = json.loads(
        subprocess.run(
            ["node", "-e", "import('@convex-dev/eslint-plugin').then((m) => console.log(JSON.stringify("
             "Object.keys(m.default.rules))))"],
            cwd=root, capture_output=True, text=True, check=True,
        ).stdout
    )  # fmt: skip
    (root / "oxlint.json").write_text(
        json.dumps(
            {
                "jsPlugins": ["@convex-dev/eslint-plugin"],
                "categories": {"correctness": "off"},
                "rules": {f"@convex-dev/{name}": "error" for name in names},
                "ignorePatterns": ["**/_generated/**", "**/*.d.ts", "*.mjs"],
            }
        )
    )
    eslint = ["node", str(modules / "eslint/bin/eslint.js")]
    oxlint = ["node", str(modules / "oxlint/bin/oxlint")]
    rules = f"the Convex plugin's {len(names)} rules"
    return {
        f"eslint, {rules}, without types": [*eslint, "-c", "eslint.plain.mjs", ALL],
        f"eslint, {rules}, with types": [*eslint, "-c", "eslint.types.mjs", ALL],
        f"oxlint, {rules}": [*oxlint, "-c", "oxlint.json", "."],
        "oxlint, its own rules": [*oxlint, "--ignore-pattern", "*.mjs", "."],
    }
