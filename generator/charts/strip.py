"""The strip: every area of a measure as a dot, one of them named, some marked."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from generator.catalogue import Catalogue
from generator.charts.parts import (
    CIRCLE,
    ROW_PX,
    SHAPES,
    TABBABLE,
    Href,
    Series,
    draw_chart,
    draw_key,
    draw_plot,
    draw_shape,
    label_place,
    level_class,
    own_series,
    svg_length,
    title_of,
    value_text,
)
from generator.charts.scales import breaks_of, rank_ticks, round_ticks, scale_of
from generator.charts.swarm import Swarm, swarm
from generator.data.compare import Comparison, Measure
from generator.language.numbers import number, ordinal
from generator.language.positions import position_text, rank_text


def strip(
    speak: Catalogue,
    comparison: Comparison,
    measure: Measure,
    code: str | None = None,
    *,
    marked: Sequence[Series] = (),
    href: Href | None = None,
    packed: Swarm | None = None,
    shared: str = "",
) -> Markup:
    """All known areas of a measure as dots along its scale, best to the right.

    Parameters
    ----------
    code
        The area that the page is about; drawn heavy and named.
    marked
        Up to three series of areas to compare with, each with a shape of its own;
        an area is drawn in the first series that names it.
    href
        Where the page of a code is, seen from this page; without it nothing is linked.
    packed
        ``swarm(measure)``, where many charts of one measure are drawn.
    shared
        Where the file of `strip_file` is, seen from this page: dots and axis, alike on
        all pages, are then taken from it.

    Returns
    -------
    Markup
        Empty if nothing is known in the measure.
    """
    if not measure.positions:
        return Markup("")
    packed = packed or swarm(measure)
    top = 26 if href or code in measure.positions else 8
    axis = top + packed.height_px + 12
    series = own_series(marked, measure, code)
    if shared:
        parts = [f'<use href="{escape(shared)}#ground" y="{top}"/>']
    else:
        parts = [
            _limits(measure, packed, top - 4, axis),
            draw_plot(_dots(measure, packed), top, packed.height_px or 1),
            _axis(speak, measure, axis),
        ]
    parts.insert(0, _shape_defs([s for s in series if not (shared and s.shared_id)], measure))
    drawn = sorted(enumerate(series), key=lambda item: not (shared and item[1].shared_id))
    for at, one in drawn:
        if shared and one.shared_id:
            whole = f'<use href="{escape(shared)}#{one.shared_id}" y="{top}"/>'
            parts.append(whole if packed.each == 1 else _row(one, packed, top))
            continue
        # A page must not take dozens of key strokes to pass, nor tens of kilobytes; its table
        # has links to all of these.
        one_href = href if len(one.codes) <= TABBABLE else None
        marks = "".join(
            _mark(speak, comparison, measure, c, packed, top, SHAPES[at % 3], one_href)
            for c in one.codes
        )
        parts.append(f'<g class="marks" stroke="currentColor" stroke-width="1.5">{marks}</g>')
    if code is not None and code in measure.positions:
        parts.append(_here(speak, comparison, measure, code, packed, top))
    rows = [(f"{s.label} ({number(len(s.codes))})", SHAPES[at % 3]) for at, s in enumerate(series)]
    median = ""
    if measure.complete:
        median = speak("Median %(value)s", value=value_text(speak, measure, measure.median))
    if packed.each > 1:
        each = speak("a dot stands for %(count)s", count=packed.each)
        median = "; ".join([*([median] if median else []), each])
    key = draw_key(rows, axis + 44, median)
    height = axis + 40 + ROW_PX * (len(rows) + bool(median))
    return draw_chart(
        "strip", height, title_of(speak, measure),
        _strip_text(speak, comparison, measure, code, series),
        "".join(parts) + key, "group" if href else "img",
    )  # fmt: skip


def strip_file(
    speak: Catalogue,
    comparison: Comparison,
    measure: Measure,
    packed: Swarm,
    series: Sequence[Series],
) -> str:
    """What the strips of all pages share, as an SVG file that they refer to.

    ``#ground`` holds the dots, the class limits and the axis; a group for each series
    (by its `shared_id`) holds its marks, as diamonds.  A page's style sheet doesn't reach
    into another file, so the colours are written out; currentColor is the page's.
    """
    colours = {c.level: c.colour for c in measure.classification.classes}
    axis = packed.height_px + 12
    by_level: dict[int | None, list[tuple[int, int]]] = {}
    for code in packed.dots:
        x, y = packed.points[code]
        place = (round(x), packed.height_px - y)
        by_level.setdefault(measure.positions[code].level, []).append(place)

    def stroke(level: int | None, width: float, colour: str) -> str:
        return (
            f'<path d="{_points(by_level[level])}" stroke="{colour}" stroke-width="{width:.3g}" '
            'vector-effect="non-scaling-stroke" stroke-linecap="round" fill="none"/>'
        )

    levels = sorted(by_level, key=str)
    edges = "".join(stroke(level, packed.dot_px, "currentColor") for level in levels)
    fills = "".join(
        stroke(level, max(1.0, packed.dot_px - 1.2), colours.get(level or 0, "currentColor"))
        for level in levels
    )
    dots = draw_plot(f'<g opacity=".55">{edges}</g>{fills}', 0, packed.height_px or 1)
    parts = [_limits(measure, packed, -4, axis), dots, _axis(speak, measure, axis)]
    groups = [f'<g id="ground">{"".join(parts)}</g>']
    # Where a dot stands for many, so many groups would make a file of megabytes: `_row`.
    for one in series if packed.each == 1 else ():
        marks = []
        for code in one.codes:
            if code not in measure.positions:
                continue
            x, y = packed.points[code]
            position = measure.positions[code]
            title = f"{comparison.areas[code].name}, {rank_text(speak, position, measure.of)}"
            colour = colours.get(position.level or 0, "none")
            marks.append(
                f'<svg x="{svg_length(x)}" y="{packed.height_px - y}" overflow="visible">'
                f'<title>{escape(title)}</title><path d="{SHAPES[1]}" fill="{colour}"/></svg>'
            )
        stroked = 'stroke="currentColor" stroke-width="1.5"'
        groups.append(f'<g id="{one.shared_id}" {stroked}>{"".join(marks)}</g>')
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(groups)}</svg>\n'


def _shape_id(measure: Measure, shape: str) -> str:
    """Unique in a page, which has one strip of a measure at most."""
    return f"strip-{measure.id}-{SHAPES.index(shape)}"


def _shape_defs(series: Sequence[Series], measure: Measure) -> str:
    """The shapes of the series, drawn once and used for every mark."""
    paths = "".join(
        f'<path id="{_shape_id(measure, shape)}" d="{shape}"/>' for shape in SHAPES[: len(series)]
    )
    return f"<defs>{paths}</defs>" if paths else ""


def _dots(measure: Measure, packed: Swarm) -> str:
    """One path for the edges of all dots, and one per class: zero-length strokes, round ends."""
    by_level: dict[int | None, list[tuple[int, int]]] = {}
    for code in packed.dots:
        x, y = packed.points[code]
        place = (round(x), packed.height_px - y)
        by_level.setdefault(measure.positions[code].level, []).append(place)
    dot = 'vector-effect="non-scaling-stroke" stroke-linecap="round" fill="none"'
    edge, fill = packed.dot_px, max(1.0, packed.dot_px - 1.2)
    names = {level: level_class(level) for level in sorted(by_level, key=str)}
    paths = "".join(
        f'<path id="dots-{measure.id}-{name}" d="{_points(by_level[level])}" {dot}/>'
        for level, name in names.items()
    )
    # Each path is used twice: wide and dark for the dots' edges, then in its class's colour.
    edges = "".join(f'<use href="#dots-{measure.id}-{name}"/>' for name in names.values())
    fills = "".join(
        f'<use class="dots {name}" href="#dots-{measure.id}-{name}"/>' for name in names.values()
    )
    return (
        f'<defs>{paths}</defs><g class="edges" stroke="currentColor" stroke-opacity=".55" '
        f'stroke-width="{edge:.3g}">{edges}</g>'
        f'<g stroke="currentColor" stroke-width="{fill:.3g}">{fills}</g>'
    )


def _points(places: Sequence[tuple[int, int]]) -> str:
    """Zero-length strokes at places, written relative to one another."""
    text, (x, y) = "", (0, 0)
    for at, (px, py) in enumerate(places):
        dx, dy = (px, py) if at == 0 else (px - x, py - y)
        text += f"{'M' if at == 0 else 'm'}{dx}{' ' if dy >= 0 else ''}{dy}h0"
        x, y = px, py
    return text


def _row(series: Series, packed: Swarm, top: int) -> str:
    """A series of many areas as one path along the middle line."""
    places = sorted({(packed.points[code][0], 0) for code in series.codes})
    path = (
        f'<path d="{_points(places)}" stroke="currentColor" stroke-width="6" fill="none" '
        'vector-effect="non-scaling-stroke" stroke-linecap="square"/>'
    )
    return draw_plot(path, top + packed.height_px - packed.middle_px, 1)


def _limits(measure: Measure, packed: Swarm, top: int, axis: int) -> str:
    """Class limits as faint lines, the median as a strong dash at the axis."""
    lines = "".join(
        f'<line x1="{svg_length(packed.scale.at(b))}" x2="{svg_length(packed.scale.at(b))}" '
        f'y1="{top}" y2="{axis}"/>'
        for b in breaks_of(measure)
    )
    limits = f'<g class="limits" stroke="currentColor" stroke-opacity=".3">{lines}</g>'
    if not measure.complete:
        # The median of the ranks that happen to be known would mislead.
        return limits
    middle = svg_length(packed.scale.at(measure.median))
    return limits + (
        f'<line class="median" x1="{middle}" x2="{middle}" y1="{axis - 8}" y2="{axis}" '
        'stroke="currentColor" stroke-width="3"/>'
    )


def axis_ticks(speak: Catalogue, measure: Measure) -> list[tuple[float, str]]:
    """Where the scale of a measure has ticks (thousandths of its width), and their texts."""
    scale = scale_of(measure)
    if measure.has_scores:
        ticks = round_ticks(scale.low, scale.high)
        return [(scale.at(t), _tick_text(t, ticks)) for t in ticks]
    return [(scale.at(t), ordinal(speak, int(t))) for t in rank_ticks(measure.of)]


def _axis(speak: Catalogue, measure: Measure, axis: int) -> str:
    parts = [
        f'<line x1="0" x2="{svg_length(1000)}" y1="{axis}" y2="{axis}" stroke="currentColor"/>'
    ]
    for x, text in axis_ticks(speak, measure):
        anchor = "start" if x < 60 else "end" if x > 940 else "middle"
        parts.append(
            f'<line x1="{svg_length(x)}" x2="{svg_length(x)}" y1="{axis}" y2="{axis + 4}" '
            f'stroke="currentColor"/><text x="{svg_length(x)}" y="{axis + 16}" '
            f'text-anchor="{anchor}">{text}</text>'
        )
    classes = measure.classification.classes
    if len(classes) > 1 and len(classes[0].label + classes[-1].label) <= 48:
        y = axis + 32
        parts.append(
            f'<text class="quiet" x="0" y="{y}">{escape(classes[0].label)}</text>'
            f'<text class="quiet" x="{svg_length(1000)}" y="{y}" text-anchor="end">'
            f"{escape(classes[-1].label)}</text>"
        )
    return f'<g class="axis">{"".join(parts)}</g>'


def _tick_text(tick: float, ticks: Sequence[float]) -> str:
    decimals = max((len(f"{t:g}".partition(".")[2]) for t in ticks), default=0)
    return number(tick, decimals)


def _mark(
    speak: Catalogue,
    comparison: Comparison,
    measure: Measure,
    code: str,
    packed: Swarm,
    top: int,
    shape: str,
    href: Href | None,
) -> str:
    """One comparator: a shape, its name when hovered or focused, all of it for the reader."""
    name = comparison.areas[code].name
    x, y = packed.points[code]
    level = level_class(measure.positions[code].level)
    title = (
        f"<title>{escape(name)}, {rank_text(speak, measure.positions[code], measure.of)}</title>"
    )
    mark = (
        f'<use class="shape {level}" href="#{_shape_id(measure, shape)}" x="{svg_length(x)}" '
        f'y="{top + packed.height_px - y:g}">{title}</use>'
    )
    if href is None:
        return mark
    place, anchor = label_place(x, name)
    return (
        f'<a href="{escape(href(code))}">{mark}<text class="dot-name halo" x="{place}" y="14" '
        f'text-anchor="{anchor}">{escape(name)}</text></a>'
    )


def _here(
    speak: Catalogue, comparison: Comparison, measure: Measure, code: str, packed: Swarm, top: int
) -> str:
    name = comparison.areas[code].name
    x, up = packed.points[code]
    y = top + packed.height_px - up
    place, anchor = label_place(x, name)
    return (
        '<g class="here" stroke="currentColor" stroke-width="3">'
        f"<title>{escape(name)}: {escape(position_text(speak, measure, code))}</title>"
        f'<line x1="{svg_length(x)}" x2="{svg_length(x)}" y1="18" y2="{y - 7}" stroke-width="1.5"/>'
        f"{draw_shape(svg_length(x), y, CIRCLE, measure.positions[code].level)}"
        f'<text class="halo" x="{place}" y="14" text-anchor="{anchor}" font-weight="700" '
        f'stroke="none">{escape(name)}</text></g>'
    )


def _strip_text(
    speak: Catalogue,
    comparison: Comparison,
    measure: Measure,
    code: str | None,
    series: Sequence[Series],
) -> str:
    """The chart read aloud."""
    values, (best, worst) = measure.values, measure.ends

    def named(c: str) -> str:
        return f"{comparison.areas[c].name} ({value_text(speak, measure, values[c])})"

    ends = {"last": named(worst), "first": named(best)}
    if measure.complete:
        middle = value_text(speak, measure, measure.median)
        parts = [speak("From %(last)s to %(first)s; median %(median)s.", median=middle, **ends)]
    else:
        parts = [speak("From %(last)s to %(first)s.", **ends)]
    if code is not None:
        parts.append(f"{comparison.areas[code].name}: {position_text(speak, measure, code)}.")
    for one in series:
        if len(one.codes) > 1:
            ranked = [(measure.positions[c].rank, c) for c in one.codes]
            ends = {"last": named(max(ranked)[1]), "first": named(min(ranked)[1])}
            parts.append(speak("%(label)s: from %(last)s to %(first)s.", label=one.label, **ends))
        else:
            parts.append(f"{one.label}: {named(one.codes[0])}.")
    return " ".join(parts)
