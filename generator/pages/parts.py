"""The parts that pages' contexts share: links, tables, legends, maps, findings.

Every ``href`` and ``src`` here is relative to the site's root, without a leading slash
(``authorities/rushcliffe/``, the home page is ``""``); templates put the way to the
root in front of it by the filter ``url``.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from generator.maps.legend import Legend

NOTHING = Markup("")


@dataclass(frozen=True, slots=True)
class Link:
    """A text and where it leads (``href`` from the site's root, or an absolute URL)."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where figures come from: one line of the footer and of the methodology."""

    name: str
    publisher: str
    date: str
    licence: str
    url: str
    note: str


@dataclass(frozen=True, slots=True)
class Page:
    """What every page has.

    Attributes
    ----------
    path
        From the site's root: ``authorities/rushcliffe/``, ``""``, ``404.html``.
    root
        The way from the page to the root: ``../../``, ``./``; absolute on the 404 page.
    title
        For the browser's tab; the site's title is already in it.
    section
        Which entry of the header's navigation is the current one (its href).
    canonical, card_url
        Absolute URLs, empty without a base URL.
    scripts
        Logical names of scripts beyond the site's own (``map.js``), in order.
    json_ld
        Structured data; goes into the page as a data block (not executed).
    index
        False for pages that search engines should leave out.
    """

    path: str
    root: str
    title: str
    description: str
    section: str = ""
    canonical: str = ""
    card_url: str = ""
    breadcrumbs: tuple[Link, ...] = ()
    scripts: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    json_ld: Markup = NOTHING
    index: bool = True
    has_sources: bool = False
    """Whether the page itself names the sources, so that the footer need not."""


@dataclass(frozen=True, slots=True)
class Logo:
    """The publisher's picture in the header: the asset's name, its text, its size in pixels."""

    asset: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Site:
    """What is the same on all pages; templates know it as ``site``.

    ``assets`` gives the published path of an asset by its logical name
    (``style.css`` → ``assets/style.1a2b3c4d.css``).  ``words`` are the atlas's words for
    its areas: ``area``, ``areas``, ``Area``, ``Areas``, ``hot``, ``cold``,
    ``hot_plural``, ``cold_plural`` (the last four empty where there are no spots).
    ``attribution_language`` is that of the lines at maps, where it isn't that of the pages.
    """

    title: str
    summary: str
    language: str
    words: dict[str, str]
    nav: tuple[Link, ...]
    assets: dict[str, str]
    sources: tuple[Source, ...]
    attribution: tuple[str, ...]
    attribution_language: str
    areas_href: str
    data_href: str
    methodology_href: str
    repository: str
    group_kinds: tuple[Link, ...]
    footer: str = ""
    logo: Logo | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several ways to see a map: an edition, a layout.

    ``caption`` and ``note`` take the place of the map's own when it is chosen; empty ones
    leave them as they are.
    """

    id: str
    label: str
    current: bool
    caption: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Inset:
    """A part of a map, larger: its drawing and what it is called."""

    title: str
    drawing: Markup


@dataclass(frozen=True, slots=True)
class MapView:
    """A map as it stands in the page before any script runs, and what a script needs.

    Attributes
    ----------
    id
        The element's id; folium's script of the page addresses it.
    frame
        folium's element, which the script of all maps takes over, with the drawing in it: areas
        as links with titles, outlines, names.
    caption
        What the map shows, one sentence; also the accessible name.
    note
        What a hexagon is, or which boundaries these are.
    """

    id: str
    frame: Markup
    caption: str
    note: str
    legends: tuple[Legend, ...]
    layouts: tuple[Choice, ...]
    measures: tuple[Choice, ...]
    attribution: tuple[str, ...]
    embeds: tuple[Link, ...] = ()
    """Pages that show a map alone, this one's first."""
    inset: Inset | None = None
    """The densest part, larger, where a map of all areas shows it too small."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One area in one measure, in words and figures.

    ``rank`` is None and ``text`` says why where it isn't known.  ``text`` is
    "44th of 324" (a tied rank: "joint 44th of 324"); ``score`` is rounded and
    has a true minus; ``level`` picks the class's colour (``level-4``; None: ``level-none``),
    ``label`` names it; ``spot_word`` is the word for a hotspot or coldspot, or "".
    """

    measure: str
    edition: str
    rank: int | None
    of: int
    text: str
    score: str
    sort_score: float | None
    level: int | None
    label: str
    spot_word: str
    remarks: tuple[tuple[str, str], ...] = ()
    figure: str = ""
    """The score in words: with its unit, or "score 42.3"."""
    unit: str = ""
    """The unit, where it is too long to stand in `figure`."""
    short: str = ""
    """The rank alone, "44th" or "joint 44th", where the column says of how many."""


@dataclass(frozen=True, slots=True)
class Row:
    """One area in a table.  ``cells`` follow the table's ``measures``; ``note`` is free text."""

    code: str
    name: str
    href: str
    group: Link | None
    cells: tuple[Cell, ...]
    here: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A measure as a table's column: "2016" with or without a score column."""

    measure: str
    edition: str
    title: str
    has_scores: bool
    unit: str
    of: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with the same columns.  ``gap_after`` are row indexes after which ranks are left out."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    group_title: str = ""
    gap_after: tuple[int, ...] = ()
    row_title: str = ""
    """What a row is, where it is not an area."""


@dataclass(frozen=True, slots=True)
class Rank:
    """The place within a group: "4th of 40 in the East Midlands"; None where not known."""

    group: Link
    kind: str
    edition: str
    text: str


@dataclass(frozen=True, slots=True)
class Turn:
    """The area before or after in the ranking, and its rank in words: "ranks 43rd"."""

    link: Link
    text: str


@dataclass(frozen=True, slots=True)
class StageStanding:
    """A life stage and what is said of it: ``standing`` is "best", "worst" or "" (nothing said)."""

    stage: str
    standing: str
    text: str


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """One further indicator: its name, what it means, and a cell per edition that has it.

    ``lines`` are as many as ``cells``, and show where the area stands on the scale in that
    edition; ``dated`` if editions are to be named.
    """

    name: str
    about: str
    unit: str
    cells: tuple[Cell, ...]
    href: str = ""
    lines: tuple[Markup, ...] = ()
    dated: bool = False


@dataclass(frozen=True, slots=True)
class ProfileStage:
    """Indicators under one heading (a life stage; empty if they have none)."""

    stage: str
    rows: tuple[ProfileRow, ...]


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """An indicator in the index: its page, what it is, which values are better, what is known."""

    link: Link
    unit: str
    about: str
    better: str
    known: str
    editions: str


@dataclass(frozen=True, slots=True)
class WeightCell:
    """What another weight would change: the share in another class, and who moves most."""

    share: str
    mover: Link | None
    move: str


@dataclass(frozen=True, slots=True)
class Making:
    """What a composite is made of, and how its ranks move when its weights do.

    Attributes
    ----------
    parts
        Each indicator's page, its weight in per cent of all, which of its values are better.
    changes
        What a weight is changed to, a heading for each column.
    moves
        By indicator, a cell for each change.
    equal
        The same for weights that are all equal; None if there is but one indicator.
    """

    definition: str
    parts: tuple[tuple[Link, str, str], ...]
    changes: tuple[str, ...]
    moves: tuple[tuple[str, tuple[WeightCell, ...]], ...]
    equal: WeightCell | None


@dataclass(frozen=True, slots=True)
class Finding:
    """A published statement: in our words, where it stands, and what the data say of it.

    ``verdict`` is "holds", "differs", "unknown" or "" (not checked); ``figure`` is the
    figure computed, in words.
    """

    text: str
    source: str
    verdict: str = ""
    figure: str = ""
    quote: str = ""
    checks: tuple[FindingCheck, ...] = ()
    links: tuple[Link, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class FindingCheck:
    """The statement checked against one edition."""

    edition: str
    verdict: str
    figure: str


@dataclass(frozen=True, slots=True)
class Successor:
    """What has become of an area since: "merged into Dorset (E06000059) in 2019"."""

    text: str
    code: str
    href: str


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """A group in one measure: counts and shares in words ("17 of 40, 43%")."""

    measure: str
    edition: str
    known: int
    members: int
    hot: str
    cold: str
    median_rank: str
    counts: tuple[int, ...]
    """How many members fall into each class, from the worst to the best, then unknown."""


@dataclass(frozen=True, slots=True)
class GroupCard:
    """A group among its like: link, figures, and a small map of it (inline SVG)."""

    link: Link
    kind: str
    figures: tuple[GroupFigures, ...]
    svg: Markup = NOTHING


@dataclass(frozen=True, slots=True)
class SchemeRow:
    """One classification scheme and how well it fits: adcm (lower is better), gadf (higher)."""

    scheme: str
    classes: int
    adcm: str
    gadf: str
    changed: str
    current: bool


@dataclass(frozen=True, slots=True)
class Download:
    """A file to take away.  ``size`` in words ("12 KB")."""

    href: str
    name: str
    about: str
    size: str
    licence: str
