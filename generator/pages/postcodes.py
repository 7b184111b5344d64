"""What the methodology and the page of downloads say of the search by postcode."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from generator.catalogue import Catalogue
from generator.language.numbers import number
from generator.postcodes.assign import BORDER_M, NEAREST_M, Counts
from generator.settings import Words
from generator.sources.postcodes import PACKAGE, PUBLISHED_AT, PostcodeDirectory

SECTION_ID = "postcodes"


def postcode_section(
    speak: Catalogue,
    directory: PostcodeDirectory,
    counts: Counts,
    attribution: Sequence[str],
    words: Words,
    *,
    outlines: bool,
) -> tuple[str, str, Markup]:
    """The section of the methodology: its id, a heading and its HTML."""
    paragraph = Markup("<p>{}</p>").format
    stated = [
        paragraph(
            speak(
                "The search knows the postcodes of the %(directory)s, former ones included; the "
                "directory as it is used here does not say which are still in use. It is the "
                "edition that the package %(package)s %(version)s carries. Northern Ireland’s "
                "postcodes are left out, as they come under another licence. What you type is "
                "looked up on your own device and is sent to nobody: your browser fetches a small "
                "file about all postcodes that begin alike.",
                directory=_directory(directory), package=PACKAGE, version=directory.version,
            )
        ),
        paragraph(
            _how(speak, counts, words) if outlines else _without_outlines(speak, counts, words)
        ),
        Markup('<p>{}. <a href="{}">{}</a>.</p>').format(
            _credit(speak, attribution), PUBLISHED_AT,
            speak("The Office for National Statistics publishes the directory"),
        ),
    ]  # fmt: skip
    return SECTION_ID, speak("Search by postcode"), Markup("\n").join(stated)


def _credit(speak: Catalogue, attribution: Sequence[str]) -> Markup:
    """The publishers' own words, marked as English on pages of another language."""
    said = escape(". ".join(attribution))
    if speak.language.startswith("en"):
        return said
    return Markup('<span lang="en">{}</span>').format(said)


def _directory(directory: PostcodeDirectory) -> str:
    released = f" ({directory.release})" if directory.release else ""
    return f"ONS Postcode Directory{released}"


def _how(speak: Catalogue, counts: Counts, words: Words) -> str:
    text = speak(
        "A postcode counts as one point. It lies in the %(area)s whose outline, as simplified for "
        "this atlas, holds that point: so %(inside)s were placed. %(nearest)s lie just outside all "
        "outlines, mostly on the coast, and were given to the nearest %(area)s, at most %(km)s km "
        "away.",
        area=words.area, inside=number(counts.inside), nearest=number(counts.nearest),
        km=number(NEAREST_M / 1000),
    )  # fmt: skip
    if counts.by_district:
        text += " " + speak(
            "%(count)s lie so near a border that the simplified outline and the district that the "
            "directory names disagree; there the directory decides, up to %(m)s m from the border.",
            count=number(counts.by_district), m=number(BORDER_M),
        )  # fmt: skip
    return text


def _without_outlines(speak: Catalogue, counts: Counts, words: Words) -> str:
    return speak(
        "This atlas was built without boundaries, so a postcode’s %(area)s is the district that "
        "the directory names. Where that district was made from several, all of them are named. "
        "So %(count)s were placed.",
        area=words.area, count=number(counts.placed),
    )  # fmt: skip


def postcode_licence(
    speak: Catalogue, directory: PostcodeDirectory, attribution: Sequence[str]
) -> Markup:
    """The line on the page of downloads, as HTML."""
    said = speak(
        "Search by postcode: %(directory)s. %(attribution)s. It is not offered here; the Office "
        "for National Statistics publishes it: %(address)s",
        directory="{directory}", attribution="{attribution}", address=PUBLISHED_AT,
    )  # fmt: skip
    return escape(said).format(
        directory=_directory(directory), attribution=_credit(speak, attribution)
    )
