"""Tables, as text and as Markdown."""

from __future__ import annotations

from parity import tables


def test_columns_stand_under_each_other_and_no_line_ends_in_spaces() -> None:
    rows = [("name", "n", "why"), ("a", "10", ""), ("longer", "7", "so")]
    assert tables.text(rows, right=(1,)) == ["name     n  why", "a       10", "longer   7  so"]


def test_a_table_of_heads_alone() -> None:
    assert tables.text([("a", "b")]) == ["a  b"]
    assert tables.markdown([("a", "b")], right=(1,)) == ["| a | b |", "|---|---:|"]


def test_a_cell_of_markdown_is_written_by_whom_is_asked() -> None:
    assert tables.markdown([("a",), ("x|y",)], shown=lambda cell: cell.replace("|", "\\|"))[2] == "| x\\|y |"
