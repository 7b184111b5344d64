"""Structured data for search engines: schema.org terms as JSON-LD.

Addresses in it must be absolute, so they are left out where the atlas doesn't know
its own address (``base_url``).
"""

from __future__ import annotations

from collections.abc import Sequence

from generator import urls
from generator.data.compare import Comparison
from generator.data.places import Group
from generator.exports.data_package import licence_url
from generator.pages import parts
from generator.settings import Settings

Node = dict[str, object]

_CONTEXT = "https://schema.org"


def breadcrumbs(base: str, steps: Sequence[parts.Link]) -> list[Node]:
    """The path to a page, itself last; nothing without a `base`."""
    if not base or len(steps) < 2:
        return []
    items = [
        {"@type": "ListItem", "position": at, "name": s.text, "item": urls.absolute(base, s.href)}
        for at, s in enumerate(steps, start=1)
    ]
    return [{"@context": _CONTEXT, "@type": "BreadcrumbList", "itemListElement": items}]


def dataset(
    settings: Settings, comparison: Comparison, downloads: Sequence[parts.Download]
) -> Node:
    """The atlas as a data set: what was measured, where, when, by whom, in which files."""
    atlas, base = settings.atlas, settings.atlas.base_url
    measures = comparison.headline()
    node: Node = {
        "@context": _CONTEXT,
        "@type": "Dataset",
        "name": atlas.title,
        "description": atlas.summary or atlas.title,
        "variableMeasured": list(dict.fromkeys(m.indicator.name for m in measures)),
        "temporalCoverage": [m.edition.id for m in measures],
    }
    if atlas.words.country:
        node["spatialCoverage"] = {"@type": "Place", "name": atlas.words.country}
    sources = list(dict.fromkeys(m.edition.source for m in measures if m.edition.source))
    if sources:
        node["isBasedOn"] = [{"@type": "CreativeWork", "name": name} for name in sources]
    licences = (licence_url(m.edition.licence) for m in measures if m.edition.licence)
    if known := [url for url in dict.fromkeys(licences) if url]:
        node["license"] = known
    if base:
        node["url"] = base
        node["distribution"] = [
            {
                "@type": "DataDownload",
                "name": download.name,
                "encodingFormat": "text/csv",
                "contentUrl": urls.absolute(base, download.href),
            }
            for download in downloads
            if download.href.endswith(".csv")
        ]
    return node


def area(
    settings: Settings, comparison: Comparison, code: str, path: str, within: Group | None
) -> Node:
    """An area as a place, with its ranks as properties."""
    place = comparison.areas[code]
    node = _place(settings, place.name, code, path)
    if place.lon is not None and place.lat is not None:
        node["geo"] = {"@type": "GeoCoordinates", "latitude": place.lat, "longitude": place.lon}
    if within is not None:
        node["containedInPlace"] = {"@type": "AdministrativeArea", "name": within.name}
    ranks = [
        {
            "@type": "PropertyValue",
            "name": settings.speak("Rank, %(edition)s", edition=m.edition.title),
            "value": m.positions[code].rank,
            "minValue": 1,
            "maxValue": m.of,
        }
        for m in comparison.headline()
        if code in m.positions
    ]
    if ranks:
        node["additionalProperty"] = ranks
    return node


MOST_NAMED = 400
"""A group with more members than this doesn't name them to machines on its page."""


def group(settings: Settings, comparison: Comparison, group: Group, path: str) -> Node:
    """A group as a place that holds its members."""
    node = _place(settings, group.name, group.id, path)
    if len(group.members) <= MOST_NAMED:
        node["containsPlace"] = [
            {"@type": "AdministrativeArea", "name": comparison.areas[c].name, "identifier": c}
            for c in group.members
        ]
    return node


def _place(settings: Settings, name: str, identifier: str, path: str) -> Node:
    base = settings.atlas.base_url
    own: Node = {
        "@context": _CONTEXT,
        "@type": "AdministrativeArea",
        "name": name,
        "identifier": identifier,
    }
    return own | ({"url": urls.absolute(base, path)} if base else {})
