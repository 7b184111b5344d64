"""What the methodology and the page of downloads say of the search by postcode."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from generator.language.numbers import number
from generator.postcodes.assign import BORDER_M, NEAREST_M, Counts
from generator.settings import Words
from generator.sources.postcodes import PACKAGE, PUBLISHED_AT, PostcodeDirectory

SECTION_ID = "postcodes"


def postcode_section(
    directory: PostcodeDirectory,
    counts: Counts,
    attribution: Sequence[str],
    words: Words,
    *,
    outlines: bool,
) -> tuple[str, str, Markup]:
    """The section of the methodology: its id, a heading and its HTML."""
    paragraph = Markup("<p>{}</p>").format
    released = f" of {directory.release}" if directory.release else ""
    stated = [
        paragraph(
            f"The search knows the postcodes of the ONS Postcode Directory{released}, former ones "
            "included; the directory as it is used here does not say which are still in use. It is "
            f"the edition that the package {PACKAGE} {directory.version} carries. Northern "
            "Ireland’s postcodes are left out, as they come under another licence. What you "
            "type is looked up on your own device and is sent to nobody: your browser fetches "
            "a small file about all postcodes that begin alike."
        ),
        paragraph(_how(counts, words) if outlines else _without_outlines(counts, words)),
        Markup("<p>{}. The directory itself is published by the "
               '<a href="{}">Office for National Statistics</a>.</p>').format(
            ". ".join(attribution), PUBLISHED_AT
        ),
    ]  # fmt: skip
    return SECTION_ID, "Search by postcode", Markup("\n").join(stated)


def _how(counts: Counts, words: Words) -> str:
    text = (
        f"A postcode counts as one point. It lies in the {words.area} whose outline, as simplified "
        f"for this atlas, holds that point: so {number(counts.inside)} were placed. "
        f"{number(counts.nearest)} lie just outside all outlines, mostly on the coast, and were "
        f"given to the nearest {words.area}, at most {number(NEAREST_M / 1000)} km away."
    )
    if counts.by_district:
        text += (
            f" {number(counts.by_district)} lie so near a border that the simplified outline and "
            "the district that the directory names disagree; there the directory decides, up to "
            f"{number(BORDER_M)} m from the border."
        )
    return text


def _without_outlines(counts: Counts, words: Words) -> str:
    return (
        f"This atlas was built without boundaries, so a postcode’s {words.area} is the district "
        "that the directory names. Where that district was made from several, all of them are "
        f"named. So {number(counts.placed)} were placed."
    )


def postcode_licence(directory: PostcodeDirectory, attribution: Sequence[str]) -> str:
    """The line on the page of downloads."""
    released = f", {directory.release}" if directory.release else ""
    return (
        f"Search by postcode: ONS Postcode Directory{released}. {'. '.join(attribution)}. "
        f"It is not offered here; the Office for National Statistics publishes it: {PUBLISHED_AT}"
    )
