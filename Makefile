# Everything here runs on a machine with Rust, Python 3.11 and make; no AWS account is needed, and nothing is installed outside
# the checkout and the user's cache folder, but for the browser: `make browser` and continuous integration (CI=true) install it
# from Debian's packages, and without it the tests of the dashboard are skipped.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# A target folder outside the checkout, so that a clean checkout builds incrementally.
export CARGO_TARGET_DIR ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/statewright/target
CARGO ?= cargo
PYTHON ?= $(or $(shell command -v python3.11),python3)

SANDBOX := .sandbox
PINS := tests/sandbox/requirements.txt
# The stamp carries the checksum of the pins: a checkout that touches the file does not make the sandbox again, a new pin does.
AXE := tests/sandbox/browser.txt
STAMP := $(SANDBOX)/made-$(firstword $(shell cat $(PINS) $(AXE) | cksum))

.PHONY: help sandbox sandbox-pins browser build reference pictures conformance fuzz demo faults fmt lint test clean

help: ## What can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

sandbox: $(STAMP) ## The emulators (MiniStack and moto) in .sandbox/venv, at pinned versions

$(STAMP): | $(PINS) $(AXE)
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info[:2] == (3, 11) else "the emulators need Python 3.11, and $(PYTHON) is %s: set PYTHON=/path/to/python3.11" % sys.version.split()[0])'
	rm -rf $(SANDBOX)
	$(PYTHON) -m venv $(SANDBOX)/venv
	$(SANDBOX)/venv/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes -r $(PINS)
	$(SANDBOX)/venv/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes --no-deps -r $(AXE)
	touch $(STAMP)

sandbox-pins: ## Write the emulators' whole closure anew, after a change of tests/sandbox/requirements.in
	rm -rf $(SANDBOX)/pins
	$(PYTHON) -m venv $(SANDBOX)/pins
	$(SANDBOX)/pins/bin/python -m pip --disable-pip-version-check install --quiet pip-tools
	{ head -1 $(PINS); $(SANDBOX)/pins/bin/pip-compile --quiet --generate-hashes --no-annotate --strip-extras --no-header \
	    --no-emit-index-url --no-emit-find-links --output-file - tests/sandbox/requirements.in; } > $(SANDBOX)/requirements.txt
	mv $(SANDBOX)/requirements.txt $(PINS)

browser: ## Chromium and its driver for the tests of the dashboard, from Debian's packages where they are missing
	@scripts/browser.sh install

build: ## The binary, for use and for the end-to-end tests
	$(CARGO) build --locked --package statewright

fmt: ## Format the sources
	$(CARGO) fmt --all

lint:
	$(CARGO) fmt --all -- --check
	scripts/features.sh
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings

reference: ## Write the pages of the book and the schemas that are made from the code
	$(CARGO) run --locked --quiet --package statewright --example reference

pictures: sandbox browser build ## Draw the pictures of README.md anew
	$(CARGO) run --locked --quiet --package statewright -- graph specs/nightly-etl.yaml --var bucket=my-bucket --output docs/pictures/nightly-etl.svg
	CI=true $(CARGO) test --locked --quiet --package statewright-tests --test e2e dashboard::an_execution_is_started_and_watched
	cp '$(CARGO_TARGET_DIR)/tmp/pictures/execution.png' docs/pictures/dashboard.png

# Cases of which somebody else has said whether they are right: a folder with asl/ and iam/.
CORPUS ?= ../shared/corpus
# Takes a JSON line a case.
OUT ?=

conformance: ## Hold the checkers against a corpus: make conformance [CORPUS=DIR] [OUT=FILE]
	@test -d '$(CORPUS)' || { echo "no corpus at $(CORPUS): set CORPUS to a folder with asl/ or iam/" >&2; exit 1; }
	@lines=$$(mktemp -d) && trap 'rm -rf "$$lines"' EXIT && : >"$$lines/all" && \
	for crate in asl iam; do \
	    if [ $$crate = iam ] && [ ! -d '$(CORPUS)/iam' ]; then echo "no policies in $(CORPUS)"; continue; fi; \
	    $(CARGO) run --locked --quiet --release --package statewright-$$crate --example conformance -- '$(CORPUS)' "$$lines/$$crate" && \
	    cat "$$lines/$$crate" >>"$$lines/all"; \
	done && \
	if [ -n '$(OUT)' ]; then cp "$$lines/all" '$(OUT)' && echo "$$(wc -l <"$$lines/all") lines in $(OUT)"; fi

# How many seconds.
FOR ?= 600

fuzz: ## Feed the checker with damaged definitions: make fuzz [FOR=600] [CORPUS=DIR]
	$(CARGO) run --locked --quiet --release --package statewright-asl --example fuzz -- '$(FOR)' '$(CORPUS)/asl'

demo: sandbox build ## Plan, apply, run and destroy specs/nightly-etl.yaml on a local emulator
	scripts/demo.sh

faults: sandbox ## Kills, signals, races and AWS's weather, at every point; the figures go into docs/reliability.md
	$(CARGO) build --locked --package statewright --package statewright-tests --bins
	'$(CARGO_TARGET_DIR)/debug/statewright-faults' --write docs/reliability.md

# Binary and tests are built in one go, so that both cores have work.
test: sandbox lint ## Everything: format, lints, unit, property, snapshot and end-to-end tests on both emulators, the demo
	@scripts/browser.sh
	$(CARGO) build --locked --workspace --bins --tests
	INSTA_UPDATE=no $(CARGO) test --locked --workspace
	scripts/demo.sh
	@scripts/browser.sh

clean: ## Remove the sandbox; the build's cache stays (cargo clean removes it)
	rm -rf $(SANDBOX)
