# make demo    installs what is missing, builds, and compares theory with training on the built-in example
# make test    installs what is missing, builds, and runs all tests
# make figures makes all figures in notebooks-export, with pictures where there is Python
# make docs    makes the API documentation of every module in .build/documentation
# make install builds, and puts the command, its manual page and completions under PREFIX (/usr/local)
# make lint    checks the formatting

SWIFT ?= swift
INFLOW = .build/release/inflow

PREFIX ?= /usr/local

.PHONY: all build demo docs figures test install lint clean dependencies
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
	echo
	$(INFLOW) report demo-run --force --format svg || echo "All but the picture is there."

figures: build
	$(INFLOW) figures --out notebooks-export --execute

MODULES = ParameterSpaces SymbolicTensors ODESolvers Flows StrictJSON MarkovChains InductionModel Theory Transformer Experiments

docs: dependencies
	mkdir -p .build/documentation
	for module in $(MODULES); do \
	  $(SWIFT) package --allow-writing-to-directory .build/documentation generate-documentation \
	    --target $$module --transform-for-static-hosting --output-path .build/documentation/$$module || exit; \
	done
	echo "documentation: .build/documentation/MODULE/documentation, to be served, as by python3 -m http.server"

test: dependencies
	echo "Building and testing (some minutes the first time) ..."
	$(SWIFT) test -c release --quiet

install: build
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 755 $(INFLOW) $(DESTDIR)$(PREFIX)/bin/inflow
	$(INFLOW) manual > .build/inflow.1
	install -m 644 .build/inflow.1 $(DESTDIR)$(PREFIX)/share/man/man1/inflow.1
	for place in bash:bash-completion/completions/inflow zsh:zsh/site-functions/_inflow \
	    fish:fish/vendor_completions.d/inflow.fish; do \
	  file=$(DESTDIR)$(PREFIX)/share/$${place#*:}; \
	  $(INFLOW) --generate-completion-script $${place%%:*} > .build/completions && \
	  mkdir -p "$${file%/*}" && install -m 644 .build/completions "$$file" || exit; \
	done

lint:
	$(SWIFT) format lint --strict --recursive Sources Tests Package.swift

clean:
	$(SWIFT) package clean
	rm -rf demo-run
