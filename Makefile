# The one door: run, test, check, bench.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test check format bench faults e2e messages

run: .venv/.run
	@DEBUG=$${DEBUG:-true} exec $(BIN)/python manage.py start

test: .venv/.dev
	$(BIN)/python -m pytest $(ARGS)

check: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	DATA_DIR=var/check $(BIN)/python manage.py makemigrations --check --dry-run
	DATA_DIR=var/check ALLOWED_HOSTS=example.com $(BIN)/python manage.py check --deploy --fail-level WARNING

format: .venv/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

e2e: .venv/.dev
	$(BIN)/python -m pytest tests/e2e $(ARGS)

faults: .venv/.dev
	$(BIN)/python -m faults $(ARGS)

bench: .venv/.dev
	$(BIN)/python -m benchmarks $(ARGS)

.venv/.run: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing what is needed, once."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
