"""Published statements: ranges from partial editions, verdicts, and a file's problems at once."""

from __future__ import annotations

import csv
import itertools
import random
import tomllib
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import ROOT, made, shipped

from generator.catalogue import ENGLISH
from generator.claims.check import Checked, check_claims, read_claims
from generator.claims.file import Expect, claims_from
from generator.claims.ranges import behind_range, count_range, rank_range, share_range
from generator.errors import SettingsError

FILE = ROOT / "data" / "claims.toml"
SETTINGS, COMPARISON = shipped()
CHECKED = {c.id: c for c in check_claims(ENGLISH, read_claims(FILE), COMPARISON, SETTINGS.spots)}


def _verdicts(checked: Checked) -> dict[str, str]:
    return {outcome.edition: outcome.verdict for outcome in checked.outcomes}


def _figure(checked: Checked, edition: str) -> str:
    found = next(o.figure for o in checked.outcomes if o.edition == edition)
    return found.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("claim", "verdicts"),
    [
        ("best-westminster", {"2017": "holds", "2016": "holds"}),
        ("worst-west-somerset", {"2017": "holds", "2016": "holds"}),
        ("london-share-of-hotspots", {"2017": "differs", "2016": "differs"}),
        ("no-other-city", {"2017": "unknown", "2016": "differs"}),
        ("east-midlands-half-coldspots", {"2017": "unknown", "2016": "differs"}),
        ("west-midlands-third-coldspots", {"2017": "unknown", "2016": "holds"}),
        ("midlands-worst", {"2017": "unknown", "2016": "holds"}),
        ("east-midlands-lowest", {"2017": "unknown", "2016": "differs"}),
        ("rural-coldspots", {"2017": "unknown", "2016": "differs"}),
        ("affluent-coldspots", {"2017": "unknown", "2016": "differs"}),
        ("coastal-and-industrial-coldspots", {"2017": "unknown", "2016": "holds"}),
        ("west-berkshire-behind", {"2017": "unknown", "2016": "holds"}),
        ("rushcliffe-only-hotspot", {"2017": "holds", "2016": "holds"}),
        ("rushcliffe-41st", {"2017": "holds"}),
        ("derbyshire-dales-and-high-peak-between", {"2017": "holds", "2016": "holds"}),
        ("d2n2-fourteen-coldspots", {"2017": "differs", "2016": "differs"}),
        ("newark-second-worst", {"2017": "holds", "2016": "differs"}),
        ("chesterfield-185", {"2017": "differs"}),
    ],
)
def test_what_the_data_say_of_the_briefing(claim: str, verdicts: dict[str, str]) -> None:
    assert _verdicts(CHECKED[claim]) == verdicts


def test_figures_are_told() -> None:
    assert _figure(CHECKED["london-share-of-hotspots"], "2016") == "30 of 65, 46%"
    assert _figure(CHECKED["london-share-of-hotspots"], "2017") == (
        "6 to 32 of 65, 9% to 49%; ranks known: 6 of 32"
    )
    assert _figure(CHECKED["d2n2-fourteen-coldspots"], "2017") == (
        "13 of 14 are coldspots, not North East Derbyshire (255th)"
    )
    assert _figure(CHECKED["rushcliffe-only-hotspot"], "2017") == (
        "1 of 17 is among the hotspots: Rushcliffe (41st); Rushcliffe (41st) is among the hotspots"
    )
    assert _figure(CHECKED["affluent-coldspots"], "2016") == (
        "1 of 3 is among the coldspots: Crawley (309th)"
    )
    assert _figure(CHECKED["affluent-coldspots"], "2017") == (
        "the ranks of West Berkshire, Cotswold and Crawley are not known here"
    )
    assert _figure(CHECKED["coastal-and-industrial-coldspots"], "2016") == "all 4 are coldspots"
    assert _figure(CHECKED["midlands-worst"], "2016").startswith(
        "East Midlands 1st of 9 from the worst (43%); West Midlands 2nd of 9"
    )


def test_shares_of_2016_agree_with_the_csv_counted_by_hand() -> None:
    with (ROOT / "boundaries" / "authorities_2016.csv").open(encoding="utf-8") as file:
        region = {row["name"]: row["region"] for row in csv.DictReader(file)}
    with (ROOT / "data" / "social_mobility_2016.csv").open(encoding="utf-8") as file:
        rank = {row["name"]: int(row["rank"]) for row in csv.DictReader(file)}
    cold = [name for name, r in rank.items() if r >= 260 and region.get(name) == "East Midlands"]
    assert _figure(CHECKED["east-midlands-half-coldspots"], "2016") == f"{len(cold)} of 40, 43%"


def test_the_edition_that_a_statement_was_made_for_comes_first() -> None:
    for checked in CHECKED.values():
        if checked.outcomes:
            assert checked.outcomes[0].edition == checked.edition == "2017"
            assert (checked.verdict, checked.figure) == (
                checked.outcomes[0].verdict,
                checked.outcomes[0].figure,
            )
        else:
            assert checked.verdict == "unknown"
            assert checked.figure


def test_statements_reach_the_pages_that_they_concern() -> None:
    code = {area.name: c for c, area in COMPARISON.areas.items()}
    groups = {g.name: (g.kind, g.id) for g in COMPARISON.groups if g.kind != "county"}

    def concerning(key: object) -> set[str]:
        return {c.id for c in CHECKED.values() if key in (*c.codes, *c.groups)}

    assert {"rushcliffe-only-hotspot", "rushcliffe-41st", "d2n2-early-years"} <= concerning(
        code["Rushcliffe"]
    )
    assert concerning(code["South Ribble"]) == {"neet-south-ribble"}
    assert concerning(groups["London"]) == {"london-share-of-hotspots", "gcse-london-51-36"}
    assert not concerning(code["Isle of Wight"])


def test_quotes_are_short_and_truly_in_the_briefing() -> None:
    briefing = ROOT / "../shared/seed/state-of-the-nation-2017.txt"
    for claim in read_claims(FILE).claim:
        assert len(claim.quote.split()) <= 14
    if not briefing.exists():
        pytest.skip("THE BRIEFING IS NOT HERE: the quotes aren't compared with it")
    text = " ".join(briefing.read_text(encoding="utf-8").split())
    for claim in read_claims(FILE).claim:
        assert claim.quote in text


def _partial(hidden: set[str]) -> tuple[object, object]:
    names = [f"a{at:02}" for at in range(20)]
    ranks = {name: (None, at + 1) for at, name in enumerate(names) if name not in hidden}
    return made({"y": ranks}, areas=names, of=20)


@given(st.sets(st.integers(0, 19), max_size=19), st.sets(st.integers(0, 19), min_size=1))
def test_ranges_hold_every_way_to_fill_the_gaps(hidden: set[int], members: set[int]) -> None:
    names = [f"a{at:02}" for at in range(20)]
    settings, partial = _partial({names[at] for at in hidden})
    chosen = {names[at] for at in members}
    ranges = {
        spot: count_range(ENGLISH, partial, partial.main, chosen, spot, settings.spots)
        for spot in ("hot", "cold", "between")
    }
    share = share_range(ENGLISH, partial.main, chosen, "hot", of_spots=True)
    free = sorted(at + 1 for at in hidden)
    shuffle = random.Random(0)
    for _ in range(5):
        shuffle.shuffle(free)
        rank = {name: at + 1 for at, name in enumerate(names)}
        rank |= dict(zip((names[at] for at in sorted(hidden)), free, strict=True))
        hot = sum(rank[c] <= 4 for c in chosen)
        cold = sum(rank[c] >= 17 for c in chosen)
        counts = {"hot": hot, "cold": cold, "between": len(chosen) - hot - cold}
        for spot, found in ranges.items():
            assert found.low <= counts[spot] <= found.high
            assert found.whole == len(chosen)
        assert share.low <= Fraction(hot, 4) <= share.high
        for one, other in itertools.islice(itertools.permutations(sorted(chosen), 2), 5):
            lone = rank_range(ENGLISH, partial.main, one)
            assert lone.low <= rank[one] <= lone.high
            behind = behind_range(ENGLISH, partial, partial.main, one, other)
            assert behind.low <= rank[one] - rank[other] <= behind.high


@given(st.sets(st.integers(0, 19), max_size=10), st.sets(st.integers(0, 19), min_size=1))
def test_counts_are_no_wider_than_they_must_be(hidden: set[int], members: set[int]) -> None:
    names = [f"a{at:02}" for at in range(20)]
    settings, partial = _partial({names[at] for at in hidden})
    chosen = {names[at] for at in members}
    found = count_range(ENGLISH, partial, partial.main, chosen, "hot", settings.spots)
    free = sorted(at + 1 for at in hidden)
    inside = [at for at in sorted(hidden) if at in members]
    outside = [at for at in sorted(hidden) if at not in members]
    for order, bound in ((inside + outside, found.high), (outside + inside, found.low)):
        rank = {at: at + 1 for at in range(20)} | dict(zip(order, free, strict=True))
        assert sum(rank[at] <= 4 for at in members) == bound


@given(
    st.fractions(0, 1), st.fractions(0, 1), st.fractions(0, 1),
    st.fractions(0, 1, max_denominator=10**9),  # a file may not write longer figures
    st.sampled_from(["equals", "at_least", "above", "at_most", "below"]),
)  # fmt: skip
def test_what_can_be_met_is_met_somewhere(
    a: Fraction, b: Fraction, at: Fraction, limit: Fraction, word: str
) -> None:
    low, high = min(a, b), max(a, b)
    expect = Expect.model_validate({word: str(limit)})
    inside = low + (high - low) * at
    if expect.meets(inside, Fraction(1)):
        assert expect.can_meet(low, high, Fraction(1))
    if not expect.can_meet(low, high, Fraction(1)):
        assert not any(expect.meets(x, Fraction(1)) for x in (low, inside, high))
    if all(expect.meets(x, Fraction(1)) for x in (low, high)):
        assert expect.meets(inside, Fraction(1))


def test_all_problems_of_a_file_are_told_at_once() -> None:
    raw = tomllib.loads(
        """
        [source.s]
        name = "S"
        [[claim]]
        id = "one"
        text = "x"
        source = "s"
        edition = "2017"
        [[claim]]
        id = "two"
        text = "x"
        source = "s"
        edition = "2017"
        check = [{ measure = "rank", area = "York", expect = { equals = "a lot" } }]
        [[claim]]
        id = "three"
        text = "x"
        source = "s"
        edition = "2017"
        check = [{ measure = "share", spot = "warm", were = { region = "London" }, expect = {} }]
        """
    )
    with pytest.raises(SettingsError) as caught:
        claims_from(raw, Path("claims.toml"))
    text = str(caught.value)
    assert text.startswith("claims.toml: ")
    for part in ("claim one", "give either a check", "claim two", "'a lot' is no figure",
                 "claim three", "a slip of the pen", "expect nothing"):  # fmt: skip
        assert part in text


def test_all_unknown_names_are_told_at_once_with_the_nearest() -> None:
    raw = tomllib.loads(
        """
        [source.s]
        name = "S"
        [[claim]]
        id = "one"
        text = "x"
        source = "s"
        edition = "2015"
        check = [
          { measure = "rank", area = "Rushclif", expect = { equals = 1 } },
          { measure = "share", spot = "hot", where = { region = "Mercia" }, expect = { above = 0 }},
        ]
        """
    )
    claims = claims_from(raw, Path("claims.toml"))
    with pytest.raises(SettingsError) as caught:
        check_claims(ENGLISH, claims, COMPARISON, SETTINGS.spots)
    text = str(caught.value)
    assert "no edition '2015'" in text
    assert "nearest: Rushcliffe (E07000176)" in text
    assert "there is no region 'Mercia'" in text


def test_a_file_that_is_missing_or_no_toml_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such file of claims"):
        read_claims(tmp_path / "none.toml")
    bad = tmp_path / "bad.toml"
    bad.write_text("[[claim", encoding="utf-8")
    with pytest.raises(SettingsError, match="not TOML"):
        read_claims(bad)


def test_the_example_of_the_documentation_works() -> None:
    text = (ROOT / "docs" / "claims.md").read_text(encoding="utf-8")
    example = text.split("```toml\n")[1].split("```")[0]
    (checked,) = check_claims(
        ENGLISH,
        claims_from(tomllib.loads(example), Path("claims.toml")),
        COMPARISON,
        SETTINGS.spots,
    )  # fmt: skip
    assert checked.verdict == "unknown"
    assert {kind for kind, _ in checked.groups} == {"region", "group"}
