"""Every command on the pages is run, in the order in which a reader would, in a small copy of the project."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from filelock import FileLock

from tests.docs import special
from tests.docs.pages import Step, edit, pages, steps
from tests.docs.prepare import PREPARE
from tests.docs.sandbox import Sandbox, make

#: Pages whose commands another test runs, in a setting of its own.
ELSEWHERE = {"docs/from-the-old-scripts.md": "tests/harness/tools/diff/test_from_the_old_scripts.py"}
PAGES = {name: steps(name, file.read_text(encoding="utf-8")) for name, file in pages().items() if name not in ELSEWHERE}
RUN = [name for name, found in PAGES.items() if any(step.kind == "run" for step in found)]


@pytest.fixture(scope="session")
def prepared(tmp_path_factory) -> Path:
    """The copy of the project from which each page's own is made; processes that test side by side share it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    root, made = shared / "project-of-the-pages", shared / "project-of-the-pages.made"
    with FileLock(f"{made}.lock"):
        if not made.exists():
            make(root)
            made.touch()
    return root


@pytest.fixture
def sandbox(prepared, tmp_path) -> Sandbox:
    """A copy of one's own."""
    shutil.copytree(prepared, tmp_path / "project", symlinks=True)
    return Sandbox(tmp_path / "project")


@pytest.mark.parametrize("page", RUN)
def test_every_command_of_the_page_ends_as_it_says(page, sandbox):
    if page in PREPARE:
        PREPARE[page](sandbox)
    for step in PAGES[page]:
        follow(step, sandbox)


def follow(step: Step, sandbox: Sandbox) -> None:
    """Do what the page says, and hold how it ends against what the page says."""
    if step.kind == "write":
        file = sandbox.root / step.file
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(step.text, encoding="utf-8")
    elif step.kind == "edit":
        edit(sandbox.root, step.text)
    else:
        instead = special.find(step)
        done = instead.do(sandbox, step) if instead else sandbox.run(step.text)
        if done.code != step.ends:
            pytest.fail(f"{step}\nended with {done.code}, the page says {step.ends}\n\n{done.output}", pytrace=False)


def test_no_entry_of_the_table_is_there_for_nothing():
    used = {id(special.find(step)) for found in PAGES.values() for step in found if step.kind == "run"}
    assert [entry.command for entry in special.TABLE if id(entry) not in used] == []
