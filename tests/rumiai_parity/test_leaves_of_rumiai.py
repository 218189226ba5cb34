"""Every field of the outputs says something: over all cases it varies with the data, or is null for a stated reason."""

from __future__ import annotations

import re

import pytest

from parity.check import coverage
from parity.pipeline import cases, settings
from rumiai_parity import settled
from rumiai_parity.pipeline import PIPELINE
from tests.harness.conftest import ROOT

TABLE = ROOT / "docs/leaves.md"


@pytest.fixture(scope="module")
def rows():
    config = settings.load(ROOT / "parity.toml")
    return coverage.table(config, PIPELINE, cases.discover(config), None)


def test_every_leaf_varies_or_is_settled(rows):
    assert [f"{row.artifact} {row.field}: {row.problem}" for row in rows if row.problem] == []


def test_the_table_in_the_documentation_names_every_leaf_and_why(rows):
    """The counts move with every golden; what is said of a leaf must not."""
    kept = re.findall(r"^\| `(.+)` \| .+ \| .+ \| (.+) \|$", TABLE.read_text(encoding="utf-8"), re.MULTILINE)
    assert kept == [(row.field, row.problem or row.why) for row in rows], "run `make leaves`"


def test_a_leaf_is_settled_only_as_a_marker_a_legacy_key_or_something_not_measurable(rows):
    allowed = {
        settled.FORMAT,
        settled.LEGACY,
        settled.NOT_MEASURABLE,
        settled.PROVENANCE,
        settled.NO_WEIGHTS,
    }
    reasons = {reason for paths in settled.LEAVES.values() for reason in paths.values()}
    assert {reason for reason in reasons if not reason.startswith(settled.REPEATS)} <= allowed


def test_what_is_not_measurable_is_null_with_that_code(rows):
    wanted = {
        (artifact, path)
        for artifact, paths in settled.LEAVES.items()
        for path, reason in paths.items()
        if reason == settled.NOT_MEASURABLE
    }
    null = {(row.artifact, row.field) for row in rows if row.distinct == 0 and "not_measurable" in row.why}
    assert wanted == null
