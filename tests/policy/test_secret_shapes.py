"""What a key looks like is looked for by plain texts first; none is missed by that."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from vly_nb.policy import secrets
from vly_nb.policy.secrets import looks_like_a_secret


@settings(max_examples=2_000, deadline=None)
@given(st.from_regex(secrets._SHAPES))
def test_every_key_holds_one_of_the_marks(text: str) -> None:
    assert any(mark in text for mark in secrets._MARKS)


@settings(max_examples=500, deadline=None)
@given(st.from_regex(secrets._SHAPES), st.text(max_size=20))
def test_a_text_with_a_key_is_told_by_the_key_alone(key: str, around: str) -> None:
    found = secrets._SHAPES.search(text := f"{around} {key}")
    assert looks_like_a_secret(text) is (found is not None and not secrets._MADE_UP.search(found[0]))
