"""Two folders in the deployed system's shapes: always a verdict for all eight outputs, never a crash."""

from __future__ import annotations

import json
import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.harness.tools.diff.deployed import FORMS, PREFIXES, Folder, write

ARTIFACTS = {f"{name}.{form}" for name in PREFIXES for form in FORMS}
NAN = float("nan")


def test_both_runners_folders_get_a_verdict_for_all_eight_outputs(diff_json, production, local):
    done = diff_json(production.path, local.path)
    assert done.code == 3
    parts = {part["artifact"]: part for part in done.pair["artifacts"]}
    assert parts.keys() >= ARTIFACTS
    assert all(parts[name]["state"] == "compared" and parts[name]["verdicts"] for name in ARTIFACTS)


def test_without_a_contract_version_that_is_said_before_the_sides(diff, production, local):
    lines = diff(production.path, local.path).text.splitlines()
    assert lines[2] == "first  contract version none on both sides: they may not mean what today's schemas say"
    assert lines[3].startswith("A ")


def test_another_contract_version_on_one_side_is_said_first(diff, production, local):
    for name in PREFIXES:
        local.change(name, "complete", "contract_version", value="1.4.0")
    write(local.path / f"report_{local.stamp}.json", {"contract_version": "1.4.0"})
    line = diff(production.path, local.path).text.splitlines()[2]
    assert line == "first  contract version none on A, 1.4.0 on B: fields may differ in meaning, not only in value"


def test_the_four_key_markers_file_is_three_missing_keys_and_named_as_an_older_shape(diff_json, production, local):
    done = diff_json(production.path, local.path)
    found = [each["path"] for each in done.pair["findings"] if each["artifact"] == "temporal_markers.complete"]
    assert set(found) >= {"source", "processing_mode", "version"}
    assert done.finding("version")["kind"] == "missing"
    assert (
        "B: lacks source, processing_mode, version, contract_version (older shape): temporal_markers (complete)"
        in done.pair["notes"]
    )


def test_of_any_contract_only_what_differs_counts(diff_json, production, local):
    done = diff_json(production.path, local.path, "--any-contract")
    assert done.code == 1
    assert {each["path"] for each in done.pair["findings"]} == {"source", "processing_mode", "version"}
    assert done.report["counts"]["uncompared"] == 0


def test_of_any_contract_equal_folders_are_parity_and_their_clocks_ignored(diff_json, tmp_path, local):
    other = Folder(tmp_path / "other", local=True, stamp="20250812_080000")
    other.results["temporal_markers"]["metadata"]["generated_at"] = "2025-08-12T08:00:00.000001"
    other.save()
    done = diff_json(local.path, other.path, "--any-contract")
    assert (done.code, done.report["verdict"]) == (0, "parity")
    assert {leaf["by"] for leaf in done.pair["ignored"]} == {"volatile"}


def test_a_changed_value_that_todays_schema_does_not_know_is_found_of_any_contract(diff_json, tmp_path, local):
    other = Folder(tmp_path / "other", local=True)
    other.results["scene_pacing"]["scenePacingCoreMetrics"]["transitionSmoothing"] = 0.9
    other.results["person_framing"]["personFramingKeyEvents"]["framingChanges"] = []
    other.save()
    done = diff_json(local.path, other.path, "--any-contract")
    assert done.code == 1
    kinds = {each["path"].rpartition(".")[2]: each["kind"] for each in done.pair["findings"]}
    assert kinds == {"transitionSmoothing": "value", "framingChanges": "type"}


def test_one_stamp_per_analysis_is_read_and_said(diff_json, production, local):
    done = diff_json(production.path, local.path)
    assert len(done.pair["a"]["stamps"]) == 8
    assert done.pair["b"]["stamps"] == ["20250811_124759"]
    assert any(
        note.startswith("A: files of several stamps: 20250811_124700 creative_density") for note in done.pair["notes"]
    )


@pytest.mark.parametrize("name", sorted(PREFIXES))
def test_a_missing_set_is_three_missing_artifacts(diff_json, production, local, name):
    shutil.rmtree(local.path / name)
    done = diff_json(production.path, local.path)
    states = {part["artifact"]: part["state"] for part in done.pair["artifacts"]}
    assert [states[f"{name}.{form}"] for form in FORMS] == ["missing"] * 3
    assert "drift" in done.report["verdicts"]
    reverse = diff_json(local.path, production.path)
    assert reverse.part(f"{name}.ml")["state"] == "extra"


def test_an_empty_folder_of_an_analysis_is_a_missing_set(diff_json, production, local):
    for file in (local.path / "scene_pacing").iterdir():
        file.unlink()
    done = diff_json(production.path, local.path)
    assert done.part("scene_pacing.complete")["state"] == "missing"


def test_one_missing_kind_of_the_only_set_is_one_missing_artifact(diff_json, production, local):
    local.file("scene_pacing", "ml").unlink()
    done = diff_json(production.path, local.path)
    assert done.part("scene_pacing.ml")["state"] == "missing"
    assert done.part("scene_pacing.result")["state"] == "compared"
    assert "B: scene_pacing: the set of 20250811_124759 has only result, complete" in done.pair["notes"]


def test_what_neither_side_has_is_said(diff_json, production, local):
    for folder in (production, local):
        shutil.rmtree(folder.path / "speech_analysis")
    done = diff_json(production.path, local.path)
    assert done.part("speech_analysis.result")["state"] == "absent"
    assert any(
        "on neither side: unified, report, speech_analysis (result, ml, complete)" in n for n in done.pair["notes"]
    )


#: What the deployed system and hand-written files really hold where another type is expected, and worse.
ODD_VALUES = {
    "integer for a list": ("creative_density", "ml", ("KeyEvents", "peakMoments"), 5),
    "text for a number": ("scene_pacing", "ml", ("CoreMetrics", "scenesPerMinute"), "erratic"),
    "number for a text": ("scene_pacing", "result", ("scenePacingCoreMetrics", "rhythmConsistency"), 0.8),
    "list for an object": ("temporal_markers", "ml", ("cta_window",), [0.8, 0.3]),
    "object for a list": ("temporal_markers", "ml", ("engagement_curve",), {"peak_engagement_time": 3}),
    "null for a block": ("speech_analysis", "ml", ("CoreMetrics",), None),
    "zero for a block": ("speech_analysis", "ml", ("Quality",), 0),
    "empty list for a block": ("speech_analysis", "result", ("speechQuality",), []),
    "NaN": ("emotional_journey", "ml", ("CoreMetrics", "emotionalIntensity"), NAN),
    "infinity": ("emotional_journey", "ml", ("CoreMetrics", "emotionalIntensity"), float("-inf")),
    "a number beyond any float": ("metadata_analysis", "ml", ("CoreMetrics", "viewCount"), 10**400),
    "true for a number": ("metadata_analysis", "ml", ("CoreMetrics", "mentionCount"), True),
    "half a surrogate pair": ("visual_overlay_analysis", "ml", ("Patterns", "contentFocus"), "\ud83d"),
    "a result that is no JSON": ("person_framing", "complete", ("result",), "{'prompt_type': 'old'"),
    "a result that is an object": ("person_framing", "complete", ("result",), {"a": 1}),
    "a result that is JSON null": ("person_framing", "complete", ("result",), "null"),
    "wrapper keys of older versions": ("person_framing", "complete", ("tokens_used",), 1200),
    "a deep value": ("creative_density", "ml", ("Quality",), json.loads("[" * 400 + "]" * 400)),
}


@pytest.mark.parametrize("name", ODD_VALUES)
@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_an_odd_value_is_a_finding(diff, production, local, name, form):
    analysis, kind, path, value = ODD_VALUES[name]
    local.change(analysis, kind, *path, value=value)
    done = diff(production.path, local.path, "--format", form, "--limit", "0", "--analysis", f"{analysis}.{kind}")
    assert done.code in (1, 3)
    if form == "json":
        last = path[-1]
        places = [each["path"] for each in (*done.pair["findings"], *done.pair["violations"])]
        places += [each["path"] for each in done.pair["uncompared"]]
        assert any(last in place for place in places), places


@pytest.mark.parametrize("form", ["complete", "ml", "result"])
@pytest.mark.parametrize(
    "content", ["", "{", "[]", "3", "null", '"text"', "\x00\x01", "[" * 100_000, '{"a": 1} trailing']
)
def test_a_broken_or_foreign_file_is_a_finding(diff_json, production, local, form, content):
    local.file("scene_pacing", form).write_text(content)
    done = diff_json(production.path, local.path, "--analysis", "scene_pacing")
    assert done.code in (1, 3)
    part = done.part(f"scene_pacing.{form}")
    assert part["verdicts"] != ["parity"]
    if part["state"] == "unreadable":
        assert any(each["note"].startswith("B: scene_pacing_") for each in done.pair["findings"])


def test_what_is_missing_does_not_follow_from_another_file_that_is_empty_or_missing(diff_json, tmp_path, local):
    write(local.root / "unified_analysis" / f"{local.video_id}.json", {"video_id": local.video_id})
    other = Folder(tmp_path / "other", local=True)
    other.save()
    other.file("speech_analysis", "ml").write_text("")
    first, second = diff_json(local.path, other.path, "--any-contract").pair["causes"]
    assert first["title"] == (
        f"analysis speech_analysis: 1 artifact unreadable: speech_analysis.ml (B: {other.file('speech_analysis', 'ml').name} is empty)"
    )
    assert (second["title"], first["follows"]) == ("unified file: 1 artifact missing: unified", [])
    other.file("speech_analysis", "ml").unlink()
    titles = [each["title"] for each in diff_json(local.path, other.path, "--any-contract").pair["causes"]]
    assert titles == ["analysis speech_analysis: 1 artifact missing: speech_analysis.ml", second["title"]]


@pytest.mark.parametrize("more", [(), ("--schema", "none")])
def test_nan_is_said_to_be_no_json_number(diff_json, tmp_path, local, more):
    other = Folder(tmp_path / "other", local=True)
    other.save()
    place = "CoreMetrics.emotionalDiversity"
    other.change("emotional_journey", "ml", *place.split("."), value=NAN)
    good, bad = (each.file("emotional_journey", "ml") for each in (local, other))
    for first in (good, bad):
        pair = diff_json(first, bad, "--field", place, *more).pair
        assert pair["findings"][0]["note"] == "NaN and infinity are no JSON numbers"
        assert not [each for each in pair["violations"] if "validator" in each["message"]]
    (cause,) = pair["causes"]
    assert cause["title"].endswith(f"NaN or infinity, which JSON has no number for: 1 value of {place}")


def test_bytes_that_are_no_text_are_a_finding(diff_json, production, local):
    local.file("scene_pacing", "ml").write_bytes(b"\xff\xfe\xfd{\x9d")
    done = diff_json(production.path, local.path, "--analysis", "scene_pacing")
    assert done.part("scene_pacing.ml")["state"] == "unreadable"


def test_a_folder_where_a_file_should_be_is_said(diff_json, production, local):
    file = local.file("scene_pacing", "ml")
    file.unlink()
    file.mkdir()
    done = diff_json(production.path, local.path)
    assert done.part("scene_pacing.ml")["state"] == "missing"
    assert any(file.name in note for note in done.pair["notes"])


def test_an_output_that_the_pipeline_does_not_know_is_compared_without_a_schema(diff_json, production, local):
    for folder, value in ((production, 1), (local, 2)):
        for form in FORMS:
            file = folder.path / "hook_analysis" / f"hook_analysis_{form}_20250811_124759.json"
            file.parent.mkdir(exist_ok=True)
            file.write_text(json.dumps({"hooks": value}))
    done = diff_json(production.path, local.path, "--analysis", "hook_analysis")
    assert done.code == 1
    assert done.part("hook_analysis.ml")["schema"] is None
    assert done.finding("hooks")["magnitude"] == 1
    assert done.pair["compared"]["why"] == "no schema: every value exactly, the items of lists by the fewest edits"
    notes = diff_json(production.path, local.path).pair["notes"]
    assert (
        "no schema: every value exactly, the items of lists by the fewest edits: hook_analysis (complete, ml, result)"
        in notes
    )


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=5), inside, max_size=3),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(sorted(PREFIXES)), form=st.sampled_from(FORMS), document=json_values)
def test_any_document_in_the_place_of_any_output_gets_a_verdict(diff_json, production, local, name, form, document):
    file = local.file(name, form)
    kept = file.read_text()
    file.write_text(json.dumps(document))
    try:
        done = diff_json(production.path, local.path, "--analysis", f"{name}.{form}")
    finally:
        file.write_text(kept)
    assert done.code in (1, 3)
    assert done.part(f"{name}.{form}")["verdicts"] != ["parity"]
