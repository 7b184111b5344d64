"""The register of geographies: what is known of them, and what is said of codes of other years."""

from __future__ import annotations

from pathlib import Path

import pytest
from built import build_site

from generator.data.places import code_kind
from generator.errors import AtlasError, SettingsError
from generator.init.areas import NOUNS, guess_areas
from generator.report import BufferReport
from generator.sources.ons.names import code_ranges, district_changes, range_of
from generator.sources.ons.services import load_elsewhere, load_registry, service_for
from generator.sources.packages.registry import packaged_file
from generator.sources.tables import read_table


def guess(tmp_path: Path, codes: list[str]) -> tuple[str, int, str]:
    table = tmp_path / "t.csv"
    table.write_text("code,score\n" + "".join(f"{c},{n}.5\n" for n, c in enumerate(codes)))
    found = guess_areas(read_table(table, report=BufferReport()))
    return found.geography, found.year, found.why


@pytest.mark.parametrize(
    ("codes", "geography", "year", "said"),
    [
        (["E01000001", "E01033768", "W01000001"], "lsoa", 2011, "here without a download"),
        (["E01000001", "E01034000"], "lsoa", 2021, "known at ONS"),
        (["E02000001", "E02006950"], "msoa", 2021, "known at ONS"),
        (["S01006506", "S01013481"], "dz", 2011, "SG_DataZoneBdry_2011.zip"),
        (["S01013482", "S01020873"], "dz", 2022, "SG_DataZoneBdry_2022.zip"),
        (["S02001236", "S02002514"], "iz", 2011, "the Scottish Government publishes"),
        (["N00000001", "N00004537"], "sa", 2011, "here without a download"),
        (["N20000001", "N20000002"], "nidz", 2021, "Northern Ireland Statistics"),
        (["E14000530", "W07000041", "S14000001", "N06000001"], "pcon", 2022, "known at ONS"),
        (["E14001063", "W07000081", "S14000060", "N05000001"], "pcon", 2024, "known at ONS"),
        (["E54000008", "E54000010"], "icb", 2023, "known at ONS"),
        (["W11000023", "W11000028"], "lhb", 2020, "here without a download"),
        (["E07000190", "E07000048"], "lad", 2018, "here without a download"),
        (["S12000015", "S12000033"], "lad", 2016, "known at ONS"),
        (["E07000190", "S12000033"], "lad", 2018, "known at ONS"),
    ],
)
def test_codes_tell_geography_and_year(
    tmp_path: Path, codes: list[str], geography: str, year: int, said: str
) -> None:
    found = guess(tmp_path, codes)
    assert found[:2] == (geography, year)
    assert said in found[2]


def test_ranges_of_codes_do_not_overlap_and_have_names() -> None:
    for one in code_ranges():
        assert one.least <= one.most
        assert range_of(f"{one.prefix}{one.least:06d}") == one
        assert range_of(f"{one.prefix}{one.most:06d}") == one
        assert one.geography in NOUNS
        assert code_kind(f"{one.prefix}{one.least:06d}") != one.prefix


def test_districts_of_2017_are_carried_and_unknown_years_lead_to_known_ones() -> None:
    assert packaged_file("lad", 2017) is not None
    assert packaged_file("lad", 2019) is None
    with pytest.raises(SettingsError) as caught:
        service_for("lad", 2017, "generalised")
    assert "the codes of 2017 are those of 2016: write year = 2016" in caught.value.fix
    # The year with which no code changed between them.
    assert not any(change.year == 2017 for change in district_changes())


@pytest.mark.parametrize("geography", ["dz", "iz", "nidz"])
def test_boundaries_that_others_publish_are_named_with_an_address(geography: str) -> None:
    with pytest.raises(SettingsError) as caught:
        service_for(geography, 2022, "generalised")
    assert "not on ONS's portal" in caught.value.message
    assert "download https://" in caught.value.fix
    assert "into boundaries/" in caught.value.fix


def test_every_geography_that_the_issue_of_a_table_may_need_is_known() -> None:
    known = {(one.geography, one.year) for one in load_registry()}
    known |= {(one.geography, one.year) for one in load_elsewhere()}
    assert {
        ("lsoa", 2011), ("msoa", 2011), ("lsoa", 2021), ("msoa", 2021), ("pcon", 2022),
        ("pcon", 2024), ("icb", 2023), ("sicbl", 2022), ("lhb", 2022), ("ward", 2019),
        ("ward", 2025), ("dz", 2011), ("dz", 2022), ("iz", 2011), ("iz", 2022), ("nidz", 2021),
    } <= known  # fmt: skip
    assert packaged_file("sa", 2011) is not None


def test_a_code_of_a_later_vintage_is_said_to_be_one(tmp_path: Path) -> None:
    areas = tmp_path / "areas.csv"
    areas.write_text("code,name,lon,lat\nE01000001,A,0,51\nE01000002,B,0.1,51\nE01000003,C,0,52\n")
    (tmp_path / "t.csv").write_text("code,score\nE01000001,1\nE01034000,2\nE01000003,3.5\n")
    config = tmp_path / "atlas.toml"
    config.write_text(
        '[atlas]\ntitle = "T"\n[geography]\nareas = "areas.csv"\n[[edition]]\nid = "1"\n'
        'table = "t.csv"\n'
    )
    with pytest.raises(AtlasError) as caught:
        build_site(config, tmp_path / "site", jobs=1)
    assert "row 3: 'E01034000' is no area of the atlas; boundaries of 2021 or later have it" in str(
        caught.value
    )
    areas.write_text(areas.read_text().replace("E01000002", "E01034000"))
    (tmp_path / "t.csv").write_text("code,score\nE01000001,1\nE01000777,2\nE01000003,3.5\n")
    with pytest.raises(AtlasError, match="are of 2021 or later, and earlier ones may have it"):
        build_site(config, tmp_path / "site", jobs=1)
