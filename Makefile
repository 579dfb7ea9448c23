# Every target sets up what it needs; what has not changed is not done again.
#   make demo    the product on a synthetic practice, pages on http://localhost:8000
#   make test    lint, types, contracts and all tests

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench fmt lock clean browser java
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
TO_RUN := $(VENV)/.set-up-to-run
TO_DEVELOP := $(VENV)/.set-up-to-develop
CHROMIUM := $(VENV)/.chromium
JAVA := $(VENV)/.java
# Set-up follows what is installed, not every edit of a tool's settings in pyproject.toml.
SET_UP := scripts/setup.sh requirements.lock requirements-build.lock

# Test processes at once; more arguments for pytest, the demo or a bench.
JOBS ?= 2
ARGS ?=
NAME ?= all

help:
	@echo "make demo    set up and run the demonstration (ARGS='--patients 500 --no-serve')"
	@echo "make test    set up and run every check and test (ARGS='-k guard', JOBS=4)"
	@echo "make check   lint, formatting, types and import contracts only"
	@echo "make bench   every benchmark, or one (NAME=gaps)"
	@echo "make fmt     format and mend what can be mended"
	@echo "make setup   only the set-up for development"
	@echo "make lock    write the lock files anew from pyproject.toml"
	@echo "make clean   remove the virtual environment and every cache (never your data)"

setup: $(TO_DEVELOP)

$(TO_RUN): $(SET_UP)
	@scripts/setup.sh run

$(TO_DEVELOP): $(SET_UP) requirements-dev.lock
	@scripts/setup.sh develop

browser: $(TO_DEVELOP)
	@scripts/chromium.sh $(CHROMIUM)

java: $(TO_DEVELOP)
	@scripts/java.sh $(JAVA)

demo: $(TO_RUN)
	$(BIN)/rebook demo $(ARGS)

# The type checker reads the settings, which keep a secret key: not in anybody's own home.
check: export REBOOK_HOME := $(CURDIR)/$(VENV)/home
check: $(TO_DEVELOP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: check browser java
	REBOOK_CHROMIUM="$$(cat $(CHROMIUM))" JAVA_HOME="$$(cat $(JAVA))" $(BIN)/pytest -n $(JOBS) --dist loadfile $(ARGS)

bench: $(TO_RUN)
	$(BIN)/rebook bench $(NAME) --json $(ARGS)

fmt: $(TO_DEVELOP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock:
	@scripts/lock.sh

clean:
	rm -rf $(VENV) build dist src/*.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +
