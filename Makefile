# make demo    installs what is missing, builds, and integrates the built-in example into demo-run/
# make test    installs what is missing, builds, and runs all tests
# make lint    checks the formatting

SWIFT ?= swift
INFLOW = .build/release/inflow

.PHONY: all build demo test lint clean dependencies
.SILENT:

all: build

dependencies:
	sh scripts/dependencies.sh

build: dependencies
	echo "Building (some minutes the first time) ..."
	$(SWIFT) build -c release --quiet --product inflow

demo: build
	$(INFLOW) inspect Examples/two-parents.yaml
	echo
	$(INFLOW) integrate Examples/two-parents.yaml --out demo-run --force

test: dependencies
	echo "Building and testing (some minutes the first time) ..."
	$(SWIFT) test -c release --quiet

lint:
	$(SWIFT) format lint --strict --recursive Sources Tests Package.swift

clean:
	$(SWIFT) package clean
	rm -rf demo-run
