"""The tile stage against a bare call of GDAL's driver on the same input.

Run ``python -m benchmarks.tiles``: for each size it makes a coverage, times both ways
in alternation, each in a process of its own, and prints medians of the pairwise
ratios.  Ours does more in its time: thinned and fixed geometry for every zoom, the
outlines of regions, label points, empty tiles within the bounds, and the archive.
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
from generator.build.workers import Processes
from generator.report import BufferReport
from generator.tiles.write import describe, write_tileset

DISTRICTS = Path(__file__).resolve().parents[1] / "../shared/boundaries/lad_2016_uk_bsc.geojson"
AUTHORITIES = Path(__file__).resolve().parents[1] / "boundaries" / "authorities_2016.csv"
OUT = Path(__file__).parent / "out" / "tiles.json"
# The driver's settings that drop nothing, and the quick ones.
TUNED = {"MAX_SIZE": 2**31 - 1, "MAX_FEATURES": 2**31 - 1, "TEMPORARY_DB": ":memory:"}
WAYS = ("driver, default", "driver, tuned", "ours")
FAULT_ZOOMS = (4, 10)


def english_districts() -> gpd.GeoDataFrame:
    """The 326 districts of England, where the file lies beside the project."""
    frame = pyogrio.read_dataframe(DISTRICTS)
    frame = frame[frame["lad16cd"].str.startswith("E")].sort_values("lad16cd")
    shapes = []
    for shape in frame.geometry:
        parts = shapely.get_parts(shapely.get_parts(shapely.make_valid(shape)))
        shapes.append(shapely.MultiPolygon([p for p in parts if p.geom_type == "Polygon"]))
    regions = pd.read_csv(AUTHORITIES, index_col="code")["region"]
    return gpd.GeoDataFrame(
        {
            "code": frame["lad16cd"].to_numpy(),
            "name": frame["lad16nm"].to_numpy(),
            "region": regions.reindex(frame["lad16cd"]).to_numpy(),
        },
        geometry=shapes,
        crs=4326,
    )


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
            peak = max(peak, sum(map(_pss_mb, _family(child.pid))))
            time.sleep(0.2)
        output = child.stdout.read() if child.stdout else ""
    if child.returncode:
        raise SystemExit(f"{way} ended with {child.returncode}")
    return dict(json.loads(output.splitlines()[-1])) | {"peak_mb": peak}


def _family(pid: int) -> list[int]:
    """A process and those that it started."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(each for child in children for each in _family(int(child)))]


def _pss_mb(pid: int) -> float:
    """Memory of a process; what several share counts in equal parts for each."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


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
    runs: dict[str, list[dict[str, Any]]] = {way: [] for way in WAYS}
    for turn in range(repeat):
        for way in WAYS:
            runs[way].append(in_own_process(way, source, work / f"{way}-{turn}", zooms))
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
    for way in WAYS:
        ratios = [
            mine["seconds"] / tuned["seconds"]
            for mine, tuned in zip(runs[way], runs["driver, tuned"], strict=True)
        ]
        result["ways"][way] = {
            "seconds": median(run["seconds"] for run in runs[way]),
            "ratio": median(ratios),
            "cpu": median(run["cpu"] for run in runs[way]),
            "cpu_ratio": median(
                mine["cpu"] / tuned["cpu"]
                for mine, tuned in zip(runs[way], runs["driver, tuned"], strict=True)
            ),
            "peak_mb": max(run["peak_mb"] for run in runs[way]),
            **contents(work / f"{way}-0" / "areas", areas, zooms, faults=way in check),
        }
    return result


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
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=[326, 7000, 35000])
    parser.add_argument("--zooms", type=int, nargs=2, default=[4, 12])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--straight", action="store_true", help="cells with straight edges")
    parser.add_argument("--quick", action="store_true", help="read back only our own tiles")
    parser.add_argument("--child", nargs=3, metavar=("WAY", "SOURCE", "OUT"))
    options = parser.parse_args()
    zooms = (options.zooms[0], options.zooms[1])
    if options.child:
        way, source, out = options.child
        print(json.dumps(run_once(way, Path(source), Path(out), zooms)))
        return
    check = ["ours"] if options.quick else list(WAYS)
    results = []
    # In memory where that is possible: some file systems are slow to make files for a
    # while after many were deleted, which would be measured instead.
    shared = Path("/dev/shm")  # noqa: S108
    for size in options.sizes:
        work = Path(tempfile.mkdtemp(dir=shared if shared.is_dir() else None))
        try:
            if size == 326 and DISTRICTS.exists() and not options.straight:
                label, areas = "326 districts", english_districts()
            else:
                depth = 0 if options.straight else 3
                label = f"{size:,} {'straight' if options.straight else 'rugged'} cells"
                areas = voronoi_coverage(size, depth=depth)
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
