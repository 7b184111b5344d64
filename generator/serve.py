"""A server for who works on an atlas: on this machine alone, with ranges, and pages that reload.

The site's own pages are served as they are, but for one script that waits for the next
build; a published site has none of that.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from watchfiles import Change, watch

from generator.errors import OutputError

LOOPBACK = "127.0.0.1"
_SCRIPT, _EVENTS = "/.reload.js", "/.reload"
_RELOAD = f'new EventSource("{_EVENTS}").onmessage = () => location.reload();\n'.encode()
_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)
_STILL_THERE_SECONDS = 15
_QUIET_MS = 50
_LONGEST_BURST_MS = 100
"""Editors write a file in several steps: changes are one until nothing changes for the first of
these, or until the second has passed."""


class Builds:
    """Counts builds, and wakes who waits for the next."""

    def __init__(self) -> None:
        self._count = 0
        self._changed = threading.Condition()

    def done(self) -> None:
        with self._changed:
            self._count += 1
            self._changed.notify_all()

    @property
    def count(self) -> int:
        return self._count

    def wait(self, known: int, seconds: float) -> int:
        """The number of builds, as soon as it is not `known`, or after some seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._count != known, seconds)
            return self._count


class Handler(SimpleHTTPRequestHandler):
    """Files of a site, whole or in ranges; ``404.html`` for what isn't there."""

    protocol_version = "HTTP/1.1"
    extensions_map = {  # noqa: RUF012 - as the class above has it
        **SimpleHTTPRequestHandler.extensions_map,
        ".geojson": "application/geo+json",
        ".pbf": "application/x-protobuf",
        ".pmtiles": "application/vnd.pmtiles",
    }

    def __init__(self, *arguments: Any, builds: Builds, **named: Any) -> None:
        self.builds = builds
        super().__init__(*arguments, **named)

    def do_GET(self) -> None:
        if self.path == _EVENTS:
            self._events()
        else:
            super().do_GET()

    def send_head(self) -> BytesIO | BinaryIO | None:
        if self.path == _SCRIPT:
            return self._whole(_RELOAD, "text/javascript")
        path = Path(self.translate_path(self.path))
        if path.is_dir():
            if not self.path.partition("?")[0].endswith("/"):
                return super().send_head()  # it sends the reader on
            path /= "index.html"
        try:
            content = path.read_bytes()
        except OSError:
            return self._missing()
        kind = self.guess_type(str(path))
        if kind == "text/html":
            return self._whole(_with_script(content), f"{kind}; charset=utf-8")
        asked = self.headers.get("Range")
        if asked is not None:
            return self._range(asked, content, kind)
        return self._whole(content, kind)

    def _missing(self) -> BytesIO:
        try:
            content = (Path(self.directory) / "404.html").read_bytes()
        except OSError:
            content = b"<title>There is no such page</title>"
        return self._whole(_with_script(content), "text/html; charset=utf-8", HTTPStatus.NOT_FOUND)

    def _whole(self, content: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK) -> BytesIO:
        self._head(status, kind, len(content))
        return BytesIO(content)

    def _range(self, asked: str, content: bytes, kind: str) -> BytesIO:
        found = bounds(asked, len(content))
        if found is None:
            self._head(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, kind, 0, f"*/{len(content)}")
            return BytesIO()
        first, last = found
        part = content[first : last + 1]
        where = f"{first}-{last}/{len(content)}"
        self._head(HTTPStatus.PARTIAL_CONTENT, kind, len(part), where)
        return BytesIO(part)

    def _head(self, status: HTTPStatus, kind: str, length: int, part: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Cache-Control", "no-store")
        if part:
            self.send_header("Content-Range", f"bytes {part}")
        self.end_headers()

    def _events(self) -> None:
        """A message for each build, as long as the page is open."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        known = self.builds.count
        try:
            while True:
                count = self.builds.wait(known, _STILL_THERE_SECONDS)
                said = b": still there\n\n" if count == known else b"data: built\n\n"
                self.wfile.write(said)
                self.wfile.flush()
                known = count
        except OSError:
            self.close_connection = True  # the page was left

    def log_message(self, *_: object) -> None:
        """Requests are not worth a line each."""


def bounds(asked: str, size: int) -> tuple[int, int] | None:
    """First and last byte of a ``Range`` header; None if there is nothing there.

    >>> bounds("bytes=0-99", 1000), bounds("bytes=900-", 1000), bounds("bytes=-5", 1000)
    ((0, 99), (900, 999), (995, 999))
    >>> bounds("bytes=1000-", 1000) is None
    True
    """
    match = _RANGE.fullmatch(asked.strip())
    if match is None or not any(match.groups()):
        return None
    start, end = (int(part[:15]) if part else None for part in match.groups())
    if start is None:
        return (max(0, size - (end or 0)), size - 1) if end and size else None
    last = size - 1 if end is None else min(end, size - 1)
    return (start, last) if start <= last else None


def _with_script(page: bytes) -> bytes:
    tag = f'<script src="{_SCRIPT}" defer></script>'.encode()
    return page.replace(b"</head>", tag + b"</head>", 1) if b"</head>" in page else page + tag


def start(folder: Path, port: int, builds: Builds) -> ThreadingHTTPServer:
    """Serve a site from a thread of its own; port 0 takes any that is free.

    Raises
    ------
    OutputError
        Somebody else has the port.
    """
    handler = partial(Handler, directory=str(folder), builds=builds)
    try:
        server = ThreadingHTTPServer((LOOPBACK, port), handler)
    except OSError as error:
        raise OutputError(
            f"can't serve there ({error.strerror})",
            where=f"http://{LOOPBACK}:{port}/",
            fix="name another with --port; 0 takes any that is free",
        ) from None
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def rebuild_on_change(
    build: Callable[[], None],
    watched: Iterable[Path],
    out: Path,
    builds: Builds,
    stop: threading.Event | None = None,
    meanwhile: Callable[[], None] = lambda: None,
) -> None:
    """Build again whenever an input, a template or the settings change; never ends by itself.

    Parameters
    ----------
    meanwhile
        What is done once pages have heard of a build, before the next change is looked for.
    """
    own = out.resolve()

    def counts(_: Change, path: str) -> bool:
        changed = Path(path)
        beside = changed.parent == own.parent and changed.name.startswith(f".{own.name}.")
        made = own in changed.parents or changed == own or beside
        return not made and not any(
            part.endswith(("-cache", "__pycache__")) for part in changed.parts
        )

    folders = sorted({path.resolve() for path in watched if path.is_dir()})
    for _ in watch(
        *folders,
        watch_filter=counts,
        step=_QUIET_MS,
        debounce=_LONGEST_BURST_MS,
        stop_event=stop,
        raise_interrupt=False,
    ):
        build()
        builds.done()
        meanwhile()
