# Two commands set everything up on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo look test run lint types contracts docs docs-check pictures browser tour ci month storm soak bench-scale bench-page faults semantics fuzz fuzz-guided audit bench-peers clean

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/installed-test: $(VENV)/installed
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[test]'
	touch $@

$(VENV)/installed-audit $(VENV)/installed-fuzz: $(VENV)/installed-%: $(VENV)/installed-test
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[$*]'
	touch $@

demo: $(VENV)/installed ## the real daemon against the embedded rehearsal registry
	$(BIN)/watcher rehearse

look: $(VENV)/installed ## the demo, and then its page at http://127.0.0.1:8765
	$(BIN)/watcher rehearse --page

test: $(VENV)/installed-test ## every test
	$(BIN)/pytest

config.toml:
	cp config.example.toml $@
	@echo "wrote config.toml from config.example.toml: change what you need"

run: $(VENV)/installed config.toml ## the live daemon
	$(BIN)/watcher run --config config.toml

lint: $(VENV)/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/installed-test
	$(BIN)/mypy

contracts: $(VENV)/installed-test
	$(BIN)/lint-imports

docs: $(VENV)/installed-test ## write the generated pages
	$(BIN)/python -m tests.generated_docs --write

pictures: $(VENV)/installed-test ## make docs/pictures/ again (needs chromium)
	$(BIN)/python -m tests.pictures --write

browser: ## Debian's chromium for the tests that need a browser: installed where root and apt-get can, else left alone
	@./tests/tour/chromium.sh

tour: $(VENV)/installed-test ## a browser goes everywhere on the page and does everything (needs chromium; the month needs ../shared); ends with one line of JSON
	$(BIN)/python -m tests.tour $(TOUR)

docs-check: $(VENV)/installed-test
	$(BIN)/python -m tests.generated_docs --check

month: $(VENV)/installed-test ## a real month with kills (needs ../shared); ends with one line of JSON
	$(BIN)/python -m benchmarks.month

storm: $(VENV)/installed-test ## the month and a flood of alerts against failing targets (needs ../shared); ends with one line of JSON
	$(BIN)/python -m benchmarks.storm

soak: $(VENV)/installed-test ## the month with every fault that can be arranged, and kills (needs ../shared); ends with one line of JSON
	$(BIN)/python -m benchmarks.soak

bench-scale: $(VENV)/installed-test ## what watching 600,000 studies costs (30 minutes, 10 GB of disk; needs ../shared); ends with one line of JSON
	$(BIN)/python -m benchmarks.scale $(SCALE)

bench-page: $(VENV)/installed-test ## how long the page takes at 100,000 studies (5 minutes, 0.6 GB of disk); ends with one line of JSON
	$(BIN)/python -m benchmarks.page $(PAGE)

bench-peers: $(VENV)/installed-test ## against urlwatch, webchanges and changedetection.io (needs ../shared, installs the peers); ends with one line of JSON
	$(BIN)/python -m benchmarks.peers $(PEERS)

faults: $(VENV)/installed-test ## every fault, and a death at every step of poll and deliver (15 to 30 minutes); ends with what held
	WATCHER_EVERY_STEP=1 $(BIN)/pytest tests/faults -q -s

semantics: $(VENV)/installed-test ## how well and how fast real records are read (needs ../shared); ends with one line of JSON
	$(BIN)/python -m benchmarks.semantics

fuzz: $(VENV)/installed-test ## more than 100,000 hostile inputs (3 minutes); ends with one line of JSON
	$(BIN)/python -m benchmarks.fuzz

fuzz-guided: $(VENV)/installed-fuzz ## one target under atheris, which follows the branches: make fuzz-guided TARGET="answers"
	$(BIN)/python -m benchmarks.fuzz.guided "$(or $(TARGET),record bytes)" -max_total_time=60

audit: $(VENV)/installed-audit ## what the packages we run on are, and what is known against them; ends with one line of JSON
	$(BIN)/python -m tests.audit $(AUDIT)

ci: lint types contracts docs-check audit test

clean:
	rm -rf $(VENV) dist
