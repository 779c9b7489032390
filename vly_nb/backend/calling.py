"""Calling a backend over HTTP, as Convex's own client does.

The addresses are a deployment's: `POST /api/function {path, args, format}` with
`Authorization: Convex KEY` (convex 1.48: `src/browser/http_client.ts`).
"""

from __future__ import annotations

import asyncio
import http.client
import json
import re
import ssl
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vly_nb.backend.backend import BackendError, FunctionFailed, Ran, Unreachable

FAILED = 560  # the status of a function that threw
LARGEST = 32 * 1024 * 1024  # bytes of an answer
REQUEST_ID = re.compile(r"\[Request ID: \w+\] (?:Server Error\n)?")
AGAIN = "Look at its state with `%vly backend`."


@dataclass(frozen=True, slots=True)
class Line:
    """A way to a backend: its address and the key that opens it (never shown)."""

    url: str
    key: str

    def __repr__(self) -> str:
        return f"Line({self.url!r})"

    async def post(self, path: str, body: Mapping[str, Any], *, timeout: float = 60.0) -> Any:
        """The answer to a request, as JSON. Raises BackendError, with the backend's own sentence when it
        refused."""
        status, answer = await asyncio.to_thread(self._post, path, body, timeout)
        if status in (200, FAILED):
            return answer
        said = answer.get("message") if isinstance(answer, dict) else None
        raise BackendError(str(said or f"The backend answered {status}.")[:4000], AGAIN)

    async def call(self, function: str, arguments: Mapping[str, Any]) -> Ran:
        """What a function answers. Raises FunctionFailed with what it said, BackendError."""
        body = {"path": function, "args": arguments, "format": "convex_encoded_json"}
        answer = await self.post("/api/function", body, timeout=600.0)
        lines = [str(line) for line in answer.get("logLines", [])]
        if answer.get("status") == "success":
            return Ran(answer.get("value"), lines)
        words = REQUEST_ID.sub("", str(answer.get("errorMessage", "It failed."))).strip()
        raise FunctionFailed("\n".join([words, *lines]))

    def _post(self, path: str, body: Mapping[str, Any], timeout: float) -> tuple[int, Any]:
        parts = urllib.parse.urlsplit(self.url)
        headers = {"Content-Type": "application/json", "Authorization": f"Convex {self.key}"}
        connection: http.client.HTTPConnection
        if parts.scheme == "https":
            context = ssl.create_default_context()
            connection = http.client.HTTPSConnection(parts.netloc, timeout=timeout, context=context)
        else:
            connection = http.client.HTTPConnection(parts.netloc, timeout=timeout)
        try:
            connection.request("POST", parts.path.rstrip("/") + path, json.dumps(body), headers)
            response = connection.getresponse()
            content = response.read(LARGEST + 1)
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(f"{parts.netloc} can't be reached: {error}.", AGAIN) from None
        finally:
            connection.close()
        if len(content) > LARGEST:
            raise BackendError("The answer is too large.", "Ask for less at a time.")
        try:
            return response.status, json.loads(content)
        except ValueError:
            return response.status, {"message": content[:2000].decode("utf-8", "replace")}
