# Every target sets up what it needs; a second call does not install again.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready
DOCS := .venv-docs
# Thousands of short processes import the same modules: none of them is to compile those again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup parity nightly sync hooks test test-harness coverage test-feat oracle golden review expect leaves drill wrong-values pairs bench publish-campaign docs doctor lint types clean

setup: $(READY)

# torch first, with its dependencies (the wheel differs by machine); everything else without, from the full lock.
$(READY): locks/requirements.lock locks/torch.txt locks/dev.lock pyproject.toml harness/pyproject.toml
	$(PYTHON) scripts/check_system.py
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check -r locks/torch.txt
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps -r locks/requirements.lock -r locks/dev.lock
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable ./harness --editable .
	$(PY) -m rumiai_v2 weights --warm
	touch $@

parity: setup
	$(PY) -m parity run

# Needs nothing installed: the standard library reads the source.
sync:
	$(PYTHON) -m harness.sync

# Git asks before it commits, merges and pushes: docs/ci.md.
hooks:
	$(PYTHON) scripts/install_hooks.py

# Every configuration computes everything in every case.
nightly: setup
	$(PY) -m parity run --ml fresh

test: setup
	$(PY) -m pytest tests --ignore=tests/parity --ignore=tests/feat -n 2

# What to run beside an edit of the harness: needs no model and no browser, two minutes on two cores. Left to `make test`: what
# drives the harness as a whole (generated pairs, damage, runs killed or at once, another project), and the page in a browser.
HARNESS_TESTS := tests/harness --ignore=tests/harness/whole --ignore=tests/harness/report/page/in_browser
test-harness: setup
	$(PY) -m pytest $(HARNESS_TESTS) -n 2

# How much of the harness they reach, lines and branches, in their own processes and in those that they start; two minutes more.
# Left out is what runs at a limit, of a file's size or of depth, where a tracer has no room.
coverage: setup
	mkdir -p .cache/coverage
	$(PY) -m coverage erase
	$(PY) -m coverage run -m pytest $(HARNESS_TESTS) -n 2 --deselect tests/harness/decide/test_refused_by_the_system.py \
	  --deselect "tests/harness/tools/diff/test_deployed_folders.py::test_an_odd_value_is_a_finding[json-a deep value]"
	$(PY) -m coverage combine --quiet
	$(PY) -m coverage report --skip-covered --sort=cover

test-feat:
	$(PYTHON) -m venv .venv-feat && .venv-feat/bin/python -m pip install --quiet -r locks/torch.txt && .venv-feat/bin/python -m pip install --quiet --no-deps -r locks/feat.lock
	.venv-feat/bin/python -m pytest tests/feat

# A million generated pairs against every comparison there is, about half an hour; PAIRS and SEED say otherwise.
oracle: setup
	$(PY) -m tests.harness.whole.oracle.campaign --pairs $(or $(PAIRS),1000000) --seed $(or $(SEED),1) --write docs/oracle.md

# Run, show, ask; make golden REASON="…" for scripts.
golden: setup
	$(PY) -m parity golden $(if $(REASON),--reason "$$REASON")

# The last report as a page on this machine, to accept or reject what changed.
review: setup
	$(PY) -m parity review

expect: setup
	$(PY) -m parity expect

leaves: setup
	$(PY) -m parity schema leaves --format markdown > docs/leaves.md
	@echo "docs/leaves.md: every leaf of the contract, how it varies over the goldens, and why where it does not"

drill: setup
	$(PY) -m parity drill --perturbed reports/calibration --fresh 20 --write docs/drill.md

# Two runs at once in one checkout, sixty times: is each told its own verdict? About five minutes.
pairs: setup
	$(PY) -m tests.harness.whole.pairs 60 --at-once 4 --write docs/pairs.md

# A thousand recordings and three hundred metadata documents with one value wrong each; the page is committed.
wrong-values: setup
	$(PY) -m tests.wrong_values --recordings 1000 --metadata 300 --write docs/wrong-values.md

# What comparing costs, on a machine that does nothing else; about a quarter of an hour.
bench: setup
	$(PY) bench/diff.py --deepdiff-seconds 240 --write docs/performance.md

# Runs killed at every moment, a thousand at once, in containers, on odd volumes; as root, about a quarter of an hour.
publish-campaign: setup
	$(PY) -m tests.outputs.campaign --write docs/publishing.md

# API pages out of the docstrings, in .cache/api; a reference to what is not there is an error.
docs: $(DOCS)/.ready
	$(DOCS)/bin/mkdocs build

$(DOCS)/.ready: locks/docs.lock
	test -x $(DOCS)/bin/python || $(PYTHON) -m venv $(DOCS)
	$(DOCS)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r locks/docs.lock
	touch $@

doctor: setup
	$(PY) -m rumiai_v2 doctor

lint: setup
	$(PY) -m ruff check .
	$(PY) -m ruff format --check --quiet .
	$(VENV)/bin/lint-imports --no-cache --no-logo
	$(PY) -m mypy

# The harness' types on each Python that it runs on; `make lint` checks all packages on the first.
types: setup
	for version in 3.11 3.12 3.13; do $(PY) -m mypy --python-version $$version --package parity || exit; done

clean:
	rm -rf reports insights unified_analysis temp
