"""Markdown of the settings as HTML that can do no harm.

It is rendered by markdown-it (CommonMark and tables, HTML in it stays text) and then cleaned by
nh3, which lets nothing through that is not listed here.  Pictures are not shown: their texts are.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

_BLOCKS = {
    "blockquote", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_INLINE = {"a", "br", "code", "em", "strong"}
_TAGS = _BLOCKS | _INLINE
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}
_ELSEWHERE = re.compile(r"^(#|[a-z][a-z0-9+.-]*:)", re.IGNORECASE)
_DEEPEST = 6


def _image(tokens: list[Token], at: int, *_: object) -> str:
    return str(Markup.escape(tokens[at].content))


def _parser() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False}).enable("table")
    made.add_render_rule("image", lambda _self, tokens, at, *rest: _image(tokens, at, *rest))
    return made


_MARKDOWN = _parser()


def markdown(text: str, place: Callable[[str], str], heading: int = 3) -> Markup:
    """A text of several paragraphs.

    Parameters
    ----------
    place
        Where a link to a page of the site (a path from its root) leads from this page.
    heading
        The level that the text's highest heading gets: below those that the page has itself.
    """
    return _placed(_rendered(text, heading), place)


def markdown_line(text: str, place: Callable[[str], str]) -> Markup:
    """A text within a paragraph: emphasis, code and links alone; no blocks."""
    return _placed(_rendered_line(text), place)


@lru_cache(maxsize=4096)
def markdown_plain(text: str) -> str:
    """The text without its marks, for where no HTML can stand."""
    cleaned = nh3.clean(_MARKDOWN.render(text), tags=set(), attributes={})
    return " ".join(Markup(cleaned).unescape().split())  # noqa: S704 - it has no tags


@lru_cache(maxsize=4096)
def _rendered(text: str, heading: int) -> str:
    tokens = _MARKDOWN.parse(text)
    levels = [int(token.tag[1]) for token in tokens if token.type == "heading_open"]
    shift = heading - min(levels, default=heading)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(_DEEPEST, int(token.tag[1]) + shift)}"
    return _clean(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}), _TAGS)


@lru_cache(maxsize=4096)
def _rendered_line(text: str) -> str:
    return _clean(_MARKDOWN.renderInline(text), _INLINE)


def _clean(html: str, tags: set[str]) -> str:
    return nh3.clean(
        html,
        tags=tags,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
    )


def _placed(html: str, place: Callable[[str], str]) -> Markup:
    """Links to pages of the site lead there from wherever the text stands."""

    def led(found: re.Match[str]) -> str:
        href = Markup(found[1]).unescape()  # noqa: S704 - an attribute's value
        if _ELSEWHERE.match(href) or href.startswith("//"):
            return found[0]
        return f'href="{Markup.escape(place(href.lstrip("/")))}"'

    return Markup(re.sub(r'href="([^"]*)"', led, html))  # noqa: S704 - cleaned above
