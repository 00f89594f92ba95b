# The project's commands; `make` lists them.
SHELL          := /bin/bash
PYTHON         ?= python3
STORE          ?= sqlite
PORT           ?= 8080
PAGE_PORT      ?= 8000
BUCKET_PORT    ?= 4443
CASSANDRA_PORT ?= 9042
STATE          ?= .run
RUN            := .venv/bin/python
# Three processes, as tests often wait; each file in one of them, as its tests share servers.
# In the order in which they were collected: those with the browser stay last.
PARALLEL       := -n 3 --dist loadfile --no-loadscope-reorder
QUICK          := $(addprefix tests/,http preprocess model bucket function page/test_pure_modules.py) $(wildcard tests/test_*.py)

# Files and outputs are UTF-8, whatever the locale says.
export PYTHONUTF8 := 1

.DEFAULT_GOAL := help
.PHONY: help run cluster test test-quick test-long bench audit lint fmt train clean

help: ## List these commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile | while IFS=$$'\t' read -r name text; do printf '  make %-11s %s\n' "$$name" "$$text"; done

run: .venv/run.done ## Run it all here: page, function, bucket, results (STORE=cassandra for a real one)
	@$(if $(filter cassandra,$(STORE)),scripts/install-tools cassandra)
	@$(RUN) -m emulation --store $(STORE) --directory $(STATE) --port $(PORT) --page-port $(PAGE_PORT) --bucket-port $(BUCKET_PORT) --cassandra-port $(CASSANDRA_PORT)

cluster: .venv/run.done ## Run three Cassandra nodes here as one cluster (127.0.0.1 to .3)
	@scripts/install-tools cassandra
	@$(RUN) -m emulation.cassandra --nodes 3 --port $(CASSANDRA_PORT)

test: .venv/dev.done ## Run every test but the long ones
	@scripts/install-tools cassandra browser node terraform
	$(RUN) -m pytest $(PARALLEL) $(TESTS)

test-quick: .venv/dev.done ## Run the quick tests in a minute: units, function, page modules
	@scripts/install-tools node
	$(RUN) -m pytest $(PARALLEL) $(QUICK) $(TESTS)

test-long: .venv/dev.done ## Run the long ones: faults under load, a million rows
	@scripts/install-tools cassandra browser node
	$(RUN) -m pytest -m long $(TESTS)

bench: .venv/dev.done ## Measure the function beside other servers, or OF=numbers beside text readers (ARGS=--help)
	@scripts/install-tools $(if $(OF),$(if $(filter numbers,$(OF)),tesseract opengl),cassandra)
	$(RUN) -m benchmarks$(addprefix .,$(OF)) $(ARGS)

audit: .venv/dev.done ## Check what is deployed: licences, known vulnerabilities; list it all
	$(RUN) infra/materials.py

lint: .venv/dev.done ## Check style and types
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy

fmt: .venv/dev.done ## Repair style
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

train: .venv/trainer.done ## Train the release model as it was made (ARGS='--quick' for five minutes)
	$(RUN) -m trainer train $(ARGS)

clean: ## Remove the environment and all local state, results included
	rm -rf .venv .venv.part .venv.lock .run build *.egg-info

# Each environment is made again when what it is made from changes.
MADE_FROM := function/requirements.txt function/requirements.in emulation/requirements.txt pyproject.toml

.venv/run.done: $(MADE_FROM)
	@scripts/install-python "$(PYTHON)" run
	@touch $@

.venv/trainer.done: $(MADE_FROM)
	@scripts/install-python "$(PYTHON)" run,trainer
	@touch $@

.venv/dev.done: $(MADE_FROM)
	@scripts/install-python "$(PYTHON)" run,trainer,dev
	@touch $@
