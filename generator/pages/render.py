"""Contexts become HTML; this is the only module that imports jinja2.

Templates lie in `templates/`, and in the folder that the settings name as ``theme``,
whose files win.  Autoescape is on and an undefined name is an error.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from importlib.util import cache_from_source
from pathlib import Path

import jinja2
from jinja2 import nodes
from jinja2.bccache import Bucket
from markupsafe import Markup

from generator.catalogue import ENGLISH, Catalogue
from generator.errors import AtlasError
from generator.kept import digest
from generator.language.numbers import number, ordinal
from generator.markdown import markdown, markdown_line
from generator.pages import parts, views
from generator.theme import TEMPLATES
from generator.urls import relative

COMPILED = Path(cache_from_source(__file__)).parent


class _Compiled(jinja2.FileSystemBytecodeCache):
    """Templates as a former build compiled them, which takes a third of a second.

    They are code.  So they lie where Python keeps its own compiled code, beside the program's;
    what lies in the folder of an atlas, which may be somebody else's, is never run.  jinja2 looks
    whether Python and the source are the same; `program` stands for all else.
    """

    def __init__(self, program: str) -> None:
        super().__init__(str(COMPILED), f"template-%s.{sys.implementation.cache_tag}.bytecode")
        self._program = program

    def get_source_checksum(self, source: str) -> str:
        return digest(self._program, source)

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):  # as Python does where it may not write
            super().dump_bytecode(bucket)


class Renderer:
    """Renders contexts of one site.

    Parameters
    ----------
    site
        What all pages share.
    theme
        A folder of templates that win over the built-in ones.
    speak
        The words of the interface, which templates write as ``_("...")``.
    program
        A hash of the code and the packages, under which compiled templates are kept for the
        next build; without it nothing is kept.
    """

    def __init__(
        self,
        site: parts.Site,
        theme: Path | None = None,
        speak: Catalogue = ENGLISH,
        program: str = "",
    ) -> None:
        self.site = site
        folders = [*([theme] if theme else []), TEMPLATES]
        self.environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(folders),
            auto_reload=False,  # templates don't change during a build
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            extensions=["jinja2.ext.i18n"],
            bytecode_cache=_Compiled(program) if program and not sys.dont_write_bytecode else None,
        )
        self.environment.install_gettext_callables(  # type: ignore[attr-defined]
            speak.gettext, speak.ngettext, newstyle=True, pgettext=speak.pgettext,
            npgettext=speak.npgettext,
        )  # fmt: skip
        self.environment.filters.update(
            url=_url,
            asset=_asset,
            ordinal=ordinal,
            thin=number,
            cap=_cap,
            markdown=_markdown,
            note=_note,
        )
        self.environment.globals["site"] = site

    def sources(self) -> dict[str, str]:
        """A hash of the source of every template, a theme's in place of ours, by name."""
        return {name: digest(self._source(name)) for name in self._names()}

    def uses(self) -> dict[str, list[str]]:
        """The templates that each template needs, itself among them, however deep.

        One that includes what only its data name needs all; one that can't be read, itself.
        """
        names = self._names()
        direct = {name: self._named_in(name, names) for name in names}
        found = {}
        for name in names:
            waiting, reached = [name], {name}
            while waiting:
                new = direct.get(waiting.pop(), set()) - reached
                reached |= new
                waiting += new
            found[name] = sorted(reached)
        return found

    def _names(self) -> list[str]:
        return self.environment.list_templates(extensions=["html", "svg"])

    def _source(self, name: str) -> str:
        loader = self.environment.loader
        assert loader is not None
        try:
            return loader.get_source(self.environment, name)[0]
        except UnicodeDecodeError as error:
            return str(error)  # rendering it says the same, and which file it is

    def _named_in(self, name: str, every: Sequence[str]) -> set[str]:
        try:
            tree = self.environment.parse(self._source(name))
        except jinja2.TemplateSyntaxError:
            return set()  # rendering it says what is wrong
        kinds = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)
        naming = (node for node in tree.find_all(kinds) if isinstance(node, kinds))
        found = [_named(node.template) for node in naming]
        return set(every) if None in found else {one for some in found for one in some or ()}

    def render(self, view: views.View) -> str:
        """One page as HTML.

        Raises
        ------
        AtlasError
            If the template asks for something that isn't there; names template and line.
        """
        name = view.template
        try:
            template = self.environment.get_template(name)
            return template.render(view=view, page=view.page, site=self.site)
        except Exception as error:
            if isinstance(error, AtlasError):
                raise
            raise AtlasError(
                f"the template fails: {error or type(error).__name__}",
                where=_place(error, name),
                fix="fix the template; generator/pages/views.py lists what it gets",
            ) from error


def _named(expression: nodes.Node | None) -> frozenset[str] | None:
    """The templates that an expression may name; None where only data know."""
    if expression is None:
        return frozenset()
    if isinstance(expression, nodes.Const) and isinstance(expression.value, str):
        return frozenset({expression.value})
    if isinstance(expression, nodes.CondExpr):
        parts = [_named(expression.expr1), _named(expression.expr2)]
    elif isinstance(expression, nodes.List | nodes.Tuple):
        parts = [_named(item) for item in expression.items]
    else:
        return None
    return None if None in parts else frozenset(one for part in parts for one in part or ())


def _place(error: Exception, name: str) -> str:
    """Where in the templates an error came about: the innermost of their lines."""
    if isinstance(error, jinja2.TemplateSyntaxError):
        return f"{error.filename or error.name or name}, line {error.lineno}"
    place = name
    for frame in traceback.extract_tb(error.__traceback__):
        # jinja2 gives its own frames the names and lines of templates.
        if frame.filename.endswith((".html", ".svg")):
            place = f"{frame.filename}, line {frame.lineno}"
    return place


@jinja2.pass_context
def _url(context: jinja2.runtime.Context, href: str) -> str:
    """A path from the site's root as one from the page; absolute URLs and fragments stay."""
    if href.startswith(("http://", "https://", "#", "mailto:")):
        return href
    page: parts.Page = context["page"]
    if page.root.startswith("."):
        return relative(page.path, href)
    return page.root + href


@jinja2.pass_context
def _asset(context: jinja2.runtime.Context, name: str) -> str:
    assets: Mapping[str, str] = context["site"].assets
    if name not in assets:
        raise jinja2.UndefinedError(f"there is no asset {name!r}")
    return _url(context, assets[name])


@jinja2.pass_context
def _markdown(context: jinja2.runtime.Context, text: str, heading: int = 3) -> Markup:
    return markdown(text, partial(_url, context), heading)


@jinja2.pass_context
def _note(context: jinja2.runtime.Context, text: str) -> Markup:
    return markdown_line(text, partial(_url, context))


def _cap(text: str) -> str:
    return text[:1].upper() + text[1:]
