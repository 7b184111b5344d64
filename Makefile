# The default is what CI runs. Set up first: python3 -m venv .venv && .venv/bin/pip install -r requirements-dev.txt
PYTHON ?= .venv/bin/python
PYTHON_OF_SYSTEM ?= python3

.PHONY: check lint types test site serve format requirements goldens \
	benchmarks docs wheel sbom licences lowest newest catalogues

check: lint types test

lint:
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .

types:
	$(PYTHON) -m mypy

# One process a core; a module's tests stay together, so that its fixtures are made once.
test:
	$(PYTHON) -m pytest -n auto --dist loadfile

site:
	$(PYTHON) build.py

serve:
	$(PYTHON) build.py serve

format:
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

goldens:
	$(PYTHON) -m pytest tests/test_mini_atlas.py tests/test_tiles.py --update-goldens

# The documentation, in docs/_site; a warning is an error.
docs:
	$(PYTHON) -m sphinx --fail-on-warning --keep-going -q -b html docs docs/_site

benchmarks:
	$(PYTHON) benchmarks/tiles.py

# Needs pip-tools, by its script: with -m, our build.py would stand before its package build.
# No index or host gets into the files.
COMPILE = $(dir $(PYTHON))pip-compile --quiet --allow-unsafe --strip-extras --generate-hashes --no-header \
	--no-annotate --no-emit-index-url --no-emit-trusted-host --no-emit-find-links
requirements:
	$(COMPILE) --extra postcodes -o requirements.txt pyproject.toml
	$(COMPILE) --extra postcodes --extra dask --extra docs --extra benchmarks --extra dev \
		-o requirements-dev.txt pyproject.toml

wheel:
	$(PYTHON) -m pip wheel . --no-deps --no-build-isolation -w dist

# What the product is made of, in CycloneDX's format, and under which licences.
sbom:
	$(dir $(PYTHON))cyclonedx-py requirements requirements.txt --pyproject pyproject.toml \
		--output-reproducible --of JSON -o sbom.cdx.json
licences:
	$(PYTHON) .ci/licences.py > docs/licences.md

# The tests with the oldest versions that are allowed, and with the newest there are.  What
# libraries say of each other's age is no error there; browsers and the wheel are the check's.
VERSIONS_TESTS = -q -n auto --dist loadfile -W default -m "not browser and not real and not slow" \
	--ignore tests/test_architecture.py --ignore tests/test_wheel.py tests generator
lowest:
	$(PYTHON_OF_SYSTEM) -m venv .venv-lowest
	$(PYTHON_OF_SYSTEM) .ci/lowest.py > .venv-lowest/constraints.txt
	.venv-lowest/bin/pip install --quiet -c .venv-lowest/constraints.txt .[dev,postcodes]
	.venv-lowest/bin/python -m pytest $(VERSIONS_TESTS)
	.venv-lowest/bin/python build.py --out .venv-lowest/site
	.venv-lowest/bin/python build.py verify .venv-lowest/site
newest:
	$(PYTHON_OF_SYSTEM) -m venv .venv-newest
	.venv-newest/bin/pip install --quiet --upgrade .[dev,postcodes]
	.venv-newest/bin/python -m pytest $(VERSIONS_TESTS)

# Texts of the interface into the template of the catalogues and into the translations.
catalogues:
	$(PYTHON) .ci/catalogues.py
