"""Checks published statements against the data, edition by edition.

Where an edition is known only in part, each figure is worked out as the range of all
that it can be: the ranks not known are those that nobody known has.  A statement
*holds* if every figure in the range is what it says, *differs* if none is, and else
can't be checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from generator.catalogue import Catalogue
from generator.claims.file import (
    BehindCheck,
    Check,
    Claim,
    ClaimFile,
    CountCheck,
    PlaceCheck,
    RankCheck,
    ShareCheck,
    read_claims,
)
from generator.claims.ranges import (
    Range,
    behind_range,
    count_range,
    place_range,
    rank_range,
    share_range,
)
from generator.data.compare import Comparison, Measure
from generator.data.names import NameIndex, canonical
from generator.data.places import Group
from generator.errors import SettingsError
from generator.settings import Spots

__all__ = ["Checked", "Outcome", "Verdict", "check_claims", "read_claims"]

Verdict = Literal["holds", "differs", "unknown"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A statement checked against one edition; ``figure`` says what the data give, in words."""

    edition: str
    verdict: Verdict
    figure: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A statement and what the data say of it.

    Attributes
    ----------
    edition
        The edition that it was made for; ``verdict`` and ``figure`` are that edition's.
    outcomes
        The edition that it was made for first, then the others in the order of the
        settings; empty if it can't be checked at all (``figure`` says why).
    codes, groups
        Areas and groups, as ``(kind, id)``, whose pages should show it.
    """

    id: str
    text: str
    quote: str
    note: str
    source: str
    source_url: str
    edition: str
    verdict: Verdict
    figure: str
    outcomes: tuple[Outcome, ...]
    codes: tuple[str, ...]
    groups: tuple[tuple[str, str], ...]


def check_claims(
    speak: Catalogue, claims: ClaimFile, comparison: Comparison, spots: Spots | None
) -> tuple[Checked, ...]:
    """Check every statement, in the order of the file.

    Raises
    ------
    SettingsError
        With every name, edition or indicator that the atlas doesn't have.
    """
    finder = _Finder(speak, comparison)
    problems = [
        f"claim {claim.id}: {problem}"
        for claim in claims.claim
        for problem in _problems(claim, finder, spots)
    ]
    if problems:
        raise SettingsError(
            "the claims name what the atlas does not have:\n"
            + "\n".join(f"  - {line}" for line in problems),
            where=str(claims.file),
            fix="fix the names, or drop the claims",
        )
    return tuple(_checked(claim, claims, finder, spots) for claim in claims.claim)


class _Finder:
    """Finds areas, groups and measures by what the file calls them."""

    def __init__(self, speak: Catalogue, comparison: Comparison) -> None:
        self.speak = speak
        self.comparison = comparison
        self._names = NameIndex((code, area.name) for code, area in comparison.areas.items())
        self._groups: dict[tuple[str, str], list[Group]] = {}
        for group in comparison.groups:
            for name in {canonical(group.name), canonical(group.id)}:
                self._groups.setdefault((group.kind, name), []).append(group)

    def codes(self, name: str) -> tuple[str, ...]:
        return (name,) if name in self.comparison.areas else self._names.find(name)

    def code(self, name: str) -> str:
        return self.codes(name)[0]

    def groups(self, kind: str, name: str) -> list[Group]:
        return self._groups.get((kind, canonical(name)), [])

    def named_groups(self, name: str) -> list[Group]:
        wanted = canonical(name)
        return [g for (_, n), groups in self._groups.items() if n == wanted for g in groups]

    def nearest(self, name: str) -> str:
        near = self._names.nearest(name)
        return f"; nearest: {', '.join(near)}" if near else ""

    def members(self, where: Mapping[str, str]) -> set[str]:
        """The areas that are in every group of `where`."""
        sets = [set(self.groups(kind, name)[0].members) for kind, name in where.items()]
        return set.intersection(*sets) if sets else set(self.comparison.areas)

    def measure(self, edition: str, indicator: str) -> Measure | None:
        wanted = indicator or self.comparison.main.indicator.id
        return self.comparison.measure(edition, wanted)


def _names_in(check: Check) -> tuple[list[str], dict[str, str]]:
    """Areas and groups that a check names."""
    match check:
        case CountCheck():
            return list(check.areas), check.where
        case ShareCheck():
            return [], check.where
        case RankCheck():
            return [check.area], {}
        case BehindCheck():
            return [check.area, check.than], {}
        case PlaceCheck():
            return [], check.group


def _problems(claim: Claim, finder: _Finder, spots: Spots | None) -> list[str]:
    editions = {m.edition.id for m in finder.comparison.measures}
    problems = [
        f"there is no edition {e!r}; there are {', '.join(sorted(editions))}"
        for e in (claim.edition, *claim.editions)
        if e not in editions
    ]
    indicators = {m.indicator.id for m in finder.comparison.measures}
    for check in claim.check:
        if check.indicator and check.indicator not in indicators:
            problems.append(f"there is no indicator {check.indicator!r}")
        if spots is None and getattr(check, "spot", None):
            problems.append("the atlas has no hot and cold areas ([spots])")
        names, groups = _names_in(check)
        problems += [
            f"{name!r} is no area{finder.nearest(name)}"
            for name in names
            if len(finder.codes(name)) != 1
        ]
        problems += [
            f"there is no {kind} {name!r}"
            for kind, name in groups.items()
            if not finder.groups(kind, name)
        ]
    problems += [
        f"{name!r} is neither an area nor a group{finder.nearest(name)}"
        for name in claim.about
        if len(finder.codes(name)) != 1 and not finder.named_groups(name)
    ]
    return problems


def _checked(claim: Claim, claims: ClaimFile, finder: _Finder, spots: Spots | None) -> Checked:
    order = dict.fromkeys([claim.edition, *(m.edition.id for m in finder.comparison.measures)])
    editions = [e for e in order if not claim.editions or e in claim.editions]
    outcomes = tuple(_outcome(claim, e, finder, spots) for e in editions) if claim.check else ()
    own = outcomes[0] if outcomes else Outcome(claim.edition, "unknown", claim.unchecked)
    codes: dict[str, None] = {}
    groups: dict[tuple[str, str], None] = {}
    for check in claim.check:
        names, where = _names_in(check)
        codes |= dict.fromkeys(finder.code(name) for name in names)
        groups |= {(g.kind, g.id): None for k, n in where.items() for g in finder.groups(k, n)[:1]}
    for name in claim.about:
        found = finder.named_groups(name)
        groups |= {(g.kind, g.id): None for g in found}
        if len(finder.codes(name)) == 1 and not found:
            codes[finder.code(name)] = None
    source = claims.source[claim.source]
    return Checked(
        claim.id, claim.text, claim.quote, claim.note, source.name, source.url, claim.edition,
        own.verdict, own.figure, outcomes, tuple(codes), tuple(groups),
    )  # fmt: skip


def _outcome(claim: Claim, edition: str, finder: _Finder, spots: Spots | None) -> Outcome:
    verdicts: list[Verdict] = []
    texts: dict[str, None] = {}
    for check in claim.check:
        measure = finder.measure(edition, check.indicator)
        if measure is None:
            verdicts.append("unknown")
            texts[finder.speak("the edition has no such figures")] = None
            continue
        found = _range(check, measure, finder, spots)
        can = check.expect.can_meet(found.low, found.high, found.whole)
        must = all(check.expect.meets(x, found.whole) for x in (found.low, found.high))
        verdicts.append("holds" if must else "unknown" if can else "differs")
        texts[found.text] = None
    verdict: Verdict = "holds"
    if "differs" in verdicts:
        verdict = "differs"
    elif "unknown" in verdicts:
        verdict = "unknown"
    return Outcome(edition, verdict, "; ".join(texts))


def _range(check: Check, measure: Measure, finder: _Finder, spots: Spots | None) -> Range:
    speak, comparison = finder.speak, finder.comparison
    match check:
        case CountCheck():
            members = finder.members(check.where)
            if check.areas:
                members &= {finder.code(name) for name in check.areas}
            return count_range(speak, comparison, measure, members, check.spot, spots)
        case ShareCheck():
            members = finder.members(check.where)
            return share_range(speak, measure, members, check.spot, of_spots=check.of == "spots")
        case RankCheck():
            return rank_range(speak, measure, finder.code(check.area), from_end=check.from_end)
        case BehindCheck():
            one, other = finder.code(check.area), finder.code(check.than)
            return behind_range(speak, comparison, measure, one, other)
        case PlaceCheck():
            ((kind, name),) = check.group.items()
            return place_range(speak, comparison, measure, finder.groups(kind, name)[0], check.by)
