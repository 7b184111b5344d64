"""What changes where there are many areas: groups stand for them, less lies beside each page."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Built, build_site
from reading import read_page

from generator.build.budget import check_budget
from generator.pages import overview
from generator.report import BufferReport


@pytest.fixture
def crowded(mini: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Built:
    """The mini atlas as if its eight parishes were too many for a page, and for extras."""
    monkeypatch.setattr(overview, "MOST_ON_A_PAGE", 3)
    text = mini.read_text(encoding="utf-8")
    mini.write_text(f"{text}\n[per_area]\nmost_areas = 7\n", encoding="utf-8")
    return build_site(mini, tmp_path / "site", boundaries="auto", jobs=1)


def drawn_codes(html: str) -> set[str]:
    return {part.split('"')[0] for part in html.split('data-code="')[1:] if "<title>" in part[:300]}


def test_the_home_page_shows_groups_and_leads_into_them(crowded: Built) -> None:
    html = crowded.text("index.html")
    assert drawn_codes(html) == {"East", "North &amp; &#34;West&#34;"}
    assert 'href="shires/east/" data-code' in html
    assert 'data-view="overview"' in html
    lines = "\n".join(read_page(html).lines)
    assert "Shire by median" in lines


def test_the_list_of_all_areas_lists_their_groups(crowded: Built) -> None:
    lines = "\n".join(read_page(crowded.text("parishes/index.html")).lines)
    assert "Shire: medians of their parishes" in lines
    assert "Castle" not in lines


def test_a_large_group_is_drawn_by_its_groups_and_a_small_area_by_itself(crowded: Built) -> None:
    group = crowded.text("shires/east/index.html")
    assert 'data-view="overview"' in group
    area = crowded.text("parishes/castle/index.html")
    assert "E07000903" in drawn_codes(area)


def test_what_lies_beside_each_page_is_left_out(crowded: Built) -> None:
    assert not [path for path in crowded.files if path.startswith(("code/E07", "embed/castle"))]
    assert "parishes/castle/data.csv" not in crowded.files
    assert "embed/map/index.html" not in crowded.files
    assert "data/all.csv" in crowded.files
    # What came later is found by its code only there.
    assert "code/E06000991/index.html" in crowded.files
    assert not crowded.report.warnings


def test_a_setting_brings_back_what_a_limit_leaves_out(mini: Path, tmp_path: Path) -> None:
    text = mini.read_text(encoding="utf-8")
    extra = "\n[per_area]\nmost_areas = 7\nembeds = true\ncode_pages = true\n"
    mini.write_text(text + extra, encoding="utf-8")
    built = build_site(mini, tmp_path / "site", boundaries="auto", jobs=1)
    assert "embed/castle/index.html" in built.files
    assert "code/E07000903/index.html" in built.files
    assert "parishes/castle/data.json" not in built.files


def test_a_site_that_is_too_large_for_its_host_says_so() -> None:
    report = BufferReport()
    check_budget({"areas/a/index.html": 800_000_000, "tiles/1.pbf": 150_000_000}, report)
    (warning,) = report.warnings
    assert "0.95 GB" in warning
    assert "areas/ 800 MB, tiles/ 150 MB" in warning
    report = BufferReport()
    check_budget({f"code/{at}/index.html": 1 for at in range(200_001)}, report)
    (warning,) = report.warnings
    assert "200,001 files" in warning
    report = BufferReport()
    check_budget({"index.html": 10, "areas/a/index.html": 899_999_000}, report)
    assert not report.warnings
    assert report.lines[0] == "areas/ 1 files, 900.0 MB"
