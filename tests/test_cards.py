"""Share cards: size, bytes, texts inside their box, marks where they belong."""

from __future__ import annotations

import csv
import io
import math
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from built import build_site
from making import ROOT, made, shipped
from PIL import Image, ImageChops
from shapes import cells

from generator.cards import draw as cards
from generator.cards.draw import Card, CardLine, CardMap, Outline, render_card
from generator.maps.layouts import make_layout
from generator.pages.atlas import Atlas
from generator.pages.cards import all_cards

TEMPLATE = cards.read_template()
RED, BLUE = "#b2182b", "#2166ac"
GROUND = CardMap(100, 120, ((RED, "M0 0L50 0L50 120L0 120z"), (BLUE, "M50 0l50 0 0 120-50 0z")),
                 site="Mobility Atlas", source="A source of figures, 2016")  # fmt: skip
LINES = (
    CardLine("44th", "of 324 in 2016", "Hotspot: best 20%", RED),
    CardLine("joint 241st", "of 324 in 2017", "Below the middle", BLUE),
)
LONGEST = [
    "Bournemouth, Christchurch and Poole",
    "King's Lynn and West Norfolk",
    "Bath and North East Somerset",
    "Cheshire West and Chester",
    "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
    "The Royal Borough of Very Long and Winding Names upon the River with No End in Sight",
]


def _card(name: str = "Rushcliffe", **other: object) -> Card:
    given = {
        "kicker": "Authority in East Midlands",
        "lines": LINES,
        **other,
    }
    return Card(name, **given)  # type: ignore[arg-type]


def _picture(card: Card, ground: CardMap = GROUND) -> Image.Image:
    picture = Image.open(io.BytesIO(render_card(card, ground, TEMPLATE)))
    assert picture.format == "PNG"
    return picture.convert("RGB")


def _ink(card: Card, ground: CardMap = GROUND) -> tuple[int, int, int, int]:
    """Where the words of a card, those of its ground too, leave anything on paper."""
    blank = _card("", kicker="", lines=())
    below = replace(ground, site="", source="")
    box = ImageChops.difference(_picture(card, ground), _picture(blank, below)).getbbox()
    assert box is not None
    return box


def test_a_card_has_its_size_and_is_not_blank() -> None:
    picture = _picture(_card())
    assert picture.size == (1200, 630)
    words = picture.crop((60, 60, 690, 620)).getcolors(1 << 20) or []
    assert len(words) > 5
    assert sum(count for count, colour in words if sum(colour) < 150) > 3000


@pytest.mark.parametrize("name", LONGEST)
def test_long_texts_stay_in_their_box(name: str) -> None:
    long = CardLine("joint 32844th", "of 32844 in the edition of 2016-17", name, BLUE)
    card = _card(name, kicker=f"Authority in {name}", lines=(long, long))
    left, top, right, bottom = _ink(card, replace(GROUND, source=name * 3, site=name))
    assert left >= cards.TEXT_BOX[0] - 4
    assert right <= cards.TEXT_BOX[1] + 2
    assert top >= 60
    assert bottom <= 625


@pytest.mark.parametrize("name", LONGEST)
def test_a_name_does_not_run_into_the_ranks(name: str) -> None:
    bare = _card(name, lines=())
    assert _ink(bare, replace(GROUND, source="", site=""))[3] < cards._LINES_AT[0] - 45


def test_every_name_of_the_atlas_is_whole() -> None:
    _, comparison = shipped()
    for area in comparison.areas.values():
        _, lines = cards.fit_name(area.name, 612)
        assert " ".join(lines) == area.name
        assert all(cards.text_width(line, _, bold=True) <= 612 for line in lines)


def test_same_card_same_bytes_also_in_workers() -> None:
    batch = [
        _card(),
        _card("Gedling", marker=(80, 30)),
        _card("Derby", outline=Outline("M10 10h9", (10, 10, 19, 10))),
    ]
    first = [render_card(card, GROUND, TEMPLATE) for card in batch]
    cards._ground.cache_clear()
    with ThreadPoolExecutor(2) as pool:
        again = list(pool.map(render_card, batch, [GROUND] * 3, [TEMPLATE] * 3))
    assert first == again
    assert len(set(first)) == 3


def _changed(one: Card, other: Card) -> tuple[int, int, int, int]:
    box = ImageChops.difference(_picture(one), _picture(other)).getbbox()
    assert box is not None
    return box


def test_the_ring_is_round_the_marker() -> None:
    x0, y0, scale = cards._placed(GROUND)
    left, top, right, bottom = _changed(_card(), _card(marker=(30, 90)))
    assert (left + right) / 2 == pytest.approx(x0 + 30 * scale, abs=2)
    assert (top + bottom) / 2 == pytest.approx(y0 + 90 * scale, abs=2)
    assert right - left == pytest.approx(2 * cards._RING_PX + 10, abs=4)


@pytest.mark.parametrize(
    "outline", ["M20 40L60 40L60 80L20 80z", "M20 40l40 0 0 40-40 0z", "M60 40l0 40zm-40 0l0 40z"]
)
def test_the_outline_is_where_the_path_says(outline: str) -> None:
    x0, y0, scale = cards._placed(GROUND)
    box = _changed(_card(), _card(outline=Outline(outline, (20, 40, 60, 80))))
    wanted = (x0 + 20 * scale, y0 + 40 * scale, x0 + 60 * scale, y0 + 80 * scale)
    assert box == pytest.approx(wanted, abs=4)


def test_the_map_is_whole_and_its_colours_are_true() -> None:
    picture = _picture(_card())
    x0, y0, scale = cards._placed(GROUND)
    assert x0 >= cards.MAP_BOX[0] - 0.01
    assert y0 >= cards.MAP_BOX[1] - 0.01
    for at, colour in ((25, RED), (75, BLUE)):
        pixel = picture.getpixel((int(x0 + at * scale), int(y0 + 60 * scale)))
        assert pixel == cards._rgb(colour)
    assert picture.getpixel((1190, 300)) == cards._rgb(cards.PAPER)


def test_texts_are_not_taken_for_markup() -> None:
    ground = replace(GROUND, site="<b>& $map", source="</text>")
    assert _picture(_card("<b>& $name"), ground).size == (1200, 630)


def test_an_unknown_rank_has_a_hatched_swatch() -> None:
    plain = _card(lines=(CardLine("Not known", "in 2017", "the rank is not published", RED),))
    hatched = _card(lines=(CardLine("Not known", "in 2017", "the rank is not published", ""),))
    left, top, right, bottom = _changed(plain, hatched)
    assert (left, right) == pytest.approx((64, 90), abs=3)
    assert bottom - top <= 30


def test_a_theme_s_template_wins(tmp_path: Path) -> None:
    (tmp_path / "cards").mkdir()
    assert cards.read_template(tmp_path) == TEMPLATE
    mine = TEMPLATE.replace("$site", "Mine: $site")
    (tmp_path / "cards" / "ground.svg").write_text(mine, encoding="utf-8")
    assert cards.read_template(tmp_path) == mine


def _hexagon(x: float, y: float) -> str:
    corners = [(x + 12 * math.sin(n * math.pi / 3), y - 12 * math.cos(n * math.pi / 3))
               for n in range(6)]  # fmt: skip
    return "M" + "L".join(f"{px:.0f} {py:.0f}" for px, py in corners) + "z"


def test_a_card_with_the_atlas_s_hexagons_is_small() -> None:
    with (ROOT / "boundaries" / "hexagons_2016.csv").open(encoding="utf-8") as file:
        cells = [(int(row["column"]), int(row["row"])) for row in csv.DictReader(file)]
    places = [(20 * c + 10 * (r % 2) + 20, 17.3 * r + 20) for c, r in cells]
    ground = CardMap(
        max(x for x, _ in places) + 20,
        max(y for _, y in places) + 20,
        (("#dedbd2", "".join(_hexagon(x, y) for x, y in places)),),
    )
    card = _card("King's Lynn and West Norfolk", marker=places[0])
    assert len(render_card(card, ground, TEMPLATE)) < 22_000


def test_the_key_shows_every_class_and_marks_the_own() -> None:
    classes = (("worst", BLUE), ("middle", "#c9c5b8"), ("best", RED))
    ground = replace(GROUND, key=classes)
    plain = _picture(_card(), ground)
    y, third = cards._KEY_AT + cards._KEY_PX // 2, (cards.TEXT_BOX[1] - cards.TEXT_BOX[0]) / 3
    for at, (_, colour) in enumerate(classes):
        middle = int(cards.TEXT_BOX[0] + third * (at + 0.5))
        assert plain.getpixel((middle, y)) == cards._rgb(colour)
    box = ImageChops.difference(plain, _picture(_card(level=2), ground)).getbbox()
    assert box is not None
    left, top, right, bottom = box
    assert (left, right) == pytest.approx((cards.TEXT_BOX[1] - third, cards.TEXT_BOX[1]), abs=4)
    assert top < cards._KEY_AT < cards._KEY_AT + cards._KEY_PX < bottom
    words = replace(ground, key=tuple((label * 40, colour) for label, colour in classes))
    left, _, right, _ = _changed_ground(replace(ground, key=()), words)
    assert cards.TEXT_BOX[0] - 1 <= left < right <= cards.TEXT_BOX[1] + 1


def _changed_ground(one: CardMap, other: CardMap) -> tuple[int, int, int, int]:
    box = ImageChops.difference(_picture(_card(), one), _picture(_card(), other)).getbbox()
    assert box is not None
    return box


def test_cards_of_areas_mark_the_class_of_the_map_s_edition() -> None:
    frame = cells(3, 6)
    codes = list(frame["code"])
    scores = {code: (float(at), len(codes) - at) for at, code in enumerate(codes)}
    settings, comparison = made({"1": scores}, areas=codes)
    every = all_cards(Atlas(settings, comparison, (make_layout("geography", frame),), {}, "", ()))
    classes = comparison.main.classification.classes
    assert [label for label, _ in every[0].ground.key] == [c.label for c in classes]
    assert every[0].card.level == 0
    assert every[-1].card.level is None, "the site's own"
    assert {placed.card.level for placed in every[:-1]} == set(range(len(classes)))


def test_above_a_limit_areas_share_the_card_of_their_group(mini: Path, tmp_path: Path) -> None:
    settings = mini.read_text(encoding="utf-8")
    mini.write_text(settings + "\n[per_area]\nmost_areas = 7\n", encoding="utf-8")
    built = build_site(mini, tmp_path / "site", boundaries="auto", base_url="https://example.org/")
    drawn = [path for path in built.files if path.endswith("card.png")]
    assert "shires/east/card.png" in drawn
    assert not [path for path in drawn if path.startswith("parishes/")]
    page = built.text("parishes/castle/index.html")
    assert 'content="https://example.org/shires/east/card.png"' in page
    assert 'href="../../shires/east/card.png"' in page


def test_without_groups_all_cards_share_one_map() -> None:
    frame = cells(3, 6)
    codes = list(frame["code"])
    settings, comparison = made(
        {"1": {code: (float(at), at + 1) for at, code in enumerate(codes)}}, areas=codes
    )
    layout = make_layout("geography", frame)
    every = all_cards(Atlas(settings, comparison, (layout,), {}, "", ()))
    assert len(every) == 7
    assert len({id(placed.ground) for placed in every}) == 1


def test_a_card_names_who_the_figures_and_the_outlines_are_from() -> None:
    frame = cells(2, 2)
    codes = list(frame["code"])
    settings, comparison = made({"1": dict.fromkeys(codes, (1.0, 1))}, areas=codes)
    credit = ("Outlines by a survey under the licence L", "Contains data of an office 2016")
    layout = make_layout("geography", frame)
    every = all_cards(Atlas(settings, comparison, (layout,), {}, "", credit))
    for placed in every:
        assert placed.ground.source == (
            f"{comparison.main.edition.title}. Outlines by a survey under the licence L. "
            "Contains data of an office 2016."
        )


def test_the_shipped_licence_is_whole_and_a_longer_source_ends_with_an_ellipsis() -> None:
    settings, comparison = shipped()
    credit = [line.format(year=2016) for line in settings.geography.attribution]
    source = ". ".join([comparison.main.edition.title, *credit]) + "."
    lines = re.findall(r"<tspan[^>]*>([^<]*)</tspan>", cards._source_lines(source, 612))
    assert " ".join(lines) == source
    assert len(lines) <= 2
    cut = re.findall(r"<tspan[^>]*>([^<]*)</tspan>", cards._source_lines(source * 4, 612))
    assert len(cut) == 2
    assert cut[-1].endswith("…")


def test_the_key_of_the_site_s_card_shows_both_ends() -> None:
    frame = cells(3, 6)
    codes = list(frame["code"])
    scores = {code: (float(at), len(codes) - at) for at, code in enumerate(codes)}
    settings, comparison = made({"1": scores}, areas=codes)
    layout = make_layout("geography", frame)
    site = all_cards(Atlas(settings, comparison, (layout,), {}, "", ()))[-1].card
    classes = comparison.main.classification.classes
    assert len(classes) > 1
    keys = [(line.figure, line.label, line.colour) for line in site.lines]
    assert keys == [(f"{c.count}", c.label, c.colour) for c in (classes[-1], classes[0])]
