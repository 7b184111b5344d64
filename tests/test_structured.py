"""Structured data: what search engines read in a page's JSON-LD."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from built import ROOT, Built, build_site, copy_mini
from making import shipped
from reading import read_page
from recount import Recount

from generator.exports.data_package import licence_url
from generator.pages import parts, structured
from generator.settings import Settings

HOME = "https://atlas.example/repo/"
CONTEXT = "https://schema.org"
# The terms of schema.org that the atlas uses, and which properties they may have.
TERMS = {
    "Dataset": {
        "name", "description", "variableMeasured", "temporalCoverage", "spatialCoverage",
        "isBasedOn", "license", "url", "distribution",
    },
    "DataDownload": {"name", "encodingFormat", "contentUrl"},
    "AdministrativeArea": {
        "name", "identifier", "url", "geo", "containedInPlace", "containsPlace",
        "additionalProperty",
    },
    "Place": {"name"},
    "CreativeWork": {"name"},
    "GeoCoordinates": {"latitude", "longitude"},
    "PropertyValue": {"name", "value", "minValue", "maxValue"},
    "BreadcrumbList": {"itemListElement"},
    "ListItem": {"position", "name", "item"},
}  # fmt: skip


def nodes_of(page: str) -> list[dict[str, object]]:
    """The nodes of a page's JSON-LD, each sound by the terms above."""
    (text,) = [s for s in read_page(page).scripts if s.strip()]
    nodes: list[dict[str, object]] = json.loads(text)
    for node in nodes:
        assert node["@context"] == CONTEXT
        check(node)
    return nodes


def check(value: object) -> None:
    if isinstance(value, list):
        assert value
        for item in value:
            check(item)
    elif isinstance(value, dict):
        kind = value["@type"]
        assert value.keys() - {"@type", "@context"} <= TERMS[kind], kind
        for key, item in value.items():
            if key in {"url", "contentUrl", "item", "license"}:
                for address in item if isinstance(item, list) else [item]:
                    assert urlsplit(address).scheme == "https"
                    assert urlsplit(address).netloc
            check(item)
    else:
        assert value not in ("", None)


def the(nodes: list[dict[str, object]], kind: str) -> dict[str, object]:
    (found,) = [node for node in nodes if node["@type"] == kind]
    return found


@pytest.fixture(scope="module")
def settings() -> Settings:
    return shipped()[0].with_base_url(HOME)


@pytest.fixture(scope="module")
def at_home(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The mini atlas, with the place where on the web it stands."""
    folder = tmp_path_factory.mktemp("home")
    config = copy_mini(folder / "mini")
    return build_site(config, folder / "site", boundaries="auto", jobs=1, base_url=HOME)


def test_every_page_s_structured_data_can_be_read(shipped_site: Built) -> None:
    recount, seen = Recount(ROOT), 0
    for path in (p for p in shipped_site.files if p.startswith("authorities/") and "/index" in p):
        if path == "authorities/index.html":
            continue
        place = the(nodes_of(shipped_site.text(path)), "AdministrativeArea")
        row = recount.areas[str(place["identifier"])]
        assert place["name"] == row["name"]
        assert place["geo"] == {
            "@type": "GeoCoordinates", "latitude": float(row["lat"]),
            "longitude": float(row["lon"]),
        }  # fmt: skip
        assert place["containedInPlace"]["name"] == row["region"]  # type: ignore[index]
        ranks = [p["value"] for p in place.get("additionalProperty", [])]  # type: ignore[attr-defined]
        known = [r[row["code"]] for r in recount.ranks.values() if row["code"] in r]
        assert ranks == known
        seen += 1
    assert seen == 326


def test_a_group_holds_its_members(shipped_site: Built) -> None:
    recount = Recount(ROOT)
    place = the(nodes_of(shipped_site.text("regions/london/index.html")), "AdministrativeArea")
    held = {item["identifier"] for item in place["containsPlace"]}  # type: ignore[attr-defined]
    assert held == set(recount.members("Region", "London"))


@pytest.mark.parametrize("path", ["index.html", "data/index.html"])
def test_the_data_set_is_described(at_home: Built, path: str) -> None:
    found = the(nodes_of(at_home.text(path)), "Dataset")
    addresses = [d["contentUrl"] for d in found["distribution"]]  # type: ignore[attr-defined]
    assert addresses
    for address in addresses:
        assert (at_home.folder / address.removeprefix(HOME)).is_file()


def test_the_path_to_a_page_is_told_in_absolute_addresses(at_home: Built) -> None:
    paths = [p for p in at_home.files if p.startswith("parishes/") and p.count("/") == 2]
    paths = [p for p in paths if p.endswith("index.html")]
    assert paths
    for path in paths:
        crumbs = the(nodes_of(at_home.text(path)), "BreadcrumbList")["itemListElement"]
        assert [c["position"] for c in crumbs] == list(range(1, len(crumbs) + 1))  # type: ignore[attr-defined]
        assert crumbs[0]["item"] == HOME  # type: ignore[index]
        assert crumbs[-1]["item"] == HOME + path.removesuffix("index.html")  # type: ignore[index]
        for crumb in crumbs:  # type: ignore[attr-defined]
            assert Path(at_home.folder, crumb["item"].removeprefix(HOME), "index.html").is_file()


def test_without_an_address_there_is_no_path(settings: Settings) -> None:
    steps = [parts.Link("Home", ""), parts.Link("A", "a/")]
    assert structured.breadcrumbs("", steps) == []
    assert structured.breadcrumbs(HOME, steps[:1]) == []
    assert len(structured.breadcrumbs(HOME, steps)) == 1
    assert "url" not in structured.dataset(shipped()[0], shipped()[1], [])
    assert structured.dataset(settings, shipped()[1], [])["url"] == HOME


def test_licences_are_named_by_their_address() -> None:
    assert licence_url("Open Government Licence v3.0").endswith("/version/3/")
    assert licence_url("All rights reserved") == ""
