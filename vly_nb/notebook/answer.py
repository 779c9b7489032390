"""Answer: what the model says to a person, as safe HTML.

An answer is for someone who doesn't read code: a fence is folded away, since
the diff is where the code is. Raw HTML in it stays text, and what Markdown
makes is cleaned again by nh3: two walls of different make.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from vly_nb.notebook.visible import visible

_SCHEMES = {"http", "https", "mailto"}
LONGEST = 8000  # characters of an answer

_TAGS = {"p", "b", "strong", "em", "i", "code", "pre", "ul", "ol", "li", "br", "hr", "a", "blockquote"}
_TAGS |= {"table", "thead", "tbody", "tr", "th", "td", "details", "summary"}


def answer_html(words: str) -> str:
    """Markdown as HTML that any front end may show, at most `LONGEST` characters of it."""
    shown = visible(words[:LONGEST]).strip()
    if len(words) > LONGEST:
        shown += "\n\n… (the rest of the answer is left out)"
    return _html(_ANSWERS, shown)


def page_html(page: str) -> str:
    """A page of our own (a rule's) as HTML: lines flow, and code is shown."""
    return _html(_PAGES, page)


def _html(reader: MarkdownIt, words: str) -> str:
    return nh3.clean(
        reader.render(words),
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        attribute_filter=_only_outside,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
    ).strip()


def answer_text(words: str) -> str:
    """The answer as plain text, fences left out."""
    shown = visible(words[:LONGEST]).strip()
    for token in reversed(_ANSWERS.parse(shown)):
        if token.type in ("fence", "code_block") and token.map:
            lines = shown.splitlines()
            lines[token.map[0] : token.map[1]] = ["(see the diff)"]
            shown = "\n".join(lines)
    return shown


def _folded(tokens: Sequence[Token], at: int, *_: Any) -> str:
    code = escape(tokens[at].content)
    return f"<details><summary>see the diff</summary><pre>{code}</pre></details>\n"


def _leads_outside(url: str) -> bool:
    """Whether a link is a whole address; a relative one would lead to beside the notebook, by chance."""
    scheme, colon, _ = url.strip().partition(":")
    return bool(colon) and scheme.lower() in _SCHEMES


def _only_outside(tag: str, name: str, value: str) -> str | None:
    return value if name != "href" or _leads_outside(value) else None


class _Reader(MarkdownIt):
    """CommonMark in which what isn't a link to the outside stays text."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the name is the library's
        return _leads_outside(url) and super().validateLink(url)


def _reader(*, answers: bool) -> MarkdownIt:
    # Pictures would be fetched from wherever a text says; a link shows where it leads.
    reader = _Reader("commonmark", {"html": False, "breaks": answers}).enable("table").disable("image")
    assert isinstance(reader.renderer, RendererHTML)  # noqa: S101 - for the type checker
    rules: dict[str, Any] = reader.renderer.rules
    if answers:
        rules["fence"] = rules["code_block"] = _folded
    # Headings would become entries of the notebook's table of contents.
    rules["heading_open"] = lambda *_: "<p><b>"
    rules["heading_close"] = lambda *_: "</b></p>\n"
    return reader


_ANSWERS, _PAGES = _reader(answers=True), _reader(answers=False)
