# The default is what CI runs. Set up first: python3 -m venv .venv && .venv/bin/pip install -r requirements-dev.txt
PYTHON ?= .venv/bin/python

.PHONY: check lint types test site serve format requirements goldens benchmarks docs

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

serve: site
	$(PYTHON) -m http.server -d site

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
COMPILE = $(dir $(PYTHON))pip-compile --quiet --strip-extras --generate-hashes --no-header \
	--no-annotate --no-emit-index-url --no-emit-trusted-host --no-emit-find-links
requirements:
	$(COMPILE) --extra postcodes -o requirements.txt pyproject.toml
	$(COMPILE) --extra postcodes --extra dask --extra docs --extra benchmarks --extra dev \
		-o requirements-dev.txt pyproject.toml
