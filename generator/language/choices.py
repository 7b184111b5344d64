"""Plain names of what readers choose from: ways to make classes, layouts, colours."""

from __future__ import annotations

from generator.catalogue import Catalogue


def scheme_name(speak: Catalogue, scheme: str) -> str:
    """A scheme of mapclassify as a reader may know it: "equal groups (quantiles)".

    A scheme that isn't known here keeps its name.
    """
    names = {
        "boxplot": speak("box plot: quarters and outliers"),
        "equalinterval": speak("equal steps"),
        "fisherjenks": speak("natural breaks (Fisher–Jenks)"),
        "fisherjenkssampled": speak("natural breaks of a sample (Fisher–Jenks)"),
        "headtailbreaks": speak("head and tail: above the mean, again and again"),
        "jenkscaspall": speak("natural breaks (Jenks–Caspall)"),
        "jenkscaspallforced": speak("natural breaks in equal groups (Jenks–Caspall)"),
        "jenkscaspallsampled": speak("natural breaks of a sample (Jenks–Caspall)"),
        "maxp": speak("groups of least spread (max-p)"),
        "maximumbreaks": speak("the largest gaps"),
        "naturalbreaks": speak("natural breaks (k-means)"),
        "percentiles": speak("percentiles"),
        "prettybreaks": speak("round numbers"),
        "quantiles": speak("equal groups (quantiles)"),
        "stdmean": speak("distance from the mean (standard deviations)"),
        "userdefined": speak("limits from the settings"),
    }
    return names.get(scheme.casefold(), scheme)


def layout_name(speak: Catalogue, layout: str) -> str:
    """A way to draw the areas, by its id."""
    names = {"geography": speak("Geography"), "hexagons": speak("Hexagons")}
    return names.get(layout, layout[:1].upper() + layout[1:])


def palette_name(speak: Catalogue, palette: str) -> str:
    """Colours that the explorer offers, by their id."""
    names = {"purple-orange": speak("Purple to orange"), "teal": speak("Light to dark")}
    return names.get(palette, palette)
