# make run        start the bot; without a token, the playground in the browser
# make test       everything that is checked, but for:
# make test-slow  the architecture of every default model, tiny, through the worker; every task in a browser; how good the
#                 trained starters are (4 minutes)
# make chaos      the bot killed, told to stop, cut off, without a disk, in a crowd: JSON of what came of it (15 minutes)
# make install    the environment only; EXTRAS=vision adds torchvision and timm
# make readme     write the tables in README.md and docs/models.md anew
# make gallery    draw docs/gallery.md anew: what each kind of answer looks like
# make starters   train the starter models anew, on two cores, and write their cards (an hour); a part of them with
#                 python -m tools.starter train TASK…; how good they are says python -m tools.starter evaluate
# make samples    make the files to try the commands with anew (needs espeak-ng)

PYTHON ?= python3
ENV := .venv
BIN := $(ENV)/bin
PINS := pyproject.toml constraints.txt tools/install.py

# With EXTRAS=vision it is looked at again what is installed.
ifdef EXTRAS
.PHONY: $(ENV)/installed
endif

.PHONY: run test test-slow chaos install lint readme gallery starters samples clean

run: install
	@$(BIN)/python -m bot run

install: $(ENV)/installed

test: $(ENV)/installed-dev lint
	$(BIN)/python -m pytest

test-slow: $(ENV)/installed-dev
	$(BIN)/python -m pytest -m slow

chaos: $(ENV)/installed-dev
	@$(BIN)/python -m tests.chaos

lint: $(ENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

readme: $(ENV)/installed
	$(BIN)/python tools/readme.py

gallery: $(ENV)/installed
	$(BIN)/python -m tools.gallery

starters: $(ENV)/installed-dev
	$(BIN)/python -m tools.starter train

samples: $(ENV)/installed
	$(BIN)/python -m tools.samples

clean:
	rm -rf $(ENV)

$(BIN)/python:
	$(PYTHON) -m venv $(ENV)

$(ENV)/installed: $(PINS) | $(BIN)/python
	@echo "Installing what the bot needs into $(ENV) (a few minutes, once)"
	@$(BIN)/python tools/install.py
	@touch $@

$(ENV)/installed-dev: $(PINS) | $(BIN)/python
	@echo "Installing what the bot and its tests need into $(ENV) (a few minutes, once)"
	@$(BIN)/python tools/install.py --dev
	@touch $@ $(ENV)/installed
