# The one door: run, test, check, bench.
PYTHON ?= python3
BIN := .venv/bin
BABEL := DJANGO_SETTINGS_MODULE=planradar.settings $(BIN)/python -m babel.messages.frontend -q
KEYWORDS := --no-default-keywords $(addprefix -k ,_ gettext gettext_lazy ngettext:1,2 ngettext_lazy:1,2 pgettext:1c,2 pgettext_lazy:1c,2)
PARALLEL := -n auto --maxprocesses 4 --dist worksteal
POT := var/messages.pot
TEMPLATES := $(shell find templates -name '*.html')
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/django.po))

INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all:
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
  --no-annotate --no-header pyproject.toml

.PHONY: run test quick check format bench faults e2e interface screenshots catalogues messages messages.pot lock sbom

run: .venv/.run $(CATALOGUES)
	@DEBUG=$${DEBUG:-true} exec $(BIN)/python manage.py start

test: .venv/.dev $(CATALOGUES)
	$(BIN)/python -m pytest $(PARALLEL) $(ARGS)

quick: .venv/.dev $(CATALOGUES)
	$(BIN)/python -m pytest $(PARALLEL) -m "not chaos" --ignore tests/e2e $(ARGS)

check: .venv/.dev $(CATALOGUES)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djade --check --target-version 5.2 $(TEMPLATES)
	$(BIN)/python -m tests.sizes
	$(BIN)/mypy .
	$(BIN)/python -m pytest --quiet tests/words
	DATA_DIR=var/check $(BIN)/python manage.py makemigrations --check --dry-run
	DATA_DIR=var/check ALLOWED_HOSTS=example.com $(BIN)/python manage.py check --deploy --fail-level WARNING

format: .venv/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/djade --target-version 5.2 $(TEMPLATES)

e2e: .venv/.dev $(CATALOGUES)
	$(BIN)/python -m pytest tests/e2e $(ARGS)

interface: .venv/.dev $(CATALOGUES)
	$(BIN)/python -m tests.e2e.figures

faults: .venv/.dev $(CATALOGUES)
	$(BIN)/python -m chaos $(ARGS)

bench: .venv/.dev $(CATALOGUES)
	$(BIN)/python -m benchmarks $(ARGS)

screenshots: .venv/.dev $(CATALOGUES)
	$(BIN)/python -m screenshots

messages: .venv/.dev messages.pot
	for language in pl de; do \
	  $(BABEL) update -i $(POT) -d locale -D django -l $$language \
	    --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap || exit 1; \
	done

messages.pot:
	@mkdir -p $(dir $(POT))
	$(BABEL) extract -F pyproject.toml $(KEYWORDS) --add-location file --sort-by-file --no-wrap \
	  --project 'PlanRadar integrations' --version '' --copyright-holder '' -o $(POT) .

# Pins what pyproject.toml asks for, with all that it needs; `make lock ARGS=--upgrade` takes the newest releases.
lock: .venv/.dev
	$(LOCK) $(ARGS) -o requirements.txt
	$(LOCK) $(ARGS) --group dev -c requirements.txt -o requirements-dev.txt

sbom: .venv/.dev
	$(BIN)/cyclonedx-py requirements requirements.txt --pyproject pyproject.toml --of JSON -o var/sbom.json
	@echo "The bill of materials (CycloneDX) is in var/sbom.json."

catalogues: $(CATALOGUES)

%.mo: %.po .venv/.run
	@$(BABEL) compile -i $< -o $@

.venv/.run: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing what is needed, once."
	@$(INSTALL) -r requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.run
	@$(INSTALL) -r requirements-dev.txt
	@touch $@
