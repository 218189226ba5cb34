"""Every `parity run` leaves its page; a page that cannot be drawn is said, and costs nobody the verdict."""

from __future__ import annotations

import pytest

from parity.report.page import render
from tests.harness.conftest import ROOT, Project
from tests.harness.report.page import toys


@pytest.fixture(scope="module")
def drifted(tmp_path_factory) -> Project:
    """A toy project whose runs no longer fit its goldens, compared once."""
    world = toys.world(tmp_path_factory.mktemp("written"), "one")
    world.case("one", label="b")
    made = world.project
    file = made.root / "parity.toml"
    file.write_text(file.read_text() + "max_ignored = 0.1\n")  # so small a case holds little beside its clocks
    done = made.parity("run", "--jobs", "1")
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{made.run}/parity.html" in done.stdout
    return made


def test_parity_run_leaves_a_page_with_the_run_s_cause(drifted):
    text = (drifted.root / "reports/latest/parity.html").read_text(encoding="utf-8")
    assert '"format":"parity-page/1"' in text
    assert drifted.report()["causes"][0]["id"] in text
    assert drifted.report()["page_failed"] is None


def test_a_page_that_cannot_be_written_is_said_and_the_verdict_stands(drifted):
    drifted.write(
        "site/sitecustomize.py",
        "from parity.report.page import render\n"
        "def broken(*_):\n    raise IsADirectoryError(21, 'Is a directory')\n"
        "render.html = broken\n",
    )
    path = f"{drifted.root / 'site'}:{ROOT}"
    done = drifted.parity("run", "--from", "reports/captures", "--jobs", "1", PYTHONPATH=path)
    assert done.returncode == 1
    assert "parity: drift (exit code 1)" in done.stdout
    assert "page    the page could not be drawn: IsADirectoryError: " in done.stdout
    assert drifted.report()["page_failed"].startswith("IsADirectoryError: ")


def test_a_page_of_an_earlier_run_is_not_left_for_this_one(drifted):
    from parity.pipeline import settings
    from parity.run import runs

    config = runs.begin(settings.load(drifted.root / "parity.toml"))
    old = runs.folder(config) / render.FILE_NAME
    old.write_text("an earlier run", encoding="utf-8")
    assert render.drawn(config, {}, []) == "KeyError: 'from'"
    assert not old.exists()
