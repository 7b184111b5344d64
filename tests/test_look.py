"""What the settings say of the look: Markdown, logo, accent colour, footer, theme."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from built import Built, build_site
from coloraide import Color
from hypothesis import example, given
from hypothesis import strategies as st
from making import ROOT
from PIL import Image

from generator.build.theme_files import squeezed
from generator.contrast import (
    DARK_GROUNDS,
    LIGHT_GROUNDS,
    contrast,
    is_readable,
    nearest_readable,
)
from generator.errors import AtlasError, SettingsError, SourceError
from generator.markdown import markdown, markdown_line, markdown_plain
from generator.settings import Settings, settings_from
from generator.sources.logo import MOST_BYTES, read_logo

SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 20">{}</svg>'


def up(href: str) -> str:
    return "../../" + href


def settings(**look: object) -> Settings:
    raw = {
        "atlas": {"title": "T"}, "geography": {}, "look": look,
        "edition": [{"id": "1", "table": "x.csv"}],
    }  # fmt: skip
    return settings_from(raw, Path("atlas.toml"))


def refusal(**look: object) -> str:
    with pytest.raises(SettingsError) as caught:
        settings(**look)
    return caught.value.message


# -- Markdown ------------------------------------------------------------------------------


def test_markdown_is_rendered_below_the_headings_of_the_page() -> None:
    text = "# Why\n\nAn *atlas* of **libraries**, see [the method](methodology/).\n\n- one\n- two"
    assert str(markdown(text, up, heading=3)) == (
        "<h3>Why</h3>\n<p>An <em>atlas</em> of <strong>libraries</strong>, see "
        '<a href="../../methodology/" rel="noopener noreferrer">the method</a>.</p>\n'
        "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"
    )
    deep = markdown("# a\n\n###### b", up, heading=3)
    assert re.findall(r"<h(\d)>", deep) == ["3", "6"]
    assert "<table>" in markdown("| a | b |\n| - | - |\n| 1 | 2 |", up)


def test_links_lead_on_and_pictures_are_their_texts() -> None:
    text = (
        "[a](https://a.example/?x=1&y=2) [b](mailto:b@b.example) ![A map](https://c.example/c.png)"
    )
    soup = BeautifulSoup(markdown(text, up), "html.parser")
    assert [a["href"] for a in soup("a")] == ["https://a.example/?x=1&y=2", "mailto:b@b.example"]
    assert all(a["rel"] == ["noopener", "noreferrer"] for a in soup("a"))
    assert not soup("img")
    assert soup.get_text().strip() == "a b A map"


def test_a_line_has_no_blocks_and_a_plain_text_no_marks() -> None:
    assert str(markdown_line("# 5 < 6 & *so* [on](x/)", up)) == (
        '# 5 &lt; 6 &amp; <em>so</em> <a href="../../x/" rel="noopener noreferrer">on</a>'
    )
    assert markdown_plain("Ranks *only*, see [x](https://x.example). 5 < 6") == (
        "Ranks only, see x. 5 < 6"
    )


HOSTILE = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))", "[x](&#106;avascript:alert(1))", "[x](data:text/html,<script>)",
    "[x](vbscript:x)", "<a href='javascript:x'>x</a>", "![x](javascript:alert(1))",
    "[x]( \x01javascript:alert(1))", "<svg/onload=alert(1)>", "[x](//evil.example/x)",
    '[x](https://a.example/"onmouseover="alert(1))', "<style>*{color:red}</style>",
    "<iframe src=https://evil.example></iframe>", '[x](x "t\\" onclick=alert(1)")',
    "[a]: javascript:x\n\n[a]", "`<script>`", "<https://a.example/<script>>", "\x00<b>",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_markdown_does_no_harm(text: str) -> None:
    for made in (markdown(text, up), markdown_line(text, up)):
        soup = BeautifulSoup(made, "html5lib")
        for element in soup.body.find_all(True):
            assert element.name not in {"script", "style", "iframe", "img", "svg", "object", "b"}
            assert set(element.attrs) <= {"href", "rel", "title", "start"}
            href = element.get("href", "")
            assert re.match(r"(https?://|mailto:|//|\.\./)", href) or not href, href


@given(st.text(alphabet="<>\"'&[]()!*_`#-|:/\\ \n\tajvscript=onhref0", max_size=60))
@example("[a](<javascript:b>)")
def test_no_markdown_brings_scripts_or_attributes(text: str) -> None:
    soup = BeautifulSoup(markdown(text, up), "html5lib")
    for element in soup.body.find_all(True):
        assert element.name not in {"script", "style", "iframe", "img", "svg"}
        assert set(element.attrs) <= {"href", "rel", "title", "start"}
        assert not element.get("href", "").casefold().startswith(("javascript:", "data:"))


# -- Accent --------------------------------------------------------------------------------


def test_the_grounds_are_those_of_the_style_sheet() -> None:
    css = (ROOT / "templates/assets/style.css").read_text()
    day, night = css.split("@media (prefers-color-scheme: dark)")[:2]
    for grounds, rules in ((LIGHT_GROUNDS, day), (DARK_GROUNDS, night)):
        said = [re.search(rf"--{name}: (#\w+);", rules) for name in ("paper", "plate")]
        assert [found[1] for found in said if found] == list(grounds)
        accent = re.search(r"--accent: (#\w+);", rules)
        assert accent
        assert is_readable(accent[1], grounds)


@given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True))
def test_the_nearest_shade_can_be_read(colour: str) -> None:
    for grounds in (LIGHT_GROUNDS, DARK_GROUNDS):
        shade = nearest_readable(colour, grounds)
        assert min(Color(shade).contrast(ground, method="wcag21") for ground in grounds) >= 4.49
        assert (shade == colour) == is_readable(colour, grounds)
        mine = contrast(colour, grounds[0])
        assert mine == pytest.approx(Color(colour).contrast(grounds[0], method="wcag21"), abs=1e-3)


def test_an_accent_that_cannot_be_read_is_refused_with_one_that_can() -> None:
    said = refusal(accent="#ff8800")
    assert "look.accent: #ff8800 can't be read on light ground: its contrast is 2." in said
    shade = re.search(r"the nearest shade that can is (#\w{6})", said)
    assert shade
    assert settings(accent=shade[1]).look.accent == shade[1]
    assert "look.accent_dark: #14532f can't be read on dark ground" in refusal(
        accent_dark="#14532f"
    )
    assert "'green' is not a colour" in refusal(accent="green")
    light, dark = settings(accent="#7a1f5c").look.accents
    assert light == "#7a1f5c"
    assert is_readable(dark, DARK_GROUNDS)


# -- Logo ----------------------------------------------------------------------------------


def test_a_logo_needs_a_text() -> None:
    assert "look.logo.alt: is missing" in refusal(logo={"file": "x.svg"})
    assert "look.logo.alt" in refusal(logo={"file": "x.svg", "alt": " "})


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_raster_logo_is_read(tmp_path: Path, kind: str) -> None:
    file = io.BytesIO()
    Image.new("RGBA", (300, 100), "#14532f").save(file, kind)
    path = tmp_path / "logo.any"
    path.write_bytes(file.getvalue())
    logo = read_logo(path)
    assert (logo.ending, logo.width, logo.height) == (kind.lower(), 300, 100)
    path.write_bytes(file.getvalue()[:60])
    with pytest.raises(SourceError, match="does not open"):
        read_logo(path)


REFUSED_SVG = {
    "a script": ("<script>alert(1)</script>", "has a <script>"),
    "a handler": ('<path onload="x()"/>', "onload, which runs a script"),
    "a link": ('<a href="javascript:x()"><path/></a>', "refers to 'javascript:x()'"),
    "a picture": ('<image href="https://a.example/x.png"/>', "refers to 'https://a.example"),
    "a style": ("<style>@import 'https://a.example'</style>", "refers to another file"),
    "a fill": ('<path style="fill:url(https://a.example/#x)"/>', "refers to another file"),
    "an escape": ('<path style="fill:u\\72l(https://a.example)"/>', "refers to another file"),
    "html": ('<foreignObject><p xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>', "has a <"),
    "no end": ("<path", "is no SVG"),
}


@pytest.mark.parametrize("name", REFUSED_SVG)
def test_an_svg_that_does_more_than_draw_is_refused(tmp_path: Path, name: str) -> None:
    inside, said = REFUSED_SVG[name]
    path = tmp_path / "logo.svg"
    path.write_text(SQUARE.format(inside))
    with pytest.raises(SourceError) as caught:
        read_logo(path)
    assert said in caught.value.message
    assert str(path) in caught.value.where


def test_other_logos_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "logo.svg"
    for content, said in (
        (b"GIF89a", "is no SVG, PNG or WebP"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SQUARE.format("").encode(), "with a DOCTYPE"),
        (b"<html/>", "is no SVG, PNG or WebP"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "it has no viewBox"),
        (b" " * (MOST_BYTES + 1), "100,001 bytes"),
    ):
        path.write_bytes(content)
        with pytest.raises(SourceError, match=said):
            read_logo(path)
    with pytest.raises(SourceError, match="can't be read"):
        read_logo(tmp_path / "none.svg")


def test_a_plain_svg_is_read(tmp_path: Path) -> None:
    inside = '<defs><path id="a" d="M0 0h9"/></defs><use href="#a"/><path fill="url(#a)"/>'
    path = tmp_path / "logo.svg"
    path.write_text(SQUARE.format(inside))
    assert (read_logo(path).width, read_logo(path).height) == (60, 20)


# -- Built ---------------------------------------------------------------------------------

LOOK = """
[look]
accent = "#7a1f5c"
footer = "**Board of Parishes**, see [the data](data/) or [write](mailto:a@b.example)"

[look.logo]
file = "logo.svg"
alt = "Board of Parishes"
"""
STYLE = b".title{color:red}\n"


@pytest.fixture(scope="module")
def dressed(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The mini atlas with a logo, an accent, a footer, Markdown, and a theme of a few files."""
    from built import copy_mini

    config = copy_mini(tmp_path_factory.mktemp("look") / "mini")
    text = config.read_text(encoding="utf-8")
    text = text.replace("[atlas]", '[atlas]\ntheme = "theme"', 1)
    text = re.sub(
        r"^intro = .*$", 'intro = "Read *this*.\\\\n\\\\n# And\\\\n\\\\nthat"', text, flags=re.M
    )
    text = re.sub(r"^note = .*$", 'note = "Only *some* <ranks>."', text, flags=re.M)
    config.write_text(text + LOOK, encoding="utf-8")
    (config.parent / "logo.svg").write_text(SQUARE.format('<path d="M0 0h60v20z"/>'))
    theme = config.parent / "theme"
    (theme / "partials").mkdir(parents=True)
    (theme / "assets").mkdir()
    (theme / "assets/style.css").write_bytes(STYLE)
    (theme / "partials/breadcrumbs.html").write_text("<nav>All of {{ site.title }}</nav>\n")
    (theme / "imprint.html").write_text("x")
    return build_site(config, config.parent / "site", boundaries="auto", jobs=1)


def test_every_page_has_logo_footer_and_accent(dressed: Built) -> None:
    pages = [path for path in dressed.files if path.endswith(".html")]
    assert len(pages) > 20
    seen = 0
    for path in pages:
        soup = BeautifulSoup(dressed.text(path), "html.parser")
        if not soup.select_one("header.site-head"):
            continue  # pages that lead elsewhere or stand in a frame
        seen += 1
        (logo,) = soup.select(".brand img")
        assert (logo["alt"], logo["width"], logo["height"]) == ("Board of Parishes", "120", "40")
        assert re.search(r"assets/logo\.\w+\.svg$", logo["src"])
        if soup.select_one("footer"):
            assert soup.select_one(".foot-own strong").get_text() == "Board of Parishes"
    assert seen > 10
    deep = BeautifulSoup(dressed.text("parishes/moor/index.html"), "html.parser")
    assert deep.select_one('.foot-own a[href="../../data/"]'), "a link leads there from any page"
    (css,) = [p for p in dressed.files if re.match(r"assets/classes\.\w+\.css", p)]
    assert dressed.text(css).count("--accent:") == 2
    assert "--accent:#7a1f5c" in dressed.text(css)
    (mark,) = [p for p in dressed.files if re.match(r"assets/favicon\.\w+\.svg", p)]
    assert "#7a1f5c" in dressed.text(mark)
    card = Image.open(dressed.folder / "card.png").convert("RGB")
    assert card.getpixel((600, 4)) == (0x7A, 0x1F, 0x5C)


def test_intro_and_notes_are_markdown(dressed: Built) -> None:
    home = BeautifulSoup(dressed.text("index.html"), "html.parser").select_one(".prose")
    assert [e.name for e in home.find_all(True)] == ["p", "em", "h3", "p"]
    about = dressed.text("methodology/index.html")
    assert "Only <em>some</em> &lt;ranks&gt;." in about
    compare = next(p for p in dressed.files if re.match(r"assets/compare\.\w+\.json", p))
    assert '"Only some <ranks>."' in dressed.text(compare)


def test_a_small_style_sheet_of_a_theme_is_added(dressed: Built) -> None:
    (css,) = [p for p in dressed.files if re.match(r"assets/style\.\w+\.css", p)]
    built_in = squeezed((ROOT / "templates/assets/style.css").read_bytes())
    content = (dressed.folder / css).read_bytes()
    assert content.startswith(built_in)
    assert content.endswith(STYLE)
    said = [line for line in dressed.report.lines if line.startswith("theme: ")]
    assert said == [
        "theme: assets/style.css is added after the built-in one",
        "theme: imprint.html is new: it shows where a template names it",
        "theme: partials/breadcrumbs.html takes the place of the built-in one",
    ]
    assert "All of Mini" in dressed.text("parishes/index.html")


@pytest.mark.parametrize(
    "path", sorted((ROOT / "templates/assets").glob("*.css")), ids=lambda p: p.name
)
def test_a_squeezed_style_sheet_says_the_same(path: Path) -> None:
    written = path.read_bytes()
    squeezed_once = squeezed(written)
    assert len(squeezed_once) < 0.85 * len(written)
    assert squeezed(squeezed_once) == squeezed_once
    plain, short = (
        re.sub(r"/\*.*?\*/", "", text.decode(), flags=re.S) for text in (written, squeezed_once)
    )
    assert re.sub(r"\s", "", plain).replace(";}", "}") == re.sub(r"\s", "", short)
    assert re.findall(r'"[^"]*"', plain) == re.findall(r'"[^"]*"', short)
    # Space that means something stays: between parts of a selector or a value.
    within = re.compile(r"(?<=[^\s,{};:]) (?=[^\s,{};])")
    assert len(within.findall(re.sub(r"\s+", " ", plain))) == len(within.findall(short))


def test_a_theme_takes_the_place_of_all_styles_only_when_asked(mini: Path) -> None:
    text = mini.read_text(encoding="utf-8").replace("[atlas]", '[atlas]\ntheme = "theme"', 1)
    mini.write_text(text + '\n[look]\nstyles = "replace"\n', encoding="utf-8")
    (mini.parent / "theme/assets").mkdir(parents=True)
    (mini.parent / "theme/assets/style.css").write_bytes(STYLE)
    site = build_site(mini, mini.parent / "site", boundaries="auto", jobs=1)
    (css,) = [p for p in site.files if re.match(r"assets/style\.\w+\.css", p)]
    assert (site.folder / css).read_bytes() == STYLE
    assert "theme: assets/style.css takes the place of the built-in one" in site.report.lines


def test_a_link_of_the_footer_that_leads_nowhere_fails(mini: Path) -> None:
    text = mini.read_text(encoding="utf-8") + '\n[look]\nfooter = "[x](nowhere/)"\n'
    mini.write_text(text, encoding="utf-8")
    with pytest.raises(AtlasError, match="nowhere"):
        build_site(mini, mini.parent / "site", boundaries="auto", jobs=1)
