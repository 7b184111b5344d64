"""The server for who works on an atlas: ranges, missing pages, and a reload after each build."""

from __future__ import annotations

import http.client
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from built import Built

from generator import serve
from generator.build import site
from generator.build.options import Options
from generator.errors import OutputError
from generator.report import BufferReport
from generator.settings import read_settings

Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture
def out(mini_site: Built, tmp_path: Path) -> Path:
    return shutil.copytree(mini_site.folder, tmp_path / "site")


@pytest.fixture
def builds() -> serve.Builds:
    return serve.Builds()


@pytest.fixture
def port(out: Path, builds: serve.Builds) -> Iterator[int]:
    server = serve.start(out, 0, builds)
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def get(port: int, path: str, **headers: str) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, dict(answer.getheaders()), content


def test_files_come_whole_or_in_ranges(port: int, out: Path) -> None:
    whole = (out / "tiles/geography.pmtiles").read_bytes()
    status, headers, content = get(port, "/tiles/geography.pmtiles")
    assert (status, content) == (200, whole)
    assert headers["Accept-Ranges"] == "bytes"
    status, headers, content = get(port, "/tiles/geography.pmtiles", Range="bytes=0-126")
    assert (status, content) == (206, whole[:127])
    assert headers["Content-Range"] == f"bytes 0-126/{len(whole)}"
    assert get(port, "/tiles/geography.pmtiles", Range="bytes=-9")[2] == whole[-9:]
    status, headers, _ = get(port, "/tiles/geography.pmtiles", Range=f"bytes={len(whole)}-")
    assert status == 416
    assert headers["Content-Range"] == f"bytes */{len(whole)}"


@pytest.mark.parametrize("asked", ["bytes=", "bytes=-", "bytes=5-2", "lines=1-2", "bytes=²-", "x"])
def test_ranges_that_say_nothing_are_refused(asked: str) -> None:
    assert serve.bounds(asked, 10) is None


def test_pages_have_the_script_that_reloads_them_and_the_site_has_not(port: int, out: Path) -> None:
    status, headers, content = get(port, "/parishes/moor/")
    assert status == 200
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert b'<script src="/.reload.js" defer></script></head>' in content
    assert b"EventSource" in get(port, "/.reload.js")[2]
    assert b".reload" not in (out / "parishes/moor/index.html").read_bytes()
    assert get(port, "/parishes/moor")[0] == 301


def test_what_is_not_there_gets_the_page_of_the_site(port: int) -> None:
    for path in ("/nowhere/", "/%zz", "/../../etc/passwd", "/tiles/"):
        status, _, content = get(port, path)
        assert status == 404
        assert b"<h1" in content


def test_who_is_not_on_this_machine_is_not_served(port: int, out: Path) -> None:
    with pytest.raises(OutputError, match="can't serve there"):
        serve.start(out, port, serve.Builds())
    assert serve.LOOPBACK == "127.0.0.1"


def test_a_changed_template_is_built_and_pages_hear_of_it(
    mini: Path, out: Path, port: int, builds: serve.Builds
) -> None:
    theme = mini.parent / "theme"
    theme.mkdir()
    text = mini.read_text(encoding="utf-8").replace("[atlas]", '[atlas]\ntheme = "theme"')
    mini.write_text(text, encoding="utf-8")
    stop = threading.Event()

    def build() -> None:
        site.build(read_settings(mini), Options(out), BufferReport())

    watching = threading.Thread(
        target=serve.rebuild_on_change, args=(build, [mini.parent], out, builds, stop)
    )
    watching.start()
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", "/.reload")
        events = connection.getresponse()
        time.sleep(1)  # the watcher needs a moment before it sees anything
        (theme / "404.html").write_text("<html><head></head>\n<h1>Gone</h1></html>\n")
        assert events.readline() == b"data: built\n"
        assert b"<h1>Gone</h1>" in get(port, "/nowhere/")[2]
        assert builds.count == 1, "what a build writes is no change"
        connection.close()
    finally:
        stop.set()
        watching.join(timeout=30)
    assert not watching.is_alive()
