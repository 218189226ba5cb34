"""What is read out of a page, and that a page which says something wrong fails."""

from __future__ import annotations

import pytest

from tests.docs.pages import Step, edit, steps
from tests.docs.sandbox import Sandbox
from tests.docs.test_commands import follow

PAGE = """# A page

```sh
# first
parity run --case a    # ends 1: drift
parity diff 'a#b' c
```

```text
parity not a command
```

```diff
--- a/one.py
+++ b/one.py
@@
 x = 1
-y = 2
+y = 3
--- a/two.py
+++ b/two.py
@@
-z = 1
+z = 2
```

```yaml title="golden/case.yaml"
key: value
```
"""


def test_commands_edits_and_files_come_in_the_order_of_the_page():
    found = steps("p.md", PAGE)
    assert [(step.line, step.kind, step.text.partition("\n")[0], step.file, step.ends) for step in found] == [
        (5, "run", "parity run --case a", "", 1),
        (6, "run", "parity diff 'a#b' c", "", 0),
        (13, "edit", "--- a/one.py", "", 0),
        (27, "write", "key: value", "golden/case.yaml", 0),
    ]


def test_an_edit_changes_each_of_its_files(tmp_path):
    (tmp_path / "one.py").write_text("w = 0\nx = 1\ny = 2\n")
    (tmp_path / "two.py").write_text("z = 1\n")
    edit(tmp_path, steps("p.md", PAGE)[2].text)
    assert (tmp_path / "one.py").read_text() == "w = 0\nx = 1\ny = 3\n"
    assert (tmp_path / "two.py").read_text() == "z = 2\n"


def test_an_edit_of_something_that_is_not_there_says_so(tmp_path):
    (tmp_path / "one.py").write_text("x = 1\ny = 7\n")
    with pytest.raises(ValueError, match=r"one\.py: expected once, stands there 0 times:\nx = 1\ny = 2"):
        edit(tmp_path, steps("p.md", PAGE)[2].text)


@pytest.mark.parametrize(
    ("command", "ends", "says"),
    [
        ("parity run --no-such-option", 0, "p.md:1: parity run --no-such-option\nended with 2, the page says 0"),
        ("parity no-such-command", 0, "No such command 'no-such-command'"),
        ("parity --help", 1, "ended with 0, the page says 1"),
    ],
)
def test_a_page_that_says_something_wrong_fails(command, ends, says, installed):
    with pytest.raises(pytest.fail.Exception) as failed:
        follow(Step("p.md", 1, "run", command, ends=ends), installed)
    assert says in failed.value.msg


@pytest.fixture
def installed(tmp_path) -> Sandbox:
    """A folder with the programs and nothing else."""
    from tests.docs.pages import ROOT
    from tests.docs.sandbox import set_up

    set_up(tmp_path)
    (tmp_path / "harness").symlink_to(ROOT / "harness")
    return Sandbox(tmp_path)
