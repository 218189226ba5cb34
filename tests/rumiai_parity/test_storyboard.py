"""What a storyboard says, and what it refuses."""

from pathlib import Path

import pytest
import yaml

from rumiai_parity.platform import CORPUS
from rumiai_parity.storyboard import StoryboardError, load_storyboard

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
        ({"expected": {"hook": ["follow"]}}, "the hook 'follow' is in no text or line that starts before 3 s"),
        ({"expected": {"emotions": {2: "joy"}}}, "second 2 cannot show joy: no person is visible in all of it"),
        ({"audio": False}, "speech and sounds need a sound track, and audio is false"),
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


def test_product_cta_calls_six_times_and_at_least_twice_at_the_end() -> None:
    story = load_storyboard(CORPUS / "product_cta")
    calls = {part.text for part in (*story.overlays, *story.speech)} & {
        "SHOP NOW",
        "BUY TODAY",
        "LINK IN BIO",
        "Follow for more.",
        "You can order it online today.",
        "Please share this video with a friend.",
    }
    assert len(calls) == 6
    assert len(story.expected.cta) >= 2


def test_minimal_has_one_scene_one_text_one_line_and_a_long_silence() -> None:
    story = load_storyboard(CORPUS / "minimal")
    assert (len(story.scenes), len(story.overlays), len(story.speech)) == (1, 1, 1)
    assert max(s.end - s.start for s in story.silences) > story.duration / 2


def test_text_heavy_shows_twenty_texts_up_to_four_at_once_and_at_every_place() -> None:
    story = load_storyboard(CORPUS / "text_heavy")
    assert len({o.text for o in story.overlays}) == len(story.overlays) == 20
    assert max(sum(o.overlaps(t, t + 0.1) for o in story.overlays) for t in range(10)) == 4
    assert {o.side for o in story.overlays} == {"left", "center", "right"}
    assert {o.position for o in story.overlays} == {"top", "center", "bottom"}


def test_edge_case_is_silent_black_at_first_and_of_odd_length() -> None:
    story = load_storyboard(CORPUS / "edge_case")
    assert not story.audio and story.scenes[0].colour == "#000000"
    assert story.fps == 25 and story.duration % 0.1 > 0.01
    assert len(story.fades) == 1
    assert not any(story.person_seconds().values())


def test_rapid_cuts_has_eighteen_hard_cuts_with_three_tenths_of_a_second_or_more_between_them() -> None:
    story = load_storyboard(CORPUS / "rapid_cuts")
    assert len(story.cuts) == 18 and story.duration == 8
    assert min(s.end - s.start for s in story.scenes) > 0.29


def test_five_sections_has_a_text_and_a_line_in_each_section() -> None:
    story = load_storyboard(CORPUS / "five_sections")
    assert len(story.scenes) == 5
    for section in story.scenes:
        for parts in (story.overlays, story.speech):
            assert sum(section.start <= p.start and p.end <= section.end for p in parts) == 1


def test_story_shows_two_emotions_and_a_stretch_without_a_face() -> None:
    story = load_storyboard(CORPUS / "story")
    assert list(story.expected.emotions.values()) == ["neutral"] * 2 + ["joy"] * 3 + ["neutral"] * 2
    assert {2, 3, 4}.isdisjoint(story.expected.emotions)
    assert len(story.fades) == 1


def test_hook_and_loop_opens_with_its_hook_and_ends_as_it_began() -> None:
    story = load_storyboard(CORPUS / "hook_and_loop")
    first, last = story.scenes[0], story.scenes[-1]
    assert first.model_dump(exclude={"start", "end"}) == last.model_dump(exclude={"start", "end"})
    assert len(story.expected.hook) == 2
    assert story.overlays[0].start == 0
