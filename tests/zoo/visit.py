"""One clip through the whole run, and what must hold of every clip: valid outputs that reach to its end."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rumiai_v2.analyses.events import bins_of
from rumiai_v2.analyses.registry import ANALYSES
from rumiai_v2.media.index import index
from rumiai_v2.media.open import Limits, open_media
from rumiai_v2.media.types import Media
from rumiai_v2.outputs.file_sets import result_form
from rumiai_v2.runner import RunnerConfig, run
from rumiai_v2.settings import load_settings
from rumiai_v2.sources.local_file import LocalFile
from rumiai_v2.timeline import temporal_markers
from tests.schema_check import unexplained_nulls, validate

Json = dict[str, Any]

PICTURE_AND_SOUND = ("scene_detection", "audio_energy")
CURVE_LIMIT = 100  # the density curve shows at most so many seconds
PREFIXES = {analysis.name: analysis.prefix for analysis in ANALYSES} | {temporal_markers.NAME: ""}


@dataclass(frozen=True)
class Visit:
    """What a run made of a clip: the unified document, the eight ML forms by name, and the media that it saw."""

    unified: Json
    outputs: dict[str, Json]
    media: Media

    @property
    def facts(self) -> Json:
        return self.unified["processing_metadata"]["media"]

    def data(self, service: str) -> Json:
        return self.unified["ml_data"][service]

    @property
    def cuts(self) -> list[float]:
        return self.data("scene_detection")["scene_changes"]

    def shown(self, sample: int = 0) -> np.ndarray:
        """A sampled picture as the services got it, RGB."""
        return self.media.video.frames[sample].image[..., ::-1]


def visit(
    path: Path,
    *,
    duration: Fraction | float,
    frames: int,
    only: tuple[str, ...] = PICTURE_AND_SOUND,
    clock: float = 2e-5,
) -> Visit:
    """Runs the clip in the current folder; fails unless it ends well, measured right, valid, and covered.

    ``duration`` (s) and ``frames`` are what was rendered; ``clock`` is the resolution of the container's times (s).
    """
    result = run(RunnerConfig(source=LocalFile(path), settings=load_settings(), only=only))
    assert result.exit_code == 0, result.returned["error"]
    returned = result.returned
    validate(returned, "return_success.schema.json", strict=True)
    validate(_read(returned["outputs"]["report"]), "report.schema.json", strict=True)
    unified = _read(returned["outputs"]["unified"])
    validate(unified, "unified.schema.json", strict=True)
    outputs = {name: _output(Path(returned["outputs"]["insights"]), name) for name in PREFIXES}
    seen = Visit(unified, outputs, open_media(path, limits=Limits()))
    assert seen.media.facts() == seen.facts, "decoding again gives what the run saw"
    assert unified["duration"] == pytest.approx(float(duration), abs=clock)
    assert seen.facts["frame_count"] == frames
    _samples_reach_the_end(seen)
    if "scene_detection" in only:
        _scenes_cover_the_clip(seen)
    if "audio_energy" in only:
        _sound_covers_the_clip(seen)
    for service in only:
        assert unified["processing_metadata"]["services"][service] == {"status": "run", "error": None}
    assert len(outputs["temporal_markers"]["engagement_curve"]) == math.ceil(unified["duration"] / 5)
    for analysis in ANALYSES:
        assert unexplained_nulls(outputs[analysis.name]) == [], analysis.name
    curve = outputs["creative_density"]["Dynamics"]["densityCurve"]
    assert len(curve) == min(CURVE_LIMIT, len(bins_of(unified["duration"])))
    return seen


def refused(path: Path) -> Json:
    """The return structure of a run that must end with exit code 1 and leave nothing."""
    result = run(RunnerConfig(source=LocalFile(path), settings=load_settings(), only=PICTURE_AND_SOUND))
    validate(result.returned, "return_failure.schema.json")
    assert (result.exit_code, result.returned["exit_code"], result.returned["error_type"]) == (1, 1, "InputError")
    assert str(path) in result.returned["error"]
    assert not [p for p in Path().rglob("*.json") if p.is_file()]
    return result.returned


def _read(path: str | Path) -> Json:
    return json.loads(Path(path).read_text(encoding="utf-8"))


def _output(insights: Path, name: str) -> Json:
    """The ML form of one output, after all three of its files were held against each other and the schema."""
    [ml], [prefixed], [complete] = (
        [_read(p) for p in (insights / name).glob(f"{name}_{kind}_*.json")] for kind in ("ml", "result", "complete")
    )
    validate(ml, f"{name}.schema.json", strict=True)
    assert prefixed == result_form(ml, PREFIXES[name])
    assert (json.loads(complete["result"]), complete["parsed_response"]) == (prefixed, ml)
    return ml


def _samples_reach_the_end(seen: Visit) -> None:
    """The samples are the frames nearest to k/rate for every k/rate below D, found here from the packets' times."""
    video, announced = seen.media.video, index(seen.media.path)
    rate = announced.rate
    targets = [Fraction(k, rate) for k in range(math.ceil(announced.duration * rate))]
    nearest = {min(announced.times, key=lambda time: (abs(time - target), time)) for target in targets}
    times = [frame.timestamp for frame in video.frames]
    assert times == [float(time) for time in sorted(nearest)]
    lengths = [b - a for a, b in pairwise([*announced.times, announced.duration])]
    assert video.duration - times[-1] <= max(1 / rate + float(max(lengths)) / 2, float(lengths[-1])) + 1e-9
    assert len(times) == seen.facts["sampled_frames"]


def _scenes_cover_the_clip(seen: Visit) -> None:
    scenes = seen.data("scene_detection")
    edges = [0.0, *scenes["scene_changes"], seen.unified["duration"]]
    assert [(s["start_time"], s["end_time"]) for s in scenes["scenes"]] == list(pairwise(edges))
    assert scenes["metadata"]["frames_analyzed"] == seen.facts["frame_count"]
    entries = [e for e in seen.unified["timeline"]["entries"] if e["entry_type"] == "scene"]
    assert [(e["start"], e["end"]) for e in entries] == list(pairwise(edges))


def _sound_covers_the_clip(seen: Visit) -> None:
    energy, duration = seen.data("audio_energy"), seen.unified["duration"]
    assert energy["duration"] == duration
    assert energy["has_audio"] is seen.facts["has_audio"] is (seen.media.audio is not None)
    if seen.media.audio is None:
        assert (energy["energy_level_windows"], energy["rms_per_second"]) == ({}, [])
        return
    assert len(seen.media.audio.samples) == math.ceil(duration * seen.media.audio.sample_rate - 1e-6)
    assert len(energy["rms_per_second"]) == len(bins_of(duration))
    spans = [key.removesuffix("s").split("-") for key in energy["energy_level_windows"]]
    assert [float(start) for start, _ in spans] == [5.0 * k for k in range(len(spans))]
    assert [float(end) for _, end in spans] == [*(5.0 * k for k in range(1, len(spans))), duration]
    for time in (*energy["onset_times"], *energy["beat_times"], energy["climax_timestamp"] or 0.0):
        assert 0 <= time <= duration
