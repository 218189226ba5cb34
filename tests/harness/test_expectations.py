"""Which findings meet a storyboard and which do not."""

import copy

import pytest

from harness.pipelines.rumiai.expectations import check_run
from harness.pipelines.rumiai.storyboard import Storyboard

STORY = Storyboard.model_validate({
    "fps": 30,
    "size": [64, 96],
    "duration": 6.0,
    "scenes": [
        {"start": 0, "end": 2.0, "picture": "astronaut"},
        {"start": 2.0, "end": 4.0, "colour": "#202020"},
        {"start": 4.0, "end": 6.0, "colour": "#808080", "transition": "fade", "fade": 0.6},
    ],
    "overlays": [{"text": "STEP ONE\nLOOK UP", "start": 0.5, "end": 2.0}],
    "speech": [{"text": "Don't look down, look up at the sky now please.", "start": 0.2, "end": 2.5},
               {"text": "Goodbye.", "start": 5.0, "end": 5.8}],
    "silences": [{"start": 2.5, "end": 5.0}],
})  # fmt: skip

ML = {
    "scene_detection": {"transitions": [
        {"timestamp": 2.0, "start": 2.0, "end": 2.0, "type": "cut"},
        {"timestamp": 4.0, "start": 3.75, "end": 4.25, "type": "fade"},
    ]},
    "ocr": {"textAnnotations": [
        {"text": "STEP ONB", "timestamp": 0.6, "end_timestamp": 2.0, "bbox": [0, 0, 9, 9]},
        {"text": "L OOK UP", "timestamp": 0.6, "end_timestamp": 2.0, "bbox": [0, 9, 9, 9]},
    ], "stickers": []},
    "whisper": {"text": "Dont look down, look up at the sky now, please! Goodbye."},
    "mediapipe": {"faces": [{"timestamp": 0.2}], "poses": []},
    "yolo": {"objectAnnotations": [{"className": "person", "timestamp": 1.9}, {"className": "cup", "timestamp": 2.4}]},
}  # fmt: skip


def failed(ml: dict = ML, silences: tuple = ((2.3, 4.8),), block: str = "speechDynamics") -> list[tuple[str, str]]:
    outputs = {"speech_analysis": {block: {"silencePeriods": [{"start": a, "end": b} for a, b in silences]}}}
    return [(c.component, c.expected) for c in check_run(STORY, {"ml_data": ml}, outputs) if not c.passed]


def changed(service: str, **keys: object) -> dict:
    ml = copy.deepcopy(ML)
    ml[service] |= keys
    return ml


def cut(t: float) -> dict:
    return {"timestamp": t, "start": t, "end": t, "type": "cut"}


FADE = ML["scene_detection"]["transitions"][1]


@pytest.mark.parametrize("block", ["speechDynamics", "Dynamics"])
def test_a_run_that_finds_everything_passes(block: str) -> None:
    assert failed(block=block) == []


def test_silences_are_found_in_the_complete_form_too() -> None:
    blocks = {"Dynamics": {"silencePeriods": [{"start": 2.5, "end": 5.0}]}}
    complete = {"analysis_type": "speech_analysis", "success": True, "parsed_response": blocks}
    assert all(c.passed for c in check_run(STORY, {"ml_data": ML}, {"speech_analysis": complete}))


@pytest.mark.parametrize(
    ("transitions", "wrong"),
    [
        ([cut(2 + 1 / 30), FADE], []),
        ([cut(2 + 2 / 30), FADE], ["cut at 2 s", "no other cut"]),
        ([FADE], ["cut at 2 s"]),
        ([cut(2.0), cut(3.0), FADE], ["no other cut"]),
        ([cut(2.0), cut(2.0), FADE], ["no other cut"]),
        ([cut(2.0)], ["one fade in 3.70–4.30 s"]),
        ([cut(2.0), FADE, {"timestamp": 5.0, "start": 4.9, "end": 5.1, "type": "fade"}], ["no other fade"]),
    ],
)
def test_transitions_are_held_against_the_script(transitions: list, wrong: list[str]) -> None:
    assert failed(changed("scene_detection", transitions=transitions)) == [("scene_detection", w) for w in wrong]


@pytest.mark.parametrize(
    "annotations",
    [
        [{"text": "STEP ONE", "timestamp": 0.6, "end_timestamp": 2.0, "bbox": []}],
        [{"text": "STEP ONE LOOK UP", "timestamp": 2.2, "end_timestamp": 3.0, "bbox": []}],
        [{"text": "something else", "timestamp": 0.6, "end_timestamp": 2.0, "bbox": []}],
        [],
    ],
    ids=["one line only", "read too late", "misread", "nothing"],
)
def test_an_overlay_not_read_is_named(annotations: list) -> None:
    assert failed(changed("ocr", textAnnotations=annotations)) == [
        ("ocr", "at least 90% of 1 overlays read"), ("ocr", "text 'STEP ONE LOOK UP' in 0.50–2.00 s")
    ]  # fmt: skip


def test_both_lines_read_as_one_text_will_do() -> None:
    text = {"text": "STEP ONE LOOK UP", "timestamp": 0.6, "end_timestamp": 2.0, "bbox": []}
    assert failed(changed("ocr", textAnnotations=[text])) == []


def test_too_many_wrong_words_fail() -> None:
    wrong = changed("whisper", text="Don't look town, look up at the sky cow please. Goodbye.")
    assert failed(wrong) == [("whisper", "word error rate of at most 0.1")]


@pytest.mark.parametrize(
    ("silences", "wrong"),
    [
        ((), ["silence in 2.50–5.00 s"]),
        (((2.5, 4.4),), ["silence in 2.50–5.00 s"]),
        (((2.5, 5.0), (0.9, 2.1)), ["no silence where a line is spoken"]),
    ],
)
def test_silences_are_held_against_the_script(silences: tuple, wrong: list[str]) -> None:
    assert failed(silences=silences) == [("speech_analysis", w) for w in wrong]


def test_a_missed_and_an_invented_person_are_named_by_second() -> None:
    wrong = changed("mediapipe", faces=[], poses=[{"timestamp": 2.0}])
    assert failed(wrong) == [("mediapipe, yolo", "a person in second 0"), ("mediapipe, yolo", "nobody in second 2")]


def test_any_sticker_fails() -> None:
    assert failed(changed("ocr", stickers=[{"timestamp": 1.0, "bbox": [1, 2, 3, 4]}])) == [("ocr", "no sticker")]


def test_an_analysis_without_silences_is_an_error_and_no_pass() -> None:
    with pytest.raises(KeyError, match="no dynamics block"):
        check_run(STORY, {"ml_data": ML}, {"speech_analysis": {}})
