"""Reading code: what the rules are built from."""

import ast

import pytest

from parity.tools.sync.code import argument, called, dotted, parse, shown
from parity.tools.sync.tree import Changed, Folder, Missing

SOURCE = b'''"""Words about "production"."""

LIMIT: int = 3
NAME = "x"

class Run:
    """More words."""

    def go(self, way="local"):
        """And more."""
        def inner():
            return open(NAME, mode="w")
        return inner
'''


def test_functions_have_qualified_names():
    assert list(parse("m.py", SOURCE).functions) == ["Run.go", "Run.go.inner"]


def test_docstrings_are_no_texts():
    assert [value for _, value in parse("m.py", SOURCE).texts()] == ["x", "local", "w"]


def test_names_at_the_top_are_found_with_and_without_a_type():
    module = parse("m.py", SOURCE)
    assert [ast.unparse(module.assigned(name)) for name in ("LIMIT", "NAME")] == ["3", "'x'"]
    assert module.assigned("go") is None


def test_a_call_is_read_by_name_place_and_scope():
    module = parse("m.py", SOURCE)
    [call] = module.nodes(ast.Call)
    assert (called(call), module.scope(call)) == ("open", "Run.go.inner")
    assert ast.unparse(argument(call, 1, "mode")) == "'w'"
    assert argument(call, 2, "encoding") is None


def test_a_chain_that_begins_with_a_call_has_no_dotted_name():
    assert dotted(ast.parse("f().x", mode="eval").body) == ""
    assert dotted(ast.parse("a.b.c", mode="eval").body) == "a.b.c"


def test_long_code_is_shortened():
    assert shown(ast.parse("x = " + "1 + " * 80 + "1").body[0]).endswith("…")


def test_a_tree_lists_what_a_change_adds_and_leaves_out(tmp_path):
    for name in ("p/a.py", "p/q/b.py", "p/.hidden/c.py", "p/__pycache__/d.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    tree = Folder(tmp_path)
    assert tree.below("p", ".py") == ["p/a.py", "p/q/b.py"]
    changed = Changed(tree, {"p/a.py": None, "p/new/e.py": b"x = 1"})
    assert changed.below("p", ".py") == ["p/new/e.py", "p/q/b.py"]
    assert changed.folders("p") == ["new", "q"]
    assert "p/a.py" not in changed
    with pytest.raises(Missing, match=r"p/a\.py: the file"):
        changed.module("p/a.py")
