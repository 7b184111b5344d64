"""Print the lowest versions that pyproject.toml allows, as constraints for pip."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"


def constraints() -> Iterator[str]:
    """One line for each requirement that has a lower bound, the search by postcode's too."""
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    for requirement in (*project["dependencies"], *project["optional-dependencies"]["postcodes"]):
        found = re.match(r"([A-Za-z0-9._-]+)(>=|==)([0-9.]+)", requirement)
        if found:
            yield f"{found[1]}=={found[3]}"


if __name__ == "__main__":
    print("\n".join(constraints()))
