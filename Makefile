# Needs GNU make and Python >= 3.11, nothing else. `make help` lists what there is.

PYTHON ?= python3
VENV ?= .venv
BIND ?= 127.0.0.1
PORT ?= 8000

# An installed environment is known by a hash of what it was installed from.
hash = $(shell { $(PYTHON) -V; cat $(1) constraints.txt; } 2>&1 | cksum | tr ' ' -)
RUN_ENV := $(VENV)/.run-$(call hash,requirements.txt)
DEV_ENV := $(VENV)/.dev-$(call hash,requirements.txt requirements-dev.txt)
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.DEFAULT_GOAL := help
.PHONY: help run web worker beat test check bench docs messages

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(RUN_ENV) ## Everything on one machine, with a demonstration: BIND=127.0.0.1 PORT=8000
	@PORTAL_OPEN_WORLDS=$${PORTAL_OPEN_WORLDS:-1} exec $(BIN)/python manage.py portal --bind $(BIND):$(PORT) --follow-parent

web: $(RUN_ENV) ## The web process alone
	@exec $(BIN)/python -m gunicorn -c python:portal.web --bind $(BIND):$(PORT)

worker: $(RUN_ENV) ## A worker alone
	@exec $(BIN)/python -m celery -A portal --quiet worker --without-gossip --without-mingle --without-heartbeat

beat: $(RUN_ENV) ## The beat alone
	@exec $(BIN)/python -m celery -A portal --quiet beat --pidfile=

test: $(DEV_ENV) ## The tests; DATABASE_URL and REDIS_URL choose another engine, ARGS= goes to pytest
	@$(BIN)/python -m pytest -n auto $(ARGS)

check: $(DEV_ENV) ## Everything that can be checked without running a test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --check --lint .
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py render_docs --check
	$(BIN)/python -m portal.messages --check
	PORTAL_HTTPS=1 PORTAL_SECRET_KEY=$$($(BIN)/python -c "import secrets; print(secrets.token_urlsafe(48))") \
	  $(BIN)/python manage.py check --deploy --fail-level WARNING

bench: $(DEV_ENV) ## Ratios against simple floors, measured on this machine
	@$(BIN)/python -m bench $(ARGS)

docs: $(DEV_ENV) ## Write the generated pages under docs/ anew
	$(BIN)/python manage.py render_docs
	$(BIN)/python -m pytest --collect-only --quiet --write-requirements >/dev/null

messages: $(DEV_ENV) ## Collect the texts to translate and compile the catalogs
	$(BIN)/python -m portal.messages

$(BIN)/pip:
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" \
	  || { echo "Nothing was installed: Python 3.11 or newer is needed. Name one: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c "import ensurepip, venv" 2>/dev/null \
	  || { echo "Nothing was installed: this Python cannot make environments. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Making the environment in $(VENV)."
	@$(PYTHON) -m venv $(VENV)

$(RUN_ENV): | $(BIN)/pip
	@echo "Installing what the portal needs."
	@$(PIP) -r requirements.txt
	@rm -f $(VENV)/.run-*
	@touch $@

$(DEV_ENV): | $(BIN)/pip
	@echo "Installing what the checks and tests need."
	@$(PIP) -r requirements-dev.txt
	@rm -f $(VENV)/.dev-* $(VENV)/.run-*
	@touch $@ $(RUN_ENV)
