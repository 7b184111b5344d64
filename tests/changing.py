"""A small atlas whose editions may be compared, for tests."""

from __future__ import annotations

import re
from pathlib import Path

from built import Built, build_site, copy_mini

BEFORE = """code,yield,loss
E07000146,7.25,40
E07000901,7.25,35
E07000902,9.5,12
E07000903,..,20
E07000904,-1.5,60
E07000905,"1,234.5",8
E07000906,0.1,50
W06000001,3,5
"""
AFTER = """code,yield,loss
E07000146,7.5,38
E07000901,7.25,36
E07000902,8.125,10
E07000903,4,22
E07000904,-2,48
E07000905,"1,234.75",8
E07000906,0.3,[c]
W06000001,,7
"""

LAST = """code,yield,loss
E07000146,8,38
E07000901,7.125,30
E07000902,,11
E07000903,4.5,20
E07000904,-1.75,47
E07000905,"1,236",9
E07000906,0.2,51
W06000001,3.5,6
"""


def changed_site(folder: Path, *, last: bool = False) -> Built:
    """The mini atlas with another edition that may be compared, two indicators and a composite.

    With `last` there is a third one, of 2026, to be compared with either.
    """
    config = copy_mini(folder / "atlas")
    (config.parent / "harvest_2020.csv").write_text(BEFORE, encoding="utf-8")
    (config.parent / "harvest_2022.csv").write_text(AFTER, encoding="utf-8")
    text = config.read_text(encoding="utf-8")
    text = re.sub(r"absent\.E07000906.*\n", "", text)
    text = text.replace(
        'columns.yield = { score = "yield" }',
        'columns.yield = { score = "yield" }\ncolumns.loss = { score = "loss" }',
    )
    text += """
[[edition]]
id = "2022"
table = "harvest_2022.csv"
columns.yield = { score = "yield" }
columns.loss = { score = "loss" }
comparable_with = "2020"
[[indicator]]
id = "loss"
name = "Loss"
unit = "%"
better = "lower"
[[composite]]
id = "both"
name = "Both"
weights = { yield = 1, loss = 1 }
most_missing = 1
"""
    if last:
        (config.parent / "harvest_2026.csv").write_text(LAST, encoding="utf-8")
        third = re.search(r'\n\[\[edition\]\]\nid = "2022".*?(?=\[\[indicator)', text, re.DOTALL)
        assert third
        text += third[0].replace("2022", "2026").replace('= "2020"', '= ["2020", "2022"]')
    config.write_text(text, encoding="utf-8")
    return build_site(config, folder / "site", boundaries="auto", jobs=1)
