# make demo   the app on http://127.0.0.1:7860        make test   everything a change must pass
# Needs make, bash and Python 3.10 or newer (3.11 preferred). The path of this folder must not contain spaces.

SHELL = bash
.NOTPARALLEL:
.PHONY: help demo space test unit lint lint-js test-js docs format clean venv app-packages dev-packages node-packages mirador browser

VENV = .venv
PY = $(VENV)/bin/python
PIP = $(PY) -m pip --disable-pip-version-check --no-input
# Set from outside where wanted:  make demo PYTHON=python3.12 PIP_ARGS="--find-links wheels"  make unit PYTEST_ARGS="-k phoc"
PYTHON =
PIP_ARGS =
PYTEST_ARGS =

export PYTHONUTF8 = 1
export NO_MKDOCS_2_WARNING = 1
NODE = $(and $(wildcard package.json),$(shell command -v node))

help:
	@echo "make demo    set up what the app needs, then start it on http://127.0.0.1:7860 (Ctrl+C ends it)"
	@echo "make space   prepare a folder for a push to Hugging Face Spaces and start the app from it (WHEELS=URL)"
	@echo "make test    set up what the tests need, Chromium included, then run lint, docs and all tests"
	@echo "make unit    the tests that need no browser"
	@echo "make lint    ruff, mypy, import contracts; with Node also the scripts of the page"
	@echo "make docs    the documentation into build/site, strict"
	@echo "make format  let ruff put the code in order"
	@echo "make clean   remove .venv and all caches"

demo: app-packages
	@echo "MARK starts on http://127.0.0.1:7860 ..."
	@exec $(PY) app.py

space: app-packages
	$(PY) hosting/space.py --start $(if $(WHEELS),--wheels $(WHEELS))

test: dev-packages browser lint docs $(if $(NODE),test-js mirador)
	$(PY) -m pytest -n 2 --dist loadfile --durations=20 $(PYTEST_ARGS)

unit: dev-packages
	$(PY) -m pytest --ignore=tests/browser -n 2 $(PYTEST_ARGS)

lint: dev-packages $(if $(NODE),lint-js)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	rm -f mark_core/ui/viewer.pyi # written by gradio when the page is imported, and no stub of what the module holds
	$(PY) -m mypy
	$(VENV)/bin/lint-imports --no-cache

# The scripts of the page; both are left out where there is no Node.
lint-js: node-packages
	npm run --silent lint

test-js: node-packages
	npm test --silent

docs: dev-packages
	$(PY) -m mkdocs build --quiet --strict

format: dev-packages
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .mypy_cache .hypothesis .gradio build/site dist node_modules *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A virtual environment that starts is kept; one that does not (its Python was removed) is made anew.
venv:
	@if $(PY) -m pip --version >/dev/null 2>&1; then exit 0; fi; \
	python="$(PYTHON)"; \
	for name in python3.11 python3; do \
	    [ -n "$$python" ] || python=$$(command -v $$name || true); \
	done; \
	if [ -z "$$python" ] || ! "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))'; then \
	    echo "MARK needs Python 3.10 or newer; please install python3.11."; exit 1; \
	fi; \
	echo "Creating $(VENV) with $$("$$python" --version) ..."; \
	if "$$python" -m venv --clear $(VENV); then exit 0; fi; \
	echo "The module venv of this Python is not complete."; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    export DEBIAN_FRONTEND=noninteractive; \
	    apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv \
	        && "$$python" -m venv --clear $(VENV); \
	else \
	    echo "Please install it, on Debian and Ubuntu with: sudo apt-get install python3-venv"; exit 1; \
	fi

# The copy of the requirements kept in the environment says what is installed, so a second start asks no registry.
app-packages: venv
	@if cmp -s requirements.txt $(VENV)/installed-app.txt; then exit 0; fi; \
	echo "Installing what the app needs; the first time takes some minutes ..."; \
	$(PIP) install $(PIP_ARGS) -r requirements.txt && cp requirements.txt $(VENV)/installed-app.txt

dev-packages: venv
	@if cat requirements.txt requirements-dev.txt | cmp -s - $(VENV)/installed-dev.txt; then exit 0; fi; \
	echo "Installing what the app and its tests need; the first time takes some minutes ..."; \
	$(PIP) install $(PIP_ARGS) -r requirements-dev.txt && cp requirements.txt $(VENV)/installed-app.txt \
	    && cat requirements.txt requirements-dev.txt > $(VENV)/installed-dev.txt

node-packages:
	@if cmp -s package.json node_modules/installed.json; then exit 0; fi; \
	npm install --no-audit --no-fund --no-package-lock && cp package.json node_modules/installed.json

# The viewer that exported annotations are tried in: its one script, without the packages it was built from.
MIRADOR = 4.0.0
mirador:
	@if [ -f build/mirador/$(MIRADOR).tgz ] && [ -f build/mirador/mirador.min.js ]; then exit 0; fi; \
	mkdir -p build/mirador && cd build/mirador && npm pack --silent mirador@$(MIRADOR) >/dev/null \
	    && tar -xzf mirador-$(MIRADOR).tgz --strip-components=2 package/dist/mirador.min.js \
	    && mv mirador-$(MIRADOR).tgz $(MIRADOR).tgz

# The browser tests drive a Chromium of the system; an existing one is used, otherwise the package manager is asked.
browser:
	@for name in chromium chromium-browser google-chrome google-chrome-stable; do \
	    if command -v $$name >/dev/null && $$name --version >/dev/null 2>&1; then exit 0; fi; \
	done; \
	[ ! -x "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" ] || exit 0; \
	[ ! -x "/Applications/Chromium.app/Contents/MacOS/Chromium" ] || exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing Chromium for the browser tests ..."; \
	    export DEBIAN_FRONTEND=noninteractive; \
	    apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-liberation; \
	else \
	    echo "The browser tests need Chromium or Google Chrome, and none was found. Please install one:"; \
	    echo "  Debian, Ubuntu  sudo apt-get install chromium"; \
	    echo "  Fedora          sudo dnf install chromium"; \
	    echo "  macOS           brew install --cask chromium"; \
	    echo "or run only the tests that need no browser: make unit"; exit 1; \
	fi
