"""What a boundary file says it is, before GDAL may open it.

GDAL opens a file by its content, whatever its name: XML or JSON of some drivers names other
files, or addresses on the network, and GDAL fetches them.  So a file must begin as its name
says, and GDAL's ways to the network lead nowhere.
"""

from __future__ import annotations

import zipfile
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
ZIP_MEGABYTES = 2_000
"""What the boundary files of an archive may hold, unpacked."""

# Port 9 answers nobody.  No other way: GDAL's drivers are registered before we are asked.
pyogrio.set_gdal_config_options(
    {
        "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
        "GDAL_HTTP_PROXY": "127.0.0.1:9",
        "GDAL_HTTP_CONNECTTIMEOUT": "1",
        "GDAL_HTTP_MAX_RETRY": "0",
    }
)


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


def check_member(path: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Refuse a member of an archive that leads out of it, is too large, or is something else.

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
    if entry.file_size > ZIP_MEGABYTES * 1_000_000:
        raise SourceError(
            f"{entry.filename} would have {entry.file_size / 1e6:,.0f} MB; "
            f"{ZIP_MEGABYTES:,} MB is the limit",
            where=str(path),
            fix="Unpack it and put the files it holds here instead, or use a simpler layer.",
        )
    with archive.open(entry) as stream:
        check_content(path, stream.read(_HEAD_BYTES), name.suffix, member=entry.filename)
