"""Golden forms of the owners held against a folder of outputs."""

from __future__ import annotations

import json

import pytest

from parity.verdict import UsageError
from rumiai_parity.expectations.form import check_form, seconds, share
from rumiai_parity.pipeline import PIPELINE
from tests.harness.conftest import ROOT

STAMP = "20260101_120000"
ANALYSES = {
    "creative_density": {"KeyEvents": {"peakMoments": [{"timestamp": "3-4s"}]}},
    "speech_analysis": {"CoreMetrics": {"speechCoverage": 0.93}},
    "temporal_markers": {
        "first_5_seconds": {"text_moments": [{"text": "STOP SCROLLING"}], "speech_segments": []},
        "cta_window": {"cta_appearances": [{"context": "follow now!"}]},
        "peak_moments": [{"timestamp": 14.0}],
    },
}
TIMELINE = [
    ("text", {"text": "STOP SCROLLING"}),
    ("text", {"text": "SECOND PFAK"}),
    ("speech", {"text": "Wait, wait. Boom!"}),
    *[("scene_change", {})] * 6,
]


@pytest.fixture
def outputs(tmp_path):
    """``insights/7`` of a video of 20 s with a person in 19 of them."""
    for name, document in ANALYSES.items():
        folder = tmp_path / "insights/7" / name
        folder.mkdir(parents=True)
        for form in ("ml", "complete"):
            (folder / f"{name}_{form}_{STAMP}.json").write_text(json.dumps(document))
    unified = {
        "duration": 20.0,
        "timeline": {"entries": [{"entry_type": kind, "data": data} for kind, data in TIMELINE]},
        "ml_data": {"yolo": {}, "mediapipe": {"faces": [{"timestamp": t + 0.5} for t in range(19)]}},
    }
    (tmp_path / "unified_analysis").mkdir()
    (tmp_path / "unified_analysis/7.json").write_text(json.dumps(unified))
    return tmp_path / "insights/7"


def judged(form, outputs):
    return [(e.component, e.expected, e.passed) for e in check_form(form, outputs).expectations]


@pytest.mark.parametrize(
    ("answers", "component", "expected", "passes"),
    [
        ({"scene_changes": {"expected": 8, "acceptable_range": [5, 11]}}, "scenes", "5 to 11 scene changes", True),
        ({"scene_count": {"your_count": 10}}, "scenes", "7 to 13 scene changes", False),
        ({"text_overlay_count": {"expected": 7, "acceptable_range": [5, 9]}}, "texts", "5 to 9 texts", False),
        ({"text_overlay_count": 4}, "texts", "2 to 6 texts", True),
        ({"text_overlays": [{"text": "SECOND PEAK"}]}, "texts", "'SECOND PEAK'", True),
        ({"text_overlays": [{"text": "THIRD ONE"}]}, "texts", "'THIRD ONE'", False),
        ({"speech_segments": [{"time": "0:24-0:26", "text": "BOOM!"}]}, "words", "'BOOM!'", True),
        ({"speech_coverage": {"acceptable_range": ["90%", "100%"]}}, "speech coverage", "90% to 100%", True),
        ({"speech_coverage": {"your_estimate": "80%"}}, "speech coverage", "70% to 90%", False),
        ({"person_presence": "100%"}, "persons", "90% to 100%", True),
        (
            {"expected_peaks": {"first": {"acceptable_range": ["0:11", "0:17"]}}},
            "peaks",
            "peak at 11.000 to 17.000 s",
            True,
        ),
        ({"expected_peaks": {"first": {"time_range": "0:06-0:08"}}}, "peaks", "peak at 6.000 to 8.000 s, ±2 s", False),
        ({"peak_moment": {"your_timestamp": "0:05"}}, "peaks", "peak at 5.000 s, ±2 s", True),
        (
            {"opening_hook": {"acceptable_matches": ["stop scrolling", "wait"]}},
            "hook",
            "hook 'stop scrolling' or 'wait'",
            True,
        ),
        ({"opening_hook": {"type": "urgency"}}, "hook", "a text or a word in the first 5 s", True),
        ({"closing_retention": {"type": "direct_cta"}}, "CTA", "a call to action at the end", True),
    ],
)
def test_each_answer_is_held_against_its_output(outputs, answers, component, expected, passes):
    assert judged({"expected_detections": answers}, outputs) == (
        [(component, expected, passes)] if "expected_peaks" not in answers else []
    )
    assert judged(answers, outputs) == [(component, expected, passes)]


def test_what_is_to_be_done_is_unanswered_and_not_counted(outputs):
    form = {
        "scene_count": {"your_count": "TBD", "acceptable_range": ["TBD", "TBD"]},
        "opening_hook": "TBD",
        "expected_peaks": {"low_energy_section": {"time_range": "0:16-0:20"}},
        "speech_coverage": {"your_estimate": "TBD"},
        "text_overlays": ["TBD"],
        "quick_validation_checks": {"scene_changes": 3, "hook": ["TBD"]},
    }
    answers = check_form(form, outputs)
    assert answers.expectations == ()
    assert answers.unanswered == (
        "scene_count.your_count",
        "scene_count.acceptable_range[0]",
        "scene_count.acceptable_range[1]",
        "opening_hook",
        "speech_coverage.your_estimate",
        "text_overlays[0]",
        "quick_validation_checks.hook[0]",
    )


def test_the_newest_complete_set_counts(outputs):
    newer = outputs / "speech_analysis/speech_analysis_ml_20260102_120000.json"
    newer.write_text(json.dumps({"CoreMetrics": {"speechCoverage": 0.1}}))
    form = {"speech_coverage": "93%"}
    assert judged(form, outputs)[0][2]
    newer.with_name(newer.name.replace("_ml_", "_complete_")).write_text("{}")
    assert not judged(form, outputs)[0][2]


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ([], "expected a JSON object, got list"),
        ({"expected_peaks": {"first": {"time_range": "later"}}}, "'later' is no time"),
        ({"speech_coverage": {"acceptable_range": ["most", "all"]}}, "'most' is no share"),
    ],
)
def test_a_form_that_cannot_be_read_is_named(outputs, form, text):
    with pytest.raises(UsageError, match=text):
        check_form(form, outputs)


def test_missing_outputs_are_named(outputs, tmp_path):
    with pytest.raises(UsageError, match="no complete set of creative_density"):
        check_form({}, tmp_path)
    (tmp_path / "unified_analysis/7.json").unlink()
    with pytest.raises(UsageError, match=r"unified_analysis/7\.json: is not there"):
        check_form({}, outputs)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("", "is empty"),
        ("{", "is not JSON"),
        ('{"a": 1, "a": 2}', "key 'a' stands twice"),
        ("[" * 100_000, "nested too deep"),
        ("[]", "not what a finished run leaves"),
        ("{}", "not what a finished run leaves"),
    ],
)
@pytest.mark.parametrize(
    "name", ["unified_analysis/7.json", "insights/7/speech_analysis/speech_analysis_ml_20260101_120000.json"]
)
def test_damaged_outputs_are_named(outputs, tmp_path, name, content, text):
    file = tmp_path / name
    assert file.is_file()
    file.write_text(content)
    with pytest.raises(UsageError, match=text) as caught:
        check_form({"speech_coverage": "93%", "scene_count": 3}, outputs)
    assert str(outputs if "finished" in text else file) in str(caught.value)


def test_times_and_shares_are_read_as_people_write_them():
    assert (seconds("1:05-1:07.5"), seconds("0:12"), seconds(3)) == ((65.0, 67.5), (12.0, 12.0), (3.0, 3.0))
    assert (share("90%"), share(90), share(0.9), share("1%")) == (0.9, 0.9, 0.9, 0.01)


def test_the_command_checks_a_form(outputs, project):
    settings = (ROOT / "parity.toml").read_text()
    project.write("rumiai.toml", settings)
    form = project.write("golden_v2_x.json", {"speech_coverage": "93%", "notes": "TBD"})
    done = project.parity("--config", "rumiai.toml", "expect", "--form", str(form), "--against", str(outputs))
    assert done.returncode == 0, done.stderr
    assert "golden_v2_x  speech coverage  83% to 100%" in done.stdout
    assert done.stdout.endswith("unanswered: 1 (notes)\n")
    assert PIPELINE.answers({}, outputs).expectations == ()
