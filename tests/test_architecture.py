"""The structure that keeps the generator easy to change, read from its source."""

from __future__ import annotations

import ast
import doctest
import importlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "generator"
MOST_LINES = 450

# Imports run one way: a module may import from the lines above its own, and from its own
# package, in which no circle may come about.
ORDER: list[list[str]] = [
    ["errors", "urls", "theme", "contrast", "markdown", "later"],
    ["report", "toml_file", "catalogue"],
    ["kept", "reads"],
    ["settings_geography", "settings_composites", "settings_editions", "settings_look", "settings"],
    ["sources.*"],
    ["data.*"],
    ["language.*"],
    ["maps.*"],
    ["postcodes.*"],
    ["tiles.*"],
    ["hexagons.*"],
    ["charts.*"],
    ["cards.*"],
    ["claims.*"],
    ["exports.*"],
    ["pages.*"],
    ["build.*"],
    ["init.*", "api"],
    ["verify.*"],
    ["serve"],
    ["cli"],
]

# A library that only one module may know; its quirks end there.
SINGLE_IMPORTERS = {
    "mapclassify": {"data.classify"},
    "folium": {"maps.folium_map"},
    "branca": {"maps.folium_map"},
    "jinja2": {"pages.render"},
    "pmtiles": {"tiles.archive", "verify.tiles"},
    "resvg_py": {"cards.draw"},
    "requests": {"sources.ons.transport"},
    "openpyxl": {"sources.tables.workbook", "exports.workbook"},
    "argparse": {"cli"},
    "babel": {"catalogue"},
    "gettext": {"catalogue"},
    "markdown_it": {"markdown"},
    "nh3": {"markdown"},
    "brotli": {"sources.postcodes"},
    "msgpack": {"sources.postcodes"},
    "rich": {"report"},
    "pydantic": {
        "settings",
        "settings_geography",
        "settings_composites",
        "settings_editions",
        "settings_look",
        "claims.file",
    },
}


def modules() -> dict[str, ast.Module]:
    """Every module by its name within the package; a package's own file by the package's."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(path.read_text(encoding="utf-8"), str(path))
    return found


MODULES = modules()
PACKAGES = {
    path.parent.relative_to(PACKAGE).as_posix().replace("/", ".")
    for path in PACKAGE.rglob("__init__.py")
}
NAMED = [name for name in MODULES if name not in {*PACKAGES, ""}]


def imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Module and name of each import, also of those within functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from ((node.module or "", alias.name) for alias in node.names)


def own_imports(name: str) -> set[str]:
    """Modules of the package that a module imports."""
    found = set()
    for module, item in imported(MODULES[name]):
        if module != "generator" and not module.startswith("generator."):
            continue
        inner = module.removeprefix("generator").removeprefix(".")
        whole = f"{inner}.{item}".strip(".")
        found.add(whole if whole in MODULES else inner)
    return found - {""}


def place(name: str) -> int | None:
    for at, line in enumerate(ORDER):
        if name in line or any(p.endswith(".*") and name.startswith(p[:-1]) for p in line):
            return at
    return None


DOCUMENT = PACKAGE.parent / "docs/architecture.md"
BEGIN, END = "<!-- modules -->\n", "<!-- end of modules -->"


def described() -> str:
    """All modules in the order of imports, each with the first sentence of its docstring."""
    lines, title = [], None
    for name in sorted(NAMED, key=lambda n: (place(n) or 0, n.rpartition(".")[0], n)):
        package = name.rpartition(".")[0]
        if package != title or title is None:
            title = package
            about = (ast.get_docstring(MODULES[package]) or "").partition("\n\n")[0]
            heading = f"`{package.replace('.', '/')}/`: {about}" if package else ""
            lines += ["", *([" ".join(heading.split()), ""] if heading else [])]
            lines += ["| module | what it is for |", "| --- | --- |"]
        about = " ".join((ast.get_docstring(MODULES[name]) or "").partition("\n\n")[0].split())
        lines.append(f"| `{name.replace('.', '/')}` | {about.replace('|', '/')} |")
    return "\n".join(lines).strip() + "\n"


SCRIPTS = PACKAGE.parent / "templates/assets"
BEGIN_SCRIPTS, END_SCRIPTS = "<!-- scripts -->\n", "<!-- end of scripts -->"


def described_scripts() -> str:
    """All scripts, folder by folder, each with the first sentence of its first comment."""
    lines = ["| script | what it does |", "| --- | --- |"]
    for path in sorted(SCRIPTS.rglob("*.js"), key=lambda p: (p.parent.as_posix(), p.name)):
        comment = re.search(r"/\*+(.*?)\*/", path.read_text(encoding="utf-8"), re.DOTALL)
        name = path.relative_to(SCRIPTS).as_posix()
        assert comment, f"{name} doesn't say what it is for"
        words = re.sub(r"\s*\n\s*\*? ?", " ", comment[1]).strip()
        about = re.split(r"(?<=\.)\s", words)[0]
        lines.append(f"| `{name}` | {about.replace('|', '/')} |")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("begin", "end", "content"),
    [(BEGIN, END, described), (BEGIN_SCRIPTS, END_SCRIPTS, described_scripts)],
    ids=["modules", "scripts"],
)
def test_the_document_names_all_there_is_and_nothing_else(
    request: pytest.FixtureRequest, begin: str, end: str, content: Callable[[], str]
) -> None:
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(begin)
    found, _, after = rest.partition(end)
    if request.config.getoption("--update-goldens"):
        DOCUMENT.write_text(f"{before}{begin}{content()}{end}{after}", encoding="utf-8")
        return
    assert found == content(), "pytest tests/test_architecture.py --update-goldens writes it"


def test_every_file_that_the_document_names_is_there() -> None:
    """In its prose: modules of the generator, and files of the project."""
    text = DOCUMENT.read_text(encoding="utf-8")
    prose = text.partition(BEGIN)[0] + text.partition(END_SCRIPTS)[2]
    roots = [PACKAGE, PACKAGE.parent, PACKAGE.parent / "templates"]
    named = re.findall(r"`([a-z_.-]+/[a-z_/.-]*)`", prose)
    assert len(named) > 20
    made = {"boundaries/prepared-cache", "prepared-cache/kept.sqlite"}
    for name in sorted(set(named) - made):
        found = [root / f"{name.rstrip('/')}{end}" for root in roots for end in ("", ".py")]
        assert any(path.exists() for path in found), f"{name} does not exist"


def test_every_function_that_the_document_names_is_in_its_module() -> None:
    """Written as ```maps/labels` (`places`)``: what is in brackets stands in that module."""
    prose = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)[0]
    pairs = re.findall(r"`([a-z_/]+)` \(((?:`\w+`(?:, )?)+)", prose)
    assert len(pairs) > 10
    for module, names in pairs:
        tree = MODULES[module.replace("/", ".")]
        for name in re.findall(r"\w+", names):
            assert name in set(_names_at_the_top(tree)), f"{module} has no {name}"


def _names_at_the_top(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def test_the_order_names_nothing_that_is_not_there() -> None:
    for line in ORDER:
        for name in line:
            there = PACKAGES if name.endswith(".*") else MODULES
            assert name.removesuffix(".*") in there, name
    for names in SINGLE_IMPORTERS.values():
        assert names <= MODULES.keys()


MOST_FUNCTION_LINES, MOST_PARAMETERS = 45, 8


@pytest.mark.parametrize("name", NAMED)
def test_functions_are_short_and_take_few_parameters(name: str) -> None:
    for node in ast.walk(MODULES[name]):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            lines = node.end_lineno - body[0].lineno + 1 if body else 0
            own = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            count = len([a for a in own if a.arg not in {"self", "cls"}])
            assert lines <= MOST_FUNCTION_LINES, f"{name}.{node.name} has {lines} lines"
            assert count <= MOST_PARAMETERS, f"{name}.{node.name} takes {count}"


def test_every_module_has_a_place_in_the_order() -> None:
    assert [name for name in NAMED if place(name) is None] == []


@pytest.mark.parametrize("name", [name for name in NAMED if place(name) is not None])
def test_imports_run_one_way(name: str) -> None:
    own = place(name)
    upward = sorted(other for other in own_imports(name) if (place(other) or 0) > (own or 0))
    assert not upward, f"{name} stands before {upward} and must not import from there"


def test_no_circle_of_imports() -> None:
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " → ".join([*way[way.index(name) :], name])
        if name not in done:
            for other in sorted(own_imports(name)):
                visit(other, (*way, name))
            done.add(name)

    for name in MODULES:
        visit(name, ())


@pytest.mark.parametrize("library", SINGLE_IMPORTERS)
def test_a_library_has_one_importer(library: str) -> None:
    importers = {
        name
        for name, tree in MODULES.items()
        if any(module.split(".")[0] == library for module, _ in imported(tree))
    }
    assert importers <= SINGLE_IMPORTERS[library]


def calls(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


@pytest.mark.parametrize("name", NAMED)
def test_nothing_but_the_download_is_written_by_gdal(name: str) -> None:
    writers = {"write_dataframe", "to_file", "write_arrow"}
    # Downloads and dissolved areas are stored in caches: inputs, not the site.
    found = {called(node) for node in calls(MODULES[name])} & writers
    assert not found or name in {"sources.ons.download", "sources.prepared"}


@pytest.mark.parametrize("name", NAMED)
def test_only_outputs_tiles_and_the_cache_write_files(name: str) -> None:
    writers = {"write_text", "write_bytes", "mkdir", "rename", "rmtree", "unlink", "link"}
    allowed = {
        "build.lock", "build.outputs", "build.swap", "hexagons.layout", "tiles.archive",
        "tiles.write", "sources.ons.cache", "sources.ons.download", "sources.ons.transport",
        "sources.prepared",
        "init.write", "kept", "postcodes.cache", "build.seen",
    }  # fmt: skip
    found = {called(node) for node in calls(MODULES[name])} & writers
    assert not found or name in allowed, f"{name} calls {sorted(found)}"


@pytest.mark.parametrize("name", NAMED)
def test_only_the_command_line_and_the_report_print(name: str) -> None:
    printing = any(called(node) == "print" for node in calls(MODULES[name]))
    assert not printing or name in {"cli", "report"}


@pytest.mark.parametrize("name", NAMED)
def test_only_the_command_line_catches_every_atlas_error(name: str) -> None:
    caught = {
        ast.unparse(node.type)
        for node in ast.walk(MODULES[name])
        if isinstance(node, ast.ExceptHandler) and node.type is not None
    }
    assert "AtlasError" not in caught or name == "cli"


def test_nothing_in_the_generator_reads_the_clock() -> None:
    """Same input, same bytes: dates come from the data; `perf_counter` only times stages."""
    clocks = re.compile(r"\b(now|utcnow|today|time\.time)\(")
    allowed = {"sources.ons.cache", "sources.ons.download", "sources.ons.transport"}
    for name, tree in MODULES.items():
        if name not in allowed:
            assert not clocks.search(ast.unparse(tree)), name


def test_nothing_in_the_generator_knows_the_shipped_atlas() -> None:
    """Table, places and words of the shipped atlas are settings and data."""
    own = re.compile(r"rushcliffe|d2n2|social.mobility|east midlands", re.IGNORECASE)
    for name, tree in MODULES.items():
        stated = _docstrings(tree)
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                continue
            if node.value in stated:
                continue  # examples may name places
            assert not own.search(node.value), f"{name}: {node.value[:60]!r}"


def _docstrings(tree: ast.Module) -> set[str]:
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    texts = set()
    for node in ast.walk(tree):
        if isinstance(node, holders):
            for child in node.body:
                if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
                    texts.add(str(child.value.value))
    return texts


@pytest.mark.parametrize("name", NAMED)
def test_modules_are_small_and_say_what_they_do(name: str) -> None:
    path = PACKAGE / (name.replace(".", "/") + ".py")
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= MOST_LINES, f"{name} has {lines} lines: split it by its jobs"
    assert ast.get_docstring(MODULES[name]), f"{name} doesn't say what it is for"


def test_modules_of_tests_do_not_grow() -> None:
    folder = PACKAGE.parent / "tests"
    lines = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8").count("\n")
        for path in folder.rglob("*.py")
    }
    grown = {name: count for name, count in lines.items() if count > MOST_LINES}
    assert grown == {}, "split it by its subjects"


def test_tests_share_by_modules_with_names_of_their_own() -> None:
    """There is more than one `conftest`; which of them an import finds depends on the order."""
    for path in (PACKAGE.parent / "tests").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"^\s*(from|import) conftest\b", text, re.MULTILINE), path.name


def test_the_examples_in_docstrings_are_true() -> None:
    tried = 0
    for name in NAMED:
        module = importlib.import_module(f"generator.{name}")
        result = doctest.testmod(module)
        assert result.failed == 0, name
        tried += result.attempted
    assert tried > 5
