"""The shipped atlas served from a sub-path, and visits that note whatever goes wrong there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from browsing import Quiet, Traffic, served, until
from built import Built
from playwright.sync_api import Page, expect


class _AsPages(Quiet):
    """Answers for a missing page as GitHub Pages does."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        page = Path(self.directory) / "repo/404.html"
        if code != 404 or not self.path.endswith("/"):
            super().send_error(code, message, explain)
            return
        content = page.read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def serving(built: Built, root: Path) -> Iterator[str]:
    (root / "repo").symlink_to(built.folder, target_is_directory=True)
    with served(root, handler=_AsPages) as address:
        yield f"{address}repo/"


@dataclass
class Visit:
    """A page and what went wrong on it."""

    page: Page
    address: str
    scripts: bool = True
    troubles: list[str] = field(default_factory=list)
    traffic: Traffic = field(init=False)

    def __post_init__(self) -> None:
        self.traffic = Traffic(self.page)

    def go(self, path: str) -> Page:
        self.page.goto(self.address + path)
        self.rest()
        return self.page

    def rest(self) -> None:
        if self.scripts:
            self.traffic.rest()

    def where(self) -> str:
        """The page's address from the site's root."""
        assert self.page.url.startswith(self.address)
        return self.page.url.removeprefix(self.address)

    def listen(self) -> None:
        self.page.on("console", lambda m: self.troubles.append(f"console: {m.type}: {m.text}"))
        self.page.on("pageerror", lambda e: self.troubles.append(f"error: {e}"))
        self.page.on("request", lambda r: self._asked(r.url))
        self.page.on(
            "response",
            lambda r: self.troubles.append(f"{r.status}: {r.url}") if r.status >= 400 else None,
        )

    def _asked(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:")):
            self.troubles.append(f"asked for {url}")


Opener = Callable[..., Visit]


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    width: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return width


def middle_of(page: Page, code: str) -> tuple[float, float]:
    """A point within an area of the live map, in pixels of the window."""
    x, y = page.evaluate(
        """(code) => {
            const path = document.querySelector(`.map-svg [data-code="${code}"] path`);
            const box = path.getBoundingClientRect();
            for (const [u, v] of [[.5, .5], [.4, .5], [.6, .5], [.5, .4], [.5, .6], [.3, .3]]) {
                const point = new DOMPoint(box.x + u * box.width, box.y + v * box.height)
                    .matrixTransform(path.getScreenCTM().inverse());
                if (path.isPointInFill(point)) {
                    return [box.x + u * box.width, box.y + v * box.height];
                }
            }
            return [box.x + box.width / 2, box.y + box.height / 2];
        }""",
        code,
    )
    return float(x), float(y)


def hover(page: Page, code: str, said: str) -> None:
    """Point at an area until the map, which may still be busy, tells of it."""
    tip = page.locator(".map-tip")
    page.locator(".map-frame").evaluate("(frame) => frame.scrollIntoView({block: 'center'})")
    for _ in range(20):
        x, y = middle_of(page, code)
        page.mouse.move(x - 3, y)
        page.mouse.move(x, y)
        if tip.is_visible() and said in tip.inner_text():
            return
        page.wait_for_timeout(250)
    expect(tip).to_contain_text(said)


def polygons(page: Page) -> int:
    return page.locator(".leaflet-areas-pane path.area").count()


def wait_for_polygons(page: Page, more_than: int) -> None:
    """Until the live map shows more areas than that; it fetches them by and by."""
    until(
        page,
        "(n) => document.querySelectorAll('.leaflet-areas-pane path.area').length > n",
        arg=more_than,
    )
