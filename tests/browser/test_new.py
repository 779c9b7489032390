"""`%vly new`: one command, and the app runs, with rows in it, seen by a real browser."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.conftest import needs
from tests.notebook.kernel import Kernel, Ran

pytestmark = [pytest.mark.slow, pytest.mark.node]

TYPE = "What needs doing?"
ADD = """\
import { v } from "convex/values";
import { internalMutation } from "./_generated/server";

export const add = internalMutation({
  args: { title: v.string() },
  handler: async (ctx, args) => {
    const user = await ctx.db.query("users").first();
    if (user === null) throw new Error("nobody");
    await ctx.db.insert("tasks", {
      userId: user._id,
      title: args.title,
      notes: "",
      priority: "low",
      isDone: false,
    });
    return null;
  },
});
"""


@dataclass
class Shop:
    """What one `%vly new shop` made: its kernel, the cell, where the app runs."""

    kernel: Kernel
    made: Ran
    url: str
    folder: Path

    def run(self, code: str) -> str:
        done = self.kernel.run(code)
        assert done.ok, done.error
        return done.text

    def code(self, address: str) -> str:
        """The newest code that was mailed to an address, as the person sees it."""
        for _ in range(100):
            for line in self.run("%vly backend mails").splitlines():
                if address in line and (found := re.search(r"\b\d{6}\b", line)):
                    return found[0]
            time.sleep(0.1)
        raise AssertionError("no mail came")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    needs("node", "Install Node 20 or newer.")
    folder = tmp_path_factory.mktemp("new")
    with Kernel(folder) as kernel:
        assert kernel.run("%load_ext vly_nb").ok
        made = kernel.run("%vly new shop", timeout=600)
        assert made.ok, made.error
        found = re.search(r"runs at (http://127\.0\.0\.1:\d+/)", made.text)
        assert found, made.text
        yield Shop(kernel, made, found[1], folder / "shop")
        kernel.run("%vly preview stop\n%vly backend stop")


def at_sign_in(context: BrowserContext, shop: Shop, address: str) -> Page:
    """A page at which a code was asked for."""
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{shop.url}tasks")
    page.get_by_label("E-mail address").fill(address)
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_text("Check your e-mail").wait_for()
    return page


def type_code(page: Page, code: str) -> None:
    page.locator("input[autocomplete=one-time-code]").fill(code)


@pytest.fixture(scope="module")
def tabs(browser: Browser, shop: Shop) -> Iterator[tuple[Page, Page]]:
    """Two tabs in which the account with the sample data is signed in."""
    context = browser.new_context()
    page = at_sign_in(context, shop, "demo@example.com")
    type_code(page, shop.code("demo@example.com"))
    page.get_by_text("Return the library books").wait_for()
    other = context.new_page()
    other.goto(f"{shop.url}tasks")
    other.get_by_text("Return the library books").wait_for()
    yield page, other
    context.close()


def seconds_until(true: Callable[[], bool]) -> float:
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < 30
    return time.monotonic() - began


def test_one_command_and_the_app_runs_with_rows_in_it(shop: Shop, tabs: tuple[Page, Page]) -> None:
    print(f"%vly new: {shop.made.seconds:.1f} s")
    parts = [
        line for line in shop.made.text.splitlines() if line.startswith(("\N{CHECK MARK}", "\N{BALLOT X}"))
    ]
    assert len(parts) == 7 and all(line.startswith("\N{CHECK MARK}") for line in parts), shop.made.text
    assert "Added 5 tasks for demo@example.com" in shop.made.text
    assert shop.url in shop.made.html and "%vly backend mails" in shop.made.text
    assert "rows 1 to 5 of 5" in shop.run("%vly db tasks")
    expect(tabs[0].get_by_role("checkbox")).to_have_count(4)
    assert "package.json" in {place.name for place in shop.folder.iterdir()}
    assert not list(shop.folder.glob(".env.local")), "no env file is written"


def test_a_mutation_of_the_page_is_in_the_database_and_one_of_run_in_both_tabs(
    shop: Shop, tabs: tuple[Page, Page]
) -> None:
    tabs[0].get_by_placeholder(TYPE).fill("From the page")
    tabs[0].keyboard.press("Enter")
    seen = seconds_until(lambda: "From the page" in shop.run("%vly db tasks --where title='From the page'"))
    (shop.folder / "src/convex/more.ts").write_text(ADD)
    shop.run("%vly run tasks:list")  # the new file is taken before the time is
    began = time.monotonic()
    shop.run("""%vly run more:add '{"title": "From the notebook"}'""")
    for page in tabs:
        page.get_by_text("From the notebook").wait_for()
    told = time.monotonic() - began
    print(f"page to database {seen:.2f} s, run to two tabs {told:.2f} s")
    assert seen < 10 and told < 10


def test_sign_in_by_the_code_that_the_stand_in_kept(browser: Browser, shop: Shop) -> None:
    context = browser.new_context()
    try:
        page = at_sign_in(context, shop, "ada@example.com")
        code = shop.code("ada@example.com")
        wrong = f"{(int(code) + 1) % 1_000_000:06}"
        type_code(page, wrong)
        page.get_by_text("isn't right").wait_for()
        assert "/auth" in page.url
        type_code(page, code)
        page.wait_for_url("**/tasks")
        page.reload()
        page.get_by_placeholder(TYPE).wait_for()
        assert "/tasks" in page.url, "signed in after a reload, too"
        assert "ada@example.com" in shop.run("%vly db users")
        assert page.get_by_text("Return the library books").count() == 0, "somebody else's tasks"
    finally:
        context.close()
