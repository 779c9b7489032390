"""A second opinion on syntax: the project's own TypeScript, asked only when our grammar stumbles.

tree-sitter misreads some valid modern TypeScript; a false refusal is worse than
a short wait (about 0.3 s).
"""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

from vly_nb.diagnostics import Diagnostic, Range
from vly_nb.errors import ProgramError
from vly_nb.processes import Completed, run
from vly_nb.project.project import Project

TYPESCRIPT = "node_modules/typescript/lib/typescript.js"

PARSE = """
const ts = require(process.argv[1]);
const text = require("fs").readFileSync(0, "utf8");
const file = ts.createSourceFile(process.argv[2], text, ts.ScriptTarget.ESNext, true);
process.stdout.write(JSON.stringify(file.parseDiagnostics.slice(0, 10).map((d) => {
  const at = ts.getLineAndCharacterOfPosition(file, d.start ?? 0);
  return [d.code, at.line + 1, at.character + 1, ts.flattenDiagnosticMessageText(d.messageText, " ")];
})));
"""


def ask_typescript(project: Project, path: str, text: str) -> list[Diagnostic] | None:
    """The syntax errors that the project's TypeScript finds; None when it can't be asked.

    Blocks; meant for a thread. TypeScript 7 has no such API and counts as not there.
    """
    compiler = project.root / TYPESCRIPT
    if not compiler.is_file():
        return None
    argv = ["node", "--input-type=commonjs", "-e", PARSE, str(compiler), path]

    async def asked() -> Completed:
        box = await project.confinement.box()
        return await run(argv, cwd=project.root, timeout=10, stdin=text.encode(), box=box)

    try:
        with ThreadPoolExecutor(1) as thread:
            done = thread.submit(asyncio.run, asked()).result()
        found = json.loads(done.output) if done.ok else None
    except (ProgramError, ValueError):
        return None
    if found is None:
        return None
    lines = text.splitlines()
    return [
        Diagnostic(
            f"TS{code}",
            message,
            path,
            Range(line, column),
            source="gate",
            snippet=lines[line - 1].strip() if 0 < line <= len(lines) else "",
        )
        for code, line, column, message in found
    ]
