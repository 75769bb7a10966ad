# Regulars: every target sets up what it needs. `make` alone lists them.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PORT ?= 8000
PYTHON ?= python3
ARGS ?=
STAGE ?= dev
ARCH ?= arm64
PY := .venv/bin/python
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links

# What is not said is passed on empty, and is then as it was.
IMPORT = "$(FILE)" --shop "$(if $(SHOP),$(SHOP),green-field-tea)" $(if $(WITH_POINTS),--with-points) $(if $(YES),--yes)

DEPLOY = $(PY) -m infra.deploy $@ --stage=$(STAGE) --account=$(ACCOUNT) $(if $(YES),--yes)

.PHONY: help run test prove check fix seed seed-full import-orders import-points openapi token bundle build deploy undeploy bootstrap republish restore cost lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/.stamp .venv-emulator/.stamp .swagger-ui/.stamp ## the whole shop on http://localhost:8000 (PORT=)
	@exec $(PY) -m infra.local --port $(PORT)

test: .venv/.stamp .venv-emulator/.stamp .swagger-ui/.stamp ## every test (ARGS="-k sign_in" for some)
	@bash infra/local/machine.sh browser
	@$(PY) -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile $(ARGS)

prove: .venv/.stamp .venv-emulator/.stamp .swagger-ui/.stamp ## every test at its longest; the figures in build/prove.txt
	@bash infra/local/machine.sh browser
	@REGULARS_PROVE=1 $(PY) -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile --timeout 7200 $(ARGS)

bench: .venv/.stamp .venv-bench/.stamp ## cold start and warm check-in against floor and peers, into docs/bench.md
	@$(PY) -m tests.bench $(ARGS)

check: .venv/.stamp ## format, lint, types, layers, templates, API document
	@$(PY) -m ruff format --check --quiet . || { echo "Formatting differs: make fix"; exit 1; }
	@$(PY) -m ruff check --quiet .
	@$(PY) -m mypy --no-error-summary
	@$(PY) -c "from importlinter.cli import lint_imports_command as lint; lint()" --no-logo
	@$(PY) -c "from cfnlint.runner import main; main()" infra/*.yaml
	@$(PY) -m infra.openapi --check
	@echo "check: clean"

fix: .venv/.stamp ## format, and mend what ruff can
	@$(PY) -m ruff check --fix --quiet . || true
	@$(PY) -m ruff format .

seed: .venv/.stamp ## write the demo shop again into the running stack
	@$(PY) -m infra.local.running infra.local.seed

seed-full: .venv/.stamp ## add the CDNOW history, 6,919 orders, to the running stack (infra/local/data)
	@$(PY) -m infra.local.running infra.local.seed_full

import-orders: .venv/.stamp ## past orders from FILE= into a shop (SHOP= STAGE=local|dev|prod WITH_POINTS=1 YES=1)
ifeq ($(STAGE),local)
	@$(PY) -m infra.local.running services.orders.importing $(IMPORT)
else
	@REGULARS_PREFIX=regulars-$(STAGE) $(PY) -m services.orders.importing $(IMPORT)
endif

import-points: .venv/.stamp ## balances from FILE= into a shop, once for each reference (SHOP= STAGE=local|dev|prod UNDO=1 YES=1)
ifeq ($(STAGE),local)
	@$(PY) -m infra.local.running services.points.importing $(IMPORT) $(if $(UNDO),--undo)
else
	@REGULARS_PREFIX=regulars-$(STAGE) $(PY) -m services.points.importing $(IMPORT) $(if $(UNDO),--undo)
endif

openapi: .venv/.stamp ## write the API document from the routes
	@$(PY) -m infra.openapi

token: .venv/.stamp ## a shopper's token for the demo shop (CUSTOMER=xiaolin)
	@$(PY) -m infra.local.token --customer "$(CUSTOMER)"

bundle: .venv/.stamp ## the widgets as one file under build/, and the tag with its hash
	@$(PY) -m infra.bundle

build: .venv/.stamp ## what AWS takes, under build/: code, templates, layer (STAGE=dev ARCH=arm64)
	@$(PY) -m infra.package --stage "$(STAGE)" --arch "$(ARCH)"

deploy: build ## a stage on AWS (STAGE=dev|prod, ALARM_EMAIL=, DOMAIN= CERTIFICATE=, ACCOUNT=, YES=1)
	@$(DEPLOY) --email=$(ALARM_EMAIL) --domain=$(DOMAIN) --certificate=$(CERTIFICATE)

undeploy: .venv/.stamp ## take a stage away and leave its data
	@$(DEPLOY)

bootstrap: .venv/.stamp ## make a stage's platform key and show it, once (ROTATE=1: replace a lost one)
	@$(DEPLOY) $(if $(ROTATE),--rotate)

republish: .venv/.stamp ## tell again what was committed since SINCE= (STAGE=local|dev|prod)
ifeq ($(STAGE),local)
	@$(PY) -m infra.local.running infra.local.republish --since=$(SINCE)
else
	@$(DEPLOY) --since=$(SINCE)
endif

restore: .venv/.stamp ## write back tables from their restored copies (docs/operations.md)
	@$(DEPLOY)

cost: .venv/.stamp ## a month's bill on AWS, at list prices (SHOPS=100 MEMBERS=1000)
	@$(PY) -m infra.cost --shops="$(SHOPS)" --members="$(MEMBERS)" $(ARGS)

lock: ## resolve requirements/*.in into pinned, hashed *.txt
	@command -v uv >/dev/null || { echo "make lock needs uv: $(PYTHON) -m pip install uv"; exit 1; }
	@cd requirements && for name in layer dev emulator bench; do $(LOCK) "$$name.in" -o "$$name.txt"; done; \
	  $(LOCK) --no-deps swagger-ui.in -o swagger-ui.txt

clean: ## forget environments, caches and the local shop's state
	@rm -rf .venv .venv-emulator .venv-bench .venv*.lock .swagger-ui* .local build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is as new as the lock it was made from: an unchanged lock costs a later `make run` nothing.
.venv/.stamp: requirements/dev.txt
	@PYTHON=$(PYTHON) bash infra/local/machine.sh venv .venv $<

.venv-emulator/.stamp: requirements/emulator.txt
	@PYTHON=$(PYTHON) bash infra/local/machine.sh venv .venv-emulator $<

.venv-bench/.stamp: requirements/bench.txt
	@PYTHON=$(PYTHON) bash infra/local/machine.sh venv .venv-bench $<

.swagger-ui/.stamp: requirements/swagger-ui.txt | .venv/.stamp
	@bash infra/local/machine.sh files .swagger-ui $<
