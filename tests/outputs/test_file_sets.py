"""The three files of a set agree, and stamps never collide."""

import json
from datetime import UTC, datetime

import pytest

from rumiai_v2.outputs.file_sets import complete_form, result_form, stage_set, to_json
from rumiai_v2.outputs.ownership import Places
from rumiai_v2.outputs.publication import Publication
from rumiai_v2.outputs.stamps import next_stamp

ML = {"CoreMetrics": {"x": 1}, "Quality": {"missingDataPoints": []}}
NOW = datetime(2026, 1, 2, 3, 4, 5, 999999, tzinfo=UTC)


def test_the_three_files_hold_the_same_values(tmp_path):
    folder = tmp_path / "insights" / "1"
    publication = Publication()
    publication.begin(Places("1", folder, tmp_path, tmp_path))
    staged = stage_set(publication, folder, analysis="creative_density", prefix="density", ml_form=ML)
    assert publication.commit(NOW) == "20260102_030405"
    assert staged.name == "creative_density_complete_<stamp>.json"
    read = {
        kind: json.loads((staged.parent / f"creative_density_{kind}_20260102_030405.json").read_text())
        for kind in ("ml", "result", "complete")
    }
    assert read["ml"] == ML
    assert read["result"] == {"densityCoreMetrics": {"x": 1}, "densityQuality": {"missingDataPoints": []}}
    assert list(read["complete"]) == [
        "analysis_type",
        "success",
        "result",
        "parsed_response",
        "source",
        "processing_mode",
        "version",
        "contract_version",
    ]
    assert json.loads(read["complete"]["result"]) == read["result"]
    assert read["complete"]["parsed_response"] == read["ml"]


def test_without_a_prefix_both_forms_are_equal():
    assert result_form(ML, "") == ML
    assert complete_form("temporal_markers", ML, "")["parsed_response"] == ML


def test_nan_is_refused():
    with pytest.raises(ValueError, match="Out of range float"):
        to_json({"x": float("nan")})


@pytest.mark.parametrize(
    ("there", "given"),
    [
        ([], "20260102_030405"),
        (["a/a_ml_20260102_030405.json", "a/a_ml_20260102_030406.json"], "20260102_030407"),
        (["report_20260102_030405.json"], "20260102_030406"),
        (["a/a_ml_20260101_000000.json"], "20260102_030405"),
        (["a/a_ml_20260102_130405.json"], "20260102_130406"),  # the deployed system's local time, ahead of UTC
        (["report_20251231_235959.json", "report_20260131_235959.json"], "20260201_000000"),
        (["report_99999999_999999.json", "report_99991231_235959.json"], "20260102_030405"),
    ],
)
def test_a_stamp_is_later_than_that_of_every_run_before(tmp_path, there, given):
    (tmp_path / "a").mkdir()
    for name in there:
        (tmp_path / name).write_text("{}")
    assert next_stamp(tmp_path, NOW) == given
    assert next_stamp(tmp_path / "missing", NOW) == "20260102_030405"
