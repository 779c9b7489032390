"""A fake model, and a kernel that talks to it, with a small project beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import FILES, write_files
from tests.fake_model import FakeModel
from tests.notebook.kernel import Kernel, Ran


@dataclass
class Room:
    """A kernel with the extension loaded and the project mounted."""

    kernel: Kernel
    model: FakeModel
    app: Path

    def run(self, code: str, **options: Any) -> Ran:
        return self.kernel.run(code, **options)

    @property
    def prompt(self) -> str:
        """The person's words of the newest request, as the model got them."""
        return str(self.last_words[-1]["text"])

    @property
    def last_words(self) -> list[dict[str, Any]]:
        return list(self.model.requests[-1]["messages"][-1]["content"])


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Callable[..., Room]]:
    """`room([replies])` opens one."""
    with ExitStack() as stack:

        def enter(replies: Iterable[Any] = (), files: dict[str, str] | None = None) -> Room:
            app = write_files(tmp_path / "small", {**FILES, **(files or {})})
            model = stack.enter_context(FakeModel(replies))
            kernel = stack.enter_context(Kernel(tmp_path, model.environ))
            assert kernel.run("%load_ext vly_nb").ok
            assert kernel.run("%vly mount small").ok
            return Room(kernel, model, app)

        yield enter
