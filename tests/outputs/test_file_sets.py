"""The three files of a set agree, stamps never collide, and sets without a complete file are removed."""

import json
from datetime import UTC, datetime

import pytest

from rumiai_v2.outputs.file_sets import complete_form, free_stamp, remove_partial_sets, result_form, stage_set, to_json
from rumiai_v2.outputs.files import Publication

ML = {"CoreMetrics": {"x": 1}, "Quality": {"missingDataPoints": []}}


def test_the_three_files_hold_the_same_values(tmp_path):
    publication = Publication()
    complete = stage_set(
        publication, tmp_path, analysis="creative_density", prefix="density", ml_form=ML, stamp="20260102_030405"
    )
    publication.commit()
    read = {
        kind: json.loads(complete.with_name(complete.name.replace("complete", kind)).read_text())
        for kind in ("ml", "result", "complete")
    }
    assert read["ml"] == ML
    assert read["result"] == {"densityCoreMetrics": {"x": 1}, "densityQuality": {"missingDataPoints": []}}
    assert list(read["complete"]) == [
        "analysis_type", "success", "result", "parsed_response", "source", "processing_mode", "version", "contract_version",
    ]  # fmt: skip
    assert json.loads(read["complete"]["result"]) == read["result"]
    assert read["complete"]["parsed_response"] == read["ml"]


def test_the_complete_file_is_renamed_last(tmp_path):
    publication = Publication()
    stage_set(publication, tmp_path, analysis="a", prefix="", ml_form=ML, stamp="20260102_030405")
    assert [target.name for _, target in publication._staged][-1] == "a_complete_20260102_030405.json"


def test_without_a_prefix_both_forms_are_equal():
    assert result_form(ML, "") == ML
    assert complete_form("temporal_markers", ML, "")["parsed_response"] == ML


def test_nan_is_refused():
    with pytest.raises(ValueError, match="Out of range float"):
        to_json({"x": float("nan")})


def test_a_taken_second_gives_the_next_free_one(tmp_path):
    (tmp_path / "a").mkdir()
    for second in ("05", "06"):
        (tmp_path / "a" / f"a_ml_20260102_0304{second}.json").write_text("{}")
    assert free_stamp(tmp_path, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)) == "20260102_030407"
    assert free_stamp(tmp_path / "missing", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)) == "20260102_030405"


def test_sets_without_a_complete_file_are_removed_and_whole_ones_kept(tmp_path):
    folder = tmp_path / "creative_density"
    folder.mkdir()
    for name in ("ml_20260102_030405", "result_20260102_030405", "ml_20260102_030406", "complete_20260102_030406"):
        (folder / f"creative_density_{name}.json").write_text("{}")
    remove_partial_sets(tmp_path)
    assert sorted(p.name for p in folder.iterdir()) == [
        "creative_density_complete_20260102_030406.json",
        "creative_density_ml_20260102_030406.json",
    ]
