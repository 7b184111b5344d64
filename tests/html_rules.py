"""Rules of HTML that a parser doesn't check: attributes, what may stand in what, and references.

A part of what the Nu checker looks at, for the elements that this site uses.  Source: the HTML
Standard of the WHATWG, sections "Elements" and "Attributes".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib

GLOBAL = {
    "class", "id", "lang", "dir", "title", "hidden", "tabindex", "role", "popover", "translate",
    "inert", "accesskey", "autofocus", "itemscope", "itemprop", "itemtype",
}  # fmt: skip
OWN = {
    "a": {"href", "download", "rel", "target", "hreflang", "type"},
    "base": {"href", "target"},
    "button": {"type", "name", "value", "disabled", "popovertarget", "form"},
    "col": {"span"}, "colgroup": {"span"}, "data": {"value"}, "details": {"open", "name"},
    "fieldset": {"disabled", "name", "form"},
    "form": {"action", "method", "autocomplete", "novalidate", "name", "target"},
    "iframe": {"src", "width", "height", "loading", "name"},
    "img": {"src", "alt", "width", "height", "loading", "decoding", "srcset", "sizes"},
    "input": {"type", "name", "value", "checked", "disabled", "placeholder", "spellcheck",
              "autocapitalize", "enterkeyhint", "min", "max", "step", "required", "readonly",
              "inputmode", "list", "pattern", "size", "maxlength", "form"},
    "label": {"for"}, "li": {"value"},
    "link": {"rel", "href", "type", "sizes", "media", "as", "crossorigin", "hreflang"},
    "meta": {"name", "content", "charset", "http-equiv", "property"},
    "ol": {"start", "reversed", "type"},
    "optgroup": {"label", "disabled"}, "option": {"value", "selected", "disabled", "label"},
    "output": {"for", "name", "form"}, "progress": {"value", "max"}, "q": {"cite"},
    "script": {"src", "type", "defer", "async", "nomodule", "crossorigin"},
    "select": {"name", "disabled", "autocomplete", "multiple", "size", "required", "form"},
    "source": {"srcset", "media", "type", "src"},
    "table": set(), "td": {"colspan", "rowspan", "headers"},
    "textarea": {"name", "rows", "cols", "readonly", "spellcheck", "autocomplete", "disabled"},
    "th": {"colspan", "rowspan", "scope", "headers", "abbr"}, "time": {"datetime"},
}  # fmt: skip
COMPLETED = {"text", "search", "url", "tel", "email", "password", "number", "date", "month",
             "week", "time", "datetime-local", "range", "color", "hidden"}  # fmt: skip
"""Types of input that may have `autocomplete`."""
PHRASING = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "span", "em", "strong", "small", "b", "i",
            "label", "button", "code", "abbr", "dt", "summary", "output", "time"}  # fmt: skip
"""Elements that hold only text and what stands in lines of text."""
BLOCKS = {"div", "p", "ul", "ol", "dl", "table", "section", "article", "nav", "header", "footer",
          "figure", "form", "fieldset", "h1", "h2", "h3", "h4", "h5", "h6", "main", "aside",
          "pre", "blockquote", "details", "li", "dt", "dd", "tr", "td", "th"}  # fmt: skip
MAY_HOLD_BLOCKS = {("dt", "p"), ("dt", "div")} | {
    ("summary", f"h{n}") for n in range(1, 7)
}  # fmt: skip
ONLY = {"ul": {"li", "script", "template"}, "ol": {"li", "script", "template"},
        "dl": {"dt", "dd", "div", "script", "template"}, "tr": {"td", "th"},
        "thead": {"tr"}, "tbody": {"tr"}, "select": {"option", "optgroup", "hr"},
        "table": {"caption", "colgroup", "thead", "tbody", "tfoot", "tr"}}  # fmt: skip
INTERACTIVE = {"a", "button", "input", "select", "textarea", "label", "iframe", "summary"}
LABELABLE = {"button", "input", "meter", "output", "progress", "select", "textarea"}
REFERENCES = ("aria-labelledby", "aria-describedby", "aria-controls", "aria-owns",
              "aria-activedescendant", "for", "headers", "list", "popovertarget")  # fmt: skip
HTML = "{http://www.w3.org/1999/xhtml}"


def faults(text: str) -> list[str]:
    """What is wrong with a page, each in one line."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=True)
    tree = parser.parse(text)
    found = [f"{code} at {place}: {stated}" for place, code, stated in parser.errors]
    ids = [node.get("id") for node in tree.iter() if node.get("id")]
    found += [f"the id {name!r} stands {n} times" for name, n in Counter(ids).items() if n > 1]
    found += _nested(tree, ())
    by_id = {node.get("id"): node for node in tree.iter() if node.get("id")}
    for node in tree.iter():
        found += _references(node, by_id)
        if isinstance(node.tag, str) and node.tag.startswith(HTML):
            name = node.tag.removeprefix(HTML)
            found += _attributes(node, name)
            if name == "table":
                found += _columns(node)
    return found


def _nested(node: Element, above: tuple[str, ...]) -> Iterator[str]:
    for child in node:
        if not isinstance(child.tag, str):
            continue
        name = child.tag.removeprefix(HTML)
        parent = above[-1] if above else ""
        if child.tag.startswith(HTML):
            if parent in ONLY and name not in ONLY[parent]:
                yield f"<{name}> in <{parent}>"
            lines = next((a for a in reversed(above) if a in PHRASING), "")
            if lines and name in BLOCKS and (lines, name) not in MAY_HOLD_BLOCKS:
                yield f"<{name}> within <{lines}>"
            outer = next((a for a in reversed(above) if a in {"a", "button"}), "")
            if outer and name in INTERACTIVE:
                yield f"<{name}> within <{outer}>"
            if name == "li" and parent not in {"ul", "ol", "menu"}:
                yield f"<li> in <{parent}>"
            if name in {"dt", "dd"} and parent not in {"dl", "div"}:
                yield f"<{name}> in <{parent}>"
            yield from _nested(child, (*above, name))


def _attributes(node: Element, name: str) -> Iterator[str]:
    for attribute in node.attrib:
        if attribute.startswith(("data-", "aria-")) or attribute in GLOBAL:
            continue
        if name == "input" and attribute == "autocomplete":
            if node.get("type", "text") not in COMPLETED:
                yield f"autocomplete on an input of type {node.get('type')}"
        elif attribute not in OWN.get(name, set()):
            yield f"<{name}> has no attribute {attribute}"
    if name == "img" and node.get("alt") is None:
        yield "<img> without alt"
    if name in {"h1", "h2", "h3", "h4", "th", "button", "caption"} and not _is_told(node):
        yield f"empty <{name}>"
    if name == "label" and node.get("for") is None and not _holds(node, LABELABLE):
        yield "<label> of nothing"
    if name == "html" and not node.get("lang"):
        yield "<html> without lang"


def _is_told(node: Element) -> bool:
    stated = "".join(node.itertext()).strip() or node.get("aria-label") or node.get("title")
    return bool(stated) or any(child.get("aria-label") or child.get("alt") for child in node.iter())


def _holds(node: Element, names: set[str]) -> bool:
    return any(isinstance(c.tag, str) and c.tag.removeprefix(HTML) in names for c in node.iter())


def _references(node: Element, by_id: dict[str | None, Element]) -> Iterator[str]:
    for attribute in REFERENCES:
        for name in (node.get(attribute) or "").split():
            if name not in by_id:
                yield f"{attribute} names {name!r}, and nothing has that id"
            elif attribute == "for" and node.tag == f"{HTML}label":
                tag = by_id[name].tag.removeprefix(HTML)
                if tag not in LABELABLE:
                    yield f"a label is for the <{tag}> {name!r}"


def _columns(table: Element) -> Iterator[str]:
    """Every row must have as many columns as the others; spans must not reach beyond."""
    rows = list(table.iter(f"{HTML}tr"))
    if any(cell.get("rowspan") for row in rows for cell in row):
        return
    widths = Counter(sum(int(cell.get("colspan", 1)) for cell in row) for row in rows)
    if len(widths) > 1:
        yield f"rows of {sorted(widths)} columns in one table"
