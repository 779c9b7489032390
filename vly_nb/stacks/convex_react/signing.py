"""The pair of keys that signs sign-in tokens: made here, on the trusted side, and sent to a deployment.

What Convex Auth wants (`@convex-dev/auth`, `src/cli/generateKeys.ts`): JWT_PRIVATE_KEY, RS256 in
PKCS#8 on one line with spaces for newlines; JWKS, the public half as JSON, marked for signatures.
Node makes them with a script of ours, far from the project, and nothing is written to a file.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from http.client import HTTPMessage
from pathlib import Path
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from vly_nb.errors import ProgramError, VlyError
from vly_nb.processes import run

PAIR = ("JWT_PRIVATE_KEY", "JWKS")
PATIENCE = 20.0  # seconds for a deployment's answer

SCRIPT = b"""\
const { generateKeyPairSync } = require("node:crypto");
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = privateKey.export({ type: "pkcs8", format: "pem" });
const jwks = { keys: [{ use: "sig", ...publicKey.export({ format: "jwk" }) }] };
const pair = { JWT_PRIVATE_KEY: pem.trimEnd().replace(/\\n/g, " "), JWKS: JSON.stringify(jwks) };
process.stdout.write(JSON.stringify(pair));
"""


async def make_pair() -> dict[str, str]:
    """A fresh pair. Raises ProgramError when Node is missing or fails."""
    done = await run(["node", "--input-type=commonjs", "-"], cwd=Path("/"), stdin=SCRIPT, timeout=60)
    try:
        pair = json.loads(done.output) if done.ok else None
    except ValueError:
        pair = None
    if not isinstance(pair, dict) or set(pair) != set(PAIR):  # its output is told to nobody
        raise ProgramError("Node couldn't make the signing keys.", "Install Node 20 or newer, and try again.")
    return {name: str(pair[name]) for name in PAIR}


def address(keys: Mapping[str, str]) -> tuple[str, str]:
    """Where the deployment that these keys open is, and the key that opens it; never a production one.

    Raises VlyError as `place` does.
    """
    url, key, production = place(keys)
    if production:
        raise VlyError(
            "That is the production deployment, which vly doesn't change.",
            "Set the pair there yourself, on the Convex dashboard.",
        )
    return url, key


def place(keys: Mapping[str, str]) -> tuple[str, str, bool]:
    """Where the deployment that these keys open is, the key that opens it, whether it is a production one.

    Only keys of the vault or of this process count: an address in a file of the project could be
    anybody's. Raises VlyError where there is none, or where nothing may be sent.
    """
    if deploy_key := keys.get("CONVEX_DEPLOY_KEY"):
        kind, _, name = deploy_key.partition("|")[0].partition(":")
        if "|" not in deploy_key or not re.fullmatch(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*", name):
            raise VlyError(
                "CONVEX_DEPLOY_KEY doesn't say which deployment it is for.",
                "Make one for the deployment on the Convex dashboard: `%vly keys set CONVEX_DEPLOY_KEY`.",
            )
        return f"https://{name}.convex.cloud", deploy_key, kind == "prod"
    url, key = keys.get("CONVEX_SELF_HOSTED_URL", ""), keys.get("CONVEX_SELF_HOSTED_ADMIN_KEY", "")
    if not (url and key):
        raise VlyError(
            "No key for a Convex deployment is set.",
            "Make a deploy key on the Convex dashboard and use `%vly keys set CONVEX_DEPLOY_KEY`.",
        )
    parts = urlsplit(url)
    if parts.scheme == "https" or (
        parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
    ):
        return url.rstrip("/"), key, False
    raise VlyError(
        "CONVEX_SELF_HOSTED_URL is no address that keys may be sent to.",
        "Use an https address, or http on this machine.",
    )


async def push(values: Mapping[str, str], keys: Mapping[str, str]) -> str:
    """Set variables of the deployment by one direct call; the deployment's host. Raises VlyError.

    The call is the CLI's own (convex 1.48, `src/cli/lib/env.ts`).
    """
    url, key = address(keys)
    changes = [{"name": name, "value": value} for name, value in values.items()]
    request = Request(  # noqa: S310 - `address` lets https and loopback through alone
        f"{url}/api/update_environment_variables",
        data=json.dumps({"changes": changes}).encode(),
        headers={"Authorization": f"Convex {key}", "Content-Type": "application/json"},
    )
    host = urlsplit(url).hostname or url
    try:
        await asyncio.to_thread(_send, request)
    except HTTPError as error:
        why = "doesn't accept the key" if error.code in (401, 403) else f"answered with HTTP {error.code}"
        raise VlyError(f"{host} {why}; nothing was set there.", "Check CONVEX_DEPLOY_KEY.") from None
    except (OSError, ValueError):
        raise VlyError(f"{host} can't be reached; nothing was set there.", "Check the network.") from None
    return host


class _NoRedirect(HTTPRedirectHandler):
    """A key is sent where it was meant to go, or nowhere."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        """Follow nothing."""


def _send(request: Request) -> None:
    opened: Any = build_opener(_NoRedirect).open(request, timeout=PATIENCE)
    with opened as answer:
        answer.read(1000)
