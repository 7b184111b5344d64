"""What the tests in a browser begin with: Chromium, the shipped atlas at an address, visits."""

from __future__ import annotations

import re
from collections.abc import Iterator

import playwright.sync_api as playwright
import pytest
from browsing import Visits, launched, served
from built import Built, build_site, copy_mini
from explored import Explored, explored
from exploring import AFAR, FROM, Open


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


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The mini atlas as if its eight parishes were many: in parts of two, and shires from afar."""
    from generator.exports import explorer, map_files

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(map_files, "MOST_IN_SHEET", 2)
        patch.setattr(explorer, "MOST_IN_PART", 2)
        patch.setattr(explorer, "KEYS_IN_FILE", 5)
        folder = tmp_path_factory.mktemp("many")
        config = copy_mini(folder / "mini")
        text = config.read_text(encoding="utf-8")
        wanted = f"[tiles]\nmax_zoom = 9\nareas_from = {FROM}\nmin_zoom"
        text = re.sub(r"\[tiles\]\nmin_zoom", wanted, text)
        text = text.replace("\nmax_zoom = 6", "")
        config.write_text(f"{text}\n[per_area]\nmost_in_one_file = 7\n", encoding="utf-8")
        return build_site(config, folder / "site", boundaries="auto", jobs=1)


@pytest.fixture(scope="module")
def many_address(many: Built) -> Iterator[str]:
    with served(many.folder) as found:
        yield found


@pytest.fixture(scope="module")
def many_data(many: Built) -> Explored:
    return explored(many)


@pytest.fixture
def explore_many(visit: Visits, many_address: str) -> Open:
    """Opens the explorer of many areas."""

    def open_(query: str = AFAR, width: int = 1280, height: int = 800) -> playwright.Page:
        return visit(f"{many_address}explore/{query}", width, height)

    return open_
