# make demo    installs what is missing, builds, and compares theory with training on the built-in example
# make test    installs what is missing, builds, and runs all tests
# make figures makes all figures in notebooks-export, with pictures where there is Python
# make install builds, and puts the command and its manual page under PREFIX (/usr/local)
# make lint    checks the formatting

SWIFT ?= swift
INFLOW = .build/release/inflow

PREFIX ?= /usr/local

.PHONY: all build demo figures test install lint clean dependencies
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

install: build
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 755 $(INFLOW) $(DESTDIR)$(PREFIX)/bin/inflow
	$(INFLOW) manual > .build/inflow.1
	install -m 644 .build/inflow.1 $(DESTDIR)$(PREFIX)/share/man/man1/inflow.1

lint:
	$(SWIFT) format lint --strict --recursive Sources Tests Package.swift

clean:
	$(SWIFT) package clean
	rm -rf demo-run
