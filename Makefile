# haproxy-alert: `make run` and `make test` are all a newcomer needs.

# Go wants a home for its caches and serve for its journal; a bare CI has none.
ifeq ($(strip $(HOME)),)
export HOME := $(CURDIR)/bin/.home
export GOFLAGS += -modcacherw
endif

GO ?= go
BIN := bin/haproxy-alert
PKG ?= ./... ./testdata/mix ./testdata/corpus ./testdata/program ./testdata/bench/...
# Tests that start haproxy, rsyslog and postfix; PEERS=required forbids to skip them.
INTEROP := ./testdata/interop
# Packages with goroutines of their own: their tests run with the race detector.
RACED := /(syslog|syslog/(receive|follow|logfile)|alert/(journal|loop|notify)|cmd/haproxy-alert.*)$$
FUZZTIME ?= 30s
# The race detector needs a C compiler; without one the tests run plain.
RACE ?= $(shell command -v $$($(GO) env CC) >/dev/null && echo -race)
# Tools are pinned here and built in Go's cache, so go.mod stays clean.
LINT := $(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

.PHONY: run test quick lint faults rotations truth bench microbench pgo fuzz build check golden cover fmt peers clean

run: build ## the daemon on its embedded defaults: no config, no root, no mail server
	$(BIN) serve

build: ## one static binary in ./bin
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w" -o $(BIN) ./cmd/haproxy-alert

peers: ## real haproxy, rsyslog and postfix for the tests, when root and missing
	@testdata/peers/install.sh

test: peers ## everything; the tests with real peers last, alone and in full words
	$(GO) vet $(PKG) $(INTEROP)
	$(GO) test -pgo=off -shuffle=on -timeout 30m $$($(GO) list $(PKG) | grep -vE '$(RACED)')
	$(GO) test $(RACE) -pgo=off -shuffle=on -timeout 30m $$($(GO) list $(PKG) | grep -E '$(RACED)')
	$(GO) test $(RACE) -pgo=off -v -timeout 30m $(INTEROP)

quick: ## vet and the short tests: no peers, no race detector
	$(GO) vet $(PKG) $(INTEROP)
	$(GO) test -pgo=off -short $(PKG)

faults: peers ## 1,000 notices through a relay that misbehaves for 5 minutes, ten kill -9
	FAULTS=full $(GO) test -v -timeout 15m -run '^TestKill9Faults$$' $(INTEROP)

rotations: peers ## a log through 200 rotations, rename and copytruncate, at speed, with kill -9 all along
	ROTATIONS=full $(GO) test -v -timeout 30m -run '^TestKill9Follow$$' $(INTEROP)

truth: ## every health line of 1 GB logs is found, in every clothing, plain, gzip and zstd; smaller ones in xz and bzip2
	TRUTH_BYTES=1000000000 $(GO) test -v -timeout 60m -run '^TestFilesTellTheTruth$$' ./cmd/haproxy-alert

lint: ## linters, formatters and a tidy go.mod; changes nothing
	$(LINT) run
	$(GO) mod tidy -diff

fmt: ## format as the linters want it
	$(LINT) fmt

check: lint test ## what a change must pass

golden: ## rewrite the wanted halves of specimens and golden files; review the diff
	$(GO) test $$(grep -rl --include='*_test.go' '"update"' . | xargs -n1 dirname | sort -u) -update

bench: build ## the daemon beside rsyslog, syslog-ng, grep ...: one table, and docs/performance.md
	@testdata/peers/install.sh bench
	$(GO) build -o bin/bench ./testdata/bench
	@bin/bench

microbench: ## Go's benchmarks only, six runs, ready for benchstat
	$(GO) test -run '^$$' -bench . -benchmem -count 6 $(PKG)

pgo: ## record the main work anew, for which the daemon is built: replay, the UDP feed, the fold
	d=$$(mktemp -d) && \
	$(GO) test -trimpath -run '^$$' -bench '^Benchmark(Replay|Start)$$' -benchtime 8x -cpuprofile $$d/replay.prof -o $$d/c ./cmd/haproxy-alert && \
	$(GO) test -trimpath -run '^$$' -bench '^BenchmarkUDP$$' -benchtime 4s -cpuprofile $$d/udp.prof -o $$d/s ./syslog/receive && \
	$(GO) test -trimpath -run '^$$' -bench '^BenchmarkFlood$$' -benchtime 4s -cpuprofile $$d/fold.prof -o $$d/a ./alert/engine && \
	$(GO) tool pprof -proto -ignore testdata/mix $$d/*.prof > cmd/haproxy-alert/default.pgo && \
	rm -r $$d

fuzz: ## each fuzz target for FUZZTIME
	@for p in $$($(GO) list $(PKG)); do \
	  for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz'); do \
	    echo "$$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) $$p || exit 1; \
	  done; \
	done

cover: ## statement coverage of every package by all tests
	@mkdir -p bin
	$(GO) test -coverpkg $(PKG) -coverprofile bin/cover.out $(PKG) && $(GO) tool cover -func bin/cover.out | tail -1

clean: ## remove what make made
	rm -rf bin
