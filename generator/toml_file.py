"""Reading a TOML file, with one message for whatever is wrong with it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from generator.errors import SettingsError


def read_toml(path: Path, *, missing: str, fix: str) -> dict[str, Any]:
    """The entries of a TOML file; `missing` and `fix` are said where there is none.

    Raises
    ------
    SettingsError
        There is no such file, or it is not TOML in UTF-8.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(missing, where=str(path), fix=fix) from None
    except OSError as error:
        raise SettingsError(
            f"this can't be read ({error.strerror})", where=str(path)[:300], fix="name a file"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"this is not TOML: {error}", where=str(path), fix="fix the line that is named"
        ) from None
    except RecursionError:
        raise SettingsError(
            "this is nested too deeply", where=str(path), fix="write fewer brackets in brackets"
        ) from None
