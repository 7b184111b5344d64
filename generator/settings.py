"""`atlas.toml` becomes frozen settings; everything that is wrong in it is reported at once.

The settings carry all that is particular to one atlas: where its tables lie, what
their columns mean, what an area is called, which groups there are.  Paths in the
file are relative to the file.
"""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator, model_validator

from generator.catalogue import Catalogue, catalogue_for
from generator.errors import SettingsError
from generator.settings_composites import Composite, composite_problems
from generator.settings_editions import Edition, Link, Standings, edition_problems
from generator.settings_geography import Frozen, Geography, Slug
from generator.settings_look import HEX_COLOUR, Look
from generator.toml_file import read_toml

RESERVED_KINDS = frozenset(
    {"code", "name", "slug", "geometry", "lon", "lat", "page", "rank", "score", "class"}
    | {"spot", "of", "edition", "indicator", "value", "unit", "note", "source"}
)
"""Columns of the downloads, which a kind of group would overwrite."""


class Words(Frozen):
    """What the atlas calls its areas: ``area``, ``areas`` (plural), and their ``path``."""

    area: str = "area"
    areas: str = "areas"
    path: Slug = "areas"
    country: str = ""
    """What "all areas" means in a sentence: "in the best 20% of England"; "of all areas"."""
    stages: str = "Stages"
    """The heading over what is said of the stages: "Life stages"."""


class AtlasSettings(Frozen):
    """``[atlas]``: the site as a whole."""

    title: str
    subject: str = ""
    summary: str = ""
    intro: tuple[str, ...] = ()
    """What the home page says of the atlas, in Markdown: one text, or a list of paragraphs."""
    base_url: str = ""
    language: str = "en-GB"
    """Of the pages and of the interface, if there is a catalogue for it; else that is English."""
    catalogue: Path | None = None
    """A gettext catalogue (.po) of your own, in place of one that comes with the generator."""
    words: Words = Words()
    theme: Path | None = None
    """A folder of templates that win over the built-in ones of the same name."""
    repository: Link = ""

    @field_validator("intro", mode="before")
    @classmethod
    def _paragraphs(cls, intro: object) -> object:
        return (intro,) if isinstance(intro, str) else intro

    @field_validator("base_url")
    @classmethod
    def _absolute(cls, url: str) -> str:
        if url and not re.match(r"^https?://[^/]+", url):
            raise ValueError("must be an absolute URL such as https://name.github.io/atlas/")
        return url if not url or url.endswith("/") else url + "/"


class GroupKind(Frozen):
    """``[[group]]``: one way to group areas, by a column of ``geography.areas``."""

    kind: Slug
    name: str
    plural: str
    path: Slug
    column: str
    code_column: str = ""
    names: dict[str, str] = {}
    about: dict[str, str] = {}
    cards: bool = True
    """Draw a share card for each group of this kind; else the site's own card serves."""
    outline: bool = False
    """Draw this kind's borders over the areas (one kind at most)."""


class Classes(Frozen):
    """``[classes]``: how scores become colours.

    ``labels``, ``colours`` and ``colours_dark`` (for readers whose screen is dark) run from
    the lowest class to the highest, in the direction of better scores.
    """

    scheme: str = "Quantiles"
    k: int = Field(default=5, ge=2, le=9)
    breaks: tuple[float, ...] = ()
    labels: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    colours_dark: tuple[str, ...] = ()

    @field_validator("colours", "colours_dark")
    @classmethod
    def _hex(cls, colours: tuple[str, ...]) -> tuple[str, ...]:
        bad = [c for c in colours if not HEX_COLOUR.match(c)]
        if bad:
            raise ValueError(f"{bad[0]!r} is not a colour such as #b2182b (lower case)")
        return colours


class Spots(Frozen):
    """``[spots]``: the best and the worst ``share`` of areas, and what they are called.

    Without words of its own an atlas calls them after its areas: "top area", "bottom areas".
    """

    share: float = Field(default=0.2, gt=0, lt=0.5)
    hot: str = "top area"
    hot_plural: str = "top areas"
    cold: str = "bottom area"
    cold_plural: str = "bottom areas"


class Indicator(Frozen):
    """``[[indicator]]``: one measured column and what it means."""

    id: Slug
    name: str
    unit: str = ""
    better: Literal["higher", "lower", "neutral"] = "higher"
    """Which values are good; ``neutral`` ranks from high to low, and nothing is hot or cold."""
    decimals: int = Field(default=1, ge=0, le=6)
    kind: Literal["rate", "count"] = "rate"
    """Whether figures of several areas add up ("count") or must be averaged by a weight."""
    stage: str = ""
    """The life stage or other heading under which a page lists it."""
    about: str = ""


class Tiles(Frozen):
    """``[tiles]``: vector tiles and their zooms."""

    enabled: bool = True
    min_zoom: int = Field(default=4, ge=0, le=15)
    max_zoom: int | None = Field(default=None, ge=0, le=15)
    """None: 10, or 12 where areas are as small as wards."""
    areas_from: int | None = Field(default=None, ge=0, le=15)
    """The lowest zoom with areas; below it the outlined groups.  None: as many as a tile bears."""


class Limits(Frozen):
    """``[limits]``: how large a file may be, so that a damaged one can't fill the memory."""

    table_megabytes: int = Field(default=200, ge=1)
    table_rows: int = Field(default=1_048_576, ge=1)
    table_columns: int = Field(default=2_000, ge=1)
    table_cells: int = Field(default=20_000_000, ge=1)
    boundary_megabytes: int = Field(default=2_000, ge=1)
    """Of a boundary file, and of all boundary files that an archive holds, unpacked."""


class PerArea(Frozen):
    """``[per_area]``: what is made for every area; None: up to `most_areas` areas."""

    most_areas: int = Field(default=5000, ge=0)
    most_in_one_file: int = Field(default=1500, ge=0)
    """Up to so many areas, what maps and the comparison fetch is one file; of more it is cut
    into files of some of them, so that a page fetches its own surroundings."""
    cards: bool | None = None
    code_pages: bool | None = None
    embeds: bool | None = None
    data_files: bool | None = None
    full_pages: bool | None = None
    """Pages with the areas most like each, neighbours on the strip, three ranks either way, and
    a link for every area of the map however small it is drawn."""


class Settings(Frozen):
    """The whole of `atlas.toml`.  ``folder`` is the folder it lies in."""

    folder: Path
    file: Path
    atlas: AtlasSettings
    look: Look = Look()
    geography: Geography
    group: tuple[GroupKind, ...] = ()
    classes: Classes = Classes()
    spots: Spots | None = Spots()
    stages: tuple[str, ...] = ()
    indicator: tuple[Indicator, ...] = ()
    composite: tuple[Composite, ...] = ()
    edition: tuple[Edition, ...] = Field(min_length=1)
    standings: tuple[Standings, ...] = ()
    claims: Path | None = None
    tiles: Tiles = Tiles()
    per_area: PerArea = PerArea()
    limits: Limits = Limits()
    main_edition: str = ""
    """The edition that maps show first; the first one that scores all areas unless named."""

    @field_validator("spots", mode="before")
    @classmethod
    def _off(cls, spots: object) -> object:
        """``spots = false``: no area is called hot or cold."""
        return None if spots is False else spots

    @property
    def outlined_kind(self) -> GroupKind | None:
        """The kind of group whose borders the maps show, if there is one."""
        return next((kind for kind in self.group if kind.outline), None)

    @cached_property
    def speak(self) -> Catalogue:
        """The words of the interface, in the atlas's language."""
        own = self.atlas.catalogue
        return catalogue_for(self.atlas.language, self.path(own) if own else None)

    @model_validator(mode="after")
    def _words_not_stated(self) -> Settings:
        """What the settings don't name is called so in the language of the interface."""
        # The settings are frozen for all others; this is still their making.
        speak, own = self.speak, self.atlas.words
        names = {"area": speak("area"), "areas": speak("areas"), "stages": speak("Stages")}
        own = own.model_copy(update=_unstated(own, names))
        object.__setattr__(self, "atlas", self.atlas.model_copy(update={"words": own}))
        if self.spots is not None:
            names = {
                "hot": speak("top %(area)s", area=own.area),
                "hot_plural": speak("top %(areas)s", areas=own.areas),
                "cold": speak("bottom %(area)s", area=own.area),
                "cold_plural": speak("bottom %(areas)s", areas=own.areas),
            }
            spots = self.spots.model_copy(update=_unstated(self.spots, names))
            object.__setattr__(self, "spots", spots)
        return self

    @model_validator(mode="after")
    def _consistent(self) -> Settings:
        problems = [
            *_doubled(
                "indicator", [*(i.id for i in self.indicator), *(c.id for c in self.composite)]
            ),
            *composite_problems(self.composite, {i.id: i.better for i in self.indicator}),
            *_doubled("edition", [e.id for e in self.edition]),
            *_doubled("group", [g.kind for g in self.group]),
            *(
                f"a group's kind can't be {g.kind!r}, which is a column of the downloads"
                for g in self.group
                if g.kind in RESERVED_KINDS
            ),
            *_doubled("path of pages", [self.atlas.words.path, *(g.path for g in self.group)]),
        ]
        problems += edition_problems(self.edition, {i.id for i in self.indicator})
        editions = {e.id for e in self.edition}
        problems += [
            f"standings name the edition {s.edition!r}, which no [[edition]] has"
            for s in self.standings
            if s.edition not in editions
        ]
        if self.main_edition and self.main_edition not in editions:
            problems.append(f"main_edition {self.main_edition!r} is no [[edition]]")
        if sum(g.outline for g in self.group) > 1:
            problems.append("only one [[group]] can have outline = true")
        if self.tiles.min_zoom > (self.tiles.max_zoom or 15):
            problems.append("tiles.min_zoom is above tiles.max_zoom")
        if (self.tiles.areas_from or 0) > (self.tiles.max_zoom or 15):
            problems.append("tiles.areas_from is above tiles.max_zoom")
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def with_base_url(self, url: str) -> Settings:
        """The same settings for a site published at `url`.

        Raises
        ------
        SettingsError
            If it isn't an absolute URL.
        """
        try:
            atlas = AtlasSettings.model_validate({**self.atlas.model_dump(), "base_url": url})
        except ValidationError as error:
            raise SettingsError(
                _problem((), error.errors()[0]["msg"], "").removeprefix("the file: "),
                where=f"--base-url {url}",
                fix="give the address with its scheme: https://name.github.io/atlas/",
            ) from None
        return self.model_copy(update={"atlas": atlas})

    def path(self, relative: Path) -> Path:
        """A path of the settings file, from the folder that the file lies in."""
        return relative if relative.is_absolute() else self.folder / relative


def _unstated(part: Frozen, names: dict[str, str]) -> dict[str, str]:
    return {field: name for field, name in names.items() if field not in part.model_fields_set}


def _doubled(what: str, ids: list[str]) -> list[str]:
    return [f"two of {what} are called {i!r}" for i in sorted({i for i in ids if ids.count(i) > 1})]


def read_settings(path: Path) -> Settings:
    """Read `atlas.toml`.

    Raises
    ------
    SettingsError
        With every problem found, one a line, each with its place in the file.
    """
    raw = read_toml(
        path,
        missing="there is no such settings file",
        fix="name one with --config; atlas.toml in this project's folder is an example",
    )
    return settings_from(raw, path)


def settings_from(raw: dict[str, Any], path: Path) -> Settings:
    """Settings from parsed TOML; `path` is the file it came from, for messages."""
    try:
        return Settings.model_validate({**raw, "folder": path.parent, "file": path})
    except ValidationError as error:
        found = error.errors()
        # A list whose entries are all wrong is said to be too short as well.
        reported = [
            item
            for item in found
            if item["type"] != "too_short"
            or not any(o["loc"][: len(item["loc"])] == item["loc"] for o in found if o is not item)
        ]
        lines = [_problem(item["loc"], item["msg"], item["type"]) for item in reported]
        raise SettingsError(
            "the settings can't be used:\n" + "\n".join(f"  - {line}" for line in lines),
            where=str(path),
            fix="fix the entries above; docs/settings.md explains each",
        ) from None


def _problem(loc: tuple[int | str, ...], message: str, kind: str) -> str:
    place = ""
    for part in loc:
        place += f" no. {part + 1}" if isinstance(part, int) else f"{'.' if place else ''}{part}"
    if kind == "extra_forbidden":
        message = "there is no such setting (a slip of the pen?)"
    elif kind == "missing":
        message = "is missing"
    return f"{place or 'the file'}: {message.removeprefix('Value error, ')}"


def attribution(settings: Settings) -> tuple[str, ...]:
    """The lines that must stand at each map, with the year of the boundaries."""
    year = str(settings.geography.year or "")
    # Not by format: whatever else stands in braces is the user's own text.
    return tuple(line.replace("{year}", year) for line in settings.geography.attribution)
