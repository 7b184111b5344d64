"""Every template renders strictly, as sound HTML without inline style or script."""

from __future__ import annotations

import re
import sys
from collections import Counter
from dataclasses import fields, is_dataclass, replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import jinja2
import pytest
from markupsafe import Markup

from generator.maps import legend as legends
from generator.pages import change_parts, parts, render, views
from generator.pages.render import Renderer
from generator.theme import TEMPLATES

MADE_BY_THE_BUILD = {
    "columns.js", "relations.json", "scatter.js",
    "classes.css", "compare.json", "embed.js", "explore.js", "explore.json", "leaflet.css",
    "leaflet.js", "map.js", "maplibre-gl.css", "maplibre-gl.js", "page-map.js",
    "postcodes.json", "search.js", "search.json",
}  # fmt: skip
NAME = "<b>Ynys & Môn</b>"
OWN_ASSETS = {path.name for path in (TEMPLATES / "assets").iterdir()}
VOID = {"base", "meta", "link", "input", "br", "img", "hr"}


def _site() -> parts.Site:
    words = {
        "area": "authority", "areas": "authorities", "Area": "Authority", "Areas": "Authorities",
        "stages": "Stages", "hot": "hotspot", "cold": "coldspot",
        "hot_plural": "hotspots", "cold_plural": "coldspots",
    }  # fmt: skip
    return parts.Site(
        title="An atlas", summary="What it shows.", language="en",
        words=words, nav=(parts.Link("Map", ""), parts.Link("Authorities", "authorities/")),
        assets={name: f"assets/{name}" for name in OWN_ASSETS | MADE_BY_THE_BUILD},
        sources=(SOURCE,), attribution=("Somebody's data.",),
        attribution_language="", areas_href="authorities/",
        data_href="data/", methodology_href="methodology/", repository="https://example.org/",
        group_kinds=(parts.Link("Regions", "regions/"),),
    )  # fmt: skip


def _page(path: str, **more: object) -> parts.Page:
    root = "../" * path.count("/") or "./"
    page = parts.Page(path=path, root=root, title=NAME, description=NAME)
    return replace(page, **more)  # type: ignore[arg-type]


SOURCE = parts.Source("Index", "Publisher", "2016", "Licence", "https://example.org/", "A note.")
KNOWN = parts.Cell(
    "2016-overall", "2016", 1, 2, "1st of 2", "−1.5", -1.5, 4, "Hotspot", "hotspot",
    (("As printed", "10"),),
)  # fmt: skip
UNKNOWN = parts.Cell("2016-overall", "2016", None, 2, "not ranked", "", None, None, "None", "")
MOVED = change_parts.ChangeRow(
    "E1", NAME, "areas/a/", (change_parts.ChangeCell("+0.2", "0.2"),), "+0.2", 2, "Rise"
)
STILL = change_parts.ChangeRow(
    "E2", "B", "areas/b/", (change_parts.ChangeCell("", ""),), "", None, "Not known", "Why."
)
COLUMN = parts.Column("2016-overall", "2016", "Index 2016", True, "points")
GROUP = parts.Link(NAME, "regions/a/")
LINE = change_parts.TitledChart("Score, 2016 to 2017", Markup("<svg></svg>"))
OVER_TIME = change_parts.OverTime(
    LINE, Markup("<svg></svg>"), (("From 1 to 2.", GROUP),), "1st to 2nd",
    (change_parts.ChangedFigure(GROUP, "%", "2016 to 2017", "1 to 2", "+1", "change-a", "b"),),
)  # fmt: skip
ROWS = (
    parts.Row("E1", NAME, "authorities/a/", GROUP, (KNOWN,), here=True, note="A note"),
    parts.Row("E2", "Bede", "authorities/b/", None, (UNKNOWN,)),
)
TABLE = parts.Table((COLUMN,), ROWS, "Region", (0,))
NO_ROWS = parts.Table((COLUMN,), ())
LEGEND = legends.Legend(
    "2016-overall", "Score, 2016", "points",
    (legends.LegendRow(4, "Hotspot", "1 to 2", 1, True), legends.LegendRow(0, "Coldspot", "", 1)),
    1, "not ranked", False, True,
)  # fmt: skip
MAP = parts.MapView(
    "map_area", Markup('<div class="map-frame" id="map_area"></div>'), NAME, "A note",
    (LEGEND, replace(LEGEND, measure="2017-overall", current=False)),
    (parts.Choice("a", "A", True), parts.Choice("b", "B", False, note="Another note")),
    (parts.Choice("2016-overall", "2016", True),), ("Attribution",), (GROUP,),
    parts.Inset(NAME, Markup("<svg></svg>")),
)  # fmt: skip
FIGURES = parts.GroupFigures("2016-overall", "2016", 1, 2, "1 of 2", "0 of 2", "1st", (0, 1, 1))
STAGES = (parts.StageStanding("School", "best", "among the best"),)
FINDINGS = (
    parts.Finding(NAME, "A report", "holds", "1 of 2", NAME),
    parts.Finding("Twice checked", "A report", checks=(
        parts.FindingCheck("2016", "differs", "2"), parts.FindingCheck("2017", "unknown", ""),
    ), links=(GROUP,)),
)  # fmt: skip
CARDS = (parts.GroupCard(GROUP, "Region", (FIGURES,), Markup("<svg></svg>")),)
WITH_MAP = {
    "scripts": ("leaflet.js", "map.js", "table.js"), "styles": ("leaflet.css",),
    "breadcrumbs": (GROUP,), "json_ld": Markup('{"name": "x"}'),
    "card_url": "https://example.org/card.png", "canonical": "https://example.org/", "index": False,
}  # fmt: skip

FULL: tuple[views.View, ...] = (
    views.HomePage(
        _page("", **WITH_MAP), "Most are here", ("What it is.",), MAP, TABLE, TABLE, TABLE,
        FINDINGS, "Regions", CARDS,
    ),
    views.AreasPage(
        _page("authorities/"), "All.", TABLE, (GROUP,), (GROUP,),
        (("School", (parts.Choice("a", NAME, False, note="2016-a"),)),),
    ),
    views.AreaPage(
        _page("authorities/a/", **WITH_MAP), "E1", NAME, (KNOWN, UNKNOWN), "One sentence.",
        (GROUP,), MAP, Markup("<svg></svg>"), Markup("<svg></svg>"),
        (parts.Rank(GROUP, "Region", "2016", "1st of 2"),), "Neighbours", "A note", TABLE,
        "In its region", TABLE, "Why", TABLE, OVER_TIME, "Beware",
        STAGES, "A report", FINDINGS, (parts.Successor("merged", "E3", "code/E3/"),),
        "Why it is absent", (GROUP,), (SOURCE,), "These boundaries", cluster="High among high",
        profile=(
            parts.ProfileStage(
                "School",
                (
                    parts.ProfileRow(
                        "Pupils", "What", "%", (KNOWN,), "indicators/pupils/",
                        (Markup("<svg></svg>"),), dated=True,
                    ),
                ),
            ),
        ),
        previous=parts.Turn(GROUP, "ranks 1st"), next=parts.Turn(GROUP, "ranks 3rd"),
    ),
    views.CodePage(_page("code/E1/"), "E1", NAME, GROUP, (GROUP,), "It was merged."),
    views.GroupPage(
        _page("regions/a/", **WITH_MAP), NAME, "Region", "About", "One sentence.", (FIGURES,), MAP,
        Markup("<svg></svg>"), TABLE, ("School",), ((GROUP, STAGES),), "A report",
        ((GROUP, "printed as 10"),), FINDINGS, "Beware", (GROUP,), (SOURCE,),
    ),
    views.GroupsPage(_page("regions/"), "Regions", "All of them.", CARDS),
    views.MethodologyPage(
        _page("methodology/"), (SOURCE,), (("Score", "points", "What it is", "Higher is better."),),
        (("2016", "2 of 3", "A note"),), ("Not comparable.",), (LEGEND,),
        (parts.SchemeRow("Quantiles", 5, "1.0", "0.7", "", True),), "Spots", "Ties", "Neighbours",
        "Similar", "Boundaries", "Hexagons", ROWS[1:],
        (("clusters", "More", Markup("<p>More.</p>")),),
    ),
    views.IndicatorPage(
        _page("indicators/a/", **WITH_MAP), NAME, "School", "What it is.", "minutes", "Better.",
        MAP, Markup("<svg></svg>"), TABLE, TABLE, "Regions", ((GROUP, FIGURES),),
        Markup("<svg></svg>"), ((GROUP, "+0.5", "2"),), (GROUP,), (SOURCE,),
        parts.Making(
            "The mean.", ((GROUP, "40 %", "higher"),), ("left out",),
            ((NAME, (parts.WeightCell("1 %", GROUP, "1 place up"),)),),
            parts.WeightCell("0 %", None, "nobody moves"),
        ),
        "scatter/?x=a",
    ),
    views.ChangePage(
        page=_page("change/2016-2017/"), title=NAME, headline="1 of 2 rose", counts="Rises: 1.",
        about="**What**", direction="Higher is better.", classes=3, map=MAP, line=LINE,
        others=(("Editions", (GROUP, parts.Link("2016 to 2017", ""))),),
        columns=(change_parts.ChangeColumn("change", "Change", "points"),), rises=(MOVED,),
        falls=(STILL,),
        rises_title="Rises", falls_title="Falls", rows=(MOVED, STILL), table="change-2016-2017",
        indicator="overall", method=("How.",), caution="Take care.", downloads=(GROUP,),
        sources=(SOURCE,),
    ),
    views.ScatterPage(
        _page("scatter/"), "Two", (parts.Choice("a", NAME, True, note="2016-a"),),
        (parts.Choice("b", NAME, True, note="2016-b"),), Markup("<svg></svg>"), "+0.1", "+0.2",
        "324", "2", (SOURCE,),
    ),
    views.IndicatorsPage(
        _page("indicators/"), "All of them.",
        (("School", (parts.IndicatorRow(GROUP, "%", "What", "higher", "1 of 2", "2016"),)),),
        "scatter/",
    ),
    views.DataPage(
        _page("data/"), (parts.Download("data/a.csv", "a.csv", "All", "1 KB", "Licence"),),
        (("code", "The code"),), ("Licence",),
        (parts.Download("tiles/a", "a", "Tiles", "1 KB", "Licence"),),
        (views.TileUse("A tool", "What to do", "<what> to type"),), whole_urls=False,
    ),
    views.ComparePage(_page("compare/"), "Side by side.", (GROUP,)),
    views.EmbedPage(
        _page("embed/a/"), NAME, "1st of 2", GROUP, "https://example.org/", MAP,
        "A report", GROUP,
    ),
    views.ExplorePage(
        _page("explore/", scripts=("maplibre-gl.js", "explore.js"), styles=("explore.css",)), MAP,
        *[(parts.Choice("a", "A", True), parts.Choice("b", NAME, False))] * 4, outlines="region",
    ),
    views.ClaimsPage(_page("claims/"), "All of them.", FINDINGS),
    views.NotFoundPage(
        _page("404.html", scripts=("notfound.js",)), (parts.Link("A", "authorities/#a"),)
    ),
)  # fmt: skip


def _bare(view: views.View) -> views.View:
    """The same page with as little in it as its context allows."""
    empty: dict[str, object] = {}
    for name in (field.name for field in fields(view)):  # type: ignore[arg-type]
        value = getattr(view, name)
        if isinstance(value, parts.Table):
            empty[name] = NO_ROWS
        elif isinstance(value, Markup):
            empty[name] = Markup("")
        elif isinstance(value, tuple):
            empty[name] = ()
        elif name in {"previous", "next"}:
            empty[name] = None
        elif isinstance(value, str) and name not in {"name", "code", "map_id"}:
            empty[name] = ""
    return replace(view, **empty)  # type: ignore[arg-type]


class _Reader(HTMLParser):
    """Collects elements, and complains of tags that don't close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes another element"

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


PAGES = [
    pytest.param(view, id=f"{view.template}-{kind}")
    for full in FULL
    for kind, view in (("full", full), ("bare", _bare(full)))
]


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(_site())


def test_every_field_of_a_view_is_shown() -> None:
    """What a page computes and no template names is lost on the reader."""
    templates = "".join(path.read_text("utf-8") for path in TEMPLATES.rglob("*.html"))
    kinds = [
        kind
        for kind in {**vars(parts), **vars(views)}.values()
        if is_dataclass(kind) and isinstance(kind, type)
    ]
    assert len(kinds) > 20
    # Taken by the renderer and the build: which page it is, assets by name, files beside it.
    spoken_of_elsewhere = {"page", "assets", "files", "view"}
    unseen = {
        f"{kind.__name__}.{field.name}"
        for kind in kinds
        for field in fields(kind)
        if field.name not in spoken_of_elsewhere and not re.search(rf"\.{field.name}\b", templates)
    }
    assert not unseen


def test_every_template_has_a_context_here() -> None:
    """A page's template extends `base.html`, or is a whole page of its own."""
    pages = {path.name for path in TEMPLATES.glob("*.html")} - {"base.html", "redirect.html"}
    assert {view.template for view in FULL} == pages
    kinds = {kind for kind in vars(views).values() if hasattr(kind, "template")}
    assert {type(view) for view in FULL} == kinds - {views.View}


@pytest.mark.parametrize("view", PAGES)
def test_page_is_sound(view: views.View, renderer: Renderer) -> None:
    text = renderer.render(view)
    read = _Reader(text)
    assert len(read.all("h1")) == len(read.all("main")) == len(read.all("title")) == 1
    ids = [a["id"] for _, a in read.elements if "id" in a]
    assert [name for name, count in Counter(ids).items() if count > 1] == []
    named = [
        word
        for _, a in read.elements
        for key in ("for", "aria-labelledby", "aria-describedby", "aria-controls", "popovertarget")
        for word in (a.get(key) or "").split()
    ]
    assert set(named) <= set(ids)
    assert len(read.all("caption")) == len(read.all("table"))
    assert all(a.get("scope") in {"row", "col"} for a in read.all("th"))
    labelled = {a["for"] for a in read.all("label") if "for" in a}
    assert {a.get("id") for a in read.all("input") if a.get("type") != "radio"} <= labelled
    assert all(a.get("type") for a in read.all("button"))
    assert NAME not in text


@pytest.mark.parametrize("view", PAGES)
def test_nothing_is_inline(view: views.View, renderer: Renderer) -> None:
    read = _Reader(renderer.render(view))
    assert not read.all("style")
    for tag, attributes in read.elements:
        assert "style" not in attributes, tag
        assert not [name for name in attributes if name.startswith("on")], tag
    for script in read.all("script"):
        assert script.get("src") or script.get("type") == "application/ld+json"
    policy = [a for a in read.all("meta") if a.get("http-equiv") == "Content-Security-Policy"]
    assert len(policy) == 1
    assert "unsafe" not in (policy[0]["content"] or "")


def test_assets_named_in_templates_exist() -> None:
    named = {
        name
        for path in TEMPLATES.rglob("*.html")
        for name in re.findall(r'"([\w.-]+)"\|asset', path.read_text(encoding="utf-8"))
    }
    assert {"style.css", "search.js", "favicon.svg"} <= named
    assert named <= OWN_ASSETS | MADE_BY_THE_BUILD


def test_headings_go_down_one_step_at_a_time(renderer: Renderer) -> None:
    for view in FULL:
        levels = [
            int(tag[1])
            for tag, _ in _Reader(renderer.render(view)).elements
            if re.fullmatch("h[1-6]", tag)
        ]
        assert levels[0] == 1
        assert all(b <= a + 1 for a, b in pairwise(levels)), view.page.path


def test_styles_and_scripts_name_no_other_host() -> None:
    for path in (p for p in (TEMPLATES / "assets").rglob("*") if p.is_file()):
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "//" not in re.sub(r"(^|\s)//.*", "", text), path.name


def test_stylesheet_is_small_and_closed() -> None:
    text = (TEMPLATES / "assets" / "style.css").read_text(encoding="utf-8")
    assert len(text.encode()) < 44_000
    assert text.count("{") == text.count("}")
    used = set(re.findall(r"var\((--[\w-]+)", text))
    set_here = set(re.findall(r"(--[\w-]+):", text))
    assert used - set_here == {"--level", "--on-level"}


def _rendered(theme: Path, program: str = "one") -> str:
    """A page by a theme's template."""
    return Renderer(_site(), theme, program=program).render(FULL[0])


@pytest.fixture
def compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where compiled templates are kept; the theme beside it has one."""
    folder = tmp_path / "compiled"
    folder.mkdir()
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(render, "COMPILED", folder)
    (tmp_path / FULL[0].template).write_text("<p>{{ 'first'|cap }}</p>\n", encoding="utf-8")
    return folder


def test_a_template_is_compiled_once(
    tmp_path: Path, compiled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _rendered(tmp_path) == "<p>First</p>\n"
    (file,) = compiled.iterdir()
    assert sys.implementation.cache_tag in file.name
    monkeypatch.setattr(jinja2.Environment, "compile", None)
    assert _rendered(tmp_path) == "<p>First</p>\n"


def test_a_template_is_compiled_again_when_it_or_the_program_changes(
    tmp_path: Path, compiled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _rendered(tmp_path)
    (tmp_path / FULL[0].template).write_text("<p>{{ 'second'|cap }}</p>\n", encoding="utf-8")
    assert _rendered(tmp_path) == "<p>Second</p>\n"
    # What depends on constants alone is computed when a template is compiled.
    monkeypatch.setattr(render, "_cap", str.upper)
    assert _rendered(tmp_path) == "<p>Second</p>\n"
    assert _rendered(tmp_path, "other code") == "<p>SECOND</p>\n"
    assert len(list(compiled.iterdir())) == 1, "the old one goes"


@pytest.mark.parametrize("content", [b"", b"rubbish", None])
def test_a_damaged_compiled_template_is_made_again(
    tmp_path: Path, compiled: Path, content: bytes | None
) -> None:
    _rendered(tmp_path)
    (file,) = compiled.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[:-20] if content is None else content)
    assert _rendered(tmp_path) == "<p>First</p>\n"
    assert file.read_bytes() == whole


def test_where_nothing_can_be_kept_templates_are_compiled(tmp_path: Path, compiled: Path) -> None:
    compiled.rmdir()
    assert _rendered(tmp_path) == "<p>First</p>\n"
    assert not compiled.exists()


def test_what_a_template_uses_is_known_however_deep(tmp_path: Path) -> None:
    texts = {
        "top.html": '{% extends "base.html" if view.x else "other.html" %}',
        "base.html": '{% include "part.html" %}',
        "other.html": '{% include ["part.html", "gone.html"] ignore missing %}',
        "part.html": "",
        "free.html": "{% include view.x %}",
        "broken.html": "{% if %}",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    renderer = Renderer(_site(), tmp_path)
    uses = renderer.uses()
    assert uses["top.html"] == ["base.html", "gone.html", "other.html", "part.html", "top.html"]
    assert set(uses["free.html"]) == {*renderer.sources(), "gone.html"}
    assert uses["broken.html"] == ["broken.html"]
