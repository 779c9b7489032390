"""`%vly doctor` in a real kernel: what is missing, by name, with its mend."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import copy_app, needs_tier
from tests.notebook.conftest import Room
from tests.notebook.test_keys import stdin
from tests.project.planted import planted
from vly_nb.project.vault import home
from vly_nb.sandbox.sandbox import Tier

pytestmark = pytest.mark.slow

NOTHING = {"package.json": '{"name": "small", "private": true}\n'}


def test_a_bare_machine_and_a_bare_project(room: Callable[..., Room]) -> None:
    here = room(files={"src/convex/mail.ts": "export const key = process.env.MAIL_KEY;\n"})
    value = planted(71)
    (here.app / ".env.local").write_text(f"STRIPE_SECRET_KEY={value}\n")
    ran = here.run("%vly doctor")
    assert ran.ok, ran.error
    assert re.search(r"✗ bad +packages +Not installed: react, react-router, convex\.", ran.text)
    assert re.search(r"✗ bad +TypeScript +It isn't installed", ran.text)
    assert re.search(r"✗ bad +convex.json +src/convex/_generated isn't there yet", ran.text)
    assert re.search(r"· note +deployment +None is set up", ran.text)
    assert re.search(r"· note +keys +.*nothing here sets: MAIL_KEY", ran.text)
    assert re.search(r"· note +vault +Keys lie in \.env\.local: masked", ran.text)
    assert value not in json.dumps(ran.outputs, default=str)
    assert "%vly doctor --fix" in ran.text
    assert here.kernel.complete("%vly doctor --") == ["%vly doctor --fix"]
    assert "takes nothing but" in here.run("%vly doctor please").error


def test_it_names_the_sandbox_also_with_nothing_mounted(room: Callable[..., Room]) -> None:
    needs_tier(Tier.A)
    here = room()
    assert re.search(r"✓ good +sandbox +tier A, bubblewrap", here.run("%vly doctor").text)
    assert here.run("%vly unmount").ok
    ran = here.run("%vly doctor")
    assert re.search(r"✓ good +sandbox +tier A, bubblewrap", ran.text)
    assert "Mount a project" in ran.text


def test_a_vault_that_others_can_read_is_mended(room: Callable[..., Room]) -> None:
    here = room(files=NOTHING)
    stdin(here.kernel, "%vly keys set MY_KEY", planted(72))
    place = home() / (here.app / ".vly/vault").read_text() / "keys.json"
    place.chmod(0o644)
    ran = here.run("%vly doctor")
    assert ran.ok and re.search(r"✗ bad +vault", ran.text), ran.text
    ran = here.run("%vly doctor --fix")
    assert ran.ok and re.search(r"✓ good +vault +1 key, outside the project", ran.text), ran.text
    assert place.stat().st_mode & 0o077 == 0


@pytest.mark.node
def test_what_cannot_be_installed_is_said_and_the_rest_looked_at(room: Callable[..., Room]) -> None:
    wanted = '"is-number": "^999.0.0", "crud": "link:convex-helpers/server/crud"'
    here = room(files={"package.json": f'{{"name": "small", "dependencies": {{ {wanted} }}}}'})
    ran = here.run("%vly doctor")
    assert re.search(r"✗ bad +packages +crud is to be a link to convex-helpers/server/crud, and", ran.text)
    assert re.search(r"✗ bad +packages +Not installed: is-number\.", ran.text)
    ran = here.run("%vly doctor --fix")
    assert ran.ok and re.search(r"✗ bad +packages +Not installed: is-number\.", ran.text), ran.text
    assert re.search(r"No matching version.* The newest is-number is \d+\.\d+\.\d+: ask for", ran.text)


@pytest.mark.node
def test_the_template_has_nothing_to_mend(room: Callable[..., Room], installed: Path, tmp_path: Path) -> None:
    copy_app(installed, tmp_path / "shop")
    here = room()
    assert here.run("%vly mount shop").ok
    text = here.run("%vly doctor").text
    assert re.search(r"✓ good +Node +v\d+", text)
    assert re.search(r"✓ good +packages +all \d+ are installed", text)
    assert re.search(r"✓ good +TypeScript +5\.9", text)
    assert re.search(r"✓ good +sign-in +domain, routes and tables are there", text)
    assert re.search(r"· note +keys +JWKS and JWT_PRIVATE_KEY aren't set here\. Run `%vly keys jwt`", text)
    assert "packages  Not installed" not in text
    routes = tmp_path / "shop/src/convex/http.ts"
    routes.write_text(routes.read_text().replace("auth.addHttpRoutes(http);", ""))
    (tmp_path / "shop/node_modules/react").unlink()
    text = here.run("%vly doctor").text
    assert re.search(r"✗ bad +sign-in's routes +src/convex/http\.ts", text), text
    assert re.search(r"✗ bad +packages +Not installed: react\.", text)
