"""Where templates and assets lie: in a clone beside this package, in a wheel inside it."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
TEMPLATES = next(
    (f for f in (_PACKAGE / "templates", _PACKAGE.parent / "templates") if f.is_dir()),
    _PACKAGE.parent / "templates",
)
"""The built-in theme: templates, partials, ``assets/`` and ``cards/``."""
