"""What tests do with built sites: look at their bytes, change an input, build them again."""

from __future__ import annotations

from pathlib import Path

from generator.build import site
from generator.report import BufferReport
from generator.settings import read_settings


def state(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    return {
        p.relative_to(folder).as_posix(): (p.read_bytes(), p.stat().st_ino, p.stat().st_mtime_ns)
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path: found[0] for path, found in state(folder).items()}


def rebuild(config: Path, out: Path, **options: object) -> site.Published | None:
    wanted = {"boundaries": "auto", **options}
    return site.build(read_settings(config), site.Options(out=out, **wanted), BufferReport())  # type: ignore[arg-type]


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
