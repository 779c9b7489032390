"""What goes wrong on the way to the model: what passes is tried again, what lasts is one sentence."""

from __future__ import annotations

import time
from contextlib import aclosing

import pytest

from tests.fake_model import FakeModel, Fault, closed_port
from tests.model.asking import IMPATIENT, LONG, QUICK, ask, model_of, request
from vly_nb.errors import ModelError
from vly_nb.model.anthropic import AnthropicModel, Patience
from vly_nb.model.messages import Retrying

KEY = "sk-fake-0123456789abcdef"

PASSING = {
    "reset": Fault.reset(),
    "cut": Fault.cut(6, LONG),
    "cut after the headers": Fault.cut(1, LONG),
    "early end": Fault.early_end(6, LONG),
    "early end at once": Fault.early_end(1, LONG),
    "stall": Fault.stall(6, LONG),
    "stall before the headers": Fault.stall(0, LONG),
    "overloaded in the stream": Fault.error_event("overloaded_error"),
    "api error in the stream": Fault.error_event("api_error"),
    "error by another name": Fault.error_event("overloaded_error", named="content_block_delta"),
    "broken JSON": Fault.broken_json(),
    "no UTF-8": Fault.raw_bytes(b'event: content_block_delta\ndata: {"type": "\xff\xfe"}\n\n'),
    "no object": Fault.raw_bytes(b"event: content_block_delta\ndata: [1]\n\n"),
    "wrong shape": Fault.raw_bytes(b'event: content_block_delta\ndata: {"type": "content_block_delta"}\n\n'),
    "408": Fault.status_of(408),
    "409": Fault.status_of(409),
    "429": Fault.status_of(429, "rate_limit_error"),
    "500": Fault.status_of(500),
    "502 page": Fault.html(502),
    "503": Fault.html(503),
    "504": Fault.status_of(504),
    "529": Fault.status_of(529, "overloaded_error"),
    "told to retry": Fault.status_of(400, x_should_retry="true"),
}


@pytest.mark.slow
@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
async def test_what_passes_is_tried_again_and_no_text_comes_twice(fault: Fault) -> None:
    with FakeModel([fault, fault, LONG, "and on"]) as fake:
        model = model_of(fake, patience=IMPATIENT if fault.kind == "stall" else QUICK)
        heard = await ask(model)
        assert heard.reply.text == heard.text == LONG
        assert len(heard.retries) == 2 and all(reason.endswith((".", '"')) for reason in heard.retries)
        assert (await ask(model)).reply.text == "and on"
        assert len(fake.requests) == 4
        assert all(sent == fake.requests[0] for sent in fake.requests)


LASTING = {
    "400": (Fault.status_of(400, "invalid_request_error", "messages: bad"), "messages: bad"),
    "401": (Fault.status_of(401, "authentication_error", f"bad {KEY}"), "ANTHROPIC_API_KEY"),
    "403": (Fault.status_of(403, "permission_error"), "%vly model"),
    "404": (Fault.status_of(404, "not_found_error", "model: x"), "VLY_NB_MODEL"),
    "window full": (Fault.status_of(400, "invalid_request_error", "prompt is too long: 9 > 8"), "too large"),
    "413": (Fault.status_of(413, "request_too_large"), "too large"),
    "422": (Fault.status_of(422, "invalid_request_error"), "refused"),
    "418": (Fault.html(418), "418"),
    "302": (Fault("status", status=302, body="", headers={"location": "/login"}), "ANTHROPIC_BASE_URL"),
    "refused in the stream": (Fault.error_event("invalid_request_error"), "refused"),
    "told not to retry": (Fault.status_of(500, x_should_retry="false"), "500"),
}


@pytest.mark.parametrize(("fault", "says"), LASTING.values(), ids=LASTING)
async def test_what_lasts_is_one_sentence_at_once(fault: Fault, says: str) -> None:
    with FakeModel([fault, "and on"]) as fake:
        model = model_of(fake)
        heard = await ask(model)
        assert isinstance(heard.error, ModelError) and says in str(heard.error)
        assert heard.error.message and heard.error.hint
        assert heard.retries == [] and len(fake.requests) == 1
        assert (await ask(model)).reply.text == "and on"


async def test_four_attempts_are_enough() -> None:
    with FakeModel([Fault.cut()] * 4 + ["and on"]) as fake:
        model = model_of(fake)
        heard = await ask(model)
        assert isinstance(heard.error, ModelError) and "broke off" in heard.error.message
        assert len(heard.retries) == 3 and len(fake.requests) == 4
        assert (await ask(model)).reply.text == "and on"


async def test_nobody_listens() -> None:
    model = AnthropicModel(environ={"ANTHROPIC_BASE_URL": closed_port()}, patience=QUICK)
    heard = await ask(model)
    assert isinstance(heard.error, ModelError) and "can't be reached" in heard.error.message
    assert len(heard.retries) == 3


async def test_the_wait_that_is_asked_for_is_kept_and_capped() -> None:
    asked = Fault.status_of(429, "rate_limit_error", retry_after="0.05")
    with FakeModel([asked, "fine", Fault.status_of(429, retry_after="86400")]) as fake:
        model, begun = model_of(fake), time.monotonic()
        heard = await ask(model)
        assert time.monotonic() - begun >= 0.05
        assert [d.seconds for d in heard.deltas if isinstance(d, Retrying)] == [0.05]
        async with aclosing(model.stream(request())) as deltas:
            first = await anext(deltas)
        assert isinstance(first, Retrying) and first.seconds == 60


async def test_pauses_grow() -> None:
    patience = Patience(first=1, factor=2)
    for attempt, middle in ((1, 1), (2, 2), (3, 4)):
        assert 0.75 * middle <= patience.pause(attempt) <= 1.25 * middle
    assert patience.pause(50) == 60
