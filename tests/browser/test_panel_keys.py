"""The model's key and the app's keys, typed into the panel: tried, kept, used, and nowhere to be seen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.deck import Deck
from tests.fake_model import Fault
from vly_nb.project.vault import Vault

pytestmark = pytest.mark.slow

Opened = Callable[..., Deck]
WRONG, RIGHT = "sk-wrong-0a1b2c3d4e5f6071", "sk-right-9f8e7d6c5b4a3920"
WITHOUT = "import os; [os.environ.pop(name) for name in list(os.environ) if name.startswith('ANTHROPIC')]"
ADDRESS = "import os; os.environ['ANTHROPIC_BASE_URL'] = '{}'"
SILENT = """async (code) => {
    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
    await kernel.requestExecute({code, silent: true, store_history: false}).done;
}"""
"""Once the form is there the kernel learns of the fake model as its endpoint; no panel hears of it."""
SEEN = """() => {
    const cells = window.jupyterapp.shell.currentWidget.content.model.toJSON();
    return document.documentElement.outerHTML + JSON.stringify(cells) + JSON.stringify(sessionStorage)
        + JSON.stringify(localStorage);
}"""


def keyless(opened: Opened, replies: list[object]) -> Deck:
    """A project is mounted, and there is no way to a model until the key is typed."""
    deck = opened(replies, mount=False)
    deck.quiet(WITHOUT)
    deck.run("%load_ext vly_nb")
    deck.run(f"%vly mount {deck.app.name}")
    deck.ready()
    return deck


def test_a_model_key_is_tried_kept_and_used_at_once(opened: Opened) -> None:
    deck = keyless(
        opened, [Fault.status_of(401, "authentication_error", f"bad {WRONG}"), "Hello", "It works."]
    )
    form = deck.panel.get_by_role("region", name="A key for the model")
    expect(form).to_contain_text("a key of the Anthropic API")
    expect(form.get_by_role("button", name="Try the tutorial")).to_be_visible()
    deck.page.evaluate(SILENT, ADDRESS.format(deck.model.url))
    field = form.get_by_label("Value of ANTHROPIC_API_KEY")
    assert field.get_attribute("type") == "password"
    field.fill(WRONG)
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("alert").first).to_contain_text("The model's endpoint doesn't accept the key.")
    assert Vault.of(deck.app).values() == {}
    field.fill(f'ANTHROPIC_API_KEY="{RIGHT}"')
    field.press("Enter")
    expect(form).to_be_hidden()
    assert Vault.of(deck.app).values() == {"ANTHROPIC_API_KEY": RIGHT}
    trial = deck.model.requests[1]
    assert trial["max_tokens"] == 1 and "tools" not in trial and len(str(trial)) < 200, "it is a cheap one"
    deck.ask("Are you there?")
    deck.ended()
    expect(deck.panel.locator(".vly-end")).to_contain_text("It works.")
    sent = [headers["authorization"] for headers in deck.model.headers]
    assert sent == [f"Bearer {key}" for key in (WRONG, RIGHT, RIGHT)]
    deck.run("print(In, dir())")
    deck.save()
    kept = [path.read_bytes() for path in deck.app.rglob("*") if path.is_file()]
    kept += [(deck.lab.folder / deck.name).read_bytes(), deck.lab.folder.with_suffix(".log").read_bytes()]
    for value in (WRONG, RIGHT):
        assert value not in deck.page.evaluate(SEEN)
        assert all(value.encode() not in data for data in kept)


def test_a_key_that_is_no_longer_accepted_is_asked_for(opened: Opened) -> None:
    deck = opened([Fault.status_of(401, "authentication_error"), "Hello", "I am back."])
    form = deck.panel.get_by_role("region", name="A key for the model")
    deck.ask("Are you there?")
    expect(form).to_contain_text("doesn’t accept the key")
    expect(form).to_contain_text("the key for 127.0.0.1")
    form.get_by_label("Value of ANTHROPIC_API_KEY").fill(RIGHT)
    form.get_by_label("Value of ANTHROPIC_API_KEY").press("Enter")
    expect(form).to_be_hidden()
    deck.ask("Again")
    deck.ended()
    expect(deck.panel.locator(".vly-end")).to_contain_text("I am back.")


def test_keys_by_name_in_their_tab(opened: Opened) -> None:
    deck = opened([], {".env.example": "AUTH_RESEND_KEY=\nVITE_TITLE=\n"})
    deck.tab("Keys")
    row = deck.panel.get_by_role("listitem").filter(has_text="AUTH_RESEND_KEY")
    expect(row).to_contain_text("missing")
    expect(deck.panel.get_by_role("listitem").filter(has_text="VITE_TITLE")).to_have_count(0)
    model = deck.panel.get_by_role("listitem").filter(has_text="ANTHROPIC_API_KEY")
    expect(model).to_contain_text("the environment of this notebook's kernel")
    row.get_by_role("button", name="Set AUTH_RESEND_KEY").click()
    row.get_by_label("Value of AUTH_RESEND_KEY").fill(RIGHT)
    row.get_by_label("Value of AUTH_RESEND_KEY").press("Enter")
    expect(row).to_contain_text("vault")
    assert Vault.of(deck.app).values() == {"AUTH_RESEND_KEY": RIGHT} and deck.model.requests == []
    row.get_by_role("button", name="Remove AUTH_RESEND_KEY").click()
    expect(row).to_contain_text("missing")
    assert Vault.of(deck.app).values() == {}
    deck.panel.get_by_label("The key’s name").fill("no name")
    deck.panel.get_by_label("The key’s value").fill(RIGHT)
    deck.panel.get_by_label("The key’s value").press("Enter")
    expect(deck.panel.get_by_role("alert").filter(has_text="can't be a key's name")).to_be_visible()


def test_attack_a_key_typed_into_the_widget_is_not_in_its_state(opened: Opened) -> None:
    deck = keyless(opened, ["Hello"])
    deck.run("%vly panel")
    widget = deck.page.locator(".jp-Notebook .vly-widget")
    field = widget.get_by_label("Value of ANTHROPIC_API_KEY")
    field.fill(RIGHT)
    deck.page.wait_for_timeout(
        1000
    )  # news of the cell's end: a key isn't asked for once the address is known
    deck.page.evaluate(SILENT, ADDRESS.format(deck.model.url))
    field.press("Enter")
    deck.until(lambda: Vault.of(deck.app).values() == {"ANTHROPIC_API_KEY": RIGHT}, 30)
    expect(widget.locator(".vly-nokey")).to_be_hidden()
    states = "[one.get_state() for one in ipywidgets.Widget.widgets.values()]"
    deck.quiet(f"import ipywidgets; assert {RIGHT[3:]!r} not in repr({states})")
    deck.save()
    assert RIGHT not in (deck.lab.folder / deck.name).read_text()
