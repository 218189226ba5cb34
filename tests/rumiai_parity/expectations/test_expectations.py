"""Which findings meet a storyboard and which do not."""

import copy

import pytest

from rumiai_parity.expectations.moments import check_cta, check_emotions, check_hook, check_peaks, peak_times
from rumiai_parity.expectations.run import check_run
from rumiai_parity.storyboard import Storyboard

STORY = Storyboard.model_validate(
    {
        "fps": 30,
        "size": [64, 96],
        "duration": 6.0,
        "scenes": [
            {"start": 0, "end": 2.0, "picture": "astronaut"},
            {"start": 2.0, "end": 4.0, "colour": "#202020"},
            {"start": 4.0, "end": 6.0, "colour": "#808080", "transition": "fade", "fade": 0.6},
        ],
        "overlays": [{"text": "STEP ONE\nLOOK UP", "start": 0.5, "end": 2.0}],
        "speech": [
            {"text": "Don't look down, look up at the sky now please.", "start": 0.2, "end": 2.5},
            {"text": "Goodbye.", "start": 5.0, "end": 5.8},
        ],
        "silences": [{"start": 2.5, "end": 5.0}],
    }
)

ML = {
    "scene_detection": {
        "transitions": [
            {"timestamp": 2.0, "start": 2.0, "end": 2.0, "type": "cut"},
            {"timestamp": 4.0, "start": 3.75, "end": 4.25, "type": "fade"},
        ]
    },
    "ocr": {
        "textAnnotations": [
            {"text": "STEP ONB", "timestamp": 0.6, "end_timestamp": 2.0, "bbox": [0, 0, 9, 9]},
            {"text": "L OOK UP", "timestamp": 0.6, "end_timestamp": 2.0, "bbox": [0, 9, 9, 9]},
        ],
        "stickers": [],
    },
    "whisper": {"text": "Dont look down, look up at the sky now, please! Goodbye."},
    "mediapipe": {"faces": [{"timestamp": 0.2}], "poses": []},
    "yolo": {"objectAnnotations": [{"className": "person", "timestamp": 1.9}, {"className": "cup", "timestamp": 2.4}]},
}


#: No moments: the storyboard scripts none.
MARKERS = {
    "first_5_seconds": {"text_moments": [], "speech_segments": []},
    "cta_window": {"cta_appearances": []},
    "peak_moments": [],
}


def outputs(
    silences: tuple = ((2.3, 4.8),), prefix: str = "speech", coverage: float | None = 0.55, markers: dict = MARKERS
) -> dict:
    return {
        "speech_analysis": {
            f"{prefix}CoreMetrics": {"speechCoverage": coverage},
            f"{prefix}Dynamics": {"silencePeriods": [{"start": a, "end": b} for a, b in silences]},
        },
        "creative_density": {"densityKeyEvents": {"peakMoments": []}},
        "temporal_markers": markers,
    }


def failed(ml: dict = ML, **changes: object) -> list[tuple[str, str]]:
    return [(c.component, c.expected) for c in check_run(STORY, {"ml_data": ml}, outputs(**changes)) if not c.passed]


def changed(service: str, **keys: object) -> dict:
    ml = copy.deepcopy(ML)
    ml[service] |= keys
    return ml


def cut(t: float) -> dict:
    return {"timestamp": t, "start": t, "end": t, "type": "cut"}


FADE = ML["scene_detection"]["transitions"][1]


@pytest.mark.parametrize("prefix", ["speech", ""])
def test_a_run_that_finds_everything_passes(prefix: str) -> None:
    assert failed(prefix=prefix) == []


def test_silences_are_found_in_the_complete_form_too() -> None:
    given = outputs()
    complete = {"analysis_type": "speech_analysis", "success": True, "parsed_response": given["speech_analysis"]}
    assert all(c.passed for c in check_run(STORY, {"ml_data": ML}, {**given, "speech_analysis": complete}))


@pytest.mark.parametrize(
    ("coverage", "passes"), [(0.42, True), (0.68, True), (0.38, False), (0.75, False), (None, False)]
)
def test_speech_coverage_may_lie_ten_points_off_the_lines_with_or_without_their_pauses(
    coverage: float | None, passes: bool
) -> None:
    assert failed(coverage=coverage) == ([] if passes else [("speech coverage", "42% to 68%")])


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
    assert failed(changed("scene_detection", transitions=transitions)) == [("scenes", w) for w in wrong]


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
        ("texts", "at least 90% of 1 overlays read"),
        ("texts", "text 'STEP ONE LOOK UP' in 0.50–2.00 s"),
    ]


def test_both_lines_read_as_one_text_will_do() -> None:
    text = {"text": "STEP ONE LOOK UP", "timestamp": 0.6, "end_timestamp": 2.0, "bbox": []}
    assert failed(changed("ocr", textAnnotations=[text])) == []


def test_too_many_wrong_words_fail() -> None:
    wrong = changed("whisper", text="Don't look town, look up at the sky cow please. Goodbye.")
    assert failed(wrong) == [("words", "word error rate of at most 0.1")]


@pytest.mark.parametrize(
    ("silences", "wrong"),
    [
        ((), ["silence in 2.50–5.00 s"]),
        (((2.5, 4.4),), ["silence in 2.50–5.00 s"]),
        (((2.5, 5.0), (0.9, 2.1)), ["no silence where a line is spoken"]),
    ],
)
def test_silences_are_held_against_the_script(silences: tuple, wrong: list[str]) -> None:
    assert failed(silences=silences) == [("silences", w) for w in wrong]


def test_a_missed_and_an_invented_person_are_named_by_second() -> None:
    wrong = changed("mediapipe", faces=[], poses=[{"timestamp": 2.0}])
    assert failed(wrong) == [("persons", "a person in second 0"), ("persons", "nobody in second 2")]


def test_any_sticker_fails() -> None:
    assert failed(changed("ocr", stickers=[{"timestamp": 1.0, "bbox": [1, 2, 3, 4]}])) == [("stickers", "no sticker")]


def test_an_analysis_without_silences_is_an_error_and_no_pass() -> None:
    with pytest.raises(KeyError, match="no block CoreMetrics"):
        check_run(STORY, {"ml_data": ML}, {**outputs(), "speech_analysis": {}})


def test_what_is_not_scripted_is_not_counted() -> None:
    silent = STORY.model_copy(update={"overlays": (), "speech": (), "silences": ()})
    ml = changed("ocr", textAnnotations=[]) | {"whisper": {"text": ""}}
    found = {check.component for check in check_run(silent, {"ml_data": ml}, outputs())}
    assert found == {"scenes", "words", "persons", "stickers"}


@pytest.mark.parametrize(
    ("peaks", "passes"), [([4.0], True), ([8.0], True), ([3.9], False), ([8.1], False), ([], False)]
)
def test_a_peak_may_lie_two_seconds_off(peaks: list[float], passes: bool) -> None:
    (check,) = check_peaks([(6.0, 6.0)], peaks)
    assert (check.component, check.expected, check.passed) == ("peaks", "peak at 6.000 s, ±2 s", passes)


def test_peaks_are_those_of_the_markers_and_of_the_density() -> None:
    given = outputs(markers={**MARKERS, "peak_moments": [{"timestamp": 5.0}]})
    given["creative_density"]["densityKeyEvents"]["peakMoments"] = [{"timestamp": "1-2s"}]
    assert peak_times(given) == [1.0, 5.0]


@pytest.mark.parametrize(
    ("context", "passes"), [("follow for more!", True), ("folow for more", True), ("like for more", False)]
)
def test_a_call_to_action_must_be_among_the_appearances(context: str, passes: bool) -> None:
    (check,) = check_cta(["Follow for more"], {"cta_window": {"cta_appearances": [{"context": context}]}})
    assert (check.component, check.passed, check.got) == ("CTA", passes, context)


def test_a_hook_may_be_shown_in_two_lines_or_spoken() -> None:
    opening = {
        "text_moments": [{"text": "STOP"}, {"text": "SCROLLING"}],
        "speech_segments": [{"text": "Wait, what..."}],
    }
    found = list(check_hook(["stop scrolling", "wait, what", "guess"], {"first_5_seconds": opening}))
    assert [(check.component, check.passed) for check in found] == [("hook", True), ("hook", True), ("hook", False)]


def test_the_most_frequent_emotion_of_a_second_counts() -> None:
    windows = [{"timestamp": "0-2s", "emotion": "joy"}, {"timestamp": "2-4s", "emotion": None}]
    found = list(check_emotions({1: "joy", 2: "anger", 9: "fear"}, windows))
    assert [(check.expected, check.got, check.passed) for check in found] == [
        ("joy in second 1", "joy", True),
        ("anger in second 2", "none", False),
        ("fear in second 9", "none", False),
    ]
