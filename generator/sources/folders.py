"""Where boundaries lie: the user's own files, what was fetched, what was prepared of them.

This imports nothing of weight: the first look at whether there is anything to do needs it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.settings import Settings


BOUNDARIES = "boundaries"
ONS_CACHE = "ons-cache"
PREPARED_CACHE = "prepared-cache"


def boundary_folder(settings: Settings) -> Path:
    """Where a user puts boundary files: ``boundaries/`` beside the settings."""
    return settings.folder / BOUNDARIES
