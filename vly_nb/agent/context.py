"""Conversation: the history as the model sees it, valid before every request.

Messages are plain dicts and only ever appended to: a block that was sent stays
as it is, so each request extends the one before (and the provider's cache
holds). What changes in the world is told in a new block.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from vly_nb.model.cache import marked, marked_system
from vly_nb.model.messages import Block, Message, Request, RequestKey

THINKING = ("thinking", "redacted_thinking")
NOT_RUN = "Stopped before this was run."

Fit = Callable[[Iterable[Block]], list[Block]]
"""Makes blocks fit to be sent."""


def text(words: str) -> Block:
    """A text block."""
    return {"type": "text", "text": words}


def image(png: bytes) -> Block:
    """A picture's block."""
    source = {"type": "base64", "media_type": "image/png", "data": base64.b64encode(png).decode()}
    return {"type": "image", "source": source}


_MARKS = re.compile(r"<(?=\s*/?\s*tool-data\b)", re.IGNORECASE)


def as_data(words: str) -> str:
    """What a file or a program says, marked as that: nothing in it can end the mark."""
    return f"<tool-data>\n{_MARKS.sub('‹', words)}\n</tool-data>"


NOTHING = [text("(No answer.)")]


class Conversation:
    """Messages in turn: person, model, person, … beginning with the person.

    The door to the model: `told` and `said` take the secrets out of what is added from
    either side, and nothing gets into a request another way.
    """

    def __init__(self, told: Fit = list, said: Fit = list) -> None:
        self.messages: list[Message] = []
        self._fit = {"user": told, "assistant": said}
        self._sent: int | None = None

    def person(self, blocks: Iterable[Block]) -> None:
        """Words of the person or of the house; joined to what is said but not yet answered."""
        self._add("user", list(blocks))

    def model(self, content: Sequence[Block]) -> None:
        """A whole reply. An empty one is noted as such, since an empty message is refused."""
        self._add("assistant", list(content))

    def broken_off(self, words: str, why: str) -> None:
        """The reply was not finished: keep what was said of it, and that it ended there."""
        said = f"{words.rstrip()}\n\n" if words.strip() else ""
        self._add("assistant", [text(f"{said}({why})")])

    def results(self, answers: Mapping[str, tuple[str | list[Block], bool]], more: str = "") -> None:
        """Answer every call of the last reply; one that has no answer was not run."""
        blocks: list[Block] = []
        for call in self.open_calls():
            words, failed = answers.get(call, (NOT_RUN, True))
            block: Block = {"type": "tool_result", "tool_use_id": call, "content": words or "(nothing)"}
            if failed:
                block["is_error"] = True
            blocks.append(block)
        if more:
            blocks.append(text(more))
        if blocks:
            self.person(blocks)

    def forget_thoughts(self) -> None:
        """Take the model's thinking out of the history.

        It is bound to the system prompt and the tools it was thought under: sent
        back after those changed, it is refused.
        """
        self.messages = [
            {**message, "content": [b for b in message["content"] if b["type"] not in THINKING]}
            for message in self.messages
        ]
        self._sent = None

    def fit_again(self) -> None:
        """A key became known: take it out of what was said before, too."""
        before = self.messages
        self.messages = [{**m, "content": self._fit[m["role"]](m["content"]) or [*NOTHING]} for m in before]
        if self.messages != before:
            self._sent = None

    def open_calls(self) -> list[str]:
        """Ids of the tool calls that still have no answer."""
        if not self.messages or self.messages[-1]["role"] != "assistant":
            return []
        return [b["id"] for b in self.messages[-1]["content"] if b["type"] == "tool_use"]

    def request(
        self,
        system: Sequence[Block],
        tools: Sequence[Mapping[str, Any]],
        key: RequestKey,
        max_tokens: int,
    ) -> Request:
        """The next request, with its cache marks; calls left open are answered first."""
        self.results({})
        messages = marked(self.messages, self._sent)
        self._sent = len(self.messages) - 1
        return Request(marked_system(system), tools, messages, max_tokens, key)

    def _add(self, role: str, new: list[Block]) -> None:
        blocks = self._fit[role](new) or [*NOTHING]
        if self.messages and self.messages[-1]["role"] == role:
            self.messages[-1] = {"role": role, "content": [*self.messages[-1]["content"], *blocks]}
        else:
            self.messages.append({"role": role, "content": blocks})
