"""The signing pair: what Convex Auth takes, and where it may be sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import needs
from vly_nb.errors import ProgramError, VlyError
from vly_nb.processes import run
from vly_nb.stacks.convex_react.signing import address, make_pair, push

VERIFY = """
const { JWT_PRIVATE_KEY, JWKS } = JSON.parse(require("fs").readFileSync(0, "utf8"));
const { createPrivateKey, createPublicKey, sign, verify } = require("crypto");
// as jose's importPKCS8 reads it, which Convex Auth signs with
const der = JWT_PRIVATE_KEY.replace(/(?:-----(?:BEGIN|END) PRIVATE KEY-----|\\s)/g, "");
const key = createPrivateKey({ key: Buffer.from(der, "base64"), format: "der", type: "pkcs8" });
const [jwk] = JSON.parse(JWKS).keys;
const data = Buffer.from("a token");
const made = sign("RSA-SHA256", data, key);
const good = verify("RSA-SHA256", data, createPublicKey({ key: jwk, format: "jwk" }), made);
console.log(JSON.stringify({ good, use: jwk.use, kty: jwk.kty, names: Object.keys(jwk).sort() }));
"""


@pytest.mark.node
async def test_the_pair_signs_and_verifies_and_is_new_each_time() -> None:
    needs("node", "Install Node 20 or newer.")
    pair, other = await make_pair(), await make_pair()
    assert pair != other
    assert "\n" not in pair["JWT_PRIVATE_KEY"]
    assert pair["JWT_PRIVATE_KEY"].startswith("-----BEGIN PRIVATE KEY----- ")
    assert pair["JWT_PRIVATE_KEY"].endswith(" -----END PRIVATE KEY-----")
    done = await run(["node", "-e", VERIFY], cwd=Path("/"), stdin=json.dumps(pair).encode())
    assert json.loads(done.output) == {
        "good": True,
        "use": "sig",
        "kty": "RSA",
        "names": ["e", "kty", "n", "use"],
    }


async def test_without_node_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProgramError, match="node"):
        await make_pair()


class Deployment:
    """A loopback deployment that keeps what is set on it."""

    def __init__(self, status: int = 200) -> None:
        self.asked: list[tuple[str, str, Any]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                outer.asked.append((self.path, self.headers["authorization"], body))
                self.send_response(status)
                self.send_header("location", "http://127.0.0.1:9/elsewhere")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.keys = {
            "CONVEX_SELF_HOSTED_URL": f"http://127.0.0.1:{self.server.server_address[1]}",
            "CONVEX_SELF_HOSTED_ADMIN_KEY": "app|0123",
        }


@pytest.fixture
def deployment() -> Iterator[Deployment]:
    one = Deployment()
    yield one
    one.server.shutdown()


async def test_a_push_is_one_call_to_the_deployment(deployment: Deployment) -> None:
    assert await push({"JWKS": "{}", "JWT_PRIVATE_KEY": "k"}, deployment.keys) == "127.0.0.1"
    assert deployment.asked == [
        (
            "/api/update_environment_variables",
            "Convex app|0123",
            {"changes": [{"name": "JWKS", "value": "{}"}, {"name": "JWT_PRIVATE_KEY", "value": "k"}]},
        )
    ]


@pytest.mark.parametrize(
    ("status", "says"), [(401, "doesn't accept the key"), (500, "HTTP 500"), (302, "HTTP 302")]
)
async def test_a_deployment_that_will_not(status: int, says: str) -> None:
    one = Deployment(status)
    with pytest.raises(VlyError, match=says):
        await push({"JWKS": "{}"}, one.keys)
    assert len(one.asked) == 1, "a key is sent nowhere else"
    one.server.shutdown()
    with pytest.raises(VlyError, match="can't be reached"):
        await push({"JWKS": "{}"}, {**one.keys, "CONVEX_SELF_HOSTED_URL": "http://127.0.0.1:9"})


def test_where_a_deploy_key_leads() -> None:
    assert address({"CONVEX_DEPLOY_KEY": "dev:happy-animal-123|k"}) == (
        "https://happy-animal-123.convex.cloud",
        "dev:happy-animal-123|k",
    )


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"CONVEX_DEPLOYMENT": "dev:happy-animal-123"},
        {"CONVEX_DEPLOY_KEY": "prod:happy-animal-123|k"},
        {"CONVEX_DEPLOY_KEY": "dev:evil.test/x?y|k"},
        {"CONVEX_DEPLOY_KEY": "dev:evil.test#|k"},
        {"CONVEX_DEPLOY_KEY": "preview:team:project|k"},
        {"CONVEX_DEPLOY_KEY": "k"},
        {"CONVEX_SELF_HOSTED_ADMIN_KEY": "k"},
        {"CONVEX_SELF_HOSTED_URL": "http://example.org", "CONVEX_SELF_HOSTED_ADMIN_KEY": "k"},
        {"CONVEX_SELF_HOSTED_URL": "file:///etc/passwd", "CONVEX_SELF_HOSTED_ADMIN_KEY": "k"},
    ],
)
def test_attack_keys_go_to_no_other_address(keys: dict[str, str]) -> None:
    with pytest.raises(VlyError) as error:
        address(keys)
    assert error.value.hint
