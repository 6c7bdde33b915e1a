# Two commands do everything, each on its own: `make demo` and `make test`.
SHELL := /bin/sh
PY := .venv/bin/python
CHILDREN ?= 20000
SERVE ?= yes

.PHONY: fuzz fuzz-api bench-api year mutate help setup setup-browser demo test check lock bench soak clean

help:
	@echo "make demo    a synthetic city, three bureaus, three nights, what was found   [CHILDREN=20000 SERVE=no]"
	@echo "make test    all tests (sets up what they need)"
	@echo "make check   ruff, mypy --strict, import contracts, SQL for Spark, docs"
	@echo "make bench   speed and memory beside their limits (long)"
	@echo "make soak    200 nights killed at random instants (long)"
	@echo "make year    two years of dangerous nights, every finding against the truth (long)   [CHILDREN=2000]"
	@echo "make mutate  every predicate of the shared facts taken away in turn (long)   [FACTS=\"rights payment\" FROM=0 COUNT=20]"
	@echo "make fuzz    10,000 mutations of every exchange suite, 40,000 of the readers, 20 changed towns (long)"
	@echo "make fuzz-api  1,000 requests of each kind to every operation of the API (long)"
	@echo "make bench-api questions about a child a second, beside a bare route"
	@echo "make lock    renew requirements/*.txt with hashes"

setup:
	@sh tools/setup.sh

setup-browser:
	@sh tools/setup.sh browser

demo: setup
	@$(PY) -m gateway.cli.main demo --children $(CHILDREN) $(if $(filter no,$(SERVE)),--no-serve,)

test: setup-browser
	@$(PY) -m compileall -q gateway adapters sandbox
	@$(PY) -m pytest -n 2 --dist loadfile

check: setup
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy --strict gateway adapters sandbox
	@.venv/bin/lint-imports --no-cache
	@$(PY) -m pytest -q tests/architecture tests/docs

bench: setup
	@$(PY) -m bench.night

soak: setup
	@$(PY) -m pytest -q -s tests/pipeline/soak.py

fuzz: setup
	@PYTHONPATH=.:tests/exchange $(PY) -m fuzzing
	@CWG_FUZZ=20 $(PY) -m pytest tests/mapping/test_mapping_fuzz.py tests/linkage/test_changed_nights.py --timeout 0

fuzz-api: setup
	@CWG_CASES=1000 $(PY) -m pytest tests/api/test_api_schemathesis.py tests/api/test_api_carried.py --timeout 0

bench-api: setup
	@$(PY) -m bench.api

year: setup
	@CHILDREN=$(or $(filter-out 20000,$(CHILDREN)),2000) $(PY) -m pytest -q -s --timeout 0 tests/policy/year.py

mutate: setup
	@$(PY) -m pytest -q -s --timeout 0 tests/policy/mutate_facts.py

lock:
	@sh tools/lock.sh

clean:
	rm -rf .venv demo-site build dist .mypy_cache .ruff_cache .pytest_cache
