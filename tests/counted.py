"""What tables say, counted plainly, and pages from which what is found right is taken away."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

import numpy as np
from both_ways import (
    AREAS,
    EDITIONS,
    INDICATORS,
    REGION,
    SHARE,
    Tables,
)
from bs4 import BeautifulSoup, Tag
from built import Built
from page_parts import take, words
from recount import decimal, nth

JUDGING = re.compile(r"\d|\b(best|worst|highest|lowest|better|first|last|hotspots?|coldspots?)\b")
CODES = {name: code for code, name in AREAS.items()}


@dataclass(frozen=True)
class Given:
    """What the tables say, counted by none of the project's own code."""

    tables: Tables
    main: str

    def values(self, edition: str, id_: str) -> Mapping[str, float]:
        return self.tables[edition][id_]

    def of(self, edition: str, id_: str) -> int:
        return len(self.values(edition, id_))

    def rank(self, edition: str, id_: str, code: str) -> int:
        own, lower = self.values(edition, id_)[code], INDICATORS[id_][0] == "lower"
        others = self.values(edition, id_).values()
        return 1 + sum(v < own if lower else v > own for v in others)

    def place(self, edition: str, id_: str, code: str) -> str:
        """``joint 14th``, or ``not ranked``."""
        values = self.values(edition, id_)
        if code not in values:
            return "not ranked"
        joint = "joint " * (list(values.values()).count(values[code]) > 1)
        return joint + nth(self.rank(edition, id_, code))

    def label(self, edition: str, id_: str, code: str) -> str:
        """The class by quintiles: 1 holds the lowest values, whichever are better."""
        values = self.values(edition, id_)
        if code not in values:
            return "Not ranked"
        limits = [np.quantile(list(values.values()), q) for q in (0.2, 0.4, 0.6, 0.8)]
        level = 1 + sum(bool(limit < values[code]) for limit in limits)
        return {1: "Lowest values", 5: "Highest values"}.get(
            level, f"Class {level} of 5, from low to high"
        )

    def level(self, edition: str, id_: str, code: str) -> str:
        """The colour: 0 is the worst, or the lowest where neither end is better."""
        label = self.label(edition, id_, code)
        if label == "Not ranked":
            return "level-none"
        step = {"Lowest values": 0, "Highest values": 4}.get(label)
        step = int(label[6]) - 1 if step is None else step
        return f"level-{4 - step if INDICATORS[id_][0] == 'lower' else step}"

    def figure(self, edition: str, id_: str, code: str) -> str:
        values = self.values(edition, id_)
        return decimal(values[code]) if code in values else ""

    def spot(self, edition: str, id_: str, code: str) -> str:
        """A fifth at each end, rounded up; none where neither end is better."""
        if INDICATORS[id_][0] == "neutral" or code not in self.values(edition, id_):
            return ""
        of, rank = self.of(edition, id_), self.rank(edition, id_, code)
        share = math.ceil(of * SHARE)
        return "hotspot" if rank <= share else "coldspot" if rank > of - share else ""

    def stated(self, edition: str, id_: str, code: str) -> str:
        """What is said where there is room for all of it."""
        if code not in self.values(edition, id_):
            return "not ranked"
        place = f"{self.place(edition, id_, code)} of {self.of(edition, id_)}"
        figure, label = self.figure(edition, id_, code), self.label(edition, id_, code)
        return f"{place}, {figure} min, {label}"

    def members(self, region: str, edition: str, id_: str) -> list[str]:
        known = self.values(edition, id_)
        return [code for code in AREAS if REGION[code] == region and code in known]

    def within(self, region: str, edition: str, id_: str, code: str) -> str:
        """``3rd of 8``."""
        members = self.members(region, edition, id_)
        own = self.rank(edition, id_, code)
        ranks = [self.rank(edition, id_, other) for other in members]
        joint = "joint " * (ranks.count(own) > 1)
        return f"{joint}{nth(1 + sum(rank < own for rank in ranks))} of {len(members)}"

    def spots(self, region: str, edition: str, id_: str, spot: str) -> tuple[int, int]:
        """How many, and among how many."""
        members = self.members(region, edition, id_)
        return sum(self.spot(edition, id_, code) == spot for code in members), len(members)


def number(text: str) -> float:
    return float(text.replace("−", "-").replace(" ", ""))


class Page:
    """One page, from which what was found right is taken away."""

    def __init__(self, given: Given, built: Built, path: str) -> None:
        self.given, self.path = given, path
        soup = BeautifulSoup(built.text(path), "html.parser")
        self.title = words(soup.title)
        about = soup.select_one("meta[name=description]")
        self.about = " ".join(about["content"].split()) if about else ""
        (self.main,) = soup.select("main")
        for node in self.main.select("script, option, label, svg .map-labels, summary, details ul"):
            node.decompose()
        parts = path.split("/")
        self.id = parts[1] if parts[0] == "indicators" and len(parts) == 3 else given.main
        self.name = words(self.main.h1)

    def take(self, css: str, check: Callable[[Tag], None]) -> int:
        return take(self.main, css, check)

    # -- Parts of many kinds of pages ----------------------------------------------------

    def drawn(self, node: Tag) -> None:
        """An area of the map: its title and its colour."""
        code = node["data-code"]
        stated = self.given.stated("2020", self.id, code)
        assert words(node.title) == f"{AREAS[code]}: {stated}"
        assert self.given.level("2020", self.id, code) in node.path["class"]

    def legend(self, node: Tag) -> None:
        name, edition = re.sub(r" ?, min$", "", words(node.caption)).rsplit(", ", 1)
        id_ = name.lower()
        given, rows = self.given, node.select("tbody tr")
        labels = [words(row.th).partition(" (this ")[0] for row in rows]
        ends = ["Lowest values", "Highest values"]
        wanted = ends if INDICATORS[id_][0] == "lower" else ends[::-1]
        assert [labels[0], labels[4]] == wanted
        for label, row in zip(labels, rows, strict=True):
            codes = [c for c in AREAS if given.label(edition, id_, c) == label]
            limits, count = row.select("td")
            assert int(words(count)) == len(codes)
            if label != "Not ranked":
                own = [given.values(edition, id_)[c] for c in codes]
                assert words(limits) == f"{decimal(min(own))} to {decimal(max(own))}"
            if "this area" in words(row.th):
                assert CODES[self.name] in codes

    def table(self, node: Tag) -> None:
        """Areas in measures: the columns say which."""
        heads = [words(head) for head in node.select("thead th")]
        for row in node.select("tbody tr[data-code]"):
            code = row["data-code"]
            for head, cell in zip(heads, row.select("th, td"), strict=True):
                kind, _, edition = head.partition(",")[0].partition(" ")
                if kind not in {"Rank", "Score", "Class"}:
                    assert words(cell) in {AREAS[code], REGION[code]}
                    continue
                said = {
                    "Rank": self.given.place(edition, self.id, code),
                    "Score": self.given.figure(edition, self.id, code),
                    "Class": self.given.label(edition, self.id, code),
                }
                assert words(cell) == said[kind], (head, code)
                if kind == "Rank":
                    assert head.endswith(f", of {self.given.of(edition, self.id)}")
                if kind == "Class":
                    assert self.given.level(edition, self.id, code) in cell["class"]

    def ends_of(self, text: str, codes: list[str]) -> None:
        """``from Place A (49.0) to Place X (−49.8)``: the ends, the better one last."""
        values = self.given.values("2020", self.id)
        own = [values[code] for code in codes if code in values]
        ends = [max(own), min(own)] if INDICATORS[self.id][0] == "lower" else [min(own), max(own)]
        said = re.findall(r"(Place \w) \(([−\d.]+)\)", text)
        assert [number(figure) for _, figure in said] == ends, text
        assert [values[CODES[name]] for name, _ in said] == ends

    def chart(self, node: Tag) -> None:
        """The strip: who is at its ends, the median, and the area's own place."""
        assert node["aria-label"].endswith(f": all {self.given.of('2020', self.id)}")
        values = self.given.values("2020", self.id)
        middle = decimal(median(values.values()))
        for sentence in words(node.desc).rstrip(".").split(". "):
            if sentence.startswith("From "):
                ends, _, said = sentence.partition("; median ")
                assert said == middle or abs(number(said) - median(values.values())) <= 0.0501
                self.ends_of(ends, list(AREAS))
            elif found := re.match(r"(Place \w): (.*)", sentence):
                assert found[2] == self.given.stated("2020", self.id, CODES[found[1]])
            elif sentence.startswith("Neighbours: "):
                for name, figure in re.findall(r"(Place \w) \(([−\d.]+)\)", sentence):
                    assert number(figure) == values[CODES[name]]
            else:
                region = sentence.partition(":")[0]
                self.ends_of(sentence, [c for c in AREAS if REGION[c] == region])
        for title in node.select("title"):
            name, _, said = words(title).partition(", " if ":" not in words(title) else ": ")
            assert self.given.stated("2020", self.id, CODES[name]).startswith(said)

    def slope(self, node: Tag) -> None:
        for title in node.select("title, desc"):
            name, said = words(title).split(": ", 1)
            said, _, rest = said.partition(". ")
            code = CODES[name]
            assert said.rstrip(".") == self.moved(code).rstrip("."), said
            known = [set(self.given.values(edition, self.id)) for edition in EDITIONS]
            assert not rest or rest == (
                f"{len(known[0] & known[1])} areas are known in two editions."
            )

    def moved(self, code: str) -> str:
        """``23rd of 23 in 2020, 4th of 23 in 2021: 19 places up.``"""
        given = self.given
        known = [edition for edition in EDITIONS if code in given.values(edition, given.main)]
        said = ", ".join(
            f"{given.place(e, given.main, code)} of {given.of(e, given.main)} in {e}" for e in known
        )
        if len(known) < 2:
            return f"{said}."
        step = given.rank("2020", given.main, code) - given.rank("2021", given.main, code)
        if not step:
            return f"{said}: no change."
        places = "place" if abs(step) == 1 else "places"
        return f"{said}: {abs(step)} {places} {'up' if step > 0 else 'down'}."

    def everywhere(self) -> None:
        self.take("svg.map-svg .areas a[data-code]", self.drawn)
        self.take("table.legend", self.legend)
        self.take("table.areas-table", self.table)
        self.take("svg.strip", self.chart)
        self.take("svg.slope", self.slope)

    def nothing_left(self) -> None:
        """No figure and no judgement that nobody counted again."""
        allowed = [
            "2020 to 2021", *EDITIONS, *(id_.title() for id_ in INDICATORS), *AREAS, "v.3.0",
            f"{len(AREAS)} areas", "First and last",
            "They share a land border; the longest stretch comes first.",
        ]  # fmt: skip
        for text in [*self.main.stripped_strings]:
            rest = " ".join(text.split())
            for known in allowed:
                rest = rest.replace(known, "")
            assert not JUDGING.search(rest), f"{self.path}: nobody accounts for {text!r}"
