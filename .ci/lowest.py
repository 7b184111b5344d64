"""Print the lowest versions that pyproject.toml allows, as constraints for pip."""

import re
import tomllib
from pathlib import Path

project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]
for requirement in project["dependencies"]:
    name, found, version = re.match(r"([A-Za-z0-9._-]+)(>=|==)?([0-9.]*)", requirement).groups()
    if found:
        print(f"{name}=={version}")
