"""What the tests in a browser share: where Chromium is, a server, a way to wait."""

from __future__ import annotations

import functools
import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import playwright.sync_api as playwright
import pytest


def chromium_path() -> str:
    """Where Chromium is; without one the test is skipped, and in CI it fails.

    Its headless shell is the same browser without windows, bars and extensions, which take a
    third of the time of the tests here.
    """
    found = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if found is None:
        reason = "CHROMIUM IS NOT HERE: no page is tested in a browser"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@contextmanager
def launched(*more: str) -> Iterator[playwright.Browser]:
    """Chromium, without a window, that draws WebGL by software.

    Only that: to put pages together by the same software doubles what each of them costs.
    """
    args = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
            "--disable-gpu-compositing", *more]  # fmt: skip
    path = chromium_path()
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=args)
        yield browser
        browser.close()


# Behind what the page's scripts have put off until they are idle, and after a frame is drawn.
IDLE = """() => new Promise((done) => requestIdleCallback(
  () => requestAnimationFrame(() => done()), {timeout: 500}))"""

# The headless shell has a pointer, in the window's corner; of that one a page shall not hear.
NOBODY_POINTS = """addEventListener("pointerover", (event) => {
  if (event.clientX === 0 && event.clientY === 0) event.stopImmediatePropagation();
}, true)"""


class Traffic:
    """What a page has asked for, and what of it is still under way."""

    def __init__(self, page: playwright.Page) -> None:
        self.asked: list[str] = []
        self._page = page
        self._open: set[playwright.Request] = set()
        page.on("request", self._note)
        page.on("requestfinished", lambda request: self._open.discard(request))
        page.on("requestfailed", lambda request: self._open.discard(request))

    def _note(self, request: playwright.Request) -> None:
        self.asked.append(request.url)
        if not request.url.startswith(("data:", "blob:")):
            self._open.add(request)

    def rest(self, seconds: float = 60) -> None:
        """Wait until three times in a row nothing is under way and the page's scripts are idle.

        Playwright's ``networkidle`` waits for half a second without a request, at each visit.
        """
        end = time.monotonic() + seconds
        calm = 0
        while calm < 3:
            self._page.evaluate(IDLE)
            self._page.wait_for_timeout(20)
            calm = 0 if self._open else calm + 1
            assert time.monotonic() < end, f"still asked for: {[r.url for r in self._open]}"


class Visits:
    """Opens pages, each in a window of its own, and notes what goes wrong there."""

    def __init__(self, browser: playwright.Browser) -> None:
        self.browser = browser
        self.said: list[str] = []
        self._traffic: dict[playwright.Page, Traffic] = {}

    def __call__(
        self, address: str = "", width: int = 1280, height: int = 720, **options: object
    ) -> playwright.Page:
        """A page at rest, in a window of that size; without an address, an empty one."""
        window = {"width": width, "height": height}
        context = self.browser.new_context(viewport=window, **options)  # type: ignore[arg-type]
        page = context.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("requestfailed", self._failed)
        self._traffic[page] = Traffic(page)
        if address:
            page.goto(address)
            if options.get("java_script_enabled", True):
                self.rest(page)
                if "/explore/" in address:
                    page.wait_for_selector(".explorer.ready", timeout=60_000)
        return page

    def go(self, page: playwright.Page, address: str) -> None:
        """Leave for another address, and come to rest there."""
        page.goto(address)
        self.rest(page)

    def rest(self, page: playwright.Page) -> None:
        self._traffic[page].rest()

    def asked(self) -> list[str]:
        """Every address that any of the pages asked for."""
        return [url for traffic in self._traffic.values() for url in traffic.asked]

    def _heard(self, message: playwright.ConsoleMessage) -> None:
        if "GL Driver Message" not in message.text:  # of the software that draws WebGL here
            self.said.append(message.text)

    def _failed(self, request: playwright.Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # by going on to another page
            self.said.append(f"failed: {request.url}")

    def end(self) -> None:
        """Close all windows; nothing was said on a console, nor another machine asked."""
        for page in self._traffic:
            page.context.close()
        assert self.said == []
        hosts = {urlsplit(url).hostname for url in self.asked()
                 if not url.startswith(("data:", "blob:"))}  # fmt: skip
        assert hosts <= {"127.0.0.1", "localhost"}


class Quiet(SimpleHTTPRequestHandler):
    """`python -m http.server` without its log."""

    def log_message(self, *_: object) -> None:
        pass

    def copyfile(self, source: object, outputfile: object) -> None:
        with suppress(BrokenPipeError, ConnectionResetError):  # a page that was left
            super().copyfile(source, outputfile)  # type: ignore[type-var]


class Server(ThreadingHTTPServer):
    """Takes a page's requests all at once, on a busy machine too."""

    request_queue_size = 128
    daemon_threads = True


@contextmanager
def served(
    folder: Path, host: str = "127.0.0.1", handler: type[SimpleHTTPRequestHandler] = Quiet
) -> Iterator[str]:
    """A folder at a loopback address."""
    answer = functools.partial(handler, directory=str(folder))
    server = Server(("127.0.0.1", 0), answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def until(page: playwright.Page, expression: str, arg: object = None, seconds: float = 60) -> Any:
    """What a JavaScript expression or function gives, as soon as that is something true.

    Playwright's own ``wait_for_function`` evaluates text in the page as often as it has to;
    the pages' security policy allows that the first time only.
    """
    end = time.monotonic() + seconds
    while not (found := page.evaluate(expression, arg)):
        assert time.monotonic() < end, f"never true: {expression}"
        page.wait_for_timeout(50)
    return found
