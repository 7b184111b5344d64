"""An area's page, part by part, each compared with what `recount` makes of the tables."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from built import Built
from recount import EDITIONS, LABELS, RANKED, Recount, decimal, nth, plain


def words(node: Tag) -> str:
    return " ".join(node.get_text().split())


def take(main: Tag, css: str, check: Callable[[Tag], None]) -> int:
    """Check all that a selector finds, then remove it; returns how many there were."""
    found = main.select(css)
    for node in found:
        check(node)
    for node in found:
        node.decompose()
    return len(found)


class Page:
    """One area's page, from which what was found right is taken away."""

    def __init__(self, built: Built, recount: Recount, code: str) -> None:
        self.recount, self.code = recount, code
        self.name = recount.areas[code]["name"]
        # "Bristol, City of" is "City of Bristol" within a sentence.
        self.spoken = " ".join(reversed(self.name.split(", ")))
        leading = BeautifulSoup(built.text(f"code/{code}/index.html"), "html.parser")
        path = leading.select_one("link[rel=canonical], a[href*='authorities/']")["href"]
        path = f"authorities/{path.split('authorities/')[1]}index.html"
        soup = BeautifulSoup(built.text(path), "html.parser")
        assert words(soup.select_one("dd.code")) == code
        (self.main,) = soup.select("main")

    def take(self, css: str, right: Callable[[Tag], None]) -> int:
        return take(self.main, css, right)

    def section(self, title: str) -> Tag | None:
        heads = [h for h in self.main.select("h2") if words(h) == title]
        return heads[0].find_parent("section") if heads else None

    # -- What an area's figures are in words -------------------------------------------

    def rank(self, edition: str, code: str) -> str:
        return nth(self.recount.ranks[edition][code])

    def stated(self, code: str) -> str:
        """Name, rank, score and class as a map's title has them."""
        name = self.recount.areas[code]["name"]
        if code not in self.recount.scores:
            return f"{name}: not ranked"
        level = LABELS[self.recount.levels["2016"][code]]
        score = decimal(self.recount.scores[code])
        return f"{name}: {self.rank('2016', code)} of {RANKED}, score {score}, {level}"

    def code_named(self, name: str) -> str:
        return self.recount.code_of[plain(name)]

    # -- Parts ------------------------------------------------------------------------

    def headline(self, node: Tag) -> None:
        edition = words(node.select_one("dt"))
        row = self.recount.tables[edition].get(self.code)
        if row is None:
            left_out = self.code not in self.recount.tables["2016"]
            expected = "Not ranked" if left_out else "Not known"
            assert words(node.select_one("dd")).casefold().startswith(expected.casefold())
            assert not re.search(r"\d", words(node.select_one("dd")))
            return
        assert words(node.select_one(".rank")) == f"{self.rank(edition, self.code)} of {RANKED}"
        assert words(node.select_one(".class")) == LABELS[self.recount.levels[edition][self.code]]
        swatch = node.select_one(".swatch")
        assert f"level-{self.recount.levels[edition][self.code]}" in swatch["class"]
        score = node.select_one(".score")
        assert (score is None) == ("score" not in row)
        if score is not None:
            text = words(score)
            figure, _, _unit = text.partition(" (")
            assert figure == f"Score {decimal(float(row['score']))}"
        remarks = {}
        for remark in node.select(".remark"):
            label, text = words(remark).split(": ", 1)
            remarks[label] = text
        printed = row.get("rank_as_printed", row["rank"])
        assert remarks.pop("As printed", row["rank"]) == printed
        assert remarks.pop("Source", "") == row.get("source", "")
        assert remarks.pop("Note", "") == row.get("note", "")
        assert not remarks

    def sentence(self, node: Tag) -> None:
        """The sentence clause by clause; a clause of a kind not known here fails."""
        text = words(node)
        recount, code = self.recount, self.code
        if code not in recount.scores:
            reasons = [e["absent"][code] for e in recount.settings["edition"]]
            said = f"{self.spoken}: not ranked in 2016 or 2017. {reasons[0]}"
            assert text == said
            return
        assert text.startswith(f"{self.spoken} ranks ")
        assert text.endswith(".")
        rest = text.removeprefix(f"{self.spoken} ranks ").removesuffix(".")
        start = re.match(r"(\w+) of 324 in (2016 and 2017|2016), (?:and )?", rest)
        assert start, text
        for edition in start[2].split(" and "):
            assert start[1] == self.rank(edition, code), text
        for clause in re.split(r", and ", rest[start.end() :]):
            self.clause(clause)

    def clause(self, clause: str) -> None:
        recount, code = self.recount, self.code
        rank, spot = recount.ranks["2016"][code], recount.spot("2016", code)
        fixed = {
            "the best rank in England": rank == 1,
            "the last rank in England": rank == RANKED,
            "in the best 20% of England": spot == "hotspot" and rank <= RANKED / 5 + 0.5,
            "in the worst 20% of England": spot == "coldspot" and rank >= RANKED * 4 / 5,
            "among neither hotspots nor coldspots": not spot,
        }
        if clause in fixed:
            assert fixed[clause], (self.name, clause)
        elif found := re.fullmatch(r"(\w+) in 2017", clause):
            assert found[1] == self.rank("2017", code)
        elif found := re.fullmatch(r"(\w+) of (\d+) in ((?:its \w+ \()?.+?)\)?", clause):
            place = recount.place_within("2016", code, self.group(found[3]))
            assert place == (int(found[1][:-2]), int(found[2])), (self.name, clause)
        elif found := re.fullmatch(
            r"is the only (known )?(\w+) of ((?:its \w+ \()?.+?)\)? in (2016 and 2017|201[67])",
            clause,
        ):
            members = self.group(found[3])
            for edition in found[4].split(" and "):
                alike = [c for c in members if recount.spot(edition, c) == found[2]]
                assert alike == [code], (self.name, clause)
                known = all(c in recount.ranks[edition] for c in members if c in recount.scores)
                assert known or found[1], (self.name, clause)
        else:
            raise AssertionError(f"nothing here can check {clause!r} ({self.name})")

    def group(self, name: str) -> list[str]:
        """Members of the area's own group of that name, however the sentence calls it."""
        kind, _, inner = name.rpartition(" (")
        own = [
            (k, n) for k, n in self.recount.groups(self.code)
            if n == inner and kind in {"", f"its {k.lower()}"}
        ]  # fmt: skip
        assert len(own) == 1, (self.name, name)
        return self.recount.members(*own[0])

    def became(self, node: Tag) -> None:
        later = dict(self.recount.later[self.code])
        found = re.findall(r"\((E\d{8})\) in (\d{4})", words(node))
        assert found
        assert all(later[code] == year for code, year in found)
        assert len(re.findall(r"\d+", words(node))) == 2 * len(found)

    def legend(self, node: Tag) -> None:
        shown = {
            words(r.select_one("th")): [words(d) for d in r.select("td")]
            for r in node.select("tbody tr")
        }
        levels = self.recount.levels["2016"]
        for level, label in enumerate(LABELS):
            inside = [s for c, s in self.recount.scores.items() if levels[c] == level]
            own = levels.get(self.code) == level
            limits = f"{decimal(min(inside))} to {decimal(max(inside))}"
            key = label + (" (this authority)" if own else "")
            assert shown.pop(key) == [limits, str(len(inside))]
        missing = len(self.recount.areas) - len(self.recount.scores)
        own_missing = " (this authority)" if self.code not in self.recount.scores else ""
        assert shown.pop("Not ranked" + own_missing, shown.pop("Not ranked", None)) == [
            "", str(missing)
        ]  # fmt: skip
        assert not shown

    def place(self, node: Tag) -> None:
        kind, edition = words(node.select_one("dt")).split(", ")
        found = re.fullmatch(r"(\d+)\w\w of (\d+) (.+)", words(node.select_one("dd")))
        assert found
        name = dict(self.recount.groups(self.code))[kind]
        assert found[3] == name
        place = self.recount.place_within(edition, self.code, self.recount.members(kind, name))
        assert place == (int(found[1]), int(found[2]))
        assert words(node.select_one("dd")).startswith(nth(place[0]))

    def row_of(self, node: Tag, heads: list[str]) -> None:
        if "gap" in node.get("class", []):
            assert not re.search(r"\d", words(node))
            return
        code = node["data-code"]
        area = self.recount.areas[code]
        cells = [words(c) for c in node.select("th, td")]
        assert cells[0] == area["name"]
        for head, cell in zip(heads[1:], cells[1:], strict=True):
            edition = head[-4:] if head.startswith(("Score", "Class")) else head[5:9]
            ranked = self.recount.ranks.get(edition, {}).get(code)
            out = code not in self.recount.scores
            if head == "Region":
                assert cell == area["region"]
            elif head == f"Rank {edition}, of {RANKED}":
                assert cell == (nth(ranked) if ranked else "not ranked" if out else "not known")
            elif head == f"Score {edition}":
                assert cell == ("" if out else decimal(self.recount.scores[code]))
            else:
                assert head == f"Class {edition}"
                missing = "Not ranked" if out else "Not known"
                assert cell == (LABELS[self.recount.levels[edition][code]] if ranked else missing)

    def table(self, node: Tag) -> None:
        heads = [words(h) for h in node.select("thead th")]
        for row in node.select("tbody tr"):
            self.row_of(row, heads)

    def strip(self, node: Tag) -> None:
        scores, ranks = self.recount.scores, self.recount.ranks["2016"]
        names = {place: self.recount.areas[c]["name"] for c, place in ranks.items()}
        middle = decimal(self.recount.median_score)
        said = words(node.select_one("desc"))
        own = self.stated(self.code)
        start = (
            f"From {names[RANKED]} ({decimal(min(scores.values()))}) to {names[1]} "
            f"({decimal(max(scores.values()))}); median {middle}. {own}. "
        )
        assert said.startswith(start)
        keys = {"Median": middle}
        near = [c for c in self.recount.neighbours(self.code) if c in scores]
        region = self.recount.areas[self.code]["region"]
        within = [c for c in self.recount.members("Region", region) if c in scores]
        comparators = {"Neighbours": near, "Nearest": near, region: within}
        for part in said.removeprefix(start).removesuffix(".").split(". "):
            if not part:
                continue
            found = re.fullmatch(r"(.+): from (.+) \((\S+)\) to (.+) \((\S+)\)", part)
            alone = re.fullmatch(r"(.+): (.+) \((\S+)\)", part)
            match = found or alone
            assert match, part
            inside = sorted(comparators[match[1]], key=lambda c: scores[c])
            ends = [inside[0], inside[-1]] if found else inside
            assert [self.code_named(n) for n in match.groups()[1::2]] == ends, part
            assert list(match.groups()[2::2]) == [decimal(scores[c]) for c in ends], part
            keys[match[1]] = str(len(inside))
        # The key below the chart, in figures.
        for text in node.select("g.key text"):
            found = re.fullmatch(r"(.+?) \(?([−\d.]+)\)?", words(text))
            assert found, text
            assert keys[found[1]] == found[2]
        self.marks(node)

    def marks(self, node: Tag) -> None:
        """Marks stand where their score puts them, on one scale."""
        scores = self.recount.scores
        points = []
        for link in node.select("g.marks a"):
            code = self.code_named(words(link.select_one("text")))
            at = link.select_one("use")
            assert words(at.select_one("title")) == (
                f"{self.recount.areas[code]['name']}, {self.rank('2016', code)} of {RANKED}"
            )
            points.append((scores[code], float(at["x"].rstrip("%"))))
        if own := node.select_one("g.here line"):
            points.append((scores[self.code], float(own["x1"].rstrip("%"))))
        low, high = min(points, default=(0, 0)), max(points, default=(0, 0))
        if high[0] - low[0] > 5:
            slope = (high[1] - low[1]) / (high[0] - low[0])
            assert 0.2 < slope < 0.6
            for score, x in points:
                assert x == pytest.approx(low[1] + slope * (score - low[0]), abs=0.15)
        for title in node.select("g.here > title"):
            assert words(title) == self.stated(self.code)

    def change(self, code: str) -> str:
        """The ranks of 2016 and 2017, in words: without a difference, as they can't be compared."""
        first, then = (self.recount.ranks[e].get(code) for e in EDITIONS)
        if first and not then:
            return f"{nth(first)} of {RANKED} in 2016; the rank of 2017 is not known here."
        return f"{nth(first)} of {RANKED} in 2016, {nth(then)} of {RANKED} in 2017."

    def slope(self, node: Tag) -> None:
        known = len(self.recount.ranks["2017"])
        said = words(node.select_one("desc"))
        assert (
            said
            == f"{self.name}: {self.change(self.code)} {known} areas are known in two editions."
        )
        for title in node.select("title"):
            name, text = words(title).split(": ", 1)
            assert text == self.change(self.code_named(name))
        axis = {words(t) for t in node.select(".axis text")} - set(EDITIONS)
        levels = list(self.recount.levels["2016"].values())
        hot, cold = levels.count(4), RANKED + 1 - levels.count(0)
        assert axis <= {nth(1), nth(hot), nth(cold), nth(RANKED)}
        own_ranks = {
            self.rank(e, self.code) for e in EDITIONS if self.code in self.recount.ranks[e]
        }
        assert {words(t) for t in node.find_all("text", recursive=False)} <= own_ranks
        near = [c for c in self.recount.neighbours(self.code) if c in self.recount.ranks["2017"]]
        for text in node.select("g.key text"):
            assert re.fullmatch(r"(.+) \((\d+)\)", words(text))[2] == str(len(near))

    def cluster(self, node: Tag) -> None:
        found = re.match(
            r"(.+): a (\w+) value among (\w+) ones \(local Moran's I (\S+), p = (0\.\d{3})\)",
            words(node),
        )
        assert found, words(node)
        value, quadrant = self.recount.local_moran(self.code)
        assert found[4] == decimal(value, 2)
        assert f"{found[2]} among {found[3]}" == quadrant
        assert 0.001 <= float(found[5]) <= 0.5  # of 999 or more random permutations, one-sided
        rest = words(node)[found.end() :]
        tested = sum(
            any(n in self.recount.scores for n in self.recount.neighbours(c))
            for c in self.recount.scores
        )
        for number in re.findall(r"\d+", rest):
            assert int(number) == tested
        assert ("no more than chance" in rest) == (float(found[5]) > 0.05)

    def finding(self, node: Tag) -> None:
        """A statement: its texts as the claims have them, each figure reckoned anew."""
        text = words(node.select_one(".statement"))
        sources = self.recount.claims["source"]
        (claim,) = [c for c in self.recount.claims["claim"] if c["text"] == text]
        quote = node.select_one("blockquote")
        assert quote is None or words(quote) in claim.get("quote", "")
        for source in node.select(".source"):
            assert words(source) in {sources[claim["source"]]["name"], claim.get("note")}
        for check in node.select(".checked dl > div"):
            self.verdict(claim, words(check.select_one("dt")), words(check.select_one(".figure")))

    def asked(self, check: dict[str, Any]) -> list[str]:
        """The areas that a check of a claim is about."""
        if "areas" in check:
            return [self.code_named(name) for name in check["areas"]]
        ((kind, name),) = check["where"].items()
        return self.recount.members(kind.capitalize(), name)

    def verdict(self, claim: dict[str, Any], edition: str, figure: str) -> None:
        ranks = self.recount.ranks[edition]
        # "Gedling (204th)": whoever is named with a rank has that rank.
        for name, rank in re.findall(
            r"((?:[A-Z][\w.'’-]*|upon|and|on|of|the|in|with| )+?) \((\d+(?:st|nd|rd|th))\)", figure
        ):
            name = re.sub(r"^(?:and|not|is|are) ", "", name.strip())
            assert rank == nth(ranks[self.code_named(name)]), (claim["id"], figure)
        rest = re.sub(r"\(\d+(?:st|nd|rd|th)\)", "", figure)
        counts = [self.asked(c) for c in claim["check"] if c["measure"] == "count"]
        pattern = (
            r"(none|all|\d+)(?: of)?(?: (\d+))?( known)? (?:is|are) (?:among the )?(\w+)spots?"
        )
        for codes, found in zip(counts, re.finditer(pattern, rest), strict=False):
            known = [c for c in codes if c in ranks]
            alike = sum(self.recount.spot(edition, c) == f"{found[4]}spot" for c in known)
            number = (
                {"none": 0, "all": len(codes)}.get(found[1])
                if not found[1].isdigit()
                else int(found[1])
            )
            total = (
                int(found[2] or len(codes)) if found[1] != "all" or not found[2] else int(found[2])
            )
            assert (number, total) == (alike, len(known if found[3] else codes)), (
                claim["id"],
                figure,
            )
            rest = rest.replace(found[0], "")
        if found := re.search(r"(\d+) ranks are not known here", rest):
            assert int(found[1]) == sum(c not in ranks for c in counts[0])
            rest = rest.replace(found[0], "")
        if found := re.fullmatch(r"(\d+)\w\w of 324", rest):
            assert int(found[1]) == ranks[self.code_named(claim["check"][0]["area"])]
            rest = ""
        assert not re.search(r"\d", rest), (claim["id"], figure)
