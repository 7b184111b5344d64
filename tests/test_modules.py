"""The site's scripts: ES modules joined into one file for each job."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from generator.build import modules
from generator.build.modules import join_modules
from generator.errors import AtlasError
from generator.theme import TEMPLATES

ASSETS = TEMPLATES / "assets"


def joined(**modules: str) -> str:
    paths = {k.replace("__", "/") + ".js": v.encode() for k, v in modules.items()}
    return join_modules(paths)["map.js"].decode()


def own() -> dict[str, bytes]:
    return {p.relative_to(ASSETS).as_posix(): p.read_bytes() for p in ASSETS.glob("*/*.js")}


def test_what_a_module_needs_comes_before_it_and_once() -> None:
    text = joined(
        map__main='import { a } from "./a.js";\nimport { b } from "../lib/b.js";\nshow(a, b);\n',
        map__a='import { b } from "../lib/b.js";\nexport const a = b + 1;\n',
        lib__b="export const b = 1;\n",
    )
    assert "import" not in text
    assert "export" not in text
    assert text.index("const b = 1") < text.index("const a = b + 1") < text.index("show(a, b)")
    assert text.count("const b") == 1
    assert text.startswith('(() => {\n"use strict";')


@pytest.mark.parametrize(
    ("modules", "said"),
    [
        ({"map__main": 'import { a } from "./a.js";\n'}, "isn't there"),
        ({"map__main": 'import { c } from "./a.js";\n', "map__a": "export const a = 1;\n"},
         "c isn't exported"),
        ({"map__main": 'import { a } from "./a.js";\n', "map__a": "const a = 1;\n"},
         "a isn't exported"),
        ({"map__main": 'import { a } from "./a.js";\nconst x = 1;\n',
          "map__a": "const x = 2;\nexport const a = 1;\n"}, "x is declared in"),
        ({"map__main": 'import { a } from "./a.js";\nexport const b = 1;\n',
          "map__a": 'import { b } from "./main.js";\nexport const a = 1;\n'}, "circle"),
        ({"map__main": 'import a from "./a.js";\n', "map__a": "export const a = 1;\n"},
         "can't be joined"),
        ({"map__main": "export default 1;\n"}, "can't be joined"),
    ],
)  # fmt: skip
def test_what_cannot_be_joined_is_refused(modules: dict[str, str], said: str) -> None:
    with pytest.raises(AtlasError, match=said):
        joined(**modules)


def test_the_site_s_own_modules_join() -> None:
    found = join_modules(own())
    jobs = ("map", "embed", "explore", "search", "columns", "scatter")
    assert set(found) == {f"{job}.js" for job in jobs}
    for name, script in found.items():
        assert b"\nimport " not in script, name
        assert b"\nexport " not in script, name


def test_modules_have_one_job_each() -> None:
    """The longest of them is what puts a map together."""
    long = {path: len(text.splitlines()) for path, text in own().items()}
    assert not {path: lines for path, lines in long.items() if lines > 400}


def test_the_types_of_the_modules_are_right() -> None:
    """By the TypeScript compiler, from Debian's package node-typescript; CI has it."""
    compiler = shutil.which("tsc")
    if compiler is None:
        assert not os.environ.get("CI"), "install node-typescript"
        pytest.skip("the TypeScript compiler isn't here: types in comments aren't checked")
    settings = Path(__file__).parent / "javascript" / "tsconfig.json"
    done = subprocess.run(
        [compiler, "-p", str(settings)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_scripts_are_minified_and_none_of_ours_nests_its_texts() -> None:
    for path in (TEMPLATES / "assets").rglob("*.js"):
        assert not modules._NESTED.search(path.read_text(encoding="utf-8")), path
    assert modules.minified(b"const a = `${x}, ${y}`;  // it\n") == b"const a=`${x}, ${y}`;\n"
    nested = b'const a = `${x ? `, ${x}` : ""}`;\n'
    assert modules.minified(nested) == nested
