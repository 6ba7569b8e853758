# Everything a fresh clone needs: Python 3.11 with venv, and make. `make help` lists the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
# The day on which the tests live; today if it is empty.
DAY ?=
export DAY

.PHONY: help setup dev run test test-sqlite test-postgresql test-days lint words floors bench clean

help:
	@echo "make setup   the program and what it needs, in .venv, with the linli command"
	@echo "make run     a demonstration with accounts, at http://127.0.0.1:$(PORT)/"
	@echo "make test    all tests, on SQLite and on PostgreSQL; what reckons with days on three other days too"
	@echo "             (all of them as if it were another day: make test DAY=2027-02-10)"
	@echo "make lint    ruff, mypy, import-linter"
	@echo "make floors  the floors of the engine, and what is tied together in circles"
	@echo "make bench   the benchmarks"
	@echo "make words   compile the translations"

# One stamp file per set of packages: nothing is done twice, and a changed list is installed.
setup: $(VENV)/.ready
dev: $(VENV)/.ready-dev

$(BIN)/pip:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Linli needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.ready: requirements/base.txt pyproject.toml | $(BIN)/pip
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/base.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(MAKE) --no-print-directory words
	@touch $@

$(VENV)/.ready-dev: requirements/dev.txt $(VENV)/.ready
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

words: | $(BIN)/pip
	@for folder in linli/*/locale; do \
		$(BIN)/pybabel --quiet compile --domain django --directory $$folder || exit 1; \
	done

run: setup
	@$(BIN)/linli demo --port $(PORT)

# All runs are made even when the first fails; the last line is pytest's own.
test: dev words
	@$(BIN)/python tests/both.py

test-sqlite: dev words
	@$(BIN)/python tests/both.py sqlite

test-postgresql: dev words
	@$(BIN)/python tests/both.py postgresql

test-days: dev words
	@$(BIN)/python tests/both.py days

lint: dev
	$(BIN)/ruff format --check linli tests bench
	$(BIN)/ruff check linli tests bench
	$(BIN)/mypy
	$(BIN)/lint-imports

floors: dev
	@$(BIN)/python -m tools.floors

bench: dev words
	$(BIN)/python -m bench

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .import_linter_cache
