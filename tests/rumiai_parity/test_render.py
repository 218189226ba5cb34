"""What rendering draws, plays and writes."""

import sys
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
import yaml

from rumiai_parity import render
from rumiai_parity.platform import CORPUS
from rumiai_parity.storyboard import Line, Storyboard, load_storyboard

SCRIPT = {
    "fps": 10,
    "size": [64, 96],
    "duration": 1.0,
    "scenes": [{"start": 0, "end": 0.5, "colour": "#c02020"}, {"start": 0.5, "end": 1.0, "colour": "#2020c0"}],
    "overlays": [{"text": "HI", "start": 0.2, "end": 0.4, "size": 20}],
    "sounds": [{"start": 0.5, "end": 1.0, "level": -12, "frequency": 440}],
}

CASES = sorted(path.parent.name for path in CORPUS.glob("*/storyboard.yaml"))


def story(**changes: object) -> Storyboard:
    return Storyboard.model_validate(SCRIPT | changes)


def test_a_rendered_clip_has_the_scripted_length_size_and_cut(tmp_path: Path) -> None:
    (tmp_path / "storyboard.yaml").write_text(yaml.safe_dump(SCRIPT))
    clip = render.render_case(tmp_path)
    assert clip == tmp_path / "clip.mp4"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["clip.mp4", "storyboard.yaml"]
    with av.open(clip) as container:
        frames = [f.to_ndarray(format="rgb24").mean(axis=(0, 1)) for f in container.decode(container.streams.video[0])]
        assert container.streams.audio[0].rate == render.SAMPLE_RATE
    assert len(frames) == 10
    assert [bool(red > blue) for red, _, blue in frames] == [True] * 5 + [False] * 5


def test_a_clip_without_audio_has_no_sound_track(tmp_path: Path) -> None:
    (tmp_path / "storyboard.yaml").write_text(yaml.safe_dump(SCRIPT | {"audio": False, "sounds": []}))
    with av.open(render.render_case(tmp_path)) as container:
        assert [stream.type for stream in container.streams] == ["video"]
        assert len([*container.decode(video=0)]) == 10


def test_frames_and_sound_are_the_same_every_time() -> None:
    one, two = ([*render.frames(story())], [*render.frames(story())])
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
    assert np.array_equal(render.soundtrack(story()), render.soundtrack(story()))


def test_an_overlay_is_shown_exactly_while_scripted() -> None:
    shown = [bool((frame > 200).all(axis=-1).any()) for frame in render.frames(story())]
    assert shown == [False, False, True, True, False, False, False, False, False, False]


@pytest.mark.parametrize(("side", "centre"), [("left", 0.2), ("center", 0.5), ("right", 0.8)])
def test_an_overlay_stands_at_its_side(side: str, centre: float) -> None:
    text = {"text": "HI", "start": 0, "end": 1, "size": 20, "side": side}
    columns = (render.frame(story(overlays=[text]), 0) > 200).all(axis=-1).any(axis=0).nonzero()[0]
    assert columns.min() >= 0.025 * 64 and columns.max() < 0.975 * 64
    assert (columns.min() + columns.max()) / 2 / 64 == pytest.approx(centre, abs=0.06)


def test_a_tone_sounds_only_while_scripted_and_at_its_level() -> None:
    sound = render.soundtrack(story())
    assert len(sound) == render.SAMPLE_RATE
    assert not sound[: render.SAMPLE_RATE // 2].any()
    assert np.abs(sound).max() == pytest.approx(10 ** (-12 / 20), rel=1e-3)


def test_a_beat_repeats_with_its_tempo() -> None:
    sound = render.soundtrack(story(sounds=[{"start": 0, "end": 1.0, "level": -6, "bpm": 120}]))
    half = render.SAMPLE_RATE // 2
    assert np.allclose(sound[:half], sound[half:], atol=1e-4)


def test_a_fade_passes_through_black() -> None:
    scenes = [
        {"start": 0, "end": 0.5, "colour": "#c0c0c0"},
        {"start": 0.5, "end": 1.0, "colour": "#808080", "transition": "fade", "fade": 0.6},
    ]
    light = [frame.mean() for frame in render.frames(story(scenes=scenes, overlays=[]))]
    assert light[5] == render.FADE_BLACK == min(light)
    assert light[0] == 192 and light[9] == 128


def test_zoom_and_pan_change_every_frame_and_still_none() -> None:
    for motion, moving in (("still", False), ("zoom", True), ("pan", True)):
        scenes = [{"start": 0, "end": 1.0, "picture": "coffee", "motion": motion}]
        frames = [*render.frames(story(scenes=scenes, overlays=[]))]
        assert [not np.array_equal(a, b) for a, b in pairwise(frames)] == [moving] * 9


def test_an_overlay_too_wide_for_the_frame_is_refused() -> None:
    with pytest.raises(render.RenderError, match=r"'MUCH TOO LONG' is \d+×\d+ px at size 20.*make it smaller"):
        next(render.frames(story(overlays=[{"text": "MUCH TOO LONG", "start": 0, "end": 1, "size": 20}])))


def test_missing_flite_is_named_with_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(render.RenderError, match="apt-get install flite"):
        render.speak(Line(text="Hello.", start=0, end=1))


def test_a_failed_rendering_leaves_the_old_clip_and_no_other_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "storyboard.yaml").write_text(yaml.safe_dump(SCRIPT))
    (tmp_path / "clip.mp4").write_bytes(b"old")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(render, "_encode", fail)
    with pytest.raises(OSError, match="disk full"):
        render.render_case(tmp_path)
    assert (tmp_path / "clip.mp4").read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("case", CASES)
def test_committed_clip_shows_what_its_storyboard_scripts(case: str) -> None:
    script = load_storyboard(CORPUS / case)
    clip = CORPUS / case / "clip.mp4"
    assert clip.stat().st_size < 1_000_000
    with av.open(clip) as container:
        video = container.streams.video[0]
        assert (video.width, video.height) == script.size
        decoded = [f.to_ndarray(format="rgb24") for f in container.decode(video)]
    assert len(decoded) == script.frame_count
    for number in range(0, script.frame_count, 15):
        # Far below the difference of two scenes; encoding alone moves pixels by 2 to 6.
        assert np.abs(decoded[number].astype(int) - render.frame(script, number)).mean() < 10, f"frame {number}"


@pytest.mark.parametrize("case", CASES)
def test_committed_clip_speaks_and_is_silent_as_scripted(case: str) -> None:
    script = load_storyboard(CORPUS / case)
    with av.open(CORPUS / case / "clip.mp4") as container:
        assert len(container.streams.audio) == script.audio
        if not script.audio:
            return
        sound = np.concatenate([f.to_ndarray()[0] for f in container.decode(container.streams.audio[0])])

    def level(start: float, end: float) -> float:
        part = sound[round(start * render.SAMPLE_RATE) : round(end * render.SAMPLE_RATE)]
        return float(np.sqrt(np.mean(part**2)))

    # 0.1 s inside both ends: the codec smears an onset over some hundredths of a second.
    for line in script.speech:
        assert level(line.start, line.start + 0.25) > 0.02 < level(line.end - 0.35, line.end), line.text
    for silence in script.silences:
        # A silence is a stretch without speech: a beat may go on in it.
        beat = sum(10 ** (s.level / 20) for s in script.sounds if s.overlaps(silence.start, silence.end))
        assert level(silence.start + 0.1, silence.end - 0.1) < 0.001 + beat


FLITE = """#!{python}
import struct, sys, wave
with wave.open(sys.argv[sys.argv.index("-o") + 1], "wb") as file:
    file.setparams((1, 2, 16000, 0, "NONE", ""))
    quiet, loud = struct.pack("<h", 3) * 1600, struct.pack("<h", 8000) * 4000
    file.writeframes(quiet + loud + quiet)
"""


@pytest.fixture
def voice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program of flite's name that says a quarter of a second between two pauses, so that no voice is needed."""
    program = tmp_path / "flite"
    program.write_text(FLITE.format(python=sys.executable))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.usefixtures("voice")
def test_a_spoken_line_sounds_exactly_from_its_start_to_its_end() -> None:
    sound = render.soundtrack(story(sounds=[], speech=[{"text": "Hello.", "start": 0.3, "end": 0.55}]))
    heard = np.flatnonzero(np.abs(sound) > 0.1) / render.SAMPLE_RATE
    assert heard[0] == pytest.approx(0.3, abs=0.002) and heard[-1] == pytest.approx(0.55, abs=0.002)
    assert np.abs(sound).max() == pytest.approx(render.SPEECH_PEAK, rel=1e-3)


@pytest.mark.usefixtures("voice")
def test_a_line_that_ends_elsewhere_than_scripted_is_refused_with_the_measured_end() -> None:
    with pytest.raises(render.RenderError, match=r"'Hello\.' from 0\.3 s really ends at 0\.55 s.*set end: 0\.55"):
        render.soundtrack(story(speech=[{"text": "Hello.", "start": 0.3, "end": 0.9}]))
