"""One verdict out of many, gravest first."""

from __future__ import annotations

import itertools

import pytest

from parity.verdict import ContractError, HarnessError, PipelineError, UsageError, Verdict, decide, in_order


def test_exit_codes_are_the_documented_ones():
    assert {v.label: int(v) for v in Verdict} == {
        "parity": 0,
        "drift": 1,
        "usage": 2,
        "contract": 3,
        "pipeline": 4,
        "unstable": 5,
        "stale": 6,
        "crash": 70,
    }


def test_nothing_found_is_parity():
    assert decide([]) is Verdict.PARITY
    assert in_order([]) == [Verdict.PARITY]


@pytest.mark.parametrize(("graver", "lighter"), list(itertools.pairwise([70, 2, 4, 5, 3, 1, 6, 0])))
def test_the_graver_of_two_decides(graver, lighter):
    assert decide([Verdict(lighter), Verdict(graver)]) == graver


def test_all_that_apply_are_listed_once_and_parity_only_alone():
    found = [Verdict.PARITY, Verdict.STALE, Verdict.DRIFT, Verdict.STALE]
    assert in_order(found) == [Verdict.DRIFT, Verdict.STALE]


def test_errors_carry_their_verdict():
    assert [e.verdict for e in (UsageError, ContractError, PipelineError, HarnessError)] == [2, 3, 4, 70]
