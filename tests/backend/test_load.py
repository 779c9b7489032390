"""A thousand live queries while mutations come in: nothing is lost, and every page sees the end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.backend.load import load, loaded_app
from tests.conftest import copy_app

pytestmark = [pytest.mark.node, pytest.mark.slow]


async def test_no_update_is_lost_and_no_page_misses_the_end(
    launch: Callable[..., Any], small: Path, tmp_path: Path
) -> None:
    here = await launch(loaded_app(copy_app(small, tmp_path / "loaded")))
    came = await load(here, 6, a_minute=600)
    assert came.started and came.mutations >= 20
    assert (came.late, came.lost, came.missed) == (0, 0, 0)
