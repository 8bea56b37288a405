# One command each; `make help` lists them. Only sh, make and Python 3.11 or later are expected.

PY := .venv/bin/python
TESTS ?=
.DEFAULT_GOAL := help
.PHONY: help run test proof bench lint format lock clean ready ready-dev

help: ## what can be done here
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

run: ready ## start the portal with everything it needs (PORT, DATA_DIR, DATABASE_URL override)
	@exec $(PY) -m portal.run

test: ready-dev ## all checks and all tests (TESTS=path for some)
	@$(MAKE) --no-print-directory lint
	@exec $(PY) -m pytest -m "not proof" $(TESTS)

proof: ready-dev ## the straight path in a browser, killed processes, and the whole of what tests sample
	@exec $(PY) -m pytest -v -m "browser or crash or proof" $(TESTS)

bench: ready-dev ## how fast pages are, as ratios measured in one run
	@exec $(PY) -m benchmarks

lint: ready-dev ## style, types and the floors between rooms
	@$(PY) -m ruff check --quiet .
	@$(PY) -m ruff format --check --quiet .
	@$(PY) -m mypy --no-error-summary
	@.venv/bin/lint-imports --no-cache

format: ready-dev ## put the code in order
	@$(PY) -m ruff check --quiet --fix .
	@$(PY) -m ruff format --quiet .

lock: ## resolve the dependencies anew into the requirements files
	@bin/lock

clean: ## remove what is made here, but never var/ with its data
	@rm -rf .venv build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

ready:
	@bin/setup demo

ready-dev:
	@bin/setup dev
