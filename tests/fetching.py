"""Fetching from the portal as tests do it: without waiting, and with what must be said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from portal_stub import (
    StubPortal,
)

from generator.errors import PortalError
from generator.report import BufferReport
from generator.sources.ons.cache import (
    CachedLayer,
    OnsService,
    fetch,
    named_service,
)
from generator.sources.ons.transport import Patience

SERVICE = named_service("Test_Districts")
HASTY = Patience(connect_s=1, silence_s=0.4, trouble_s=1.0, tries=3)


class Naps:
    """Sleeps that only add up."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def get(
    portal: StubPortal, cache: Path, service: OnsService = SERVICE, **more: Any
) -> tuple[CachedLayer, BufferReport]:
    report = BufferReport()
    settled = {"sleep": Naps(), "jitter": lambda: 0.5, **more}
    return fetch(service, cache, report=report, base=portal.base, **settled), report


def files(cache: Path) -> list[Path]:
    return sorted(cache.rglob("*")) if cache.exists() else []


def refused(portal: StubPortal, cache: Path, *stated: str, **more: Any) -> PortalError:
    """Fetching fails with a message that names URL, cause and way out, and caches nothing."""
    with pytest.raises(PortalError) as caught:
        get(portal, cache, **more)
    error = caught.value
    assert error.where.startswith(portal.base)
    assert portal.service in error.where
    for part in stated:
        assert part in error.message
    assert error.reachable
    assert files(cache) == []
    return error
