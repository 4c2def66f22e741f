# Jiantong: the commands of this house. `make help` prints them.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.SUFFIXES:

venv := .venv
python := $(venv)/bin/python
client := mobile_stub
sources := $(shell find $(client) \( -name node_modules -o -name dist -o -name test-results \) -prune -o -type f -print 2>/dev/null)
message ?= change

# Run a script of the phone app; where Node cannot be had, say so loudly, and fail in CI.
define in_the_phone
@if test -d $(client)/node_modules; then cd $(client) && npm run --silent $(1); \
elif test "$$CI" = true; then echo "The phone app's $(1) cannot run: Node or its packages are missing." >&2; exit 1; \
else echo "*** NO NODE: the phone app's $(1) did not run. ***"; fi
endef

.PHONY: help run test check types house phone prove mutants bench openapi docs migrate lock app browser

help: ## Print these lines
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "Variables: PORT HOST DATA_DIR DATABASE_URL DATABASE_APP_URL DEMO (services/kernel/settings.py)"

run: $(venv)/run.stamp app ## Install, build and start everything: database, demo world, API, worker; Ctrl-C stops it
	@exec env DEMO="$${DEMO:-on}" $(python) -m jiantong run --with-parent

test: $(venv)/test.stamp browser app ## Run the tests on a real PostgreSQL and the phone's own (the long proofs apart)
	$(call in_the_phone,test)
	@$(python) -m pytest -m "not prove" -n 3 --dist loadfile --no-loadscope-reorder $(args)

check: $(venv)/test.stamp app ## Lint, types, import contracts, OpenAPI current, nothing local in tracked files
	@$(MAKE) --no-print-directory -j 2 types house phone

# What `check` is made of: two at a time, the longest first. The types are told at their very end.

types:
	$(venv)/bin/mypy

house:
	$(python) -m checks
	$(python) -m checks.audit
	$(venv)/bin/ruff check
	$(venv)/bin/ruff format --check
	$(venv)/bin/lint-imports
	$(python) -m openapi --check
	$(python) -m jiantong.docs --check

phone:
	$(call in_the_phone,check)

prove: $(venv)/test.stamp browser app ## Run the long proofs: races, crashes, 100,000 draws, every period on every day (not part of CI)
	@$(python) -m pytest -m prove $(args)

mutants: $(venv)/test.stamp ## Change the engine of deadlines in every small way: what no test notices, and the score
	@$(python) -m checks.mutation $(args)

bench: $(venv)/run.stamp ## Measure; what is measured and how stands in benchmarks/
	@$(python) -m benchmarks $(args)
	@$(python) -m benchmarks.deadlines
	@$(python) -m benchmarks.cases
	@$(python) -m benchmarks.plans
	@$(python) -m benchmarks.slots
	@$(python) -m benchmarks.fairness
	@$(python) -m benchmarks.notifications

openapi: $(venv)/run.stamp ## Write openapi/openapi.yaml anew from the code
	@$(python) -m openapi

docs: $(venv)/run.stamp ## Write the generated pages of docs/ anew from the code
	@$(python) -m notifications.catalogue
	@$(python) -m jiantong.docs

migrate: $(venv)/test.stamp ## Write a migration from the difference to the models: make migrate message="why"
	@$(python) -m jiantong migrate --write "$(message)"
	@$(venv)/bin/ruff format --quiet migrations

lock: $(venv)/test.stamp ## Resolve the dependencies of pyproject.toml anew into requirements/*.txt
	@for name in run test; do \
	  extra=$$(test $$name = test && echo "requirements/test.in -c requirements/run.txt"); \
	  $(venv)/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
	    --no-emit-index-url --no-emit-find-links --python-version 3.11 $(if $(upgrade),--upgrade) \
	    --output-file requirements/$$name.txt pyproject.toml requirements/build.in $$extra || exit 1; \
	done

# The virtual environment, made by the first Python that is new enough and filled from the locks.

$(python):
	@for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	  command -v $$name >/dev/null 2>&1 || continue; \
	  $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' || continue; \
	  found=$$name; break; \
	done; \
	test -n "$$found" || { echo "Jiantong needs Python 3.11 or newer, and none was found." >&2; exit 1; }; \
	rm -rf $(venv); \
	if $$found -c 'import ensurepip' 2>/dev/null; then $$found -m venv $(venv); \
	elif $$found -m pip --version >/dev/null 2>&1; then $$found -m venv --without-pip $(venv) \
	  && $$found -m pip --quiet --python $(venv)/bin/python install --no-deps --require-hashes -r requirements/pip.txt; \
	else echo "$$found can make no virtual environment: install the package python3-venv." >&2; exit 1; fi

$(venv)/run.stamp: requirements/run.txt pyproject.toml | $(python)
	@test $(venv)/test.stamp -nt requirements/run.txt || { echo "Installing what the service runs on ..."; \
	  $(python) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt; }
	@$(python) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(venv)/test.stamp: requirements/test.txt pyproject.toml | $(python)
	@echo "Installing what tests and checks the service ..."
	@$(python) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.txt
	@$(python) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $@

# The phone app, where Node can build it; without it the API runs all the same.

app: ## Build the phone app, where Node 20 or newer can
	@if ! test -f $(client)/package-lock.json; then echo "The phone app was not built: there is no $(client)/package-lock.json."; \
	elif ! node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null || ! command -v npm >/dev/null; then \
	  echo "The phone app was not built: it needs Node 20 or newer and npm. The API runs without it."; \
	else $(MAKE) --silent --no-print-directory $(client)/dist/index.html \
	  || echo "The phone app was not built: npm failed, see above. The API runs without it."; fi

$(client)/node_modules/.package-lock.json: $(client)/package-lock.json
	@echo "Installing what builds the phone app ..."
	@cd $(client) && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(client)/dist/index.html: $(client)/node_modules/.package-lock.json $(sources)
	@echo "Building the phone app ..."
	@cd $(client) && npm run --silent build
	@touch $@

# A browser with Chinese fonts for the tests that drive one.

browser:
	@if ! command -v chromium >/dev/null 2>&1 || ! fc-list 2>/dev/null | grep -q "Noto.*CJK"; then \
	  if test "$$(id -u)" = 0 && command -v apt-get >/dev/null 2>&1; then \
	    echo "Installing chromium and fonts-noto-cjk for the browser tests ..."; \
	    { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends \
	      chromium fonts-noto-cjk fontconfig >/dev/null; } \
	      || echo "*** NO BROWSER: apt-get could not install it; the browser tests will not run. ***"; \
	  else \
	    echo "*** NO BROWSER: install chromium and fonts-noto-cjk, or the browser tests will not run. ***"; \
	  fi; \
	fi
