"""Pages: against maps saved by folium and GeoPandas, against hugo, and against copying files.

``python -m benchmarks.pages usual``: for some authorities, a `folium.Choropleth` of all of them
with that one outlined, saved, and `GeoDataFrame.explore()`, saved; against the whole build of the
shipped atlas by one process, divided by its authorities: the very first one, which draws all
outlines, and later ones, which know them.

``python -m benchmarks.pages hugo``: our stage of pages against hugo, which gets the finished body
of each page and only puts it between head and foot, and against ``cp -r`` of the finished site.
hugo is taken from the path, or as ``--hugo`` names it; without it that way is left out, loudly.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import folium
import geopandas as gpd

from benchmarks.builds import Build, build
from benchmarks.measuring import machine, run, size_of

ROOT = Path(__file__).resolve().parents[1]
AREAS = "authorities"
SAMPLE = 8


# -- The usual way -----------------------------------------------------------------------------


def shapes_and_scores(site: Path) -> gpd.GeoDataFrame:
    """The areas of a finished site with their figures, as anybody can take them away."""
    frame = gpd.read_file(site / "data" / "geography.geojson")
    column = next(name for name in frame.columns if "score" in name)
    frame["score"] = frame[column].astype(float)
    return frame[["code", "name", "score", "geometry"]]


def save_choropleth(frame: gpd.GeoDataFrame, at: int, path: Path) -> None:
    """The usual map: all areas in classes, one outlined, with a tooltip."""
    here = frame.iloc[[at]]
    west, south, east, north = here.total_bounds
    chart = folium.Map()
    chart.fit_bounds([[south, west], [north, east]])
    folium.Choropleth(
        geo_data=frame.to_json(), data=frame, columns=["code", "score"],
        key_on="feature.properties.code", fill_color="RdBu", legend_name="Score",
    ).add_to(chart)  # fmt: skip
    folium.GeoJson(here, tooltip=folium.GeoJsonTooltip(["name", "score"])).add_to(chart)
    chart.save(path)


def save_explored(frame: gpd.GeoDataFrame, at: int, path: Path) -> None:
    """What GeoPandas makes of the same in a few lines."""
    west, south, east, north = frame.iloc[[at]].total_bounds
    chart = frame.explore(column="score", cmap="RdBu", scheme="Quantiles", k=5)
    chart.fit_bounds([[south, west], [north, east]])
    chart.save(path)


def usual(work: Path, repeat: int) -> None:
    """Bytes and processor seconds of a page, ours and theirs."""
    ours = [build(ROOT / "atlas.toml", work / f"site-{at}", "--jobs", "1", "--force")
            for at in range(repeat)]  # fmt: skip
    # What was drawn of outlines is kept: later builds fill in classes and texts.
    later = [build(ROOT / "atlas.toml", work / f"later-{at}", "--jobs", "1")
             for at in range(repeat)]  # fmt: skip
    site = work / "site-0"
    frame = shapes_and_scores(site)
    count = len(list((site / AREAS).glob("*/index.html")))
    rows = [
        _page_alone("ours, the page alone, the very first build", ours, site),
        _page_alone("the same in later builds", later, site),
    ]
    rows.append(_ours("ours, with cards, tiles and all files", ours, site, count, ()))
    rows.append(_ours("ours, without cards and tiles", ours, site, count, ("cards", "tiles")))
    ways = {"folium.Choropleth": save_choropleth, "GeoDataFrame.explore()": save_explored}
    if importlib.util.find_spec("matplotlib") is None:
        print("MATPLOTLIB IS NOT HERE, which explore() needs: it is not measured", file=sys.stderr)
        del ways["GeoDataFrame.explore()"]
    for name, save in ways.items():
        seconds, sizes, packed = [], [], []
        for at in range(0, len(frame), max(1, len(frame) // SAMPLE)):
            path = work / "map.html"
            before = time.process_time()
            save(frame, at, path)
            seconds.append(time.process_time() - before)
            sizes.append(path.stat().st_size)
            packed.append(len(gzip.compress(path.read_bytes())))
        rows.append((name, median(seconds), median(sizes), median(packed)))
    base = rows[0]
    print(f"{machine()}\n\n| a page | CPU s | ratio | KB | ratio | KB gzipped | ratio |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    for name, seconds, size, small in rows:
        print(
            f"| {name} | {seconds:.3f} | {seconds / base[1]:.1f} | {size / 1e3:,.0f} "
            f"| {size / base[2]:.1f} | {small / 1e3:,.0f} | {small / base[3]:.1f} |"
        )


def _cpu_of(made: Build, stage: str) -> float:
    """Processor seconds of a stage: its share of the clock, by one process, of all of them."""
    return made.stages.get(stage, 0.0) * made.run.cpu / made.run.seconds


def _page_alone(name: str, builds: list[Build], site: Path) -> tuple[str, float, float, float]:
    """The page of an area, as the maps saved one by one are counted: without its scripts.

    The stage's time is divided by whole pages alone, although it makes redirects and maps for
    frames too.
    """
    whole = b'<main id="main"'
    every = sum(whole in path.read_bytes() for path in site.rglob("*.html"))
    own = [path.read_bytes() for path in sorted((site / AREAS).glob("*/index.html"))]
    seconds = median(_cpu_of(made, "pages") for made in builds) / every
    packed = median(len(gzip.compress(content)) for content in own)
    return name, seconds, median(map(len, own)), packed


def _ours(
    name: str, builds: list[Build], site: Path, count: int, without: tuple[str, ...]
) -> tuple[str, float, float, float]:
    """All of a build, divided by its areas: seconds, bytes, bytes gzipped."""
    seconds = [b.run.cpu - sum(_cpu_of(b, stage) for stage in without) for b in builds]
    # Cards are pictures; tiles lie in a folder of their own.
    left_out = [p for p in site.rglob("*") if p.is_file() and without
                and (p.name == "card.png" or p.relative_to(site).parts[0] == "tiles")]  # fmt: skip
    counted = [p for p in site.rglob("*") if p.is_file() and p not in set(left_out)]
    size = sum(path.stat().st_size for path in counted)
    small = sum(len(gzip.compress(path.read_bytes(), 6)) for path in counted)
    return name, median(seconds) / count, size / count, small / count


# -- hugo and cp -------------------------------------------------------------------------------


def hugo_project(site: Path, folder: Path) -> int:
    """Write the pages of a finished site as a project for hugo; returns how many there are."""
    template = ""
    count = 0
    for path in sorted(site.rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        found = re.search(r"(<main id=\"main\"[^>]*>)(.*)(</main>)", text, re.DOTALL)
        title = re.search(r"<title>(.*?)</title>", text, re.DOTALL)
        if not found or not title:
            continue
        if not template:
            head, foot = text[: found.end(1)], text[found.start(3) :]
            head = head.replace(title[0], "<title>{{ .Title }}</title>")
            template = f"{head}{{{{ .RawContent | safeHTML }}}}{foot}"
        own = folder / "content" / path.relative_to(site)
        own = own.with_name("_index.html" if own.name == "index.html" else own.name)
        own.parent.mkdir(parents=True, exist_ok=True)
        front = json.dumps({"title": title[1]})
        own.write_text(f"{front}\n{found[2]}", encoding="utf-8")
        count += 1
    layouts = folder / "layouts" / "_default"
    layouts.mkdir(parents=True)
    for name in ("list.html", "single.html"):
        (layouts / name).write_text(template, encoding="utf-8")
    (layouts.parent / "index.html").write_text(template, encoding="utf-8")
    (folder / "hugo.toml").write_text(
        'baseURL = "https://example.org/"\ntitle = "Measured"\n'
        'disableKinds = ["RSS", "sitemap", "taxonomy", "term"]\n'
        '[security]\nallowContent = ["^text/"]\n',
        encoding="utf-8",
    )
    return count


def against_hugo(work: Path, repeat: int, program: str) -> None:
    """Processor and clock seconds of the pages, ours and hugo's, and of a copy of the site."""
    site = work / "site"
    rows: dict[str, list[tuple[float, float]]] = {}
    pages = 0
    for turn in range(repeat):
        made = build(ROOT / "atlas.toml", site, "--jobs", "1", "--force")
        times = (made.stages["pages"], _cpu_of(made, "pages"))
        rows.setdefault("ours: pages, from figures to files", []).append(times)
        if program:
            project = work / f"hugo-{turn}"
            pages = hugo_project(site, project)
            once = run([program, "--quiet", "--destination", str(project / "public")], project)
            rows.setdefault("hugo: finished bodies into one template", []).append(
                (once.seconds, once.cpu)
            )
            if turn == 0:
                print(f"hugo wrote {size_of(project / 'public')[0]} of {pages} pages")
        started, before = time.perf_counter(), _children()
        subprocess.run(["cp", "-r", str(site), str(work / f"copy-{turn}")], check=True)
        rows.setdefault("cp -r of the whole site", []).append(
            (time.perf_counter() - started, _children() - before)
        )
    print(f"{machine()}\n\n| | s | CPU s | CPU s against ours |\n|---|--:|--:|--:|")
    base = rows["ours: pages, from figures to files"]
    for name, times in rows.items():
        ratio = median(mine[1] / ours[1] for mine, ours in zip(times, base, strict=True))
        seconds, cpu = (median(time[at] for time in times) for at in (0, 1))
        print(f"| {name} | {seconds:.2f} | {cpu:.2f} | {ratio:.2f} |")


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["usual", "hugo"])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--hugo", default="", metavar="PROGRAM")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.what == "usual":
            usual(Path(folder), options.repeat)
            return
        program = options.hugo or shutil.which("hugo") or ""
        if not program:
            print("HUGO IS NOT HERE: it is not measured", file=sys.stderr)
        against_hugo(Path(folder), options.repeat, program)


if __name__ == "__main__":
    main()
