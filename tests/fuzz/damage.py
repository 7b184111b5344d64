"""Damages of files: of bytes, lines and cells, and of what containers hold (JSON, TOML, zips)."""

from __future__ import annotations

import copy
import io
import json
import random
import sqlite3
import tempfile
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

Damage = Callable[[bytes, random.Random], bytes]

TOKENS = (
    "", " ", "NaN", "-inf", "1e999", "1e28", "-0", "²", "٣", "\x00", "\x07", "\u202e", "=1+1", "@x",
    "{foo}", "{year:>1000000000}", "%s%n", "<script>", "&amp;", '"', "'", ",", ";", "\r", "..", "/",
    "aux", "javascript:alert(1)", "a" * 5000, "[x]", "10000000000000000000000", "true", "[[", "]]",
    "\\", "🙂", "1,234", "12 %", "2020-13-45", "1e100000000", "\ud7ff", "\ufeff", "9" * 400,
    "x" * 40_000, "../../etc/passwd", "/etc/passwd", ".", "con", "error: no", "\u2028",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    *TOKENS, 0, -1, 1, 2, 3.5, 10**12, -(10**12), 10**30, 1e308, 5e-324, True, False, [], {}, [[]],
    [""], {"": ""}, [1, 2], {"x": {"y": []}},
)  # fmt: skip


def damage_text(content: bytes, rng: random.Random) -> bytes:
    """One to three damages: of bytes, of lines, of cells."""
    for _ in range(rng.randint(1, 3)):
        content = rng.choice((_flip, _cut, _insert, _lines, _cell, _cell, _cell))(content, rng)
    return content


def damage_bytes(content: bytes, rng: random.Random) -> bytes:
    """One to three damages of bytes, most of them small."""
    for _ in range(rng.randint(1, 3)):
        content = rng.choice((_flip, _flip, _flip, _insert, _cut))(content, rng)
    return content


def _flip(content: bytes, rng: random.Random) -> bytes:
    if not content:
        return content
    at = rng.randrange(len(content))
    return content[:at] + bytes([rng.randrange(256)]) + content[at + 1 :]


def _cut(content: bytes, rng: random.Random) -> bytes:
    start, end = sorted(rng.randint(0, len(content)) for _ in range(2))
    return content[:start] if rng.random() < 0.3 else content[:start] + content[end:]


def _insert(content: bytes, rng: random.Random) -> bytes:
    at = rng.randint(0, len(content))
    return content[:at] + rng.choice(TOKENS).encode() + content[at:]


def _lines(content: bytes, rng: random.Random) -> bytes:
    lines = content.split(b"\n")
    one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    if rng.random() < 0.5:
        lines.insert(one, lines[other])
    else:
        lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def _cell(content: bytes, rng: random.Random) -> bytes:
    """Another word in the place of one between separators."""
    lines = content.split(b"\n")
    at = rng.randrange(len(lines))
    sign = b"," if b"," in lines[at] else b"=" if b"=" in lines[at] else b":"
    cells = lines[at].split(sign)
    cells[rng.randrange(len(cells))] = rng.choice(TOKENS).encode()
    lines[at] = sign.join(cells)
    return b"\n".join(lines)


# -- Trees ---------------------------------------------------------------------------------


def nodes(tree: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of all nodes of parsed JSON or TOML, the root's own not among them."""
    found = []
    keys = tree if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ()
    for key in keys:
        found.append((*above, key))
        found += nodes(tree[key], (*above, key))
    return found


def change_tree(tree: Any, rng: random.Random) -> Any:
    """One node replaced, removed, doubled, renamed or put elsewhere."""
    paths = nodes(tree)
    if not paths:
        return copy.deepcopy(rng.choice(VALUES))
    *above, last = rng.choice(paths)
    holder = tree
    for key in above:
        holder = holder[key]
    how = rng.choice(("replace", "replace", "replace", "remove", "double", "rename"))
    if how == "replace":
        holder[last] = copy.deepcopy(rng.choice(VALUES))
    elif how == "remove":
        del holder[last]
    elif isinstance(holder, list):
        holder.insert(rng.randint(0, len(holder)), copy.deepcopy(holder[last]))
    elif how == "rename":
        holder[rng.choice(TOKENS)] = holder.pop(last)
    else:
        holder[rng.choice(list(holder))] = copy.deepcopy(holder[last])
    return tree


def damage_json(content: bytes, rng: random.Random) -> bytes:
    """A tree that JSON can still say, or damaged text."""
    if rng.random() < 0.25:
        return damage_text(content, rng)
    tree = json.loads(content)
    for _ in range(rng.randint(1, 2)):
        tree = change_tree(tree, rng)
    text = json.dumps(tree, ensure_ascii=rng.random() < 0.5)
    return text.encode("utf-8", "surrogatepass")


def damage_toml(content: bytes, rng: random.Random) -> bytes:
    """Settings with an odd value at an odd place, or damaged text."""
    if rng.random() < 0.25:
        return damage_text(content, rng)
    tree = tomllib.loads(content.decode())
    for _ in range(rng.randint(1, 2)):
        tree = change_tree(tree, rng)
    return toml(tree).encode("utf-8", "surrogatepass")


def toml(tree: Any) -> str:
    """A tree as TOML: what stands at the top in lines, the rest inline."""
    if not isinstance(tree, dict):
        return _inline(tree)
    return "".join(f"{json.dumps(str(key))} = {_inline(tree[key])}\n" for key in tree)


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(str(k))} = {_inline(value[k])}" for k in value) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    if isinstance(value, bool | str):
        return json.dumps(value).replace("\x7f", "\\u007f")
    return str(value)


# -- Containers ----------------------------------------------------------------------------


def damage_zip(content: bytes, rng: random.Random) -> bytes:
    """A member damaged and packed anew, so that no checksum gives it away; or the zip itself."""
    if rng.random() < 0.3:
        return damage_bytes(content, rng)
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        names = old.namelist()
        for name in names:
            if name.endswith("/"):
                continue
            inside = old.read(name)
            if name == rng.choice(names):
                inside = rng.choice((damage_text, damage_bytes))(inside, rng)
            new.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), inside)
    return made.getvalue()


def damage_database(content: bytes, rng: random.Random) -> bytes:
    """A cell of a GeoPackage's tables, the describing ones among them; or bytes."""
    if rng.random() < 0.4:
        return damage_bytes(content, rng)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "p.gpkg"
        path.write_bytes(content)
        database = sqlite3.connect(path)
        try:
            with database:
                _damage_cell(database, rng)
        except sqlite3.Error:
            return damage_bytes(content, rng)
        finally:
            database.close()
        return path.read_bytes()


def _damage_cell(database: sqlite3.Connection, rng: random.Random) -> None:
    # Triggers call functions that only GDAL has.
    for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type='trigger'"):
        database.execute(f'DROP TRIGGER "{name}"')
    found = database.execute("SELECT name FROM sqlite_master WHERE type='table'").fetchall()
    tables = sorted(name for (name,) in found if not name.startswith(("sqlite", "rtree")))
    table = rng.choice(tables)
    columns = [row[1] for row in database.execute(f'PRAGMA table_info("{table}")')]
    rows = database.execute(f'SELECT rowid FROM "{table}"').fetchall()  # noqa: S608
    if not rows:
        return
    value: Any = rng.choice([None, *VALUES[:70]])
    if isinstance(value, list | dict) or (isinstance(value, int) and abs(value) > 2**62):
        value = b"\x00" * 20
    database.execute(
        f'UPDATE "{table}" SET "{rng.choice(columns)}" = ? WHERE rowid = ?',  # noqa: S608
        (value, rng.choice(rows)[0]),
    )
