"""Figures as rows: of an edition, of all editions, of one area."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from generator.catalogue import Catalogue
from generator.data.compare import Comparison, Measure
from generator.exports.formats import compact_json, csv_bytes
from generator.language.positions import spot_noun
from generator.settings import Spots


def edition_rows(
    comparison: Comparison, measures: Sequence[Measure], spots: Spots | None
) -> list[list[object]]:
    """One edition: a row per area, in the order of codes; `exports/tables` names the columns."""
    rows = []
    for code, area in comparison.areas.items():
        row: list[object] = [code, area.name, *group_cells(comparison, code)]
        for m in measures:
            row += measure_cells(m, code, spots)
        first = measures[0].positions.get(code)
        row.append(first.source if first else "")
        row.append("; ".join(f"{k}: {v}" for k, v in first.remarks) if first else "")
        rows.append(row)
    return rows


LONG_COLUMNS = (
    "code", "name", "edition", "indicator", "score", "rank", "of", "class", "class_label", "spot",
    "source", "remarks",
)  # fmt: skip


def long_columns(speak: Catalogue) -> dict[str, str]:
    """What each of `LONG_COLUMNS` means."""
    return {
        "code": speak("Code of the area"),
        "name": speak("Name of the area"),
        "edition": speak("Edition"),
        "indicator": speak("What is measured"),
        "score": speak(
            "Score as published, or as computed for a composite; empty where there is none"
        ),
        "rank": speak(
            "Rank, 1 is the best, or the highest where neither end is better; empty where it "
            "isn't known"
        ),
        "of": speak("How many areas the edition ranks"),
        "class": speak(
            "Class on the maps, 1 is the worst, or the lowest where neither end is better"
        ),
        "class_label": speak("Name of the class"),
        "spot": speak(
            "Whether the rank is in the best or the worst share, in the atlas's words; empty "
            "where neither end is better"
        ),
        "source": speak("Where this rank was published, if not with the edition"),
        "remarks": speak("Anything odd about the figure, such as a misprint"),
    }


def long_rows(
    comparison: Comparison, spots: Spots | None, codes: Iterable[str] | None = None
) -> list[list[object]]:
    """All measures, one row per area and measure, in the columns of `LONG_COLUMNS`."""
    rows: list[list[object]] = []
    wanted = list(comparison.areas) if codes is None else list(codes)
    for code in wanted:
        for m in comparison.measures:
            p = m.positions.get(code)
            level = p.level if p else None
            label = m.classification.classes[level].label if level is not None else ""
            rows.append(
                [
                    code, comparison.areas[code].name, m.edition.id, m.indicator.id,
                    p.score if p else None, p.rank if p else None, m.of,
                    None if level is None else level + 1, label,
                    spot_noun(p.spot, spots) if p else "",
                    p.source if p else "",
                    "; ".join(f"{k}: {v}" for k, v in p.remarks) if p else "",
                ]
            )  # fmt: skip
    return rows


def long_csv(
    comparison: Comparison, spots: Spots | None, codes: Iterable[str] | None = None
) -> bytes:
    """`long_rows` as CSV, for all areas or some."""
    return csv_bytes(LONG_COLUMNS, long_rows(comparison, spots, codes))


def measure_csv(comparison: Comparison, spots: Spots | None, measures: Sequence[Measure]) -> bytes:
    """Some measures as CSV, in the columns of `LONG_COLUMNS`."""
    wanted = {(m.edition.id, m.indicator.id) for m in measures}
    rows = [r for r in long_rows(comparison, spots) if (r[2], r[3]) in wanted]
    return csv_bytes(LONG_COLUMNS, rows)


def area_json(comparison: Comparison, spots: Spots | None, code: str) -> bytes:
    """One area: what its page states, for machines."""
    area = comparison.areas[code]
    data = {
        "code": code,
        "name": area.name,
        "groups": [
            {"kind": g.kind, "id": g.id, "name": g.name} for g in comparison.groups_of[code]
        ],
        "neighbours": list(comparison.neighbours[code]),
        "neighbours_share_a_border": comparison.borders,
        "similar": [s.code for s in comparison.similar.get(code, ())],
        "values": [
            dict(zip(LONG_COLUMNS[2:], row[2:], strict=True))
            for row in long_rows(comparison, spots, [code])
        ],
    }
    return compact_json(data)


def group_cells(comparison: Comparison, code: str) -> list[str]:
    """The group of each kind that an area is in, by name; empty where it is in none."""
    own = {g.kind: g.name for g in comparison.groups_of[code]}
    return [own.get(kind, "") for kind in comparison.group_kinds]


def measure_cells(measure: Measure, code: str, spots: Spots | None) -> list[object]:
    """Score, rank, class (1 the worst) and spot of an area; None where not known."""
    p = measure.positions.get(code)
    if p is None:
        return [None, None, None, ""]
    return [p.score, p.rank, None if p.level is None else p.level + 1, spot_noun(p.spot, spots)]
