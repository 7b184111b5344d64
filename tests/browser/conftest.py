"""What the tests in a browser begin with: Chromium, the shipped atlas at an address, visits."""

from __future__ import annotations

from collections.abc import Iterator

import playwright.sync_api as playwright
import pytest
from browsing import Visits, launched, served
from built import Built


@pytest.fixture(scope="module")
def chromium() -> Iterator[playwright.Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def site(real_site: Built) -> Iterator[str]:
    """Where the shipped atlas is, with the true boundaries."""
    with served(real_site.folder) as address:
        yield address


@pytest.fixture(scope="module")
def hexagons(hex_site: Built) -> Iterator[str]:
    """Where the shipped atlas is as it is without boundaries."""
    with served(hex_site.folder) as address:
        yield address


@pytest.fixture
def visit(chromium: playwright.Browser) -> Iterator[Visits]:
    visits = Visits(chromium)
    yield visits
    visits.end()
