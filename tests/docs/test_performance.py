"""The committed figures of ``make bench``: every pair at every size, and no ratio beyond its target."""

from __future__ import annotations

from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
PAIRS = ("equal, first sight", "equal, known", "1 % changed", "all jittered", "one insertion")


def rows() -> list[dict[str, str]]:
    table = [line.strip("| ").split("|") for line in PAGE.read_text(encoding="utf-8").splitlines() if " MB |" in line]
    heads = ("size", "pair", "floor", "took", "ratio", "target", "aim", "findings", "deepdiff")
    return [dict(zip(heads, (cell.strip() for cell in cells), strict=False)) for cells in table]


def test_every_pair_was_measured_at_three_sizes():
    found = [row["pair"] for row in rows()]
    assert found == list(PAIRS) * 3


def test_no_ratio_is_beyond_its_target():
    bound = [row for row in rows() if row["target"]]
    assert len(bound) == 12
    assert [row for row in bound if float(row["ratio"].strip("*")) > float(row["target"])] == []


def test_one_insertion_is_one_finding():
    assert {row["findings"] for row in rows() if row["pair"] == "one insertion"} == {"1"}
