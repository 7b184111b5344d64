"""Reads built pages as a reader or a browser would: text, links, elements."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"meta", "link", "input", "br", "img", "hr", "wbr", "source", "col", "base"}
_INLINE = {"a", "span", "strong", "em", "small", "code", "i", "b", "abbr", "label", "option",
           "button", "q", "time", "output"}  # fmt: skip
_SILENT = {"script", "style", "svg"}


@dataclass
class PageText:
    """What stands on a page.

    ``lines`` are blocks of visible text (links as ``[text](href)``), ``elements`` every
    start tag with its attributes, ``scripts`` the text of script elements.
    """

    title: str = ""
    lines: list[str] = field(default_factory=list)
    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Visible text without links' addresses, spaces made one."""
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", " ".join(self.lines))
        return " ".join(plain.split())

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = PageText()
        self.stack: list[str] = []
        self.parts: list[str] = []
        self.hrefs: list[str] = []

    def flush(self) -> None:
        text = " ".join("".join(self.parts).split())
        if text:
            self.page.lines.append(text)
        self.parts = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        # A drawing within a drawing is a part of it, with nothing to say for itself.
        nested = tag == "svg" and "svg" in self.stack
        self.page.elements.append(("svg part" if nested else tag, attributes))
        if tag not in _INLINE and tag != "svg" and "svg" not in self.stack:
            self.flush()
        if tag not in _VOID:
            self.stack.append(tag)
        if tag == "a" and "svg" not in self.stack:
            self.hrefs.append(attributes.get("href", ""))
            self.parts.append("[")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.stack, f"</{tag}> closes nothing"
        assert self.stack[-1] == tag, f"</{tag}> where </{self.stack[-1]}> should be"
        self.stack.pop()
        if tag == "a" and "svg" not in self.stack:
            self.parts.append(f"]({self.hrefs.pop()})")
        if tag not in _INLINE and tag != "svg" and "svg" not in self.stack:
            self.flush()

    def handle_data(self, data: str) -> None:
        if self.stack[-1:] == ["title"] and "svg" not in self.stack:
            self.page.title += data
        elif self.stack[-1:] == ["script"]:
            self.page.scripts.append(data)
        elif not _SILENT & set(self.stack):
            self.parts.append(data)


def read_page(html: str) -> PageText:
    """A page's text and elements; fails where tags don't nest."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.flush()
    assert reader.stack == [], f"never closed: {reader.stack}"
    return reader.page


def steady(text: str) -> str:
    """A text without the hashes in the names of assets."""
    return re.sub(r"\.[0-9a-f]{8}(?=\.\w+)|/[0-9a-f]{8}(?=/\w+\.json)", "", text)
