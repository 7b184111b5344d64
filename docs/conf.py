"""The documentation site: ``make docs`` builds it from the Markdown files beside this one."""

from __future__ import annotations

import sys
from pathlib import Path

from sphinx.application import Sphinx

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE))

from settings_table import MARK, settings_markdown  # noqa: E402

from generator import __version__  # noqa: E402
from generator.cli import parser  # noqa: E402

project = "Mobility Atlas"
version = release = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_site", "README.md"]
html_theme = "furo"
html_title = "Mobility Atlas: documentation"
html_show_copyright = False
html_copy_source = False
html_show_sourcelink = False
myst_heading_anchors = 3
autodoc_typehints = "description"
autodoc_member_order = "bysource"
# Pandas, geopandas and shapely describe themselves elsewhere, on other hosts.
nitpicky = False


def fill_in(_app: Sphinx, _docname: str, source: list[str]) -> None:
    """Put in what the code itself says: the settings' models, and the command's help."""
    if "% others" in source[0]:
        listed = {"index", *source[0].splitlines()}
        others = sorted({path.stem for path in HERE.glob("*.md")} - listed)
        source[0] = source[0].replace("% others", "\n".join(others))
    source[0] = source[0].replace(MARK, settings_markdown())
    if "% command-line" in source[0]:
        made = parser()
        made.prog = "build.py"
        source[0] = source[0].replace("% command-line", f"```text\n{made.format_help()}```")


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("source-read", fill_in)
