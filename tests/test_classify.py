"""Classes hold every value once, and colours stay apart for every kind of eye."""

from __future__ import annotations

import math
import re
from itertools import combinations, pairwise

import numpy as np
import pytest
from coloraide import Color
from hypothesis import given, settings
from hypothesis import strategies as st
from making import ROOT, shipped

from generator.data.classify import (
    SCHEMES,
    Classification,
    classify,
    rank_classification,
)
from generator.data.palettes import CHANGE, DIVERGING, dark_variant
from generator.errors import SettingsError
from generator.settings import Classes

FAST = [s for s in SCHEMES if s not in {"MaxP", "UserDefined"}]
values_by_key = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=5),
    st.none() | st.floats(-1e4, 1e4) | st.integers(-3, 3).map(float),
    max_size=40,
)


def numbers(values: dict[str, float | None]) -> list[float]:
    return [v for v in values.values() if v is not None]


def assert_sound(
    found: Classification, values: dict[str, float | None], better: str = "higher"
) -> None:
    """What must be true of any classification."""
    present = {key: v for key, v in values.items() if v is not None}
    assert set(found.levels) == set(present)
    assert found.missing == len(values) - len(present)
    assert sum(c.count for c in found.classes) == len(present)
    assert [c.level for c in found.classes] == list(range(len(found.classes)))
    assert len({c.colour for c in found.classes}) == len(found.classes) or len(found.classes) > 9
    assert len({c.label for c in found.classes}) == len(found.classes)
    rising = found.classes if better == "higher" else found.classes[::-1]
    for below, above in pairwise(rising):
        assert below.upper == above.lower
        assert above.lower < above.upper
    if not present:
        assert found.classes == ()
        return
    assert rising[0].lower == min(present.values())
    assert rising[-1].upper >= max(present.values())
    for key, value in present.items():
        # Open below and closed above; the first class holds its own lower end too.
        inside = [
            c.level
            for c in found.classes
            if c.lower < value <= c.upper or (c is rising[0] and value <= c.upper)
        ]
        assert inside == [found.levels[key]], (key, value)
    for c in found.classes:
        assert c.count == sum(level == c.level for level in found.levels.values())


@given(values_by_key, st.integers(2, 9), st.sampled_from(["higher", "lower"]))
def test_quantiles_hold_every_value_once(
    values: dict[str, float | None], k: int, better: str
) -> None:
    found = classify(values, Classes(k=k), better=better)
    assert_sound(found, values, better)
    assert len(found.classes) <= min(k, max(1, len(set(numbers(values)))))


@pytest.mark.parametrize("scheme", FAST)
@settings(max_examples=30)
@given(values_by_key, st.integers(2, 7))
def test_every_scheme_works_or_says_that_it_can_not(
    scheme: str, values: dict[str, float | None], k: int
) -> None:
    try:
        found = classify(values, Classes(scheme=scheme, k=k))
    except SettingsError as error:
        # "This scheme can't serve these values", with what to choose instead.
        assert "[classes]" in str(error) and "→" in str(error)  # noqa: PT017, PT018
        return
    assert_sound(found, values)


def test_a_search_that_would_never_end_is_refused() -> None:
    """mapclassify's Jenks–Caspall turns in circles once one of its classes is empty."""
    values: dict[str, float | None] = {
        str(at): value for at, value in enumerate([-3.0, -1.0, 0.0, 0.0, 2.0, 2.0])
    }
    with pytest.raises(SettingsError, match="JenksCaspall can't classify"):
        classify(values, Classes(scheme="JenksCaspall", k=4))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_scheme_serves_the_shipped_scores(scheme: str) -> None:
    _, comparison = shipped()
    every = 8 if scheme == "MaxP" else 1  # a heuristic that takes half a minute for all
    values = {c: p.score for c, p in list(comparison.main.positions.items())[::every]}
    wanted = Classes(scheme=scheme, breaks=(-60, -20, 20, 60, 200))
    found = classify(values, wanted)
    assert_sound(found, values)
    assert len(found.classes) >= 2
    assert 0 < found.gadf <= 1
    assert found == classify(values, wanted), "the same values give the same classes"


@pytest.mark.parametrize("scheme", ["quantiles", "FISHERJENKS", "Naturalbreaks"])
def test_the_name_of_a_scheme_may_be_in_any_case(scheme: str) -> None:
    values: dict[str, float | None] = {str(n): float(n * n) for n in range(30)}
    assert_sound(classify(values, Classes(scheme=scheme)), values)


def test_an_unknown_scheme_is_refused_with_those_that_are() -> None:
    with pytest.raises(SettingsError, match="no scheme 'Quintiles'") as caught:
        classify({"a": 1.0}, Classes(scheme="Quintiles"))
    assert caught.value.where == "[classes] scheme"
    assert "Quantiles" in caught.value.fix


def test_missing_is_never_a_class() -> None:
    values: dict[str, float | None] = {str(n): float(n) for n in range(10)}
    without = classify(values, Classes())
    with_missing = classify({**values, "gone": None, "lost": None}, Classes())
    assert with_missing.classes == without.classes
    assert with_missing.levels == without.levels
    assert with_missing.missing == 2


def test_nothing_but_missing_gives_no_class() -> None:
    found = classify({"a": None}, Classes())
    assert (found.classes, found.levels, found.missing) == ((), {}, 1)


def test_ties_give_fewer_classes_not_empty_ones() -> None:
    values: dict[str, float | None] = {str(n): 0.0 for n in range(18)} | {"x": 1.0, "y": 2.0}
    found = classify(values, Classes(k=5))
    assert_sound(found, values)
    assert len(found.classes) < 5
    assert all(c.count for c in found.classes)


def test_equal_values_are_one_class() -> None:
    found = classify({"a": 2.0, "b": 2.0}, Classes())
    assert [(c.label, c.lower, c.upper, c.count) for c in found.classes] == [
        ("All alike", 2.0, 2.0, 2)
    ]


def test_lower_can_be_better() -> None:
    values: dict[str, float | None] = {str(n): float(n) for n in range(10)}
    high = classify(values, Classes(k=5))
    low = classify(values, Classes(k=5), better="lower")
    assert low.levels == {key: 4 - level for key, level in high.levels.items()}
    assert low.levels["0"] == 4
    assert [c.colour for c in low.classes] == [c.colour for c in high.classes]


def test_own_breaks() -> None:
    values: dict[str, float | None] = {"a": 0.0, "b": 10.0, "c": 10.5, "d": 30.0}
    found = classify(values, Classes(scheme="UserDefined", breaks=(10, 20, 30)))
    assert found.levels == {"a": 0, "b": 0, "c": 1, "d": 2}
    assert_sound(found, values)


@pytest.mark.parametrize("breaks", [(3.0, 2.0), (2.0, 2.0, 9.0), (), (math.inf,), (math.nan,)])
def test_breaks_that_do_not_rise_are_refused(breaks: tuple[float, ...]) -> None:
    values: dict[str, float | None] = {"a": 1.0, "b": 2.5, "c": 9.0}
    with pytest.raises(SettingsError) as caught:
        classify(values, Classes(scheme="UserDefined", breaks=breaks))
    assert caught.value.where == "[classes]"
    assert caught.value.fix


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=6, unique=True).map(sorted), values_by_key)
def test_own_breaks_hold_every_value_once(
    breaks: list[float], values: dict[str, float | None]
) -> None:
    assert_sound(classify(values, Classes(scheme="UserDefined", breaks=tuple(breaks))), values)


def test_labels_and_colours_are_taken_where_they_fit() -> None:
    values: dict[str, float | None] = {str(n): float(n) for n in range(10)}
    own = Classes(k=2, labels=("low", "high"), colours=("#000000", "#ffffff"))
    assert [(c.label, c.colour) for c in classify(values, own).classes] == [
        ("low", "#000000"),
        ("high", "#ffffff"),
    ]
    other = classify(values, own.model_copy(update={"k": 3}))
    assert [c.label for c in other.classes] == [
        "Lowest values",
        "Class 2 of 3, from low to high",
        "Highest values",
    ]
    assert tuple(c.colour for c in other.classes) == DIVERGING.ramp(3)


@pytest.mark.parametrize("better", ["higher", "lower", "neutral"])
def test_names_of_classes_name_the_values(better: str) -> None:
    """Where lower is better, the class of the lowest values still has the lowest values."""
    found = classify({str(n): float(n) for n in range(10)}, Classes(k=3), better=better)
    by_label = {c.label: c for c in found.classes}
    assert by_label["Lowest values"].upper < by_label["Highest values"].lower
    best = found.classes[-1].label
    assert best == ("Lowest values" if better == "lower" else "Highest values")


@given(values_by_key)
def test_goodness_of_fit_is_that_of_its_definition(values: dict[str, float | None]) -> None:
    found = classify(values, Classes())
    present = numbers(values)
    if not present:
        return
    adcm = 0.0
    for c in found.classes:
        members = [v for k, v in values.items() if v is not None and found.levels[k] == c.level]
        adcm += sum(abs(v - np.median(members)) for v in members)
    whole = sum(abs(v - np.median(present)) for v in present)
    assert found.adcm == pytest.approx(adcm, abs=1e-6)
    assert found.gadf == pytest.approx(1 - adcm / whole if whole else 1.0, abs=1e-9)


# -- The shipped atlas ---------------------------------------------------------------------


def test_the_shipped_classes_hold_65_65_64_65_65() -> None:
    _, comparison = shipped()
    found = comparison.main.classification
    assert [c.count for c in found.classes] == [65, 65, 64, 65, 65]
    assert found.missing == 2


def test_the_top_class_is_the_hotspots_and_the_bottom_class_the_coldspots() -> None:
    _, comparison = shipped()
    for position in comparison.main.positions.values():
        assert (position.level == 4) == (position.spot == "hot")
        assert (position.level == 0) == (position.spot == "cold")


def test_ranks_are_classed_as_if_all_were_known() -> None:
    _, comparison = shipped()
    edition = comparison.measure("2017", "overall")
    assert edition is not None
    assert not edition.complete
    found = edition.classification
    assert [math.floor(c.upper) for c in found.classes[::-1]] == [65, 130, 194, 259, 324]
    for position in edition.positions.values():
        assert (position.level == 4) == (position.spot == "hot")
        assert (position.level == 0) == (position.spot == "cold")
    assert sum(c.count for c in found.classes) == 47


@given(st.integers(5, 400), st.integers(2, 9), st.data())
def test_a_rank_has_the_same_class_however_many_others_are_known(
    of: int, k: int, data: st.DataObject
) -> None:
    whole = rank_classification({str(r): r for r in range(1, of + 1)}, of, Classes(k=k))
    some = data.draw(st.lists(st.integers(1, of), max_size=8, unique=True))
    part = rank_classification({str(r): r for r in some} | {"x": None}, of, Classes(k=k))
    assert part.levels == {str(r): whole.levels[str(r)] for r in some}
    assert part.missing == 1
    best_first = [whole.levels[str(r)] for r in range(1, of + 1)]
    assert best_first == sorted(best_first, reverse=True)


# -- Colours ---------------------------------------------------------------------------------

# Machado, Oliveira and Fernandes, A Physiologically-based Model for Simulation of Color
# Vision Deficiency (IEEE TVCG 15, 2009), table 1, severity 1.0; for linear RGB.
VISION = {
    "full": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def linear(colour: str) -> np.ndarray:
    """sRGB in hexadecimal as linear light, 0 to 1."""
    channels = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lab(light: np.ndarray) -> np.ndarray:
    """Linear sRGB light in CIE L*a*b* (D65)."""
    to_xyz = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    )
    xyz = to_xyz @ light / (to_xyz @ np.ones(3))
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def seen(colour: str, vision: str) -> np.ndarray:
    return lab(np.clip(np.array(VISION[vision]) @ linear(colour), 0, 1))


def apart(one: str, other: str, vision: str) -> float:
    """Distance of two colours as somebody sees them (ΔE*ab; 2.3 can just be noticed)."""
    return float(np.linalg.norm(seen(one, vision) - seen(other, vision)))


def test_the_colour_arithmetic_is_right() -> None:
    assert lab(linear("#ffffff")) == pytest.approx([100, 0, 0], abs=0.01)
    assert lab(linear("#000000")) == pytest.approx([0, 0, 0], abs=0.01)
    assert lab(linear("#ff0000")) == pytest.approx([53.24, 80.09, 67.20], abs=0.05)
    assert apart("#ff0000", "#00ff00", "full") > 150
    for vision in VISION:
        assert apart("#808080", "#808080", vision) == 0
        assert seen("#999999", vision)[1:] == pytest.approx([0, 0], abs=0.5), "grey stays grey"
    # A red and a green of one lightness, which protanopes and deuteranopes confuse.
    assert apart("#b2182b", "#5b4b00", "protanopia") < apart("#b2182b", "#5b4b00", "full") / 2


@pytest.mark.parametrize("vision", VISION)
def test_any_two_classes_of_the_shipped_atlas_can_be_told_apart(vision: str) -> None:
    colours = shipped()[0].classes.colours
    closest = min(apart(a, b, vision) for a, b in combinations(colours, 2))
    assert closest > 20


COUNTS = range(2, 10)


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("count", COUNTS)
def test_neighbouring_classes_can_be_told_apart(count: int, vision: str) -> None:
    colours = DIVERGING.ramp(count)
    assert len(colours) == count
    closest = min(apart(a, b, vision) for a, b in pairwise(colours))
    assert closest > 12


@pytest.mark.parametrize("count", COUNTS)
def test_the_two_halves_differ_not_by_hue_alone(count: int) -> None:
    """From the middle outwards every class is darker, so a grey print can still be read."""
    lightness = [seen(colour, "full")[0] for colour in DIVERGING.ramp(count)]
    half = math.ceil(count / 2)
    lower, upper = lightness[:half], lightness[count - half :]
    assert lower == sorted(lower)
    assert upper == sorted(upper, reverse=True)


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("count", COUNTS)
def test_best_and_worst_are_never_confused(count: int, vision: str) -> None:
    colours = DIVERGING.ramp(count)
    half = count // 2
    pairs = [(a, b) for a in colours[:half] for b in colours[count - half :]]
    assert min(apart(a, b, vision) for a, b in pairs) > 25


# -- Grounds: light and dark, for every vision, by CIEDE2000 -----------------------------------

STYLE = (ROOT / "templates" / "assets" / "style.css").read_text(encoding="utf-8")


def ground(name: str, dark: bool) -> str:
    """A colour of the style sheet's grounds."""
    light, _, night = STYLE.partition("prefers-color-scheme: dark")
    found = re.search(rf"--{name}: (#[0-9a-f]{{6}});", night if dark else light)
    assert found is not None, name
    return found[1]


def visions(colour: str) -> list[Color]:
    plain = Color(colour)
    return [plain, *(plain.filter(kind) for kind in ("protan", "deutan", "tritan"))]


def least(one: str, other: str) -> float:
    """The smallest CIEDE2000 difference for any of four kinds of colour vision."""
    pairs = zip(visions(one), visions(other), strict=True)
    return min(float(a.delta_e(b, method="2000")) for a, b in pairs)


def shipped_colours(dark: bool) -> tuple[str, ...]:
    classes = shipped()[0].classes
    return (classes.colours_dark or dark_variant(classes.colours)) if dark else classes.colours


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_classes_are_ten_apart_for_everybody(dark: bool) -> None:
    colours = shipped_colours(dark)
    assert min(least(a, b) for a, b in combinations(colours, 2)) >= 10


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["paper", "land", "sea"])
def test_no_class_looks_like_the_ground(name: str, dark: bool) -> None:
    assert min(least(ground(name, dark), colour) for colour in shipped_colours(dark)) >= 10


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("count", [3, 5, 7])
def test_classes_of_change_are_ten_apart_for_everybody(count: int, dark: bool) -> None:
    colours = dark_variant(CHANGE.ramp(count)) if dark else CHANGE.ramp(count)
    assert min(least(a, b) for a, b in combinations(colours, 2)) >= 10
    grounds = [ground(name, dark) for name in ("paper", "land", "sea")]
    assert min(least(a, b) for a in grounds for b in colours) >= 10


def test_classes_differ_in_grey_print() -> None:
    """No two classes have nearly one lightness, so that a grey copy still tells them apart."""
    greys = sorted(
        Color(colour).convert("lab")["lightness"] for colour in shipped_colours(dark=False)
    )
    assert min(b - a for a, b in pairwise(greys)) >= 9


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_sea_and_land_are_told_apart_quietly(dark: bool) -> None:
    assert 2.5 <= least(ground("land", dark), ground("sea", dark)) <= 9


@given(st.integers(2, 9))
def test_a_dark_variant_turns_lightness_over(count: int) -> None:
    light = DIVERGING.ramp(count)
    dark = dark_variant(light)

    def lightness(colour: str) -> float:
        return float(Color(colour).convert("oklab")["lightness"])

    order = sorted(range(count), key=lambda at: lightness(light[at]))
    assert order == sorted(range(count), key=lambda at: -lightness(dark[at]))
