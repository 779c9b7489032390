"""Keys in a person's words: caught, said with what to do, and ordinary words let through."""

from __future__ import annotations

import pytest

from tests.project.planted import LETTERS, hidden_forms, planted, printed_forms
from tests.project.test_secrets import KEYS, ORDINARY
from vly_nb.errors import KeyPasted
from vly_nb.project.pasted import refuse_keys
from vly_nb.project.secrets import Redactor

VALUE = planted(1)
REDACTOR = Redactor([("OPENAI_API_KEY", VALUE)])


@pytest.mark.parametrize("form", [*printed_forms(VALUE).values(), *hidden_forms(VALUE).values()])
def test_a_known_value_never_passes(form: str) -> None:
    for anyway in (False, True):
        with pytest.raises(KeyPasted, match="holds the value of OPENAI_API_KEY") as error:
            refuse_keys(f"Use this:\n{form}\nplease", REDACTOR, anyway=anyway)
    assert "Clear this cell" in error.value.hint
    assert VALUE not in str(error.value)


def test_a_providers_key_never_passes_and_the_sentence_names_the_variable() -> None:
    stripe = planted(2, "sk_live_", 32)
    with pytest.raises(KeyPasted, match="Line 3 holds what looks like a Stripe key") as error:
        refuse_keys(f"Take payments\n\nwith {stripe}", Redactor(), anyway=True)
    assert "`%vly keys set STRIPE_SECRET_KEY`" in error.value.hint and "Clear this cell" in error.value.hint
    assert stripe not in str(error.value)
    with pytest.raises(KeyPasted) as error:
        refuse_keys(f"PAYMENT_KEY = '{stripe}'", Redactor())
    assert "`%vly keys set PAYMENT_KEY`" in error.value.hint


@pytest.mark.parametrize("key", KEYS, ids=[key[:14] for key in KEYS])
def test_every_shape_is_caught(key: str) -> None:
    with pytest.raises(KeyPasted):
        refuse_keys(f"My key is {key} thanks", Redactor())


UNSURE = [
    f"the password is {planted(4, '', 20)}",
    f"MY_TOKEN={planted(4, '', 20)}",
    f"here: {planted(5, '', 40)}",
    f"map with {'AIza' + planted(6, '', 35)}",
    f"postgres://me:{planted(7, '', 14)}@db.example.org/x",
    f"Authorization: Bearer {planted(8, '', 40)}",
]


@pytest.mark.parametrize("words", UNSURE)
def test_what_only_may_be_a_key_is_asked_about_and_passes_anyway(words: str) -> None:
    with pytest.raises(KeyPasted, match="may hold a key") as error:
        refuse_keys(words, Redactor())
    assert "--anyway" in error.value.hint and "%vly keys set" in error.value.hint
    allowed = refuse_keys(words, Redactor(), anyway=True)
    assert Redactor(allowed=allowed).inspect(words) == words, "what was let pass is not hidden later"


PROMPTS = [
    *ORDINARY,
    "Make the headline blue and the button say “Start”. The password field should be wider.",
    "Type 'string | undefined' is not assignable to type 'Id<\"users\">'. src/Tasks.tsx(31,12): error TS2322",
    "Use the publishable key pk_test_51HxAbCdEfGhIjKlMnOpQrStUvWx and the client id "
    "123456789012-abcdefghijklmnopqrstuvwxyz012345.apps.googleusercontent.com",
    "[CONVEX Q(tasks:list)] [Request ID: 3f2a9c81b7d64e50] Server Error Uncaught Error: Not logged in",
    "TypeError: Cannot read properties of undefined (reading 'token') at /assets/index-B3x9Kd2f.js:42:1337",
    "https://happy-animal-123.convex.cloud/api/query?token=none is what it calls",
    "and https://x.test/AbC123dEf456GhI789jKl012mNo345 too",
    "the id is jd7f8a9s8d7f6a5s4d3f2a1s0d9f8a7s, commit 3e5d1c2b4a6f8e7d9c0b1a2f3e4d5c6b7a8f9e0d",
    "read process.env.STRIPE_SECRET_KEY in the action; the key is called STRIPE_SECRET_KEY",
    "integrity sha512-" + "Zm9vYmFyYmF6cXV4" * 5 + "== changed in the lock file",
    "data:image/png;base64," + "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ",
    "add a page /settings/notifications/preferences and a component UseNotificationPreferencesPanelV2",
]


@pytest.mark.parametrize("words", PROMPTS)
def test_ordinary_prompts_pass(words: str) -> None:
    assert refuse_keys(words, REDACTOR) == []


def test_a_long_prompt_is_looked_at_quickly() -> None:
    assert (
        refuse_keys(("The list is slow when it has many rows. " + LETTERS[:20] + "\n") * 500, REDACTOR) == []
    )
