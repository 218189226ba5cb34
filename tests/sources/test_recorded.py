"""Recorded unified documents: our own come back as written, older shapes come back in ours, wrong files are named."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rumiai_v2.errors import UsageError
from rumiai_v2.results import Recorded
from rumiai_v2.sources.recorded import SERVICES, RecordedRun, normalise, read_recorded
from rumiai_v2.timeline.builder import build_timeline
from rumiai_v2.timeline.unified import Origin, origin_of
from tests.analyses.documents import Json, box, emotion, text, unified
from tests.analyses.strategies import videos
from tests.schema_check import validate


def older(ml_data: Json, *, duration: Any = 10.0, entries: list[Json] | None = None, **more: Any) -> Json:
    """A document as the earlier system wrote it."""
    return {
        "video_id": "123",
        "metadata": {"video_id": "123", "duration": duration, "width": 1920, "height": 1080, "fps": 30.0},
        "duration": duration,
        "pipeline_status": {"yolo": True, "mediapipe": True, "ocr": True, "scene": True, "whisper": True},
        "processing_metadata": {"timeline_entries": 0, "entry_types": {}, "duration": duration},
        "timeline": {"video_id": "123", "duration": duration, "entry_count": 0, "entries": entries or []},
        "ml_data": ml_data,
        **more,
    }


def run(ml_data: Json, **more: Any) -> RecordedRun:
    recorded = normalise(older(ml_data, **more))
    timeline = build_timeline("123", recorded.duration, recorded.ml_data, size=recorded.size)
    validate(timeline.to_dict(), "timeline.schema.json")
    return recorded


def detection(t: float, *, x: float = 0.0, name: str = "dog", number: int = 0) -> Json:
    """An object as the earlier system recorded it: an id made of frame and class, and two keys of no meaning."""
    return {
        "trackId": f"obj_{round(30 * t)}_{number}",
        "className": name,
        "confidence": 0.8,
        "timestamp": t,
        "bbox": [x, 0.0, x + 100.0, 100.0],
        "frame_number": round(30 * t),
        "class": "unknown",
        "frames": [],
    }


@settings(max_examples=50, deadline=None)
@given(videos())
def test_our_own_documents_come_back_exactly(video: Json):
    before = copy.deepcopy(video)
    recorded = normalise(json.loads(json.dumps(video)))
    assert video == before
    assert recorded.ml_data == video["ml_data"]
    services = video["processing_metadata"]["services"]
    assert recorded.status == {name: services[name]["status"] for name in SERVICES}
    assert recorded.errors == {n: s["error"] for n, s in services.items() if s["status"] == "failed"}
    assert (recorded.video_id, recorded.duration, recorded.metadata) == ("clip", video["duration"], video["metadata"])
    assert recorded.media == video["processing_metadata"]["media"]
    assert recorded.size == ((360, 640) if recorded.media else None)


def test_a_missing_service_was_not_run():
    recorded = run({})
    assert set(recorded.status) == set(SERVICES)
    assert set(recorded.status.values()) == {"not_run"}
    assert recorded.ml_data == {name: {} for name in SERVICES}


def test_empty_without_metadata_was_not_run_whatever_the_status_says():
    recorded = run({"mediapipe": {"poses": [], "faces": [], "presence_percentage": 0.0, "frames_with_people": 0}})
    assert recorded.status["mediapipe"] == "not_run"


def test_nothing_found_in_no_frame_was_not_run():
    empty: Json = {"textAnnotations": [], "stickers": []}
    assert run({"ocr": {**empty, "metadata": {"frames_analyzed": 0}}}).status["ocr"] == "not_run"
    assert run({"ocr": {**empty, "metadata": {"frames_analyzed": 9, "processed": True}}}).status["ocr"] == "run"


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"segments": [], "error": "no binary", "metadata": {}}, "no binary"),
        ({"segments": [], "metadata": {"processed": False}}, "recorded as not processed, without an error"),
        ({"segments": [], "metadata": {"processed": False, "error": "timeout"}}, "timeout"),
        ({"success": False, "error": "crash", "data": {}}, "crash"),
    ],
)
def test_a_failed_service_keeps_its_error(data: Json, error: str):
    recorded = run({"whisper": data})
    assert recorded.status["whisper"] == "failed"
    assert recorded.errors == {"whisper": error}
    assert recorded.ml_data["whisper"] == {}


def test_nested_data_and_other_names_of_lists_are_read():
    recorded = run(
        {
            "yolo": {"data": {"detections": [detection(1.0)]}},
            "ocr": {"text_annotations": [{"text": "abc", "confidence": 0.9, "time": 1.0, "bbox": [1, 2, 3, 4]}]},
            "scene_detection": {"shots": [{"start_time": 0.0, "end_time": 4.0}, {"start_time": 4.0, "end_time": 10.0}]},
        }
    )
    assert len(recorded.ml_data["yolo"]["objectAnnotations"]) == 1
    assert recorded.ml_data["ocr"]["textAnnotations"][0]["timestamp"] == 1.0
    assert recorded.ml_data["scene_detection"]["scene_changes"] == [4.0]


def test_results_before_the_timeline_are_read_too():
    raw = {"video_id": "9", "metadata": {"id": "9", "duration": 7}, "ml_results": {"yolo": {"detections": []}}}
    recorded = normalise(raw)
    assert (recorded.duration, recorded.status["yolo"]) == (7.0, "not_run")


def test_boxes_that_follow_each_other_become_one_object():
    found = [detection(0.0), detection(0.5, x=10), detection(0.5, x=500, number=1), detection(1.0, x=20)]
    data = run({"yolo": {"objectAnnotations": found, "metadata": {"processed": True}}}).ml_data["yolo"]
    assert [a["trackId"] for a in data["objectAnnotations"]] == ["obj_1", "obj_1", "obj_2", "obj_1"]
    assert {(a["className"], a["class"]) for a in data["objectAnnotations"]} == {("dog", "dog")}
    assert (data["metadata"]["tracks"], data["metadata"]["sample_spacing"]) == (2, 0.5)


def test_two_boxes_of_one_frame_are_two_objects_though_they_shared_an_id():
    data = run({"yolo": {"objectAnnotations": [detection(0.0), detection(0.0)]}}).ml_data["yolo"]
    assert [a["trackId"] for a in data["objectAnnotations"]] == ["obj_1", "obj_2"]


def test_sightings_inside_an_object_keep_its_identity():
    nested = {
        "trackId": "a",
        "class": "dog",
        "confidence": 0.7,
        "frames": [{"timestamp": t, "bbox": [0, 0, 9, 9]} for t in (1.0, 2.0)],
    }
    data = run({"yolo": {"objectAnnotations": [nested]}}).ml_data["yolo"]
    assert [(a["trackId"], a["timestamp"]) for a in data["objectAnnotations"]] == [("obj_1", 1.0), ("obj_1", 2.0)]


def test_a_polygon_becomes_its_upright_hull():
    annotation = {"text": "abc", "confidence": 0.9, "timestamp": 1.0, "bbox": [[10, 5], [30, 4], [31, 15], [9, 16]]}
    found = run({"ocr": {"textAnnotations": [annotation]}}).ml_data["ocr"]["textAnnotations"][0]
    assert found["bbox"] == [9.0, 4.0, 22.0, 12.0]


def test_a_text_without_end_stays_by_its_length_and_not_beyond_the_video():
    texts = [{"text": t, "confidence": 0.9, "timestamp": s, "bbox": None} for t, s in (("abc", 1), ("a" * 20, 2))]
    texts.append({"text": "end", "confidence": 0.9, "timestamp": 9.5, "bbox": None})
    found = run({"ocr": {"textAnnotations": texts}}).ml_data["ocr"]["textAnnotations"]
    assert [a["end_timestamp"] for a in found] == [2.0, 4.0, 10.0]


def test_the_fixed_confidence_of_stickers_and_gaze_is_not_believed():
    recorded = run(
        {
            "ocr": {"stickers": [{"bbox": [1, 2, 3, 4], "confidence": 0.7, "type": "sticker", "timestamp": 1.0}]},
            "mediapipe": {
                "gaze": [{"timestamp": 1.0, "eye_contact": 1.0, "gaze_direction": "camera", "confidence": 0.8}]
            },
        }
    )
    sticker = recorded.ml_data["ocr"]["stickers"][0]
    assert (sticker["confidence"], sticker["end_timestamp"]) == (None, 3.0)
    assert recorded.ml_data["mediapipe"]["gaze"][0]["confidence"] is None


def test_people_of_older_recordings_keep_what_is_known():
    place = {"timestamp": 1.0, "frame_number": 30}
    data = run(
        {
            "mediapipe": {
                "poses": [{**place, "landmarks": 33, "visibility": 0.7}],
                "faces": [
                    {**place, "count": 2, "confidence": 0.6, "bbox": {"x": 0.1, "y": 0.2, "width": 0.3, "height": 0.4}},
                    {"timestamp": 2.0, "frame_number": 60, "count": 1, "confidence": 0.6},
                ],
                "hands": [{**place, "count": 1}],
                "gestures": [
                    {**place, "type": "none", "confidence": 0.9, "hand": "left"},
                    {**place, "type": "love", "confidence": 0.9, "hand": "left"},
                ],
            }
        }
    ).ml_data["mediapipe"]
    assert (data["poses"][0]["confidence"], data["poses"][0]["bbox"]) == (0.7, None)
    assert [len(f["boxes"]) for f in data["faces"]] == [1, 0]
    assert (data["faces"][0]["count"], data["faces"][1]["bbox"]) == (2, None)
    assert data["gaze"] == []
    assert [(g["type"], g["hand"]) for g in data["gestures"]] == [("love", None)]
    assert data["metadata"]["frames_analyzed"] is None


def test_speech_without_words_or_confidence_keeps_them_unknown():
    data = run(
        {
            "whisper": {
                "text": "a b. c d.",
                "language": "unknown",
                "segments": [
                    {"id": 0, "start": 0.0, "end": 2.0, "text": " a b. ", "words": []},
                    {"id": 1, "start": 9.0, "end": 10.4, "text": "c d."},
                    {"id": 2, "start": 12.0, "end": 13.0, "text": "beyond"},
                    {"id": 3, "text": "no time"},
                ],
            }
        }
    ).ml_data["whisper"]
    assert [(s["start"], s["end"], s["text"], s["confidence"]) for s in data["segments"]] == [
        (0.0, 2.0, "a b.", None),
        (9.0, 10.0, "c d.", None),
    ]
    assert (data["text"], data["language"], data["duration"], data["has_speech"]) == ("a b. c d.", None, 10.0, True)


def test_zero_is_no_scene_change_and_changes_are_cuts():
    scenes = [
        {"scene_number": 1, "start_time": 0.0, "end_time": 4.0, "duration": 4.0},
        {"scene_number": 2, "start_time": 4.0, "end_time": 10.0, "duration": 6.0},
    ]
    data = run({"scene_detection": {"scenes": scenes, "scene_changes": [0.0, 4.0]}}).ml_data["scene_detection"]
    assert data["scenes"] == scenes
    assert (data["scene_changes"], data["total_scenes"]) == ([4.0], 2)
    [transition] = data["transitions"]
    assert transition == {"timestamp": 4.0, "start": 4.0, "end": 4.0, "type": "cut", "confidence": None}


def test_a_video_without_cuts_is_one_scene():
    data = run({"scene_detection": {"scenes": [], "total_scenes": 0, "metadata": {"processed": True}}})
    assert data.ml_data["scene_detection"]["scenes"] == [
        {"scene_number": 1, "start_time": 0.0, "end_time": 10.0, "duration": 10.0}
    ]


def test_scenes_and_expressions_are_taken_from_the_timeline_when_only_it_has_them():
    scores = {"joy": 0.8, "neutral": 0.2}
    data = {"emotion": "joy", "confidence": 0.8, "all_scores": scores, "action_units": [12]}
    data["au_intensities"] = {"12": 0.9}
    recorded = run(
        {},
        entries=[
            {"start": 0.0, "end": 3.0, "entry_type": "scene", "data": {"scene_index": 0}},
            {"start": 3.0, "end": 10.0, "entry_type": "scene", "data": {"scene_index": 1}},
            {"start": 1.0, "end": 2.0, "entry_type": "emotion", "data": data},
        ],
    )
    assert recorded.ml_data["scene_detection"]["scene_changes"] == [3.0]
    expressions = recorded.ml_data["emotion_detection"]
    assert (recorded.status["emotion_detection"], expressions["dominant_emotion"]) == ("run", "joy")
    assert expressions["emotions"][0]["all_scores"] == {
        "joy": 0.8,
        "sadness": 0.0,
        "anger": 0.0,
        "fear": 0.0,
        "disgust": 0.0,
        "surprise": 0.0,
        "neutral": 0.2,
    }
    assert expressions["au_activations"] == {"12": 1}


def test_expressions_are_summed_up_anew():
    found = [emotion(0.0, "joy"), emotion(0.5, "anger", confidence=0.9), emotion(1.0, "joy")]
    data = run({"emotion_detection": {"emotions": found}}).ml_data["emotion_detection"]
    assert [(t["timestamp"], t["from"], t["to"]) for t in data["emotion_transitions"]] == [
        (0.5, "joy", "anger"),
        (1.0, "anger", "joy"),
    ]
    assert (data["dominant_emotion"], data["metadata"]["sample_spacing"]) == ("joy", 0.5)


def test_energy_windows_keep_their_keys_and_the_rest_is_unknown():
    data = run(
        {
            "audio_energy": {
                "energy_level_windows": {"0-4s": 0.5, "4-9s": 1.0, "9-14s": 0.2, "14-19s": 0.3},
                "energy_variance": 0.01,
                "climax_timestamp": 6.5,
                "burst_pattern": "steady",
                "duration": 16.0,
            }
        }
    ).ml_data["audio_energy"]
    assert list(data["energy_level_windows"]) == ["0-4s", "4-9s", "9-14s"]
    assert (data["rms_per_second"], data["onset_times"], data["beat_times"], data["tempo_bpm"]) == (None,) * 4
    assert (data["climax_timestamp"], data["has_audio"]) == (6.5, True)


def test_the_size_of_an_unread_video_is_unknown():
    assert run({}).size is None
    sized = older({})
    sized["metadata"] = {"id": "123", "videoMeta": {"width": 576, "height": 1024}}
    assert normalise(sized).size == (576, 1024)


def test_a_size_that_only_the_platform_told_is_kept_for_the_analyses_and_the_next_replay():
    sized = older({})
    sized["metadata"] = {"id": "123", "videoMeta": {"width": 576, "height": 1024}}
    assert normalise(sized).media == {"width": 576, "height": 1024}
    sized["metadata"], sized["processing_metadata"] = {"id": "123"}, {"media": normalise(sized).media}
    assert normalise(sized).size == (576, 1024)


def test_times_come_from_frame_numbers_when_there_are_no_others():
    record = {"text": "abc", "confidence": 0.9, "frame_number": 60, "bbox": [1, 2, 3, 4]}
    assert run({"ocr": {"textAnnotations": [record]}}).ml_data["ocr"]["textAnnotations"][0]["timestamp"] == 2.0


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ([], ["a JSON object", "list"]),
        ({"video_id": "1"}, ["ml_data", "the services' results", "nothing"]),
        ({"ml_data": [], "video_id": "1"}, ["ml_data", "list"]),
        (older({}, duration=None), ["duration", "from 0.001 to 86400", "nothing"]),
        (older({}, duration=-1), ["duration", "-1"]),
        (older({"yolo": 3}), ["ml_data.yolo", "an object", "int 3"]),
        (older({"ocr": {"textAnnotations": ["abc"]}}), ["ml_data.ocr.textAnnotations[0]", "an object", "'abc'"]),
        (older({"ocr": {"textAnnotations": [{"text": "abc"}]}}), ["ml_data.ocr.textAnnotations[0].timestamp"]),
        (older({"yolo": {"detections": [{"timestamp": 1, "confidence": 1, "bbox": [1]}]}}), ["bbox", "4 numbers"]),
        (older({}, entries=[3]), ["timeline.entries"]),
    ],
)
def test_a_wrong_document_is_named_with_what_was_expected_and_got(document: Any, words: list[str]):
    with pytest.raises(UsageError) as caught:
        normalise(document, where="recorded file x.json")
    message = str(caught.value)
    assert message.startswith("recorded file x.json")
    assert [word for word in [*words, "expected", "got", ";"] if word not in message] == []
    assert caught.value.exit_code == 2


JUNK = st.sampled_from([None, -1, 0, 1.5, "junk", True, [], [1], {}, {"a": 1}, [[1, 2], ["x"]]])


@st.composite
def damaged(draw: st.DrawFn) -> Json:
    """An older document in which one value somewhere is replaced by something else."""
    place = {"timestamp": 1.0, "frame_number": 30}
    document = older(
        {
            "yolo": {"objectAnnotations": [detection(0.0), detection(0.5)], "metadata": {"processed": True}},
            "whisper": {"text": "a", "language": "en", "segments": [{"id": 0, "start": 0.0, "end": 2.0, "text": "a"}]},
            "mediapipe": {
                "poses": [{**place, "landmarks": 33, "visibility": 0.7}],
                "faces": [{**place, "count": 1, "confidence": 0.6, "bbox": box(0.1, 0.2, 0.3, 0.4)}],
                "gestures": [{**place, "type": "love", "confidence": 0.9, "hand": "left"}],
            },
            "ocr": {"textAnnotations": [{**place, "text": "abc", "confidence": 0.9, "bbox": [[0, 0], [5, 5]]}]},
            "scene_detection": {"scenes": [{"start_time": 0.0, "end_time": 4.0}], "scene_changes": [0.0]},
            "audio_energy": {"energy_level_windows": {"0-4s": 0.5}, "energy_variance": 0.1, "climax_timestamp": 1.0},
            "emotion_detection": {"emotions": [emotion(0.0, "joy")]},
        }
    )
    holder: Any = document
    while True:
        keys = sorted(holder) if isinstance(holder, dict) else range(len(holder))
        key = draw(st.sampled_from(list(keys)))
        deeper = holder[key]
        if isinstance(deeper, dict | list) and deeper and draw(st.integers(0, 9)):
            holder = deeper
            continue
        holder[key] = draw(JUNK)
        return document


@settings(max_examples=300, deadline=None)
@given(damaged())
def test_a_damaged_recording_is_read_or_refused_but_never_crashes(document: Json):
    try:
        recorded = normalise(document, where="recorded file x.json")
    except UsageError as error:
        assert str(error).startswith("recorded file x.json")
        return
    timeline = build_timeline(recorded.video_id, recorded.duration, recorded.ml_data, size=recorded.size)
    validate(timeline.to_dict(), "timeline.schema.json")


def test_a_file_that_is_missing_or_no_json_is_named(tmp_path: Path):
    with pytest.raises(UsageError, match=r"recorded file .*gone\.json: cannot be read"):
        read_recorded(tmp_path / "gone.json")
    broken = tmp_path / "broken.json"
    broken.write_text("{", encoding="utf-8")
    with pytest.raises(
        UsageError, match=r"broken\.json: line 1 column 2: expected JSON, got something else .*; name a unified"
    ):
        read_recorded(broken)


def test_a_file_is_read(tmp_path: Path):
    path = tmp_path / "clip.json"
    video = unified(duration=3, texts=[text("abc", 1, 2)])
    path.write_text(json.dumps(video), encoding="utf-8")
    assert read_recorded(path).ml_data == video["ml_data"]


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ([{"word": "in", "start": 0.1, "end": 0.2}, {"word": "2024"}], []),
        (["a"], []),
        ([{"word": "a", "start": None, "end": None, "probability": 1}], []),
        ([{"word": "a", "start": 0.1, "end": 0.2}], []),
        ([{"word": 7, "start": 0.1, "end": 0.2, "probability": 1}], []),
        ([{"word": "a", "start": -0.5, "end": 0.2, "probability": 1}], [(0.0, 0.2)]),
        ([{"word": "a", "start": 0.5, "end": 0.2, "probability": 0.5}], [(0.5, 0.5)]),
        (
            [{"word": w, "start": t, "end": t + 1, "probability": 1} for w, t in (("a", 1), ("b", 9.5), ("c", 12))],
            [(1.0, 2.0), (9.5, 10.0)],
        ),
    ],
)
def test_words_of_other_tools_are_read_cut_or_left_to_the_text(words: list[Any], kept: list[tuple[float, float]]):
    segment = {"start": 0, "end": 2, "text": "in 2024", "words": words}
    data = run({"whisper": {"segments": [segment]}}).ml_data["whisper"]
    assert [(word["start"], word["end"]) for word in data["segments"][0]["words"]] == kept
    validate(data, "services/whisper.schema.json")


@pytest.mark.parametrize(
    ("service", "data", "says"),
    [
        ("yolo", {"objectAnnotations": -1}, "ml_data.yolo.objectAnnotations: expected a list, got int -1"),
        ("yolo", {"detections": [{**detection(1.0), "frames": [3]}]}, "detections[0].frames: expected a list of objects"),
        ("yolo", {"detections": [{**detection(1.0), "frames": 3}]}, "detections[0].frames: expected a list, got int 3"),
        ("yolo", {"detections": [{**detection(1.0), "bbox": [0, 0, 1e9, 1]}]}, "bbox[2]: expected a number from -3840"),
        ("yolo", {"detections": [detection(1.0)], "metadata": {"sample_spacing": "x"}}, "metadata.sample_spacing: expected"),
        ("yolo", {"detections": [detection(1.0)], "metadata": [1]}, "ml_data.yolo.metadata: expected an object"),
        ("whisper", {"segments": [{"start": 0, "end": 1, "text": "a", "words": 3}]}, "segments[0].words: expected a list"),
        ("mediapipe", {"faces": [{"timestamp": 1, "bbox": [1]}]}, "faces[0].bbox: expected an object"),
        ("mediapipe", {"gestures": [{"timestamp": 1, "type": {}}]}, "gestures[0].type: expected the name of a gesture"),
        ("ocr", {"stickers": [{"timestamp": 1, "end_timestamp": "x"}]}, "stickers[0].end_timestamp: expected a number"),
        ("ocr", {"stickers": [{"timestamp": 1, "end_timestamp": 0.5}]}, "end_timestamp: expected at least its timestamp, 1"),
        ("scene_detection", {"scene_changes": 3}, "scene_changes: expected a list of numbers, got int 3"),
        ("audio_energy", {"energy_level_windows": {"x": 0.5}}, 'energy_level_windows.x: expected a window as "5-10s"'),
        ("audio_energy", {"energy_level_windows": {"0-5s": 0.5}, "energy_variance": -1}, "energy_variance: expected a number"),
        ("emotion_detection", {"emotions": [{**emotion(1.0, "joy"), "au_intensities": [1]}]}, "au_intensities: expected an obj"),
        ("emotion_detection", {"emotions": [{**emotion(1.0, "joy"), "action_units": ["x"]}]}, "expected numbers of action units"),
        ("emotion_detection", {"emotions": [emotion(1.0, "joy")], "processing_stats": 3}, "processing_stats: expected an obj"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_an_older_shape_is_named_where_it_stands(service: str, data: Json, says: str):
    with pytest.raises(UsageError) as caught:
        normalise(older({service: data}), where="recorded file x.json")
    message = str(caught.value)
    assert message.startswith(f"recorded file x.json: ml_data.{service}.")
    assert says in message
    assert "got" in message


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("[" * 100_000, "at most 64 deep"),
        ("", "got an empty file"),
        ('{"duration": NaN}', "duration: expected a number that a double can hold, got nan"),
        ('{"ml_data": {"a": [1e400]}}', "ml_data.a[0]: expected a number that a double can hold, got inf"),
        ('{"duration": ' + "9" * 5000 + "}", "duration: expected a whole number of at most 100 digits, got 5000"),
        ('{"duration": 5, "duration": 6}', "expected every key once, got duration with two values"),
    ],
)
def test_a_recording_that_is_no_usable_json_is_refused_by_name(tmp_path: Path, content: str, says: str):
    file = tmp_path / "recorded.json"
    file.write_text(content, encoding="utf-8")
    for read in (lambda: read_recorded(file), lambda: Recorded(file)):
        with pytest.raises(UsageError) as caught:
            read()
        assert str(caught.value).startswith(f"recorded file {file}: ")
        assert says in str(caught.value)


def test_a_recording_may_begin_with_a_mark_and_hold_half_surrogates(tmp_path: Path):
    file = tmp_path / "recorded.json"
    found = {"text": "abc\ud83d", "confidence": 0.9, "timestamp": 1.0, "bbox": None}
    file.write_bytes(json.dumps(older({"ocr": {"textAnnotations": [found]}})).encode("utf-16"))
    assert read_recorded(file).ml_data["ocr"]["textAnnotations"][0]["text"] == "abc\ufffd"


def test_a_damaged_unified_file_in_the_outputs_is_not_provably_ours(tmp_path: Path):
    file = tmp_path / "clip.json"
    damaged = (
        "[" * 100_000,
        '{"processing_metadata": 3}',
        '{"processing_metadata": {"media": []}}',
        '{"processing_metadata": {"source": 3, "media": {"sha256": [1]}}}',
    )
    for content in damaged:
        file.write_text(content, encoding="utf-8")
        found = origin_of(file)
        assert found is not None and found.unproven
    file.write_text('{"processing_metadata": {"source": "a", "media": {"sha256": [1]}}}', encoding="utf-8")
    assert origin_of(file) == Origin("a", None)
