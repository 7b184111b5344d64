r"""The Python interface, for notebooks and scripts: read an atlas, look at it, build it.

>>> from pathlib import Path
>>> from tempfile import TemporaryDirectory
>>> with TemporaryDirectory() as name:
...     folder = Path(name)
...     _ = (folder / "areas.csv").write_text(
...         "code,name,lon,lat\n"
...         "W06000001,Ynys Môn,-4.3,53.3\n"
...         "W06000015,Caerdydd,-3.2,51.5\n"
...         "W06000022,Casnewydd,-2.9,51.6\n",
...         encoding="utf-8",
...     )
...     _ = (folder / "scores.csv").write_text(
...         "code,score\nW06000001,41.2\nW06000015,50.7\nW06000022,55\n", encoding="utf-8"
...     )
...     _ = (folder / "atlas.toml").write_text(
...         '[atlas]\ntitle = "Test"\n[geography]\nareas = "areas.csv"\n'
...         '[classes]\nk = 2\n[[edition]]\nid = "2024"\ntable = "scores.csv"\n',
...         encoding="utf-8",
...     )
...     atlas = read_atlas(folder / "atlas.toml")
>>> atlas.measures()[["edition", "indicator", "known"]].values.tolist()
[['2024', 'score', 3]]
>>> atlas.values()[["name", "score", "rank", "level"]].values.tolist()
[['Casnewydd', 55.0, 1, 1], ['Caerdydd', 50.7, 2, 0], ['Ynys Môn', 41.2, 3, 0]]
>>> atlas.values().crs.to_epsg()
4326
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from generator.build import site
from generator.build.options import Options
from generator.build.outputs import Published
from generator.data.compare import Comparison, Measure
from generator.errors import SettingsError
from generator.report import BufferReport, Report
from generator.settings import Settings, read_settings

__all__ = ["Atlas", "build", "read_atlas", "read_settings"]

_CRS = "EPSG:4326"


@dataclass(frozen=True, slots=True)
class Atlas:
    """What was joined, classified and compared.

    Attributes
    ----------
    settings
        The settings that it was read from.
    comparison
        Areas, groups, measures, neighbours: all that pages are made of.
    warnings
        What was noticed on the way, one sentence each.
    """

    settings: Settings
    comparison: Comparison
    warnings: tuple[str, ...]
    _shapes: gpd.GeoDataFrame | None

    def areas(self) -> gpd.GeoDataFrame:
        """The areas, sorted by code.

        Returns
        -------
        geopandas.GeoDataFrame
            Columns ``code``, ``name``, ``slug`` (as in URLs), ``area_km2`` and ``geometry``
            (EPSG:4326): outlines, points where there are no boundaries, or None.
        """
        areas = self.comparison.areas.values()
        frame = pd.DataFrame(
            {
                "code": [area.code for area in areas],
                "name": [area.name for area in areas],
                "slug": [area.slug for area in areas],
                "area_km2": [area.area_km2 for area in areas],
            }
        )
        shapes = self._geometries()
        geometry = [shapes.get(area.code) for area in areas]
        return gpd.GeoDataFrame(frame, geometry=geometry, crs=_CRS)

    def measures(self) -> pd.DataFrame:
        """What is measured: one row for each indicator of each edition.

        Returns
        -------
        pandas.DataFrame
            Columns ``edition``, ``indicator`` (ids), ``name``, ``unit``, ``better``, ``known``
            (areas with a figure) and ``of`` (areas that are ranked).
        """
        return pd.DataFrame(
            {
                "edition": [m.edition.id for m in self.comparison.measures],
                "indicator": [m.indicator.id for m in self.comparison.measures],
                "name": [m.indicator.name for m in self.comparison.measures],
                "unit": [m.indicator.unit for m in self.comparison.measures],
                "better": [m.indicator.better for m in self.comparison.measures],
                "known": [len(m.positions) for m in self.comparison.measures],
                "of": [m.of for m in self.comparison.measures],
            }
        )

    def values(self, edition: str = "", indicator: str = "") -> gpd.GeoDataFrame:
        """Scores, ranks and classes of one measure, from the best area to the worst.

        Parameters
        ----------
        edition, indicator
            Their ids; the main measure unless named.

        Returns
        -------
        geopandas.GeoDataFrame
            One row for each area with a figure: ``code``, ``name``, ``score``, ``rank`` (1 is
            the best), ``level`` (the class, 0 the worst), ``label`` and ``colour`` of the
            class, ``spot`` (``"hot"``, ``"cold"`` or None) and ``geometry`` (EPSG:4326).

        Raises
        ------
        SettingsError
            If there is no such measure.
        """
        measure = self._measure(edition, indicator)
        shapes, classes = self._geometries(), measure.classification.classes
        positions = list(measure.positions.values())
        levels = [None if p.level is None else classes[p.level] for p in positions]
        frame = pd.DataFrame(
            {
                "code": [p.code for p in positions],
                "name": [self.comparison.areas[p.code].name for p in positions],
                "score": [p.score for p in positions],
                "rank": [p.rank for p in positions],
                "level": [p.level for p in positions],
                "label": [c.label if c else "" for c in levels],
                "colour": [c.colour if c else "" for c in levels],
                "spot": [p.spot for p in positions],
            }
        )
        geometry = [shapes.get(p.code) for p in positions]
        return gpd.GeoDataFrame(frame, geometry=geometry, crs=_CRS)

    def classes(self, edition: str = "", indicator: str = "") -> pd.DataFrame:
        """The classes of one measure, from the worst to the best.

        Parameters
        ----------
        edition, indicator
            Their ids; the main measure unless named.

        Returns
        -------
        pandas.DataFrame
            Columns ``level``, ``label``, ``colour``, ``lower`` (open, but for the lowest
            class), ``upper`` (closed) and ``count``.

        Raises
        ------
        SettingsError
            If there is no such measure.
        """
        found = self._measure(edition, indicator).classification.classes
        names = ("level", "label", "colour", "lower", "upper", "count")
        return pd.DataFrame({name: [getattr(c, name) for c in found] for name in names})

    def _measure(self, edition: str, indicator: str) -> Measure:
        main = self.comparison.main
        wanted = (edition or main.edition.id, indicator or main.indicator.id)
        for measure in self.comparison.measures:
            if (measure.edition.id, measure.indicator.id) == wanted:
                return measure
        known = ", ".join(f"{m.edition.id} {m.indicator.id}" for m in self.comparison.measures)
        raise SettingsError(
            f"there is no measure {' '.join(wanted)!r}",
            where=str(self.settings.file),
            fix=f"the measures are: {known}",
        )

    def _geometries(self) -> dict[str, shapely.Geometry]:
        if self._shapes is not None:
            return dict(zip(self._shapes["code"], self._shapes.geometry, strict=True))
        return {
            code: shapely.Point(area.lon, area.lat)
            for code, area in self.comparison.areas.items()
            if area.lon is not None and area.lat is not None
        }


def read_atlas(
    config: Path | str, *, boundaries: str = "auto", report: Report | None = None
) -> Atlas:
    """Read, join, classify and compare everything that the settings name; write nothing.

    Parameters
    ----------
    config
        The settings file.
    boundaries
        ``"auto"``, ``"hex"``, ``"package"``, ``"ons"``, or the path of a file.
    report
        Hears what happens; nothing is printed unless a `ConsoleReport` is given.

    Raises
    ------
    AtlasError
        For anything in the input that can't be used; it names file, place and fix.
    """
    heard = report or BufferReport()
    settings = read_settings(Path(config))
    comparison, inputs = site.read_all(settings, Options(Path(), boundaries), heard)
    shapes = inputs.boundaries.frame if inputs.boundaries else None
    return Atlas(settings, comparison, tuple(heard.warnings), shapes)


def build(
    config: Path | str,
    out: Path | str,
    *,
    boundaries: str = "auto",
    jobs: int = 1,
    report: Report | None = None,
) -> Published | None:
    """Build the site, as ``python build.py`` does.

    Parameters
    ----------
    config
        The settings file.
    out
        The folder of the site; what was there before is replaced when all is done.
    boundaries
        ``"auto"``, ``"hex"``, ``"package"``, ``"ons"``, or the path of a file.
    jobs
        How many processes work side by side.  With more than one, a script needs
        ``if __name__ == "__main__":`` around the call.
    report
        Hears what happens; nothing is printed unless a `ConsoleReport` is given.

    Returns
    -------
    Published or None
        What was written, unchanged and removed; None if the site is up to date already.

    Raises
    ------
    AtlasError
        For anything in the input that can't be used; the former site stays as it was.
    """
    settings = read_settings(Path(config))
    options = Options(Path(out), boundaries, jobs)
    return site.build(settings, options, report or BufferReport())
