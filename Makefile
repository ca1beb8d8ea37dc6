# Two commands: `make demo` runs the main job on real data, `make test` passes the tests.
# Both set up `.venv` first; that takes minutes the first time and nothing after that.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: help demo test check set-up schema picture clean

help: ## say what there is
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 16

set-up: ## make .venv ready
	@command -v $(PYTHON) >/dev/null || { echo "set-up: there is no $(PYTHON): install Python 3.10 to 3.13"; exit 1; }
	@$(PYTHON) scripts/set_up.py

demo: set-up ## find what a pull request broke in an example repository
	@$(BIN)/python examples/demo.py

test: set-up check ## run all checks on the source, and all tests
	@echo "test: running the tests"
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile

check: set-up ## black, flake8, mypy and the import rules on the source
	@echo "check: black, flake8, mypy, import rules"
	@$(BIN)/black --quiet --check . || { echo "check: black would change files: run .venv/bin/black ."; exit 1; }
	@$(BIN)/flake8
	@$(BIN)/mypy --no-error-summary
	@mkdir -p build && $(BIN)/lint-imports > build/imports.log 2>&1 || { cat build/imports.log; exit 1; }

schema: set-up ## write the JSON Schemas in docs/ again
	@$(BIN)/smokealarm schema config > docs/smokealarm.schema.json
	@$(BIN)/smokealarm schema results > docs/results.schema.json

clean: ## remove what was made
	rm -rf .venv build
