# The front door: `make demo` on a machine that has git and make and nothing else.
# Everything is done by cmake and tools/; this file only gives the common ways a short name.

BUILD  := build
RUNNER := $(BUILD)/bin/runner
JOBS   ?= 2
# Of `make fuzz`, for each target: so many inputs (-1: no limit), in so many seconds (0: no limit).
RUNS    := 20000
SECONDS := 30
# More options for cmake, as in: make test CMAKE_FLAGS=-DTCPLAB_WERROR=ON
CMAKE_FLAGS ?=
CTEST_FLAGS ?=
# More options for `make check`, as in: make check CHECK_FLAGS="--junit check.xml"
CHECK_FLAGS ?=

.DEFAULT_GOAL := build
.PHONY: help deps build-deps test-deps fuzz-deps stacks-deps windows-deps configure build demo test results check fuzz bench \
        windows stacks format lint install clean

help:          ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 14

deps:          ## install what building, testing and CI need
	tools/deps.sh build test fuzz check

# SKIP_DEPS=1: where the libraries come from elsewhere (vcpkg, Nix, another distribution).
build-deps test-deps fuzz-deps stacks-deps windows-deps:
ifndef SKIP_DEPS
	@tools/deps.sh $(sort build $(@:-deps=))
endif

configure:
	@cmake --preset release $(CMAKE_FLAGS)

build: configure        ## build everything into build/ (installs nothing)
	cmake --build $(BUILD)

demo: build-deps        ## from nothing to the first experiment
	@$(MAKE) --no-print-directory configure
	cmake --build $(BUILD) --target runner
	$(RUNNER) scenarios/backlog.json

test: test-deps         ## build and run every test
	@$(MAKE) --no-print-directory build
	ctest --test-dir $(BUILD) -j $(JOBS) --output-on-failure --no-tests=error $(CTEST_FLAGS)

results: build-deps     ## record every scenario here, as results/<environment>/ (the machine should be idle)
	@$(MAKE) --no-print-directory configure
	cmake --build $(BUILD) --target runner
	$(RUNNER) scenarios --examples

check: build-deps       ## run every scenario and compare with what was recorded in results/
	@$(MAKE) --no-print-directory configure
	cmake --build $(BUILD) --target runner
	$(RUNNER) check scenarios --baseline results $(CHECK_FLAGS)

fuzz: fuzz-deps         ## feed broken inputs to scenarios and traces (RUNS=20000 SECONDS=30 each)
	tests/fuzz/run.sh $(RUNS) $(SECONDS)

bench: build            ## how fast, and how faithful, the runner is
	@if [ -f tests/bench/run.sh ]; then bash tests/bench/run.sh; \
	else echo "bench: tests/bench/run.sh does not exist yet"; fi

windows: build-deps windows-deps  ## build the runner for Windows: build/bin/runner.exe, run by `--in wine`
	CMAKE_FLAGS="$(CMAKE_FLAGS)" tools/windows.sh build

stacks: stacks-deps windows       ## every scenario here and in each of the other stacks; the matrix
	cmake --preset release -DTCPLAB_LWIP=ON $(CMAKE_FLAGS)
	cmake --build $(BUILD) --target runner runner-lwip
	tools/stacks.sh

format:        ## rewrite the sources in the project's format
	tools/lint.sh format-in-place

lint:          ## formatting, include directions, clang-tidy, shellcheck
	tools/lint.sh

install: configure      ## install the runner and the scenarios (PREFIX=/usr/local)
	cmake --build $(BUILD) --target runner
	cmake --install $(BUILD) $(if $(PREFIX),--prefix $(PREFIX))

clean:         ## remove everything that was built
	rm -rf $(BUILD)
