# All that is done to the repository, by hand and by .ci/run. `make` lists it.

FUZZTIME ?= 10s

# ./... stops at a nested module, so most targets visit each module in turn.
MODULES := $(sort $(patsubst %/go.mod,%,$(shell find . -name go.mod \
	-not -path './tools/*' -not -path '*/testdata/*' -not -path '*/node_modules/*')))

# The path is absolute because nested modules use it too.
TOOL := go tool -modfile='$(CURDIR)/tools/go.mod'

# The tests that need a server of another's are run by test-integration.
TESTED := $(filter-out ./integration,$(MODULES))

# $(call each,command) runs a command in every module, and names those where it failed.
# $(call each_of,modules,command) does so in some.
each = $(call each_of,$(MODULES),$(1))
each_of = @failed=; for m in $(1); do \
		(cd $$m && $(2)) || failed="$$failed $$(sed -n 's/^module //p' $$m/go.mod)"; \
	done; \
	[ -z "$$failed" ] || { echo "$@ failed in$$failed" >&2; exit 1; }

# errcat, which makes Go of the catalogues.
ERRCAT = go -C cmd/errcat run .
CATALOGS := $(patsubst %,'$(CURDIR)/%',$(wildcard errcatalog/*/catalog.yaml))

.PHONY: help demo demo-replicas test test-integration lint fuzz bench fmt generate

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-16s %s\n", $$1, $$2 }' Makefile

demo: ## run the demo server; flags go in ARGS
	@go build -o bin/demo-server ./cmd/demo-server && exec bin/demo-server $(ARGS)

demo-replicas: ## run one system as three processes on PostgreSQL and Redis, and kill some
	@CONTRITE_INSTALL=no integration/with-servers go -C examples/replicas run .

test: ## run the tests with the race detector
	$(call each_of,$(TESTED),go test -race ./...)

test-integration: ## run the tests against real servers, which it starts
	@integration/with-servers go -C integration test -race ./...

lint: ## check format, vet, staticcheck, go fix, go.mod and the catalogues
	@unformatted=$$($(TOOL) gofumpt -l .) && [ -z "$$unformatted" ] || \
		{ echo "make fmt would change: $$unformatted" >&2; exit 1; }
	$(call each,go vet ./... && $(TOOL) staticcheck ./... && go fix -diff ./... && go mod tidy -diff)
	@$(ERRCAT) lint $(CATALOGS) && $(ERRCAT) gen -check $(CATALOGS)

# go test fuzzes one target of one package at a time. Before Go 1.27 it also fails by
# chance when the time is up (go.dev/issue/75804): then there is no failing input.
log := $(CURDIR)/bin/fuzz.log
define fuzz_each
mkdir -p '$(dir $(log))' && found=$$(go test -list '^Fuzz' ./...) && echo "$$found" | \
awk '/^Fuzz/ { name[n++] = $$1 } /^ok/ { for (i = 0; i < n; i++) print $$2 " " name[i]; n = 0 }' | \
while read -r pkg name; do \
	echo "$$pkg $$name"; \
	go test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) "$$pkg" 2>&1 </dev/null | tee '$(log)'; \
	grep -q '^ok' '$(log)' && continue; \
	grep -q '^    context deadline exceeded$$' '$(log)' && ! grep -q 'Failing input' '$(log)' || exit 1; \
	echo "$$name found nothing; only its time was up"; \
done
endef

fuzz: ## run every fuzz target for FUZZTIME (10s) each
	$(call each,$(fuzz_each))

bench: ## run the benchmarks
	$(call each,go test -run '^$$' -bench . -benchmem ./...)

generate: ## write the Go of the catalogues
	@$(ERRCAT) gen $(CATALOGS)

fmt: ## format all Go code
	@$(TOOL) gofumpt -w .
