"""The atlas as pages see it that are known again by what they have read.

What changes with every figure is watched, entry by entry; a few numbers of the whole are refused,
as they change with any figure and no such page states them; all else goes into one hash.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from generator.data.changes import Change
from generator.data.compare import Comparison, GroupSummary, Measure
from generator.data.neighbours import Similar
from generator.data.timelines import Timeline
from generator.kept import digest
from generator.pages.atlas import Atlas
from generator.reads import REFUSED, Recorded, Watched, WatchedRow

Table = TypeVar("Table", bound=Mapping[Any, Any])
Row = TypeVar("Row", bound=Sequence[Any])

HASHED = ("any_scores", "ends", "extent", "has_scores", "median", "spans")
"""What a measure says of all areas that so many pages state that it isn't worth watching."""


@dataclass(frozen=True)
class WatchedAtlas:
    """An atlas for composers, its tables by name, and a hash of all that is not watched in it."""

    atlas: Atlas
    tables: Mapping[str, Recorded]
    rest: str


def watch(atlas: Atlas) -> WatchedAtlas:
    """Have an atlas watched: the same figures, but what is read of them can be recorded."""
    return _Watching(atlas).done()


class _Watching:
    def __init__(self, atlas: Atlas) -> None:
        self.full = atlas
        self.tables: dict[str, Recorded] = {}
        self.rest: list[object] = []
        self.measures = {id(m): self._measure(m) for m in atlas.comparison.measures}

    def done(self) -> WatchedAtlas:
        full = self.full
        self._note_rest()
        atlas = replace(
            full,
            comparison=self._comparison(full.comparison),
            clusters=REFUSED,
            sections=REFUSED,
            downloads=REFUSED,
            tile_downloads=REFUSED,
            schemes=REFUSED,
        )
        swarm = full.swarm if full.comparison.main.positions else None
        if swarm is not None:
            self.rest.append(swarm.room())
            swarm = replace(swarm, points=self._table("swarm", swarm.points), dots=REFUSED)
        self.changes = {id(c): self._change(c) for pair in full.changes for c in pair.changes}
        _give(
            atlas,
            changes=tuple(
                replace(pair, changes=tuple(self.changes[id(c)] for c in pair.changes))
                for pair in full.changes
            ),
            timelines={name: self._timeline(name, one) for name, one in full.timelines.items()},
            drawn=self._table("drawn", full.drawn),
            next_in_rank=self._table("next in rank", full.next_in_rank),
            cluster_sentences=self._table("clusters", full.cluster_sentences),
            swarm=REFUSED if swarm is None else swarm,
            drawn_groups=self._table("drawn groups", full.drawn_groups),
        )
        return WatchedAtlas(atlas, self.tables, digest(*self.rest))

    def _table(self, name: str, table: Table) -> Table:
        watched: Any = Watched(name, table)
        self.tables[name] = watched
        return watched  # type: ignore[no-any-return]  # it is read as the table is

    def _row(self, name: str, row: Row) -> Row:
        watched: Any = WatchedRow(name, row)
        self.tables[name] = watched
        return watched  # type: ignore[no-any-return]  # it is read as the row is

    def _measure(self, full: Measure) -> Measure:
        found = full.classification
        own = replace(
            full,
            positions=self._table(f"{full.id} positions", full.positions),
            classification=replace(found, levels=REFUSED, adcm=REFUSED, gadf=REFUSED),
        )
        _give(
            own,
            values=self._table(f"{full.id} values", full.values),
            sharing=self._table(f"{full.id} sharing", full.sharing),
            **_hashed(full),
        )
        self.rest += of_all(full)
        return own

    def _comparison(self, full: Comparison) -> Comparison:
        self.rest += [
            list(full.areas.items()), full.groups, list(full.neighbours.items()), full.borders,
            full.similar_by, list(full.standings.items()), list(full.changes.items()),
            full.main.id,
        ]  # fmt: skip
        return replace(
            full,
            measures=tuple(self.measures[id(m)] for m in full.measures),
            main=self.measures[id(full.main)],
            summaries={
                name: self._table(
                    f"{name} groups",
                    {key: self._summary(f"{name} {key}", one) for key, one in groups.items()},
                )
                for name, groups in full.summaries.items()
            },
            similar=self._table("similar", _without_distances(full.similar)),
        )

    def _summary(self, name: str, full: GroupSummary) -> GroupSummary:
        """Where each member stands changes far more often than what is said of a group."""
        return replace(
            full,
            places=self._table(f"{name} places", full.places),
            ranking=self._row(f"{name} ranking", full.ranking),
        )

    def _change(self, full: Change) -> Change:
        name = f"{full.earlier.id} to {full.later.id}"
        own = replace(
            full,
            earlier=self.measures[id(full.earlier)],
            later=self.measures[id(full.later)],
            differences=self._table(f"{name} differences", full.differences),
        )
        known = self._table(f"{name} known", full.known)
        _give(own, known=known, order=REFUSED, decimals=full.decimals, rounded=full.rounded)
        self.rest += of_all_changed(full)
        return own

    def _timeline(self, name: str, full: Timeline) -> Timeline:
        own = Timeline(tuple(self.changes[id(step)] for step in full.steps))
        throughout = self._table(f"{name} throughout", full.throughout)
        _give(own, throughout=throughout, middle=full.middle)
        self.rest += [name, [(step.earlier.id, step.later.id) for step in full.steps], full.middle]
        return own

    def _note_rest(self) -> None:
        full = self.full
        self.rest += [
            full.settings,
            [(layout.id, layout.digest, layout.note) for layout in full.layouts],
            sorted(full.assets),
            full.boundary_note,
            full.attribution,
            [(finding, sorted(keys)) for finding, keys in full.findings],
            full.licences,
            full.tiles,
            full.explorer,
            full.logo,
        ]


def of_all(full: Measure) -> list[object]:
    """What a measure says of all areas together; where it changes, all pages are made again."""
    found = full.classification
    return [
        full.id, full.edition, full.indicator, full.of, full.hot_from_rank,
        full.cold_from_rank, len(full.positions), found.scheme, found.classes,
        found.missing, sorted(full.absent.items()), sorted(full.names.items()),
        sorted(_hashed(full).items()),
    ]  # fmt: skip


def _hashed(full: Measure) -> dict[str, Any]:
    return {name: getattr(full, name) for name in HASHED if full.positions}


def of_all_changed(full: Change) -> list[object]:
    """What a change says of all areas together; where it changes, all pages are made again."""
    name = f"{full.earlier.id} to {full.later.id}"
    return [name, full.by_rank, full.classes, full.decimals, full.rounded]


def _without_distances(
    similar: Mapping[str, tuple[Similar, ...]],
) -> dict[str, tuple[Similar, ...]]:
    """They change with any figure, as they are in standard deviations; pages show none."""
    return {
        code: tuple(replace(one, distance=REFUSED) for one in found)
        for code, found in similar.items()
    }


def _give(one: object, **known: object) -> None:
    """Let cached properties of a frozen object be known already."""
    one.__dict__.update(known)
