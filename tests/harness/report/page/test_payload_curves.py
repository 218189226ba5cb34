"""Time-ordered lists become two curves wherever a schema says that they are some, and only where values in them differ."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from parity.contract import check, registry
from parity.paths import INSIDE
from parity.pipeline import settings
from parity.pipeline.load import load_pipeline
from parity.report.page import curves as drawing
from parity.report.page.lines import Point, line_of
from parity.report.page.spots import in_turn
from tests.harness.conftest import ROOT
from tests.harness.report.page import toys

SEEN = toys.SEEN


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> toys.World:
    """A project with goldens; every test runs it with something else seen."""
    return toys.world(tmp_path_factory.mktemp("curves"), "one")


def curves_of(world: toys.World, *, clip: bool = True, **seen: Any) -> dict[str, dict[str, Any]]:
    """The curves of a run in which other things are seen, by place."""
    file = world.project.root / "corpus/one/clip.mp4"
    file.unlink(missing_ok=True)
    world.case("one", seen=seen, clip=clip)
    page = world.page()
    for curve in page["curves"]:
        assert (curve["case"], curve["artifact"]) == ("one", "scores")
        assert curve["column"] in {column["id"] for column in page["matrix"]["columns"]}
    assert sorted(index for cause in page["causes"] for index in cause["curves"]) == list(range(len(page["curves"])))
    return {curve["path"]: curve for curve in page["curves"]}


def sides(curve: dict[str, Any]) -> dict[str, list[list[float | None]]]:
    return {side["title"]: side["points"] for side in curve["sides"]}


def test_a_list_with_a_step_is_a_curve_in_seconds_with_both_sides_and_where_they_differ(base):
    curve = curves_of(base, Curve=[0.1, 0.9, 0.3, 0.8])["Curve[*]"]
    assert sides(curve) == {
        "golden": [[0, 0.1], [2, 0.2], [4, 0.3], [6, 0.4]],
        "disk and web": [[0, 0.1], [2, 0.9], [4, 0.3], [6, 0.8]],
    }
    assert curve["differs"] == [2, 6]
    assert (curve["title"], curve["labels"]) == ("Curve", None)
    assert (curve["x"], curve["y"]) == ({"title": "time", "unit": "s"}, {"title": "Curve", "unit": "ratio"})


def test_a_longer_side_is_drawn_to_its_end(base):
    curve = curves_of(base, Curve=[0.1, 0.2, 0.3, 0.4, 0.5])["Curve[*]"]
    assert [len(points) for points in sides(curve).values()] == [4, 5]


def test_a_list_that_spans_the_video_evenly_is_as_long_as_the_clip(base):
    curve = curves_of(base, Course=[0.5, 0.6, 0.5])["Course[*]"]
    assert sides(curve)["disk and web"] == [[0, 0.5], [1, 0.6], [2, 0.5]]
    assert curve["x"] == {"title": "time", "unit": "s"}


def test_without_a_clip_such_a_list_is_drawn_in_shares_of_the_video(base):
    curve = curves_of(base, clip=False, Course=[0.5, 0.6, 0.5])["Course[*]"]
    assert [x for x, _ in sides(curve)["golden"]] == [0, 33.3333, 66.6667]
    assert curve["x"]["unit"] == "% of the video"


def test_an_object_whose_keys_are_stretches_of_time_is_a_curve(base):
    curve = curves_of(base, Windows={"0-5s": 0.25, "5-7.5s": 0.1})["Windows.*"]
    assert sides(curve) == {"golden": [[0, 0.25], [5, 0.75]], "disk and web": [[0, 0.25], [5, 0.1]]}
    assert curve["differs"] == [5]
    assert curve["x"]["unit"] == "s"


def test_words_out_of_a_list_are_drawn_as_steps_between_them_beside_the_numbers(base):
    moods = [{"when": "0s", "mood": "calm", "sure": 0.9}, {"when": "1s", "mood": "sad", "sure": 0.4}]
    found = curves_of(base, Moods=moods)
    assert found.keys() == {"Moods[*].mood", "Moods[*].sure"}
    mood = found["Moods[*].mood"]
    assert mood["labels"] == ["calm", "glad", "sad"]
    assert sides(mood) == {"golden": [[0, 0], [1, 1]], "disk and web": [[0, 0], [1, 2]]}
    assert mood["y"] == {"title": "mood", "unit": ""}
    assert (mood["x"], mood["differs"]) == ({"title": "when", "unit": "s"}, [1])
    assert sides(found["Moods[*].sure"])["disk and web"] == [[0, 0.9], [1, 0.4]]


def test_a_missing_item_of_a_series_is_drawn_by_what_the_series_is_about(base):
    found = curves_of(base, Moods=SEEN["Moods"][:1])
    assert found.keys() == {"Moods[*].sure"}
    assert [len(points) for points in sides(found["Moods[*].sure"]).values()] == [2, 1]
    assert found["Moods[*].sure"]["differs"] == [1]


def test_of_several_items_of_one_moment_only_those_called_like_the_differing_one_are_drawn(base):
    faces = [{**face, "sure": 0.1} if (face["who"], face["at"]) == ("ann", 1.5) else face for face in SEEN["Faces"]]
    curve = curves_of(base, Faces=faces)["Faces[*].sure"]
    assert curve["title"] == "Faces · sure, who ann"
    assert sides(curve) == {"golden": [[0.5, 0.9], [1.5, 0.8]], "disk and web": [[0.5, 0.9], [1.5, 0.1]]}


def test_texts_and_boxes_are_no_curves(base):
    texts = [{**SEEN["Texts"][0], "text": "BUY NEVER"}]
    faces = [{**face, "box": [0.0, 0.0, 1.0, 1.0]} for face in SEEN["Faces"]]
    assert curves_of(base, Texts=texts, Faces=faces) == {}


def test_a_long_curve_is_thinned_and_keeps_what_differs():
    side = [Point(float(x), 0.0, ()) for x in range(10_000)]
    shown = drawing._thinned(side, [17.0, 4_321.0])
    assert len(shown) <= drawing.POINTS
    assert {17, 4_321} <= {x for x, _ in shown}
    assert [x for x, _ in shown] == sorted({x for x, _ in shown})
    assert shown[-1][0] > 9_900


def test_one_of_every_cause_and_case_comes_before_a_second_of_any():
    def of(cause: str, case: str, weight: int, *, own: bool = True) -> Any:
        where = SimpleNamespace(case=case, check="golden")
        return SimpleNamespace(
            where=where, causes={cause: own}, name=f"{cause}{case}{weight}{'' if own else 'f'}", w=weight
        )

    found = [of("y", "1", 1), of("x", "1", 2), of("x", "1", 1), of("x", "2", 9), of("x", "1", 0, own=False)]
    told = [each.name for each in in_turn(found, ["x", "y"], weight=lambda each: each.w)]
    assert told == ["x11", "x29", "y11", "x12", "x10f"]


@pytest.fixture(scope="module")
def contracts() -> Any:
    schemas = registry.load(ROOT / "schemas")
    pipeline = load_pipeline(settings.load(ROOT / "parity.toml"))
    schemas = schemas.with_documents(pipeline.derived_schemas(schemas.documents))
    return lambda schema: check.build(schemas, schema).node


@pytest.mark.parametrize(
    ("schema", "steps", "x", "y"),
    [
        ("creative_density.schema.json", ["Dynamics", "densityCurve", 3, "density"], "second", "density"),
        (
            "visual_overlay_analysis.schema.json",
            ["Dynamics", "overlayProgression", 0, "density"],
            "timestamp",
            "density",
        ),
        ("temporal_markers.schema.json", ["first_5_seconds", "density_progression", 2], None, ""),
        ("temporal_markers.schema.json", ["engagement_curve", 1], None, ""),
        ("unified.schema.json", ["temporalMarkers", "engagement_curve"], None, ""),
        ("unified.schema.json", ["ml_data", "audio_energy", "rms_per_second", 4], None, ""),
        ("unified.schema.json", ["ml_data", "audio_energy", "energy_level_windows", "0-5s"], None, ""),
        ("speech_analysis.schema.json", ["Dynamics", "wpmProgression", 9], None, ""),
        ("emotional_journey.schema.json", ["Dynamics", "emotionProgression", 1, "emotion"], "timestamp", "emotion"),
        ("emotional_journey.schema.json", ["Dynamics", "emotionProgression", 1, "intensity"], "timestamp", "intensity"),
        ("unified.schema.json", ["ml_data", "emotion_detection", "emotions", 5, "emotion"], "timestamp", "emotion"),
        (
            "scene_pacing.schema.json",
            ["Dynamics", "pacingProgression", 1, "cutsPerMinute"],
            "timestamp",
            "cutsPerMinute",
        ),
    ],
)
def test_density_engagement_energy_words_per_minute_and_emotions_can_be_drawn(contracts, schema, steps, x, y):
    line = line_of(contracts(schema), steps)
    assert line is not None
    assert (line.x, line.y_title) == (x, y)
    assert (line.labels is not None) == (y == "emotion")


def test_a_list_in_the_text_form_of_an_analysis_can_be_drawn_too(contracts):
    steps = ["result", INSIDE, "creativeDensityDynamics", "densityCurve", 0, "density"]
    names = contracts("creative_density.complete.derived.json").child("result").content.properties
    steps[2] = next(name for name in names if name.endswith("Dynamics"))
    line = line_of(contracts("creative_density.complete.derived.json"), steps)
    assert (line.depth, line.x, line.leaf) == (4, "second", ("density",))


def test_every_series_that_the_schemas_declare_can_be_drawn(contracts):
    """One that is added later, too."""
    import json

    declared = 0
    for file in sorted((ROOT / "schemas").rglob("*.schema.json")):
        if file.parent.name == "reports" or file.name == "x-parity.schema.json":
            continue
        for steps in _series(json.loads(file.read_text(encoding="utf-8"))):
            declared += 1
            assert line_of(contracts(file.relative_to(ROOT / "schemas").as_posix()), steps), (file.name, steps)
    assert declared >= 8


def _series(schema: dict[str, Any]) -> list[list[Any]]:
    """Steps to the first item of every list that is declared as a series."""

    def look(part: Any, steps: list[Any]) -> Any:
        if not isinstance(part, dict):
            return
        if "series" in part.get("x-parity", {}):
            yield [*steps, 0]
        if "$ref" in part and part["$ref"].startswith("#/$defs/"):
            yield from look(schema["$defs"][part["$ref"].rpartition("/")[2]], steps)
        for name, child in part.get("properties", {}).items():
            yield from look(child, [*steps, name])
        if "items" in part:
            yield from look(part["items"], [*steps, 0])

    return list(look(schema, []))
