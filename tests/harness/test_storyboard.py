"""What a storyboard says, and what it refuses."""

from pathlib import Path

import pytest
import yaml

from harness.pipelines.rumiai.platform import CORPUS
from harness.pipelines.rumiai.storyboard import StoryboardError, load_storyboard

SCRIPT = {
    "fps": 30,
    "size": [64, 96],
    "duration": 5.0,
    "scenes": [
        {"start": 0, "end": 2.0, "picture": "astronaut"},
        {"start": 2.0, "end": 3.5, "colour": "#202020"},
        {"start": 3.5, "end": 5.0, "gradient": ["#ffffff", "#000000"], "transition": "fade", "fade": 0.4},
    ],
    "overlays": [{"text": "HELLO", "start": 2.0, "end": 3.0}, {"text": "FOLLOW\nFOR MORE", "start": 4.4, "end": 5.0}],
    "speech": [{"text": "Hello there.", "start": 0.5, "end": 1.5}],
    "silences": [{"start": 1.5, "end": 5.0}],
    "expected": {"cta": ["follow for more"], "peaks": [2]},
}


def write(folder: Path, **changes: object) -> Path:
    (folder / "storyboard.yaml").write_text(yaml.safe_dump(SCRIPT | changes), encoding="utf-8")
    return folder


def test_ground_truth_is_derived_from_the_script(tmp_path: Path) -> None:
    story = load_storyboard(write(tmp_path))
    assert story.cuts == (2.0,)
    assert [(f.start, f.end) for f in story.fades] == [(3.3, 3.7)]
    assert story.frame_count == 150
    assert story.spoken == "Hello there."
    assert story.person_seconds() == {0: True, 1: True, 2: False, 3: False, 4: False}


def test_a_second_with_a_person_in_part_of_it_is_left_out(tmp_path: Path) -> None:
    scenes = [{"start": 0, "end": 2.5, "picture": "astronaut"}, {"start": 2.5, "end": 5.0, "colour": "#202020"}]
    story = load_storyboard(write(tmp_path, scenes=scenes, expected={}))
    assert story.person_seconds() == {0: True, 1: True, 3: False, 4: False}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"duration": 6.0}, "the last scene ends at 5.0, expected the duration 6.0"),
        ({"colour": "red"}, "colour: Extra inputs are not permitted"),
        ({"scenes": [{"start": 0, "end": 5.0, "picture": "nobody"}]}, "unknown picture 'nobody'; known: astronaut"),
        ({"scenes": [{"start": 0, "end": 5.0}]}, "one of picture, colour, gradient, stripes is needed; got none"),
        ({"scenes": [{"start": 0, "end": 2, "colour": "#000000"}, {"start": 3, "end": 5, "colour": "#000000"}]},
         "scene 1 starts at 3.0, expected 2.0"),
        ({"scenes": [{"start": 0, "end": 2.01, "colour": "#000000"}, {"start": 2.01, "end": 5, "colour": "#000000"}],
          "expected": {}}, "2.01 s is not on a frame boundary at 30 frames per second"),
        ({"overlays": [{"text": "X", "start": 4, "end": 5.5}]}, "overlays[0] ends at 5.5, after the clip's end 5.0"),
        ({"silences": []}, "the speech lines leave [[1.5, 5.0]] of more than 1.0 s"),
        ({"speech": [{"text": "a", "start": 0, "end": 2}, {"text": "b", "start": 1, "end": 4.5}], "silences": []},
         "'b' starts at 1.0, while 'a' is spoken until 2.0"),
        ({"expected": {"cta": ["buy now"]}}, "'buy now' is neither shown nor spoken after 4.25 s"),
        ({"expected": {"peaks": [1]}}, "second 1 is no peak"),
        ({"sounds": [{"start": 0, "end": 1, "level": -20}]}, "exactly one of frequency (a tone) and bpm (a beat)"),
    ],
)  # fmt: skip
def test_a_contradiction_is_refused_with_file_and_reason(tmp_path: Path, changes: dict, reason: str) -> None:
    with pytest.raises(StoryboardError) as caught:
        load_storyboard(write(tmp_path, **changes))
    assert str(tmp_path / "storyboard.yaml") in str(caught.value)
    assert reason in str(caught.value)


@pytest.mark.parametrize(("content", "reason"), [("[", "cannot be read as YAML"), ("- 1", "expected a mapping")])
def test_a_file_that_is_no_storyboard_is_refused(tmp_path: Path, content: str, reason: str) -> None:
    (tmp_path / "storyboard.yaml").write_text(content)
    with pytest.raises(StoryboardError, match=reason):
        load_storyboard(tmp_path)


def test_a_missing_storyboard_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoryboardError, match=r"storyboard\.yaml: cannot be read"):
        load_storyboard(tmp_path)


def test_high_energy_is_fast_and_ends_with_a_call_to_action() -> None:
    story = load_storyboard(CORPUS / "high_energy")
    assert len(story.cuts) >= 6
    assert len(story.overlays) >= 5
    assert set(story.expected.cta) == {"follow for more", "link in bio"}
    assert len(story.person_seconds()) == 9


def test_tutorial_has_a_face_and_long_silences() -> None:
    story = load_storyboard(CORPUS / "tutorial")
    assert 1 <= len(story.cuts) <= 2
    assert max(s.end - s.start for s in story.silences) > 2
    assert set(story.person_seconds().values()) == {True, False}
    assert len(story.person_seconds()) == 11
