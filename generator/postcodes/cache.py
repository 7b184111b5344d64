"""The packed postcodes, kept between builds: placing two million points takes seconds.

What is kept is used as long as the directory, the outlines, the changes of districts, this code
and its libraries are the same.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from importlib import metadata
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from generator.postcodes.assign import Counts
from generator.postcodes.sectors import UNITS, Sectors
from generator.report import Report

_FILE = "postcodes.npz"
_LIBRARIES = ("numpy", "shapely", "pyproj", "geopandas")
_FOLDER = Path(__file__).resolve().parent
_CODE = (*(_FOLDER / name for name in ("assign.py", "sectors.py", "cache.py")),
         _FOLDER.parent / "sources" / "postcodes.py")  # fmt: skip


def assignment_key(
    version: str,
    codes: Sequence[str],
    outlines: gpd.GeoDataFrame | None,
    changes: Mapping[str, Sequence[str]],
) -> str:
    """A hash of all that the packed postcodes are made from.

    Parameters
    ----------
    version
        Of the package that carries the directory.
    codes, outlines, changes
        As for `assign.assign`.
    """
    digest = hashlib.sha256()
    if outlines is not None:
        for code, shape in zip(outlines["code"], shapely.to_wkb(outlines.geometry), strict=True):
            digest.update(code.encode())
            digest.update(shape)
    for path in _CODE:
        digest.update(path.read_bytes())
    versions = [metadata.version(name) for name in _LIBRARIES]
    changed = sorted((new, tuple(old)) for new, old in changes.items())
    stated = (version, tuple(codes), outlines is None, changed, versions, shapely.geos_version)
    digest.update(repr(stated).encode())
    return digest.hexdigest()


def read_sectors(folder: Path, key: str, report: Report) -> Sectors | None:
    """What is kept under a key; None if nothing is, or if it is damaged."""
    path = folder / _FILE
    if not path.is_file():
        return None
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            if str(kept["key"]) != key:
                return None
            shape = tuple(kept["shape"])
            bits = np.unpackbits(kept["exists"], axis=None, count=shape[0] * shape[1])
            return Sectors(
                names=kept["names"],
                exists=bits.reshape(shape).astype(bool),
                place=kept["place"],
                whole=kept["whole"],
                places=tuple(str(p) for p in kept["places"]),
                areas=int(kept["areas"]),
                counts=Counts(*(int(n) for n in kept["counts"])),
                per_area=kept["per_area"],
            )
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        report.say(f"{path} is damaged; the postcodes are placed again")
        return None


def store_sectors(folder: Path, key: str, sectors: Sectors, report: Report) -> None:
    """Keep packed postcodes, whole or not at all."""
    assert sectors.exists.shape[1:] == (UNITS,)
    draft = folder / f".partial-{os.getpid()}-{_FILE}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(
            draft,
            key=key,
            names=sectors.names,
            shape=np.array(sectors.exists.shape),
            exists=np.packbits(sectors.exists),
            place=sectors.place,
            whole=sectors.whole,
            places=np.array(sectors.places),
            areas=sectors.areas,
            counts=np.array(astuple(sectors.counts)),
            per_area=sectors.per_area,
        )
        draft.replace(folder / _FILE)
    except OSError as error:
        report.detail(f"{folder} can't keep the postcodes ({error}); they are placed each time")
    finally:
        draft.unlink(missing_ok=True)
