"""A module that grows beyond what one reads at a sitting says in its first line why it is one."""

import ast

from tests.harness.conftest import ROOT

PACKAGES = ("harness/parity", "rumiai_parity", "rumiai_v2")
LINES = 300


def reason(source: str) -> str | None:
    """Why the module is long, as its first line says; empty where it is short, None where it does not say."""
    if source.count("\n") <= LINES:
        return ""
    first = (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]
    before, mark, told = first.partition("(long: ")
    return told.partition(")")[0] or None if mark and before else None


def test_a_long_module_says_in_its_first_line_why():
    modules = [file for package in PACKAGES for file in (ROOT / package).rglob("*.py")]
    assert len(modules) > 200
    assert [str(file.relative_to(ROOT)) for file in modules if reason(file.read_text("utf-8")) is None] == []


def test_a_reason_stands_in_the_first_line_alone():
    assert reason("x = 1\n") == ""
    assert reason('"""One thing (long: a table)."""\n' + "x = 1\n" * LINES) == "a table"
    for text in ('"""One thing."""\n', '"""One thing.\n\n(long: a table)"""\n', '"""One thing (long: )."""\n', ""):
        assert reason(text + "x = 1\n" * (LINES + 1)) is None
