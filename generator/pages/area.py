"""The page of one area, and the pages under codes that lead to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from markupsafe import Markup

from generator import urls
from generator.catalogue import Catalogue
from generator.charts.parts import Series
from generator.charts.profile import profile_line
from generator.charts.strip import strip
from generator.data.compare import Comparison, Measure
from generator.data.places import Group
from generator.exports.figures import area_json, long_csv
from generator.language.areas import area_sentence
from generator.language.numbers import list_text
from generator.language.positions import bare_rank, rank_text
from generator.maps.svg import locator
from generator.pages import parts, structured, views
from generator.pages.atlas import Atlas, source
from generator.pages.cards import area_card_path
from generator.pages.head import Meta, page
from generator.pages.mapping import SCRIPTS, STYLES, page_map
from generator.pages.over_time import over_time
from generator.pages.tables import table

AROUND = 3
"""How many areas above and below stand in the ranking of the region."""
AROUND_IN_BRIEF = 1


def composed_area(atlas: Atlas, code: str) -> views.Composed:
    """The page of one area, with its figures."""
    comparison, path = atlas.comparison, atlas.area_href(code)
    drawn_map = page_map(
        atlas, path, name="area", here=(code,), kind="area",
        subject=atlas.speak(
            "%(name)s and its surroundings", name=comparison.areas[code].name
        ),
    )  # fmt: skip
    if not atlas.per_area("data_files"):
        return views.Composed(area_page(atlas, code, drawn_map))
    return views.Composed(
        area_page(atlas, code, drawn_map),
        (
            (urls.in_folder(path, "data.csv"), long_csv(comparison, atlas.settings.spots, [code])),
            (urls.in_folder(path, "data.json"), area_json(comparison, atlas.settings.spots, code)),
        ),
    )


def area_page(atlas: Atlas, code: str, drawn_map: parts.MapView) -> views.AreaPage:
    """Everything that one area's page says."""
    comparison, own, speak = atlas.comparison, atlas.settings.atlas.words, atlas.speak
    area = comparison.areas[code]
    path = atlas.area_href(code)
    measures = comparison.headline()
    sentence = area_sentence(speak, comparison, code, own, atlas.settings.spots)
    groups = comparison.groups_of[code]
    own_links = _own_links(atlas, groups)
    region, ranking, gap = _region_table(atlas, code)
    standings = _standings(atlas, code)
    previous, following = atlas.next_in_rank.get(code, ("", ""))
    return views.AreaPage(
            page=_head(atlas, code, sentence, own_links),
            code=code,
            name=area.name,
            headlines=tuple(_cells(atlas, code, measures)),
            sentence=sentence,
            places=tuple(link for _, link in own_links),
            map=drawn_map,
            locator=_locator(atlas, code),
            strip=_strip(atlas, code),
            ranks=_ranks(atlas, code, groups),
            neighbours_title=_neighbours_title(atlas),
            neighbours_note=_neighbours_note(atlas, code),
            neighbours=table(atlas, comparison.neighbours[code], measures),
            region_title=speak("In %(group)s", group=region.name) if region else "",
            region=table(atlas, ranking, measures, here=code, grouped=False, gap_after=gap),
            similar_note=similar_note(speak, comparison),
            similar=table(atlas, _similar(atlas, code), measures),
            over_time=over_time(atlas, code),
            caution=caution(measures),
            standings=standings,
            standings_source=_standings_source(comparison, code),
            findings=tuple(f for f, keys in atlas.findings if code in keys),
            changes=changes(atlas, code),
            absent=_absent(comparison, code),
            downloads=_downloads(atlas, code, path),
            sources=tuple(source(speak, m.edition) for m in measures),
            boundary_note=atlas.boundary_note if atlas.per_area("full_pages") else "",
            cluster=atlas.cluster_sentences.get(code, ""),
            profile=_profile(atlas, code),
            previous=_turn(atlas, previous),
            next=_turn(atlas, following),
    )  # fmt: skip


def _head(
    atlas: Atlas, code: str, sentence: str, own_links: Sequence[tuple[Group, parts.Link]]
) -> parts.Page:
    path = atlas.area_href(code)
    region = atlas.region_of.get(code)
    meta = Meta(
        section=urls.list_page(atlas.settings.atlas.words.path),
        scripts=(*SCRIPTS, "save.js"),
        styles=STYLES,
        json_ld=structured.area(atlas.settings, atlas.comparison, code, path, region),
        card=area_card_path(atlas, code),
        has_sources=True,
    )
    way = [pair for pair in own_links if pair[0].kind in atlas.path_kinds]
    way.sort(key=lambda pair: atlas.path_kinds.index(pair[0].kind))
    crumbs = [link for _, link in way]
    return page(atlas, path, _title(atlas, code), sentence, meta, crumbs=crumbs)


def _locator(atlas: Atlas, code: str) -> Markup:
    """Where the area lies in the country; nothing if the boundaries don't have it."""
    layout = atlas.layouts[0]
    if code not in layout.at:
        return Markup("")
    land = urls.relative(atlas.area_href(code), atlas.assets[urls.LAND])
    return locator(layout, [code], _where(atlas, atlas.comparison.areas[code].name), land)


def _downloads(atlas: Atlas, code: str, path: str) -> tuple[parts.Link, ...]:
    card = parts.Link(atlas.speak("Card"), area_card_path(atlas, code))
    return (*_data_files(atlas, path), card)


def _data_files(atlas: Atlas, path: str) -> tuple[parts.Link, ...]:
    if not atlas.per_area("data_files"):
        return ()
    return (
        parts.Link("CSV", urls.in_folder(path, "data.csv")),
        parts.Link("JSON", urls.in_folder(path, "data.json")),
    )


def _own_links(atlas: Atlas, groups: Sequence[Group]) -> list[tuple[Group, parts.Link]]:
    """The area's groups; of two with one name the kind is named ("West Midlands (county)")."""
    names = [group.name for group in groups]
    links = []
    for group in groups:
        link = atlas.group_link(group)
        if names.count(group.name) > 1:
            link = replace(link, text=f"{link.text} ({atlas.kinds[group.kind].name.lower()})")
        links.append((group, link))
    return links


def _neighbours_title(atlas: Atlas) -> str:
    if atlas.comparison.borders:
        return atlas.speak("Neighbours")
    return atlas.speak("Nearest %(areas)s", areas=atlas.settings.atlas.words.areas)


def _turn(atlas: Atlas, code: str) -> parts.Turn | None:
    """The area next in the ranking with its own rank, which several may share."""
    if not code:
        return None
    rank = bare_rank(atlas.speak, atlas.comparison.main.positions[code])
    return parts.Turn(atlas.area_link(code), atlas.speak("ranks %(rank)s", rank=rank))


def _where(atlas: Atlas, name: str) -> str:
    country = atlas.settings.atlas.words.country
    if country:
        return atlas.speak("Where %(name)s lies in %(country)s", name=name, country=country)
    return atlas.speak("Where %(name)s lies", name=name)


def _title(atlas: Atlas, code: str) -> str:
    name = atlas.comparison.areas[code].name
    position = atlas.comparison.main.positions.get(code)
    if position is None:
        return name
    return f"{name}, {rank_text(atlas.speak, position, atlas.comparison.main.of)}"


def _cells(atlas: Atlas, code: str, measures: Sequence[Measure]) -> list[parts.Cell]:
    return list(table(atlas, [code], measures, grouped=False).rows[0].cells)


def _region_table(atlas: Atlas, code: str) -> tuple[Group | None, list[str], list[int]]:
    """The ranking of the area's region: its ends and what is around the area."""
    region = atlas.region_of.get(code)
    if region is None:
        return None, [], []
    comparison = atlas.comparison
    ranking = comparison.summaries[comparison.main.id][region.kind, region.id].ranking
    if code not in ranking:
        return region, [], []
    at = ranking.index(code)
    last = len(ranking) - 1
    around = AROUND if atlas.per_area("full_pages") else AROUND_IN_BRIEF
    near = {0, last, *range(max(0, at - around), min(last, at + around) + 1)}
    shown = sorted(near)
    gaps = [i for i in range(len(shown) - 1) if shown[i + 1] - shown[i] > 1]
    return region, [ranking[i] for i in shown], gaps


def _ranks(atlas: Atlas, code: str, groups: Sequence[Group]) -> tuple[parts.Rank, ...]:
    """The rank within each group, in every edition whose members are known well enough."""
    found = []
    for group in groups:
        for measure in atlas.comparison.headline():
            summary = atlas.comparison.summaries[measure.id][group.kind, group.id]
            whole = summary.lacking == 0 and summary.known > 1
            if code in measure.positions and whole:
                text = rank_text(atlas.speak, summary.places[code], summary.known)
                kind = atlas.kinds[group.kind].name
                found.append(parts.Rank(atlas.group_link(group), kind, measure.edition.id, text))
    return tuple(found)


def _similar(atlas: Atlas, code: str) -> list[str]:
    """The areas most like one, where its page has room for them."""
    if not atlas.per_area("full_pages"):
        return []
    return [similar.code for similar in atlas.comparison.similar.get(code, ())]


def _neighbours_note(atlas: Atlas, code: str) -> str:
    comparison, speak = atlas.comparison, atlas.speak
    if not comparison.borders:
        return speak(
            "The nearest %(areas)s by straight line between a point in each; "
            "which ones share a border is not known without boundaries.",
            areas=atlas.settings.atlas.words.areas,
        )
    if not comparison.neighbours[code]:
        return speak("It has no land border with another area of the atlas.")
    return speak("They share a land border; the longest stretch comes first.")


def similar_note(speak: Catalogue, comparison: Comparison) -> str:
    """What similar areas have in common: "Similar score and size (2016)."."""
    if not comparison.similar_by:
        return ""
    edition = comparison.main.edition.id
    if "rank" in comparison.similar_by:
        if "size" in comparison.similar_by:
            return speak("Similar rank and size (%(edition)s).", edition=edition)
        return speak("Similar rank (%(edition)s).", edition=edition)
    if "size" in comparison.similar_by:
        return speak("Similar score and size (%(edition)s).", edition=edition)
    return speak("Similar score (%(edition)s).", edition=edition)


def _near(atlas: Atlas) -> str:
    """What the areas beside one are called in a chart's key."""
    speak = atlas.speak
    return speak("Neighbours") if atlas.comparison.borders else speak("Nearest")


def _strip(atlas: Atlas, code: str) -> Markup:
    comparison = atlas.comparison
    region = atlas.region_of.get(code)
    full = atlas.per_area("full_pages")
    marked = [Series(_near(atlas), comparison.neighbours[code])] if full else []
    if region:
        marked.append(Series(region.name, region.members, f"{region.kind}-{region.slug}"))
    return strip(
        atlas.speak, comparison, comparison.main, code,
        marked=marked, href=_from_here(atlas, code), packed=atlas.swarm,
        shared=urls.relative(atlas.area_href(code), atlas.assets[urls.STRIP]),
    )  # fmt: skip


def _from_here(atlas: Atlas, code: str) -> Callable[[str], str]:
    path = atlas.area_href(code)
    return lambda other: urls.relative(path, atlas.area_href(other))


def caution(measures: Sequence[Measure]) -> str:
    """What to keep in mind when editions are compared."""
    return " ".join(dict.fromkeys(m.edition.note for m in measures if m.edition.note))


def _standings(atlas: Atlas, code: str) -> tuple[parts.StageStanding, ...]:
    rows = atlas.comparison.standings.get(code, ())
    if not rows:
        return ()
    said = {s.stage: s for s in rows}
    return tuple(
        parts.StageStanding(stage, said[stage].standing, said[stage].stated)
        if stage in said
        else parts.StageStanding(stage, "", atlas.speak("nothing said"))
        for stage in atlas.settings.stages
    )


def _standings_source(comparison: Comparison, code: str) -> str:
    rows = comparison.standings.get(code, ())
    return "; ".join(dict.fromkeys(f"{s.source} ({s.edition})" for s in rows))


def changes(atlas: Atlas, code: str) -> tuple[parts.Successor, ...]:
    """What has become of an area since the boundaries of the atlas."""
    found = []
    for change in atlas.comparison.changes.get(code, ()):
        name = atlas.settings.geography.names_now.get(change.new_code, change.new_code)
        said = {"name": name, "code": change.new_code, "year": change.year}
        if change.kind == "merged":
            text = atlas.speak("merged into %(name)s (%(code)s) in %(year)s", **said)
        else:
            text = atlas.speak("given a new code, as %(name)s (%(code)s) in %(year)s", **said)
        found.append(parts.Successor(text, change.new_code, urls.code_page(change.new_code)))
    return tuple(found)


def _absent(comparison: Comparison, code: str) -> str:
    if any(code in m.positions for m in comparison.headline()):
        return ""
    reasons = dict.fromkeys(m.absent.get(code, "") for m in comparison.headline())
    return " ".join(reason for reason in reasons if reason)


def _profile(atlas: Atlas, code: str) -> tuple[parts.ProfileStage, ...]:
    comparison = atlas.comparison
    by_stage: dict[str, list[parts.ProfileRow]] = {}
    for indicator in comparison.indicators:
        if indicator.id == comparison.main.indicator.id:
            continue
        measures = comparison.of_indicator(indicator.id)
        known = [m for m in measures if code in m.positions]
        row = parts.ProfileRow(
            indicator.name, indicator.about, indicator.unit, tuple(_cells(atlas, code, known)),
            atlas.indicator_address(comparison.first_of(indicator.id), code),
            tuple(profile_line(atlas.speak, measure, code) for measure in known),
            dated=len(measures) > 1,
        )  # fmt: skip
        by_stage.setdefault(indicator.stage, []).append(row)
    stages = [*atlas.settings.stages, *(s for s in by_stage if s not in atlas.settings.stages)]
    return tuple(parts.ProfileStage(s, tuple(by_stage[s])) for s in stages if s in by_stage)


def code_page(atlas: Atlas, code: str) -> views.CodePage:
    """The page under an area's code; it leads to the area's own."""
    name = atlas.comparison.areas[code].name
    text = atlas.speak("%(code)s is the code of %(name)s.", code=code, name=name)
    return views.CodePage(
        page=page(atlas, urls.code_page(code), f"{code}: {name}", text, Meta(index=False)),
        code=code,
        name=name,
        target=atlas.area_link(code),
        text=text,
        target_url=_canonical(atlas, code),
    )


def _canonical(atlas: Atlas, code: str) -> str:
    return urls.absolute(atlas.settings.atlas.base_url, atlas.area_href(code))


def successors(atlas: Atlas) -> list[tuple[str, tuple[str, ...]]]:
    """Codes that have come since, each with the areas of the atlas that went into it."""
    before: dict[str, list[str]] = {}
    for code, found in sorted(atlas.comparison.changes.items()):
        for change in found:
            before.setdefault(change.new_code, []).append(code)
    known = atlas.comparison.areas
    return [(new, tuple(olds)) for new, olds in sorted(before.items()) if new not in known]


def successor_page(atlas: Atlas, key: tuple[str, tuple[str, ...]]) -> views.CodePage:
    """The page under a code that has come since."""
    new, olds = key
    name = atlas.settings.geography.names_now.get(new, new)
    links = tuple(atlas.area_link(c) for c in olds)
    year = max(c.year for old in olds for c in atlas.comparison.changes[old])
    listed = list_text(atlas.speak, (link.text for link in links))
    text = atlas.speak.plural(
        "%(name)s (%(code)s) was %(former)s (until %(year)s); the atlas shows the former.",
        "%(name)s (%(code)s) was formed from %(former)s (until %(year)s); the atlas shows the "
        "former.",
        len(links), name=name, code=new, former=listed, year=year,
    )  # fmt: skip
    return views.CodePage(
        page=page(atlas, urls.code_page(new), f"{new}: {name}", text, Meta(index=False)),
        code=new,
        name=name,
        target=links[0],
        others=links,
        text=text,
        target_url=_canonical(atlas, olds[0]),
    )
