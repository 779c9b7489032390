"""Keys in a session: made, pushed, and given to the programs that need them and to no other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.agent.talk import create, events_of, say
from tests.conftest import needs, write_files
from tests.project.planted import planted
from tests.stacks.test_signing import Deployment
from vly_nb.errors import VaultError, VlyError
from vly_nb.model.scripted import Scripted
from vly_nb.session import Session

TELLS = """\
#!/bin/sh
env > "seen-$(basename "$0")-$1.txt"
echo 'Convex functions ready!'
"""


def program(app: Path, name: str) -> None:
    write_files(app, {f"node_modules/.bin/{name}": TELLS})
    (app / "node_modules/.bin" / name).chmod(0o755)


async def mounted(app: Path, *replies: object) -> Session:
    return await Session.mount(app, model=Scripted(replies))


async def test_the_convex_cli_is_given_its_own_keys_and_no_other_program_any(app: Path) -> None:
    program(app, "convex")
    program(app, "tsc")
    edit = say("I change it.", create("src/convex/more.ts", "export const more = 1;\n"))
    session = await mounted(app, edit, "Done.")
    secrets = {
        "CONVEX_DEPLOY_KEY": f"dev:happy-animal-123|{planted(80, '', 40)}",
        "OPENAI_API_KEY": planted(81),
    }
    session.keys.put(secrets)
    await events_of(session, "Change the backend")
    seen = {place.name: place.read_text() for place in app.glob("seen-*.txt")}
    assert "seen-convex-dev.txt" in seen
    assert f"CONVEX_DEPLOY_KEY={secrets['CONVEX_DEPLOY_KEY']}\n" in seen["seen-convex-dev.txt"]
    assert all(secrets["OPENAI_API_KEY"] not in text for text in seen.values())
    assert all(
        secrets["CONVEX_DEPLOY_KEY"] not in text for name, text in seen.items() if "convex-dev" not in name
    )
    await session.close()


async def test_without_keys_nothing_is_pushed(app: Path) -> None:
    program(app, "convex")
    edit = say("I change it.", create("src/convex/more.ts", "export const more = 1;\n"))
    session = await mounted(app, edit, "Done.")
    session.keys.put({"CONVEX_DEPLOY_KEY": f"prod:happy-animal-123|{planted(80, '', 40)}"})
    await events_of(session, "Change the backend")
    assert not (app / "seen-convex-dev.txt").exists(), "production is never pushed to"
    assert (app / "seen-convex-codegen.txt").exists()
    assert planted(80, "", 40) not in (app / "seen-convex-codegen.txt").read_text()


@pytest.mark.node
async def test_the_signing_pair_goes_from_the_vault_to_the_deployment(app: Path) -> None:
    needs("node", "Install Node 20 or newer.")
    session = await mounted(app)
    with pytest.raises(VaultError, match="not in the vault"):
        await session.push_keys(session.stack.signing)
    await session.make_signing_keys()
    pair = session.keys.given(session.stack.signing)
    assert set(pair) == {"JWT_PRIVATE_KEY", "JWKS"}
    with pytest.raises(VlyError, match="No key for a Convex deployment"):
        await session.push_keys(session.stack.signing)
    deployment = Deployment()
    session.keys.put(deployment.keys)
    await session.push_keys(session.stack.signing)
    ((_, _, body),) = deployment.asked
    assert {change["name"]: change["value"] for change in body["changes"]} == pair
    deployment.server.shutdown()
    said = session.keys.inspect(json.dumps(body))
    assert not any(part in said for value in pair.values() for part in value.split() if len(part) > 30)


async def test_a_complaint_about_a_key_in_the_code_does_not_repeat_it(app: Path) -> None:
    key = planted(82, "sk_live_", 40)
    write_files(app, {"src/pay.ts": f'export const key = "{key}";\n'})
    session = await mounted(app)
    found = [d for d in session.lint() if d.code == "no-hardcoded-secret"]
    assert found and key not in repr(found)
