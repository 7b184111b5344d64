"""Every page of the built sites is valid HTML, as far as a strict parser and our rules see."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from built import Built
from html_rules import faults


def _counted(folder: Path) -> dict[str, str]:
    """Faults of all pages below a folder, each with the first page that has it."""
    counts: Counter[str] = Counter()
    first: dict[str, str] = {}
    pages = sorted(folder.rglob("*.html"))
    assert pages
    for page in pages:
        for fault in faults(page.read_text(encoding="utf-8")):
            counts[fault] += 1
            first.setdefault(fault, page.relative_to(folder).as_posix())
    return {fault: f"{n} times, first in {first[fault]}" for fault, n in counts.items()}


def test_every_page_of_a_small_site_is_valid(mini_site: Built) -> None:
    assert _counted(mini_site.folder) == {}


@pytest.mark.slow
def test_every_page_of_the_shipped_site_is_valid(hex_site: Built) -> None:
    assert _counted(hex_site.folder) == {}


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('<input type="radio" autocomplete="off">', "autocomplete on an input of type radio"),
        ("<table><tr><td>a<td>b<tr><td colspan=99>c</table>", "rows of [2, 99] columns"),
        ("<span><div>a</div></span>", "<div> within <span>"),
        ("<ul><div>a</div></ul>", "<div> in <ul>"),
        ('<p id="a">x</p><p id="a">y</p>', "the id 'a' stands 2 times"),
        ('<a href="x"><button>b</button></a>', "<button> within <a>"),
        ('<label for="no">x</label>', "for names 'no'"),
        ('<input aria-controls="no">', "aria-controls names 'no'"),
        ("<img src=x>", "<img> without alt"),
        ("<h2></h2>", "empty <h2>"),
        ("<p>x</p></p>", "unexpected-end-tag"),
        ('<p align="left">x</p>', "<p> has no attribute align"),
        ('<p class="a" class="b">x</p>', "duplicate-attribute"),
    ],
)
def test_a_planted_fault_is_found(body: str, fault: str) -> None:
    page = f'<!doctype html><html lang="en"><head><title>t</title></head><body>{body}</body></html>'
    found = faults(page)
    assert any(one.startswith(fault) for one in found), found


def test_a_sound_page_has_no_faults() -> None:
    page = (
        '<!doctype html><html lang="en"><head><title>t</title></head><body><main><h1>A</h1>'
        '<form><label for="q">x</label><input id="q" type="search" autocomplete="off"></form>'
        "<table><tr><th>a<th>b<tr><td colspan=2>c</table></main></body></html>"
    )
    assert faults(page) == []
