# Two commands for a newcomer: make demo, make test. Each sets itself up.
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: demo test lint check venv docs screenshot axe clean

demo: venv
	$(BIN)/python demo/run.py

# Two processes, a file of tests to each in turn, the longest first (tests/conftest.py). Compiled once here: the tests
# start hundreds of programs, and where Python may keep no bytecode each of them would compile the package anew.
test: venv
	@$(BIN)/python -m compileall -q recommender demo
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

# Everything a commit must pass: lint, format, types, docs, tests.
check: lint test

lint: venv
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/cog --check README.md docs/*.md

# Write the generated parts of the docs anew (`check` tells when they are stale).
docs: venv
	$(BIN)/cog -r README.md docs/*.md
	$(BIN)/python scripts/write_help.py

# Pictures of every page from the demo's archive, in build/pictures, and the README's two (needs Debian's chromium).
screenshot: demo
	$(BIN)/python scripts/screenshots.py build/pictures --readme

# axe-core, which judges how usable our pages are (MPL-2.0: it stays out of the repository). Needs npm.
AXE := axe-core@4.14.1

axe: .axe/package/axe.min.js

.axe/package/axe.min.js:
	mkdir -p .axe
	cd .axe && tar -xzf "$$(npm pack --silent $(AXE))" package/axe.min.js && touch package/axe.min.js

venv: .venv/ready

.venv/ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "readmore needs Python 3.11 or newer; say: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null \
	  || { echo "Python's venv module is missing; on Debian: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[browse,cluster,fast,llm,parquet,stance,test]'
	@touch $@

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache build dist *.egg-info
