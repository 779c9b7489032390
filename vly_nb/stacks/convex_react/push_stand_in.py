"""A loopback stand-in for the two calls with which `convex codegen` asks a deployment.

    async with stand_in(components) as url: ...

It keeps nothing and answers constants: "no module is known" to
`/api/get_config_hashes`, and to `/api/deploy2/start_push` an analysis that holds
just what code generation reads (convex 1.48: `src/cli/lib/deployApi/startPush.ts`).
With it the CLI bundles everything and writes `_generated`; nothing is pushed.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

KEY = "stand-in|offline"  # the CLI wants one; it opens nothing
LONGEST = 64 * 1024 * 1024  # bytes of one request; a whole app's bundles are some 250 KB
PATIENCE = 30  # seconds for one request to come in


@dataclass(frozen=True, slots=True)
class Component:
    """A Convex component that the app uses: its name, and its definition's folder as the CLI
    writes it (relative to the functions folder)."""

    name: str
    path: str


@asynccontextmanager
async def stand_in(functions: str, components: Sequence[Component] = ()) -> AsyncIterator[str]:
    """Serve on a free port of 127.0.0.1 while the block runs; the value is the address."""
    answers = {
        "/api/get_config_hashes": {
            "config": {"functions": functions},
            "moduleHashes": [],
            "nodeDependencies": [],
        },
        "/api/deploy2/start_push": analysis(components),
    }

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                status, answer = _answer(await _request(reader), answers)
                body = json.dumps(answer).encode()
                head = (
                    f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
                )
                writer.write(f"{head}connection: close\r\n\r\n".encode() + body)
                await writer.drain()
        except (OSError, ValueError, EOFError, asyncio.LimitOverrunError):
            pass  # whoever called is gone or talks nonsense: nothing here depends on it
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def analysis(components: Sequence[Component]) -> dict[str, Any]:
    """What a deployment answers to a push of an app with these components and nothing else."""
    definition = {
        "path": "",
        "definitionType": {"type": "app"},
        "childComponents": [{"name": c.name, "path": c.path} for c in components],
        "httpMounts": {},
        "exports": {"type": "branch", "branch": []},
    }
    root = {"definitionPath": "", "componentPath": "", "args": {}, "childComponents": {}, "exports": {}}
    return {
        "environmentVariables": {},
        "externalDepsId": None,
        "componentDefinitionPackages": {},
        "appAuth": [],
        "analysis": {"": {"definition": definition, "functions": {}, "udfConfig": UDF_CONFIG}},
        "app": {**root, "httpRoutes": {"httpModuleRoutes": None, "mounts": []}},
        "schemaChange": {"allocatedComponentIds": {}, "schemaIds": {}},
    }


UDF_CONFIG = {"serverVersion": "1.0.0", "importPhaseRngSeed": None, "importPhaseUnixTimestamp": None}


def _answer(path: str, answers: dict[str, Any]) -> tuple[str, Any]:
    if path in answers:
        return "200 OK", answers[path]
    return "404 Not Found", {"code": "NotFound", "message": f"The stand-in doesn't know {path}."}


async def _request(reader: asyncio.StreamReader) -> str:
    """Read one request, forget its body (compressed, and not needed), answer its path."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *rest = head.split("\r\n")
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)
    }
    if "chunked" in headers.get("transfer-encoding", ""):
        left = LONGEST
        while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
            left -= size
            await _skip(reader, size + 2, left)
    else:
        size = int(headers.get("content-length", "0"))
        await _skip(reader, size, LONGEST - size)
    return first.split(" ")[1].partition("?")[0]


async def _skip(reader: asyncio.StreamReader, size: int, left: int) -> None:
    if size < 0 or left < 0:
        raise ValueError("longer than any app")
    while size:
        piece = await reader.read(min(size, 65_536))
        if not piece:
            raise EOFError
        size -= len(piece)
