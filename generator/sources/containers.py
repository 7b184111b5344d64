"""What a boundary file says it is, before GDAL may open it.

GDAL opens a file by its content, whatever its name: XML or JSON of some drivers names other
files, or addresses on the network, and GDAL fetches them.  So a file must begin as its name
says, and GDAL's ways to the network lead nowhere.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import pyogrio

from generator.errors import SourceError

_HEAD_BYTES = 1 << 16
_SHAPEFILE = b"\x00\x00\x27\x0a"
_SQLITE = b"SQLite format 3\x00"
_GEOPACKAGES = (b"GPKG", b"GP10", b"GP11")
_APPLICATION_ID = slice(68, 72)
# A driver of GDAL's reads such JSON as a command line, which names its own input.
_COMMANDS = b"gdal_streamed_alg"
_NAMES = {
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".gpkg": "a GeoPackage",
    ".shp": "a Shapefile",
}
MEGABYTES = 2_000
"""What a boundary file may hold, unless the settings' ``[limits]`` say otherwise."""

# Port 9 answers nobody.
pyogrio.set_gdal_config_options(
    {
        "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
        "GDAL_HTTP_PROXY": "127.0.0.1:9",
        "GDAL_HTTP_CONNECTTIMEOUT": "1",
        "GDAL_HTTP_MAX_RETRY": "0",
    }
)

_DRIVERS = frozenset({"GeoJSON", "GPKG", "ESRI Shapefile", "FlatGeobuf", "MEM"})
"""GDAL's names of what we read and of what we keep."""


@contextmanager
def without_network() -> Iterator[None]:
    """No way past the proxy that answers nobody: a GeoJSON's ``crs`` may be an address."""
    names = [name for name in os.environ if name.lower() == "no_proxy"]
    former = {name: os.environ.pop(name) for name in names}
    try:
        yield
    finally:
        os.environ.update(former)


def keep_own_drivers() -> None:
    """Let go of GDAL's other drivers, in all of this process and for good.

    For processes that are ours alone: in somebody's notebook, other files are read as well.
    """
    others = sorted(set(pyogrio.list_drivers()) - _DRIVERS)
    pyogrio.set_gdal_config_options({"OGR_SKIP": ",".join(others)})
    # Registering once more is GDAL's way to look at that option; pyogrio does it when imported.
    pyogrio.core._register_drivers()


def check_content(path: Path, head: bytes, suffix: str, *, member: str = "") -> None:
    """Refuse a file that does not begin as its name says.

    Parameters
    ----------
    path
        The file, for the message.
    head
        Its first 64 KB.
    suffix
        Of its name: ``.geojson``, ``.json``, ``.gpkg`` or ``.shp``.
    member
        Its name in an archive.

    Raises
    ------
    SourceError
        If it is something else.
    """
    suffix = suffix.lower()
    if suffix == ".gpkg":
        fits = head.startswith(_SQLITE) and head[_APPLICATION_ID] in _GEOPACKAGES
    elif suffix == ".shp":
        fits = head.startswith(_SHAPEFILE)
    else:
        text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
        fits = text.startswith(b"{") and _COMMANDS not in head
    if not fits:
        raise SourceError(
            f"is not {_NAMES[suffix]}, which its name says; it may be cut short or damaged",
            where=f"{path}, {member}" if member else str(path),
            fix="Give a GeoJSON, a GeoPackage, a Shapefile or a zipped Shapefile.",
        )


def file_head(path: Path) -> bytes:
    """The first 64 KB."""
    with path.open("rb") as stream:
        return stream.read(_HEAD_BYTES)


def check_size(path: Path, size: int, megabytes: int, *, unpacked: bool = False) -> None:
    """Refuse boundaries that are larger than allowed.

    Parameters
    ----------
    size, megabytes
        Bytes, and the megabytes that are allowed.
    unpacked
        Whether they lie in an archive, and have that size once unpacked.
    """
    if size > megabytes * 1_000_000:
        state = "unpacked, " if unpacked else ""
        raise SourceError(
            f"the boundaries have {size / 1e6:,.0f} MB, {state}more than the "
            f"{megabytes:,} MB allowed",
            where=str(path),
            fix="Use a more generalised layer, or raise boundary_megabytes under [limits].",
        )


def check_member(path: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Refuse a member of an archive that leads out of it, or is something else.

    Raises
    ------
    SourceError
        With the member's name.
    """
    name = PurePosixPath(entry.filename)
    if name.is_absolute() or ".." in name.parts or "\\" in entry.filename:
        raise SourceError(
            f'the archive holds a path that leads out of it: "{entry.filename}"',
            where=str(path),
            fix="Pack the files anew, without folders.",
        )
    with archive.open(entry) as stream:
        check_content(path, stream.read(_HEAD_BYTES), name.suffix, member=entry.filename)
