"""How projects begin: `%vly new` where something is in the way, `%vly import`, and `%vly download`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import FILES, needs, write_files
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
        print(f"until stopped {stopped.seconds:.1f} s, the stop {stopped.stopping:.1f} s")
        assert "What was made of shop stays" in stopped.error and "%vly mount shop" in stopped.error
        assert kernel.run("%vly mount shop").ok
        assert (tmp_path / "shop/src/convex/seed.ts").exists()
        assert [place.name for place in tmp_path.iterdir() if place.name.startswith(".shop")] == []


def test_a_project_comes_and_goes_and_its_keys_stay_here(tmp_path: Path) -> None:
    key = "re_" + "Planted0123456789abcdefghij"
    shop = write_files(tmp_path / "from" / "shop", {**FILES, ".env.local": f"AUTH_RESEND_KEY={key}\n"})
    here = tmp_path / "here"
    with Kernel(here) as kernel:
        assert kernel.run("%load_ext vly_nb").ok
        for name in ("../outside", "/tmp/outside", "a/b", ".", "a;b", "-rf"):  # attack: a name that leads out
            assert not kernel.run(f"%vly new {name}").ok
        assert {place.name for place in here.iterdir()} == {".jupyter"}
        assert {place.name for place in tmp_path.iterdir()} == {"from", "here"}
        came = kernel.run("%vly import ../from/shop mine")
        assert came.ok, came.error
        assert "in the folder mine" in came.text and "mine (convex-react)" in came.text
        assert "%vly keys import moves them out" in came.text and key not in str(came.outputs)
        assert kernel.run("%vly keys import").ok
        assert (shop / ".env.local").read_text() == f"AUTH_RESEND_KEY={key}\n"
        (here / "mine/src/mail.ts").write_text(f'export const key = "{key}";\n')
        went = kernel.run("%vly download")
        assert went.ok, went.error
        assert "mine.zip" in went.text and "known key stands): src/mail.ts" in went.text
        assert '<a href="mine.zip">' in went.html and key not in str(went.outputs)
        assert key.encode() not in (here / "mine.zip").read_bytes()
        assert "mine-2.zip" in kernel.run("%vly download").text, "nothing is written over"
        assert "there already" in kernel.run("%vly download mine.zip").error
        back = kernel.run("%vly import mine.zip again")
        assert back.ok and "again (convex-react)" in back.text, back.error
        assert (here / "again/src/App.tsx").read_text() == FILES["src/App.tsx"]
        secret = kernel.run(f"%vly import https://{key}@example.com/shop")
        assert not secret.ok and key not in secret.error
        for wrong in ("", "a b c", "nowhere", "../from/shop ../out", "../from/shop again"):
            assert kernel.run(f"%vly import {wrong}").error.startswith("vly: ")
