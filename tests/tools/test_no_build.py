"""Builds end while they run (no_build.cjs), with the template's vite; what isn't a build doesn't notice."""

from __future__ import annotations

import asyncio
import json
import re
import resource
import shutil
from pathlib import Path

import pytest

from tests.conftest import copy_app, write_files
from vly_nb.processes import Completed, run
from vly_nb.tools.commands import NO_BUILD, Refuse, Surroundings, judge
from vly_nb.tools.commands.no_build import GUARD
from vly_nb.tools.commands.refusals.sentences import BUILDS

pytestmark = [pytest.mark.slow, pytest.mark.node]

FILES = {
    "index.html": '<div id="root"></div><script type="module" src="/src/main.ts"></script>\n',
    "src/main.ts": 'document.title = "small";\n',
    "vite.config.ts": "export default {};\n",
    "other.config.ts": 'export default { build: { outDir: "site" } };\n',
    "scripts/pack.mjs": 'import { build } from "vite";\nawait build();\n',
    "scripts/pack.cjs": 'import("vite").then((vite) => vite.build());\n',
    "scripts/builder.mjs": (
        'import { createBuilder } from "vite";\nconst one = await createBuilder();\nawait one.buildApp();\n'
    ),
    "scripts/argv.mjs": (
        'process.argv.splice(1, 9, "x", "build");\nawait import("../node_modules/vite/dist/node/cli.js");\n'
    ),
    "scripts/library.mjs": (
        'import { build } from "vite";\n'
        'await build({ build: { lib: { entry: "src/main.ts", formats: ["es"], fileName: "x" } } });\n'
    ),
    "scripts/elsewhere.mjs": (
        'import { build } from "vite";\n'
        'await build({ build: { outDir: "public/site", emptyOutDir: true } });\n'
    ),
    "scripts/ssr.mjs": 'import { build } from "vite";\nawait build({ build: { ssr: "src/main.ts" } });\n',
    "scripts/rollup.mjs": (
        'import { createRequire } from "node:module";\n'
        'const vite = createRequire(createRequire(import.meta.url).resolve("vite/package.json"));\n'
        'const { rollup } = vite("rollup");\n'
        'const bundle = await rollup({ input: "src/main.ts" });\nawait bundle.write({ dir: "dist" });\n'
    ),
    "scripts/esbuild.mjs": (
        'import { createRequire } from "node:module";\n'
        'const vite = createRequire(createRequire(import.meta.url).resolve("vite/package.json"));\n'
        'await vite("esbuild").build({ entryPoints: ["src/main.ts"], bundle: true, outdir: "dist" });\n'
    ),
    "scripts/esbuild-sync.cjs": (
        'const vite = require("node:module").createRequire(require.resolve("vite/package.json"));\n'
        'vite("esbuild").buildSync({ entryPoints: ["src/main.ts"], outfile: "dist/x.js" });\n'
    ),
    "scripts/esbuild-context.mjs": (
        'import { createRequire } from "node:module";\n'
        'const vite = createRequire(createRequire(import.meta.url).resolve("vite/package.json"));\n'
        'const made = await vite("esbuild").context({ entryPoints: ["src/main.ts"], outdir: "dist" });\n'
        "await made.rebuild();\nawait made.dispose();\n"
    ),
    "scripts/child.mjs": (
        'import { spawnSync } from "node:child_process";\n'
        'spawnSync("node", ["node_modules/vite/bin/vite.js", "build"], { stdio: "inherit" });\n'
    ),
    "scripts/bare-child.mjs": (
        'import { spawn } from "node:child_process";\ndelete process.env.NODE_OPTIONS;\n'
        'spawn("node", ["scripts/pack.mjs"], { stdio: "inherit", env: { PATH: process.env.PATH } });\n'
    ),
    "scripts/bare-sync.mjs": (
        'import { execFileSync } from "node:child_process";\n'
        'execFileSync("node", ["scripts/pack.mjs"], { stdio: "inherit", env: { PATH: process.env.PATH } });\n'
    ),
    "scripts/fork.mjs": (
        'import { fork } from "node:child_process";\nfork("scripts/pack.mjs", { env: {} });\n'
    ),
    "scripts/worker.mjs": (
        'import { Worker } from "node:worker_threads";\n'
        'new Worker(new URL("./pack.mjs", import.meta.url), { env: {} });\n'
    ),
    "scripts/no-exit.mjs": (
        "process.exit = () => {};\nprocess.kill = () => {};\nawait import('./pack.mjs');\n"
    ),
    "scripts/caught.mjs": "try {\n  await import('./pack.mjs');\n} catch {\n  console.log('on');\n}\n",
    "scripts/release.sh": "set -e\npnpm exec vite build\n",
    "Makefile": "site:\n\tnode_modules/.bin/vite build\n",
}  # fmt: skip
SCRIPTS = {
    "pack": "node scripts/pack.mjs",
    "site": "vite build",
    "posttidy": "vite build",
    "tidy": "echo tidy",
    "nested": "pnpm run site",
}
FORMS = [  # 41, by every road there is on this machine
    "node_modules/.bin/vite build",
    "npx --no-install vite build",
    "pnpm vite build",
    "pnpm exec vite build --mode staging",
    "pnpm run build",
    "pnpm run site",
    "npm run site",
    "pnpm run nested",
    "pnpm run tidy",
    "pnpm run pack",
    "node --run site || npm run site",
    "node node_modules/vite/bin/vite.js build",
    "node node_modules/.pnpm/node_modules/../../vite/bin/vite.js build",
    "node_modules/.bin/vite build --outDir site --emptyOutDir",
    "node_modules/.bin/vite build --config other.config.ts",
    "node_modules/.bin/vite build --ssr src/main.ts",
    "cd src && ../node_modules/.bin/vite build ..",
    "V=vite; B=build; node_modules/.bin/$V $B",
    "sh scripts/release.sh",
    "make site",
    "find scripts -name pack.mjs -exec node {} ';'",
    "echo scripts/pack.mjs | xargs node",
    "node scripts/pack.mjs",
    "node scripts/pack.cjs",
    "node scripts/builder.mjs",
    "node scripts/argv.mjs",
    "node scripts/library.mjs",
    "node scripts/elsewhere.mjs",
    "node scripts/ssr.mjs",
    "node scripts/rollup.mjs",
    "node scripts/esbuild.mjs",
    "node scripts/esbuild-sync.cjs",
    "node scripts/esbuild-context.mjs",
    "node scripts/child.mjs",
    "node scripts/bare-child.mjs",
    "node scripts/bare-sync.mjs",
    "node scripts/fork.mjs",
    "node scripts/worker.mjs",
    "node scripts/no-exit.mjs",
    "node -e \"import('vite').then((vite) => vite['bu' + 'ild']())\"",
    "python3 -c \"import subprocess; subprocess.run(['node', 'scripts/pack.mjs'])\"",
]


@pytest.fixture(scope="module")
def small(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template's packages with an app that is built in a second."""
    root = copy_app(installed, tmp_path_factory.mktemp("small") / "app with spaces", apart=True)
    shutil.rmtree(root / "src")
    shutil.rmtree(root / "public")
    package = json.loads((root / "package.json").read_text())
    package["scripts"] |= SCRIPTS | {"build": "vite build"}
    write_files(root, FILES | {"package.json": json.dumps(package), "public/robots.txt": "User-agent: *\n"})
    return root


def do(root: Path, line: str, env: dict[str, str] | None = None, timeout: float = 180) -> Completed:
    return asyncio.run(
        run(["sh", "-c", line], cwd=root, env=NO_BUILD if env is None else env, timeout=timeout)
    )


def built(root: Path) -> list[str]:
    """What a build has left."""
    return [name for name in ("dist", "site", "public/site") if (root / name).exists()]


def clean(root: Path) -> None:
    for name in ("dist", "site", "public/site"):
        shutil.rmtree(root / name, ignore_errors=True)


def test_there_are_as_many_forms_as_were_measured() -> None:
    assert len(set(FORMS)) == 41


@pytest.mark.parametrize("line", FORMS)
def test_attack_a_build_ends_with_the_sentence(small: Path, line: str) -> None:
    clean(small)
    done = do(small, line)
    assert BUILDS in done.output, done.output
    assert built(small) == []


def test_the_forms_do_build_without_the_guard(small: Path) -> None:
    for line in (FORMS[0], "node scripts/pack.mjs", "node scripts/rollup.mjs", "node scripts/esbuild.mjs"):
        clean(small)
        done = do(small, line, env={})
        assert built(small), done.output
    clean(small)


def test_a_build_that_is_there_keeps_its_files(small: Path) -> None:
    clean(small)
    write_files(small, {"dist/index.html": "the person's"})
    assert BUILDS in do(small, "node scripts/pack.mjs").output
    assert (small / "dist/index.html").read_text() == "the person's"
    clean(small)


def test_how_many_forms_each_net_stops(small: Path) -> None:
    """The policy alone misses files that build; the guard misses none."""
    scripts = json.loads((small / "package.json").read_text())["scripts"]
    refused = [line for line in FORMS if isinstance(judge(line, Surroundings(scripts)), Refuse)]
    assert 15 <= len(refused) < len(FORMS)


# -- what isn't a build -----------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "node_modules/.bin/tsc --noEmit --module esnext --moduleResolution bundler src/main.ts",
        "node_modules/.bin/tsc --outDir out src/main.ts",
        "node_modules/.bin/vite --version",
        "node_modules/.bin/vite build --help",
        "node_modules/.bin/vite optimize --force",
        "node -e \"require('fs').mkdirSync('dist'); require('fs').writeFileSync('dist/x', 'x')\"",
        "node -e \"require('fs').promises.writeFile('x.txt', 'x')\"",
        "node --input-type=module -e \"import { writeFileSync } from 'fs'; writeFileSync('x.txt', 'x')\"",
        "NODE_OPTIONS=--no-warnings node -e 1",
        "pnpm list --depth 0",
        "npm --version",
    ],
)
def test_what_is_no_build_runs(small: Path, line: str) -> None:
    clean(small)
    done = do(small, line)
    assert done.ok, done.output
    assert BUILDS not in done.output


def test_esbuild_without_writing_runs(small: Path) -> None:
    code = (
        'const vite = require("node:module").createRequire(require.resolve("vite/package.json"));'
        'const told = { entryPoints: ["src/main.ts"], bundle: true, outdir: "out", write: false };'
        'vite("esbuild").build(told).then((made) => console.log(made.outputFiles.length));'
        'console.log(vite("esbuild").transformSync("let a: number", { loader: "ts" }).code);'
    )
    done = do(small, f"node -e '{code}'")
    assert done.ok and "1" in done.output and "let a;" in done.output, done.output


def test_convex_generates_its_code(installed: Path, tmp_path: Path) -> None:
    root = copy_app(installed, tmp_path / "app", apart=True)
    shutil.rmtree(root / "src/convex/_generated", ignore_errors=True)
    done = do(root, "node_modules/.bin/convex codegen --system-udfs --typecheck disable")
    assert done.ok, done.output
    assert (root / "src/convex/_generated/api.js").exists()


def test_the_dev_server_serves(small: Path) -> None:
    script = (
        "import('vite').then(async (vite) => {"
        " const server = await vite.createServer({ server: { port: 0, host: '127.0.0.1' } });"
        " await server.listen();"
        " const page = await fetch(server.resolvedUrls.local[0] + 'src/main.ts');"
        " console.log(page.status, await page.text()); await server.close(); })"
    )
    done = do(small, f'node -e "{script}"')
    assert done.ok and '200 document.title = "small"' in done.output, done.output


def test_vitest_runs_with_the_guard(small: Path) -> None:
    write_files(
        small,
        {"src/a.test.ts": 'import { expect, test } from "vitest";\ntest("a", () => expect(1).toBe(1));\n'},
    )
    added = do(small, "pnpm add -D vitest@4 --ignore-scripts", timeout=180)
    assert added.ok, added.output
    done = do(small, "node_modules/.bin/vitest run")
    assert done.ok and re.search(r"1 passed", done.output), done.output


def spent() -> float:
    """Seconds of the processor that ended children have used: a loaded machine doesn't change it much."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_the_guard_costs_little(small: Path) -> None:
    def milliseconds(env: dict[str, str]) -> float:
        times = []
        for _ in range(9):
            began = spent()
            do(small, "node -e 1", env=env)
            times.append(spent() - began)
        return sorted(times)[4] * 1000

    assert milliseconds(NO_BUILD) - milliseconds({}) < 40


def test_the_sentence_is_the_policys() -> None:
    assert f'"{BUILDS}"' in GUARD.read_text("utf-8")
