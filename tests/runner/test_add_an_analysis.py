"""The page on adding an analysis is true: its two files, as printed there, are all it takes."""

import json
import re
from pathlib import Path

import pytest

from parity.contract import registry
from parity.contract.check import build, violations
from rumiai_v2 import analyses
from rumiai_v2.analyses.registry import discover
from tests.runner.world import World

PAGE = Path(__file__).parents[2] / "docs" / "add-an-analysis.md"


@pytest.fixture
def printed() -> dict[str, str]:
    """The code blocks of the page by language."""
    return dict(re.findall(r"```(python|json)[^\n]*\n(.*?)```", PAGE.read_text(), re.DOTALL))


@pytest.fixture
def with_it(printed, tmp_path, monkeypatch):
    """The registry's analyses with the page's file in the package."""
    (tmp_path / "pause_profile.py").write_text(printed["python"])
    monkeypatch.setattr(analyses, "__path__", [*analyses.__path__, str(tmp_path)])
    return discover()


def test_the_registry_finds_the_file_after_the_known_ones(with_it):
    assert [a.name for a in with_it][-2:] == ["metadata_analysis", "pause_profile"]


def test_a_run_publishes_its_three_files_which_keep_the_schema(with_it, printed, make_world, tmp_path):
    from tests.runner.conftest import make_case

    world: World = make_world("local", make_case(tmp_path / "case"))
    result = world.run(analyses=with_it)
    assert result.exit_code == 0
    assert result.returned["report"]["prompt_details"]["pause_profile"]["success"] is True
    (ml,) = (world.folder / "insights" / world.video_id / "pause_profile").glob("*_ml_*.json")
    (complete,) = ml.parent.glob("*_complete_*.json")
    schemas = registry.load(PAGE.parents[1] / "schemas").with_documents([json.loads(printed["json"])])
    contract = build(schemas, "pause_profile.schema.json")
    document = json.loads(ml.read_text())
    assert violations(document, contract) == []
    assert document["Quality"]["missingDataPoints"] == ["CoreMetrics.longestPause:not_run"]
    prefix = json.loads(printed["json"])["x-parity-prefix"]
    assert list(json.loads(json.loads(complete.read_text())["result"])) == [prefix + block for block in document]
