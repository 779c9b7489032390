# make demo   install, then change a fresh app in a notebook, replayed from its tape (no key, no account)
# make test   everything that CI runs
# make fast   the quick tests, for every few minutes
# make check  style, types, floors, docs that are printed from the code
# make lab    JupyterLab in notebooks/
# make bench  the table of figures in docs/design.md (installs eslint and oxlint into ~/.cache, once)
# make tapes  record the tutorials' tapes anew from their hand-written replies

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
# Three workers for two cores, since many tests wait; a file each, so what it sets up is set up once.
PYTEST := $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

# Kernels and workers by the dozen: each would compile all it imports anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test fast check lab bench tapes docs clean

demo: $(VENV)/.installed
	@$(BIN)/python scripts/demo.py

test: $(VENV)/.installed check
	@$(BIN)/python scripts/needs.py
	@$(PYTEST)

fast: $(VENV)/.installed
	@$(PYTEST) -m "not slow and not node"

check: $(VENV)/.installed
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python scripts/docs_rules.py --check
	@$(BIN)/python scripts/docs_notebook.py --check
	@$(BIN)/python scripts/docs_shell.py --check
	@$(BIN)/python scripts/protocol.py --check
	@$(BIN)/python scripts/labextension.py

docs: $(VENV)/.installed
	@$(BIN)/python scripts/docs_rules.py
	@$(BIN)/python scripts/docs_notebook.py
	@$(BIN)/python scripts/docs_shell.py
	@$(BIN)/python scripts/protocol.py

lab: $(VENV)/.installed-lab
	@cd notebooks && ../$(BIN)/jupyter lab

bench: $(VENV)/.installed
	@$(BIN)/python -m benchmarks

tapes: $(VENV)/.installed
	@$(BIN)/python scripts/record.py

$(VENV)/.installed: pyproject.toml
	@echo "vly: making $(VENV) and installing into it (a minute, the first time)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "vly_nb needs Python 3.11 or newer; name one: make PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev]"
	@touch $@

$(VENV)/.installed-lab: $(VENV)/.installed
	@echo "vly: adding JupyterLab"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[lab]"
	@touch $@

clean:
	rm -rf $(VENV) demo .mypy_cache .ruff_cache .import_linter_cache
