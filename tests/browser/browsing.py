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

import playwright.sync_api as playwright
import pytest


def chromium_path() -> str:
    """Where Chromium is; without one the test is skipped, and in CI it fails."""
    found = shutil.which("chromium")
    if found is None:
        reason = "CHROMIUM IS NOT HERE: no page is tested in a browser"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@contextmanager
def launched() -> Iterator[playwright.Browser]:
    """Chromium, without a window, that draws WebGL by software."""
    path = chromium_path()
    args = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader",
            "--enable-unsafe-swiftshader"]  # fmt: skip
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=args)
        yield browser
        browser.close()


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
