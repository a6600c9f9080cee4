# make demo    installs what is missing, builds, and compares theory with training on the built-in example
# make test    installs what is missing, builds, and runs all tests
# make figures makes all figures in notebooks-export, with pictures where there is Python
# make lint    checks the formatting

SWIFT ?= swift
INFLOW = .build/release/inflow

.PHONY: all build demo figures test lint clean dependencies
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
	$(INFLOW) compare Examples/two-parents.yaml --out demo-run --force \
	  --set 'training.stages[0].steps=200'

figures: build
	sh scripts/figures.sh $(INFLOW) notebooks-export

test: dependencies
	echo "Building and testing (some minutes the first time) ..."
	$(SWIFT) test -c release --quiet

lint:
	$(SWIFT) format lint --strict --recursive Sources Tests Package.swift

clean:
	$(SWIFT) package clean
	rm -rf demo-run
