"""What the tests of the explorer of many areas share: where to look, and requests that wait."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import playwright.sync_api as playwright
from browsing import Visits, until
from explored import Explored, fours

Open = Callable[..., playwright.Page]
FROM = 8
AFAR = "?z=6.4&lat=50.5&lon=-2.5"


def state(page: playwright.Page) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(page.url).query).items()}


def middle_of(box: tuple[float, ...]) -> str:
    west, south, east, north = box
    return f"lat={(south + north) / 2}&lon={(west + east) / 2}"


def point(page: playwright.Page) -> tuple[float, float]:
    box = page.locator("#explore-map").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def parts_asked(visit: Visits) -> set[str]:
    return {
        found.group()
        for url in visit.asked()
        if (found := re.search(r"(explore-parts|explore/[\w-]+)/\w+/(find-)?\d+\.json", url))
    }


def open_table(page: playwright.Page) -> None:
    page.locator("#explore-in-view summary").click()
    until(page, "document.querySelector('#explore-in-view tbody tr') !== null")


def shire(data: Explored, name: str) -> tuple[float, ...]:
    at = [group[0] for group in data.head["groups"]].index(name)
    return tuple(n / 1000 for n in fours(data.head["layouts"]["geography"]["groups"])[at])


class Held:
    """Requests for some files wait until a test lets them go."""

    def __init__(self, page: playwright.Page, pattern: str) -> None:
        self.page, self.waiting, self.free = page, list[playwright.Route](), False
        page.route(re.compile(pattern), self._take)

    def _take(self, route: playwright.Route) -> None:
        if self.free:
            route.continue_()
        else:
            self.waiting.append(route)

    def until_some(self, rest_ms: int = 0) -> None:
        """Until something was asked for, and the map has been at rest without it for so long."""
        for _ in range(100):
            if self.waiting:
                self.page.wait_for_timeout(rest_ms)
                return
            self.page.wait_for_timeout(50)
        raise AssertionError("nothing was asked for")

    def let_go(self) -> None:
        self.free = True
        for route in self.waiting:
            route.continue_()
