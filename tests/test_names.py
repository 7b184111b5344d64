"""Which names mean one place, and how a name stands in a URL."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.data.names import NameIndex, canonical, short_form, slugify, slugs

ROOT = Path(__file__).resolve().parents[1]
with (ROOT / "boundaries/authorities_2016.csv").open(encoding="utf-8") as _file:
    OFFICIAL = [(row["code"], row["name"]) for row in csv.DictReader(_file)]
INDEX = NameIndex(OFFICIAL)
CODES = {name: code for code, name in OFFICIAL}

SAME = [
    ("St. Helens", "St. Helens"),
    ("St Helens", "St. Helens"),
    ("Saint Helens", "St. Helens"),
    ("ST.HELENS", "St. Helens"),
    ("Bristol", "Bristol, City of"),
    ("City of Bristol", "Bristol, City of"),
    ("Bristol City", "Bristol, City of"),
    ("Bristol, City of UA", "Bristol, City of"),
    ("Kingston upon Hull", "Kingston upon Hull, City of"),
    ("Kingston Upon Hull", "Kingston upon Hull, City of"),
    ("Herefordshire", "Herefordshire, County of"),
    ("County of Herefordshire", "Herefordshire, County of"),
    ("King's Lynn and West Norfolk", "King's Lynn and West Norfolk"),
    ("King’s Lynn and West Norfolk", "King's Lynn and West Norfolk"),
    ("Kingʼs Lynn & West Norfolk", "King's Lynn and West Norfolk"),
    ("Kings Lynn & West Norfolk", "King's Lynn and West Norfolk"),
    ("Tonbridge & Malling", "Tonbridge and Malling"),
    ("TELFORD & WREKIN", "Telford and Wrekin"),
    ("  County   Durham ", "County Durham"),
    ("Durham", "County Durham"),
    ("Westminster City Council", "Westminster"),
    ("City of Westminster", "Westminster"),
    ("London Borough of Hackney", "Hackney"),
    ("Royal Borough of Kensington and Chelsea", "Kensington and Chelsea"),
    ("Kingston-upon-Thames", "Kingston upon Thames"),
    ("Stratford on Avon", "Stratford-on-Avon"),
    ("Stockton on Tees", "Stockton-on-Tees"),
    ("City of London", "City of London"),
    ("the isles of scilly", "Isles of Scilly"),
]


@pytest.mark.parametrize(("written", "official"), SAME)
def test_names_that_mean_one_place(written: str, official: str) -> None:
    assert INDEX.find(written) == (CODES[official],)


@pytest.mark.parametrize("name", ["Narnia", "", "Derbyshire Dal", "London", "St", "and"])
def test_names_that_mean_no_place(name: str) -> None:
    assert INDEX.find(name) == ()


@pytest.mark.parametrize(("code", "name"), OFFICIAL)
def test_every_official_name_finds_itself(code: str, name: str) -> None:
    assert INDEX.find(name) == (code,)


def test_every_official_name_has_a_form_of_its_own() -> None:
    """Two places of one form would make a name ambiguous in every table without codes."""
    assert len({canonical(name) for _, name in OFFICIAL}) == len(OFFICIAL)
    assert len({short_form(name) for _, name in OFFICIAL}) == len(OFFICIAL)


@given(st.sampled_from(OFFICIAL), st.data())
def test_case_spaces_apostrophes_and_ampersands_do_not_matter(
    place: tuple[str, str], data: st.DataObject
) -> None:
    code, name = place
    name = data.draw(st.sampled_from([name, name.upper(), name.lower(), name.swapcase()]))
    name = re.sub(" ", lambda _: " " * data.draw(st.integers(1, 3)), name)
    name = name.replace("'", data.draw(st.sampled_from(["'", "’", "‘", "ʼ", "`", ""])))
    name = re.sub(r"(?i)\band\b", data.draw(st.sampled_from(["and", "&", "AND"])), name)
    assert INDEX.find(f" {name}\t") == (code,)


@given(st.text())
def test_canonical_is_idempotent(text: str) -> None:
    assert canonical(canonical(text)) == canonical(text)


@given(st.text())
def test_short_form_is_never_empty_unless_the_name_is(text: str) -> None:
    assert bool(short_form(text)) == bool(canonical(text))


@given(st.text(alphabet=st.characters(codec="ascii")))
def test_a_slug_is_safe_in_a_path(text: str) -> None:
    assert re.fullmatch(r"([a-z0-9]+(-[a-z0-9]+)*)?", slugify(text))


@given(st.text())
def test_no_text_gets_out_of_a_slug(text: str) -> None:
    assert re.fullmatch(r"[a-z0-9-]*", slugify(text))
    assert slugify(slugify(text)) == slugify(text)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("King's Lynn and West Norfolk", "kings-lynn-and-west-norfolk"),
        ("King’s Lynn & West Norfolk", "kings-lynn-and-west-norfolk"),
        ("Ynys Môn", "ynys-mon"),
        ("Bristol, City of", "bristol-city-of"),
        ("St. Helens", "st-helens"),
        ("../../etc/passwd", "etc-passwd"),
        ('<b>Bold & "Sons"</b>', "b-bold-and-sons-b"),
        ("!!!", ""),
    ],
)
def test_slugs_read_like_names(name: str, slug: str) -> None:
    assert slugify(name) == slug


def test_the_shipped_slugs_are_the_names() -> None:
    found = slugs(OFFICIAL)
    assert found["E07000176"] == "rushcliffe"
    assert len(set(found.values())) == 326
    assert all("-e0" not in slug for slug in found.values())


@given(
    st.dictionaries(
        st.from_regex(r"E0[5-9]\d{6}", fullmatch=True),
        st.sampled_from(["Abbey", "ABBEY", "Abbey!", "Castle", "!", "Abbey e05000001"]),
        max_size=8,
    )
)
def test_slugs_never_meet(named: dict[str, str]) -> None:
    found = slugs(sorted(named.items()))
    assert set(found) == set(named)
    assert len(set(found.values())) == len(named)
    assert all(found.values())


def test_a_name_that_several_areas_share_means_all_of_them() -> None:
    index = NameIndex([("E05000002", "Abbey"), ("E05000001", "Abbey"), ("E05000003", "Castle")])
    assert set(index.find("abbey")) == {"E05000001", "E05000002"}
    assert index.find("Castle") == ("E05000003",)


def test_the_whole_name_wins_over_the_short_one() -> None:
    index = NameIndex([("E1", "Bristol, City of"), ("E2", "Bristol")])
    assert index.find("Bristol") == ("E2",)
    assert index.find("Bristol, City of") == ("E1",)


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("Rushclife", "Rushcliffe"),
        ("Newark & Sherwod", "Newark and Sherwood"),
        ("Derbyshire Dale", "Derbyshire Dales"),
        ("Kings Lyn and West Norfolk", "King's Lynn and West Norfolk"),
    ],
)
def test_the_nearest_names_hold_what_was_meant(slip: str, meant: str) -> None:
    assert INDEX.nearest(slip)[0] == f"{meant} ({CODES[meant]})"


@given(st.text(max_size=40), st.integers(1, 5))
def test_nearest_names_are_few_and_all_different(text: str, count: int) -> None:
    near = INDEX.nearest(text, count)
    assert len(near) <= count
    assert len(set(near)) == len(near)


# -- Names that repeat ---------------------------------------------------------------------


def test_repeated_names_are_told_apart_by_their_parents() -> None:
    named = [("W1", "St Mary's"), ("W2", "St Mary's"), ("W3", "Abbey"), ("W4", "St. Marys")]
    towns = {"W1": "Ely", "W2": "Bath", "W3": "Bath", "W4": "Caerphilly / Caerffili"}
    assert slugs(named, [towns]) == {
        "W1": "st-marys-ely", "W2": "st-marys-bath", "W3": "abbey",
        "W4": "st-marys-caerphilly-caerffili",
    }  # fmt: skip


def test_the_first_kind_of_parent_that_tells_all_apart_is_taken() -> None:
    named = [("W1", "Mill"), ("W2", "Mill")]
    same, other = {"W1": "Kent", "W2": "Kent"}, {"W1": "Dover", "W2": "Deal"}
    assert slugs(named, [same, other]) == {"W1": "mill-dover", "W2": "mill-deal"}
    assert slugs(named, [same]) == {"W1": "mill-w1", "W2": "mill-w2"}
    assert slugs(named, [{"W1": "Dover"}]) == {"W1": "mill-w1", "W2": "mill-w2"}


def test_a_parent_never_makes_a_slug_that_another_area_has() -> None:
    named = [("W1", "Mill"), ("W2", "Mill"), ("W3", "Mill Deal")]
    found = slugs(named, [{"W1": "Dover", "W2": "Deal", "W3": "Deal"}])
    assert len(set(found.values())) == 3
    assert found["W3"] == "mill-deal"


@given(
    st.lists(
        st.tuples(st.sampled_from(["Mill", "St Mary", "Mill Deal", "É"]), st.sampled_from("AB ")),
        max_size=12,
    )
)
def test_slugs_are_never_doubled(areas: list[tuple[str, str]]) -> None:
    named = [(f"W{at}", name) for at, (name, _) in enumerate(areas)]
    found = slugs(named, [{f"W{at}": parent for at, (_, parent) in enumerate(areas)}])
    assert len(set(found.values())) == len(areas)
    assert set(found) == {code for code, _ in named}
