"""Any table that `check` accepts, `build` builds."""

from __future__ import annotations

import csv
import shutil

import pytest
from built import copy_mini
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.build import site
from generator.build.options import Options
from generator.errors import AtlasError
from generator.report import BufferReport
from generator.settings import read_settings

SETTINGS = """
[atlas]
title = "T"
[geography]
areas = "areas.csv"
[spots]
share = {share}
[[edition]]
id = "e"
table = "t.csv"
[tiles]
enabled = false
"""
CODES = ["E07000146", "E07000901", "E07000902", "E07000903", "E07000904", "E07000905", "E07000906",
         "W06000001"]  # fmt: skip
FIGURES = st.one_of(
    st.floats(-1e14, 1e14, allow_nan=False).map(repr),
    st.integers(-3, 3).map(str),
    st.floats(0, 1e-4).map(repr),
    st.sampled_from(["[x]", "", "<5", "..", "12 %", "£3", "(4)", "1,234", "5 [r]", "0.1", "100"]),
)
NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    """A code for some areas, and one to three columns of whatever."""
    codes = draw(st.lists(st.sampled_from(CODES), min_size=1, max_size=8, unique=True))
    names = draw(st.lists(NAMES, min_size=1, max_size=3))
    column = st.one_of(
        st.lists(FIGURES, min_size=len(codes), max_size=len(codes)),
        FIGURES.map(lambda cell: [cell] * len(codes)),
    )
    columns = [draw(column) for _ in names]
    rows = [list(cells) for cells in zip(codes, *columns, strict=True)]
    return [["code", *names], *rows]


@pytest.mark.slow
@settings(max_examples=15)
@given(tables(), st.sampled_from([0.05, 0.2, 0.49]))
def test_what_check_accepts_build_builds(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], share: float
) -> None:
    folder = tmp_path_factory.mktemp("any")
    config = copy_mini(folder / "mini")
    config.write_text(SETTINGS.format(share=share), encoding="utf-8")
    with (config.parent / "t.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    read, options = read_settings(config), Options(folder / "site", jobs=1)
    try:
        site.check(read, options, BufferReport())
    except AtlasError:
        return
    assert site.build(read, options, BufferReport()) is not None
    shutil.rmtree(folder)
