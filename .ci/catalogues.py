"""Texts of the interface, from code, templates and scripts, into the catalogues.

The template (`messages.pot`) lists all of them; each translation (`cy.po`) keeps what it has, and
what is new there waits for a translator.  A test fails where this would change the template.
"""

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
CATALOGUES = ROOT / "generator/catalogues"
WIDTH = 96
KEYWORDS = {
    "_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2),
    "speak": None, "plural": (1, 2), "sense": ((1, "c"), 2), "speakCount": (1, 2),
}  # fmt: skip
WHERE = (
    ("python", "generator", "*.py", {}),
    ("jinja2", "templates", "*.html", {"trimmed": "true"}),
    ("javascript", "templates/assets", "*.js", {}),
)


def extracted() -> Catalog:
    """All texts, each with the files that it stands in."""
    found = Catalog(charset="utf-8", fuzzy=False)
    for method, folder, pattern, options in WHERE:
        for path in sorted((ROOT / folder).rglob(pattern)):
            place = path.relative_to(ROOT).as_posix()
            for _, text, comments, context in extract_from_file(
                method, path, keywords=KEYWORDS, comment_tags=("i18n:",), options=options,
                strip_comment_tags=True,
            ):  # fmt: skip
                if not text or (isinstance(text, tuple) and not text[0]):
                    continue
                known = found.get(text[0] if isinstance(text, tuple) else text, context)
                places = [p for p, _ in known.locations] if known else []
                new = [] if place in places else [(place, None)]
                found.add(text, None, new, auto_comments=comments, context=context)
    return found


def template() -> bytes:
    """`messages.pot`."""
    return _written(extracted())


def updated(path: Path) -> bytes:
    """A translation with all texts of today; those that are gone are left out."""
    with path.open("rb") as file:
        read = read_po(file, locale=path.stem)
    read.update(extracted(), no_fuzzy_matching=True, update_creation_date=False)
    head = b"\n".join(line for line in path.read_bytes().partition(b"\n\n")[0].splitlines())
    return head + b"\n\n" + _written(read)


def _written(catalogue: Catalog) -> bytes:
    for message in catalogue:  # written in this order, and so placed by it, however they came
        message.locations.sort()
    out = io.BytesIO()
    write_po(out, catalogue, width=WIDTH, omit_header=True, ignore_obsolete=True,
             include_lineno=False, sort_by_file=True)  # fmt: skip
    return out.getvalue()


if __name__ == "__main__":
    (CATALOGUES / "messages.pot").write_bytes(template())
    for path in sorted(CATALOGUES.glob("*.po")):
        path.write_bytes(updated(path))
