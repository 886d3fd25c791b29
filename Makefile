# Two commands do everything: `make run` and `make test`.
# Python 3.11 to 3.13; the first below that starts and can make a virtual environment (a name on the PATH may be
# a shim for a version that is not there). To choose another: make run PYTHON=/path/to/python3.12
USABLE := import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	if $$p -c '$(USABLE)' >/dev/null 2>&1; then echo $$p; break; fi; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install -qq --no-input --disable-pip-version-check
PORT ?= 8501

.PHONY: run test check audit lint types imports lock clean bench screenshots
.DELETE_ON_ERROR:

# Opens the browser by itself where there is a desktop; the address is printed in any case.
run: $(VENV)/.installed
	$(BIN)/streamlit run dashboard.py --server.port $(PORT)

test: $(VENV)/.installed-dev
	$(BIN)/python tests/ensure_browser.py
	$(MAKE) check
	$(MAKE) audit
	$(BIN)/pytest -n auto --dist loadgroup

check: lint types imports

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/bandit -q -ll -r timeline dashboard.py tools

types: $(VENV)/.installed-dev
	$(BIN)/mypy

imports: $(VENV)/.installed-dev
	$(BIN)/lint-imports

# Known holes of the pinned packages; says so, and does not fail, where PyPI's advisories cannot be had.
audit: $(VENV)/.installed-dev
	$(BIN)/python tests/audit.py

bench: $(VENV)/.installed-dev
	$(BIN)/python -m benchmarks

# The pictures of the documents.
screenshots: $(VENV)/.installed-dev
	$(BIN)/pytest -q tests/walk/screenshots.py

# Rewrites both pinned lists from pyproject.toml, for all supported Pythons.
lock: $(VENV)/.installed-dev
	$(PIP) uv
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --quiet --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" -o requirements.txt
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --quiet --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" -c requirements.txt -o requirements-dev.txt

# A half-made environment is removed: the next call would take it for a whole one.
$(VENV)/bin/python:
	@if ! "$(or $(PYTHON),python3)" -c '$(USABLE)' >/dev/null 2>&1; then \
	  echo "No usable Python. Needed: Python 3.11, 3.12 or 3.13 with the module venv." >&2; \
	  echo "Found: $$("$(or $(PYTHON),python3)" --version 2>&1 | head -n 1)" >&2; \
	  echo "On Debian and Ubuntu: sudo apt install python3-venv. Another interpreter: make run PYTHON=/path/to/python3.12" >&2; \
	  exit 1; \
	fi
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

# No build isolation: setuptools is one of the pinned packages, so nothing unpinned is fetched.
$(VENV)/.installed: requirements.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing the pinned packages into $(VENV); this takes a minute or two ..."
	@$(PIP) -r requirements.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q timeline
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@echo "Installing the pinned packages of the tests ..."
	@$(PIP) -r requirements-dev.txt
	@touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build *.egg-info artefacts
