"""What goes wrong between here and a model: a sentence, what to do, and whether to try again.

Pure: status codes, headers and bodies in, `Failure` out. Which statuses pass by themselves:
https://docs.claude.com/en/api/errors
"""

from __future__ import annotations

import email.utils
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

LONGEST_WAIT = 60.0
"""Seconds; however long an endpoint asks us to wait."""

_PASSING = frozenset({408, 409, 429, 500, 502, 503, 504, 529})
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+")

_KEY_SHAPE = re.compile(r"\b(sk|key|Bearer)[-_ ][\w-]{8,}")


@dataclass(frozen=True, slots=True)
class Failure:
    """One failed attempt, told. `passing`: it may well go better in a moment; `wait`: seconds asked for;
    `refused`: the key isn't accepted."""

    sentence: str
    hint: str = ""
    passing: bool = False
    wait: float | None = None
    refused: bool = False


def of_status(
    status: int, headers: Mapping[str, str], body: object, *, model: str, secrets: Iterable[str] = ()
) -> Failure:
    """An error answer. A `status` of 200 means that it came in the middle of a stream.

    What the endpoint says is quoted, but for `secrets`: some echo the key.
    """
    kind, said = _error_in(body)
    for secret in filter(None, secrets):
        said = said.replace(secret, "[key]")
    said = quotable(_KEY_SHAPE.sub("[key]", said))
    status = _STATUS_OF_KIND.get(kind, 500 if status == 200 else status)
    sentence, hint = _words(status, said, model)
    told = headers.get("x-should-retry")
    passing = status in _PASSING or status >= 500 if told not in ("true", "false") else told == "true"
    return Failure(sentence, hint, passing, _wait_asked(headers) if passing else None, status == 401)


# Server-sent error events carry a kind instead of a status.
_STATUS_OF_KIND = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "timeout_error": 504,
    "overloaded_error": 529,
}


def _words(status: int, said: str, model: str) -> tuple[str, str]:
    """The sentence and the hint for a status."""
    quoted = f' It says: "{said}"' if said else ""
    later = "Ask again in a minute; nothing is lost."
    if "too long" in said and status == 400:
        status = 413  # what the API says when the window is full
    match status:
        case 401:
            return (
                "The model's endpoint doesn't accept the key.",
                "Set a valid one with `%vly keys set ANTHROPIC_API_KEY`, and ask again.",
            )
        case 403:
            return (
                f"The key isn't allowed to do this.{quoted}",
                "Use a key that may use this model, or choose another with `%vly model NAME`.",
            )
        case 404:
            return (
                f"The endpoint knows no model named {model!r}.{quoted}",
                "Choose another with `%vly model NAME` or VLY_NB_MODEL; check ANTHROPIC_BASE_URL if set.",
            )
        case 413:
            return (
                "The conversation has grown too large for the endpoint.",
                "Start a new one with `%vly mount`, or ask for less at once.",
            )
        case 429:
            return f"The endpoint's rate limit is reached.{quoted}", later
        case 529 | 503:
            return "The model is overloaded at the moment.", later
        case 400 | 422:
            return (
                f"The endpoint refused the request.{quoted}",
                "Change the prompt, or go on in a new session.",
            )
        case _ if status >= 500:
            return f"The endpoint failed (HTTP {status}).{quoted}", later
        case _:
            return f"The endpoint answered with HTTP {status}.{quoted}", "Check ANTHROPIC_BASE_URL."


def _error_in(body: object) -> tuple[str, str]:
    """The error's kind and message in a body; an HTML page or the like has neither."""
    error: Any = body.get("error", body) if isinstance(body, dict) else None
    if isinstance(error, str):
        return "", error
    if not isinstance(error, dict):
        return "", ""
    return str(error.get("type", "")), str(error.get("message", ""))


def quotable(text: str, longest: int = 300) -> str:
    """Foreign words for use within a sentence of ours: one line, no control characters, capped."""
    text = " ".join(_CONTROL.sub(" ", text[: longest * 4]).split())
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _wait_asked(headers: Mapping[str, str]) -> float | None:
    """Seconds that `retry-after-ms` or `retry-after` (seconds or a date) ask for, capped."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = headers.get(name, "")
        try:
            seconds = float(value) * unit
        except ValueError:
            date = email.utils.parsedate_tz(value)
            if date is None:
                continue
            seconds = email.utils.mktime_tz(date) - time.time()
        if seconds >= 0:  # False for NaN too
            return min(seconds, LONGEST_WAIT)
    return None
