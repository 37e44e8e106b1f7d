# Every command of the project. `make demo` and `make test` install what they need first.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo repair start test tools browser format lint types contracts template unit authority package \
  lock bench bench-recovery bench-status soak hunts fuzz mutants clean

AWS_PORT ?= 14566
SLACK_PORT ?= 13000
FUZZ := ingest_event ingest_words redaction rendering rules_file
STAGE ?= dev
export PATH := $(CURDIR)/.tools/bin:$(CURDIR)/.venv/bin:$(PATH)
export PYTHONDONTWRITEBYTECODE :=
PYTHON := .venv/bin/python

help: ## What there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 25

demo: tools ## The whole product on this machine: AWS, Slack, failing executions. Ctrl-C stops it
	@exec $(PYTHON) -m local demo --aws-port $(AWS_PORT) --slack-port $(SLACK_PORT)

repair: tools ## In the running demo: repair the warehouse, so that a redrive succeeds
	@$(PYTHON) -m local repair

start: tools ## In the running demo: start more example executions
	@$(PYTHON) -m local start

test: tools browser ## Every check there is
	@$(PYTHON) -m deploy.checks

tools: ## Install what is missing: uv, the Python environment, the Node.js tools
	@deploy/tools.sh

browser: ## Install Chromium and its emoji, where that can be done
	@deploy/browser.sh

format: tools ## Format the code
	@ruff format .
	@ruff check --fix --quiet .

lint types contracts template unit authority: tools ## One of the checks alone
	@$(PYTHON) -m deploy.checks $@

package: tools ## Build the artifact of STAGE
	@$(PYTHON) -m deploy.package --stage $(STAGE)

bench-status: tools ## How long /sfn-status takes with 200 alerts and 1,000 state machines
	@$(PYTHON) -m bench.status

bench: tools ## Measure everything against its goal; SECTION=cold one section alone
	@$(PYTHON) -m bench $(SECTION)

bench-recovery: tools ## Measure how 5,000 failed executions are recovered
	@$(PYTHON) -m bench.recovery

soak: tools ## Failures, clicks and faults for MINUTES (30), then every promise is checked
	@$(PYTHON) -m bench.soak --minutes $(or $(MINUTES),30)

hunts: tools
	@uv pip install --quiet --python $(PYTHON) --require-hashes -r requirements/hunts.txt

fuzz: hunts ## Hunt for inputs that break something: SECONDS=60 for each TARGET, of all without it
	@for target in $(or $(TARGET),$(FUZZ)); do echo "$$target"; \
	  $(PYTHON) -m tests.fuzz $$target $(or $(SECONDS),60); done

mutants: hunts ## Break app/domain in every way and see whether the tests notice; MODULE=mutes one of it
	@rm -f mutants/mutmut-stats.json # which test reaches what, as it was before tests were edited
	@mutmut run --max-children 1 $(if $(MODULE),"app.domain.$(MODULE).*")
	@$(PYTHON) -m deploy.mutants

lock: tools ## Lock the Python requirements anew
	@for name in lambda dev hunts; do (cd requirements && uv pip compile --quiet --upgrade --universal \
	  --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
	  $$name.in -o $$name.txt); done

clean: ## Remove what was installed and built
	@rm -rf .venv .tools .build .local .artifacts .serverless node_modules .hypothesis .fuzz mutants \
	  .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
