# Each command sets up .venv by itself. `make demo` and `make test` are all that a fresh machine needs.
PYTHON ?= python3
VENV ?= .venv
V := $(VENV)/bin
READY := $(VENV)/.ready
WORKERS ?= auto
MODE ?= seeds
SEEDS ?= 1-1000
TESTS ?=
NODE := tests/browser/node
MEASURES := $(NODE)/node_modules/.package-lock.json

.PHONY: setup demo up test test-browser lighthouse measures check simulate corpus lock bench bench-kill demo-year package pictures clean

setup: $(READY)

$(READY): requirements-dev.txt pyproject.toml
	@test -x $(V)/python || $(PYTHON) -m venv $(VENV)
	@$(V)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Courtesy needs Python 3.11 or newer: run make PYTHON=python3.12" >&2; exit 2; }
	$(V)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(V)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup
	$(V)/courtesy demo

up: setup
	$(V)/courtesy up

test: setup
	$(V)/python -m pytest -n $(WORKERS) -m "not browser" $(TESTS)

test-browser: setup measures
	$(V)/python -m pytest -m browser tests/browser

lighthouse: setup measures
	$(V)/python -m tests.browser.lighthouse

# What measures pages beside the browser. Where there is no npm, the tests that want it skip and say so.
measures:
	@if command -v npm >/dev/null; then $(MAKE) -s $(MEASURES); else echo "There is no npm: pages are not held to html-validate." >&2; fi

$(MEASURES): $(NODE)/package-lock.json
	cd $(NODE) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

check: setup
	$(V)/ruff check .
	$(V)/ruff format --check .
	$(V)/mypy
	$(V)/lint-imports
	$(V)/python -m pytest tests/docs

simulate: setup
	$(V)/python -m tests.simulation $(if $(REPLAY),--replay $(REPLAY),--mode $(MODE) --seeds $(SEEDS))

corpus: setup
	$(V)/python -m tests.corpus

bench: setup
	$(V)/python -m bench

bench-kill: setup
	$(V)/python -m bench.kill

demo-year: setup
	$(V)/python -m tests.demo_year

package: setup
	$(V)/courtesy package --out dist

pictures: setup
	$(V)/python -m tests.browser.pictures

lock:
	$(V)/pip-compile $(LOCK) requirements.in -o requirements.txt
	$(V)/pip-compile $(LOCK) requirements-dev.in -o requirements-dev.txt

LOCK := --quiet --upgrade --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --strip-extras

clean:
	rm -rf $(VENV) dist site/dist
