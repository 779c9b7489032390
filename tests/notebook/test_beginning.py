"""`%vly new` where something is in the way: what could be made stays, and the rest is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import needs
from tests.notebook.kernel import Kernel

pytestmark = pytest.mark.slow


def test_with_no_node_the_app_is_made_and_mounted_and_the_rest_is_named(tmp_path: Path) -> None:
    nowhere = {"PATH": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    with Kernel(tmp_path, nowhere) as kernel:
        assert kernel.run("%load_ext vly_nb").ok
        made = kernel.run("%vly new shop")
        assert made.ok, made.error
        assert "pnpm isn't installed" in made.text and "`%vly doctor --fix`" in made.text
        assert "mounted: version 1" in made.text and "Vite" not in made.text, "one reason is told once"
        assert "shop (convex-react)" in kernel.run("%vly status").text
        assert '"name": "shop"' in (tmp_path / "shop/package.json").read_text()
        again = kernel.run("%vly new shop")
        assert not again.ok and "`%vly mount shop`" in again.error
        assert "Did you mean" in kernel.run("%vly new store --no-strat").error
        assert not (tmp_path / "store").exists()


@pytest.mark.node
def test_stopped_in_the_middle_it_can_be_mounted_and_gone_on_with(tmp_path: Path) -> None:
    needs("node", "Install Node 20 or newer.")
    with Kernel(tmp_path) as kernel:
        assert kernel.run("%load_ext vly_nb").ok
        packages = tmp_path / "shop" / "node_modules"
        stopped = kernel.run("%vly new shop", interrupt_when=packages.exists)
        assert not stopped.ok and stopped.stopping < 10
        assert "What was made of shop stays" in stopped.error and "%vly mount shop" in stopped.error
        assert kernel.run("%vly mount shop").ok
        assert (tmp_path / "shop/src/convex/seed.ts").exists()
        assert [place.name for place in tmp_path.iterdir() if place.name.startswith(".shop")] == []


def test_attack_a_name_that_leads_out_makes_nothing(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    with Kernel(inside) as kernel:
        assert kernel.run("%load_ext vly_nb").ok
        for name in ("../outside", "/tmp/outside", "a/b", ".", "a;b", "-rf"):
            assert not kernel.run(f"%vly new {name}").ok
        assert {place.name for place in tmp_path.iterdir()} == {"inside"}
        assert {place.name for place in inside.iterdir()} == {".jupyter"}
