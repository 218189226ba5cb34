"""What holds for the outputs of any video: parts and wholes, order, limits, ranges, and nulls with reasons."""

from __future__ import annotations

import itertools
import math
import re
from typing import Any

import pytest
from hypothesis import given, settings

from rumiai_v2.analyses.registry import ANALYSES
from rumiai_v2.timeline.temporal_markers import NAME as MARKERS
from rumiai_v2.timeline.temporal_markers import temporal_markers
from tests.analyses.documents import Json
from tests.analyses.strategies import steady_videos, videos
from tests.schema_check import unexplained_nulls, validate

#: Lists that are ordered by strength; all others are in time order.
BY_STRENGTH = ("creative_density.KeyEvents.densityShifts", "temporal_markers.peak_moments")
#: The most items a list holds.
LIMITS = {
    "creative_density.Dynamics.densityCurve": 100,
    "creative_density.Dynamics.emptySeconds": 50,
    "creative_density.Interactions.multiModalPeaks": 10,
    "creative_density.KeyEvents.peakMoments": 10,
    "creative_density.KeyEvents.deadZones": 5,
    "creative_density.KeyEvents.densityShifts": 10,
    "emotional_journey.Dynamics.peakEmotionMoments": 3,
    "emotional_journey.Interactions.emotionalContrastMoments": 2,
    "emotional_journey.KeyEvents.emotionalPeaks": 2,
    "emotional_journey.KeyEvents.transitionPoints": 3,
    "emotional_journey.Patterns.engagementHooks": 2,
    "person_framing.KeyEvents.keySubjectMoments": 10,
    "scene_pacing.Dynamics.pacingProgression": 10,
    "visual_overlay_analysis.Dynamics.overlayProgression": 10,
    "visual_overlay_analysis.Interactions.multimodalMoments": 5,
    "visual_overlay_analysis.KeyEvents.ctaMoments": 3,
    "metadata_analysis.KeyEvents.keyMentions": 3,
    "metadata_analysis.KeyEvents.primaryEmojis": 3,
    "temporal_markers.first_5_seconds.text_moments": 10,
    "temporal_markers.first_5_seconds.gesture_moments": 5,
    "temporal_markers.first_5_seconds.object_appearances": 5,
    "temporal_markers.first_5_seconds.speech_segments": 5,
    "temporal_markers.cta_window.text_overlays": 10,
    "temporal_markers.peak_moments": 5,
}
#: Ranks correlate from −1 to 1; coherence is a mean with one of them in it.
SIGNED = (
    "audioEmotionAlignment",
    "tempoEmotionSync",
    "emotionalPacing",
    "speechEmotionAlignment",
    "multiModalCoherence",
)
RATIO = re.compile(
    r"(Ratio|Rate|Coverage|Score|Completeness|Consistency|Diversity|Smoothness|Reliability|Sync|Chance|Matching|Timing"
    r"|Alignment|Coherence|confidence|Confidence|clarity|emotionalRange|intensity|sync_ratio|congruence|engagement_curve"
    r"|Reinforcement|Intensity|Smoothing)$"
)
NO_RATIO = ("surpriseScore", "engagementRate", "peak_moments.intensity")


def outputs(video: Json) -> Json:
    made = {a.name: a.compute(video) for a in ANALYSES}
    return made | {MARKERS: temporal_markers(video, generated_at="2025-01-01T00:00:00+00:00")}


def walk(value: Any, path: str = "") -> list[tuple[str, Any]]:
    """Every list, object and leaf with its path, without list indices."""
    below = value.items() if isinstance(value, dict) else [("", v) for v in value] if isinstance(value, list) else ()
    return [(path, value), *(x for k, v in below for x in walk(v, f"{path}.{k}".strip(".")))]


def seconds(value: Any) -> list[float]:
    """The moments in "7s", "7-8s", 7.5."""
    if isinstance(value, str):
        return [float(x) for x in value.removesuffix("s").split("-")]
    return [float(value)]


def moment(item: Any) -> float | None:
    """When an item of a list is; None for what has no time."""
    if isinstance(item, dict):
        key = next((k for k in ("timestamp", "start", "second", "first_appearance") if k in item), None)
        return None if key is None or item[key] is None else seconds(item[key])[0]
    return None


@settings(max_examples=60, deadline=None, derandomize=True)
@given(steady_videos())
def test_every_output_meets_its_schema_and_explains_its_nulls(video: Json):
    for name, document in outputs(video).items():
        validate(document, f"{name}.schema.json", strict=True)
        notes = document.get("Quality", document.get("metadata"))["missingDataPoints"]
        assert (
            unexplained_nulls({**document, "Quality": {**document.get("Quality", {}), "missingDataPoints": notes}})
            == []
        )
        assert len(notes) == len(set(notes))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(videos())
def test_no_note_is_given_for_a_value_that_is_there(video: Json):
    for name, document in outputs(video).items():
        values: dict[str, list[Any]] = {}
        for path, value in walk(document):
            values.setdefault(path, []).append(value)
        for note in document.get("Quality", document.get("metadata"))["missingDataPoints"]:
            path = note.rpartition(":")[0]
            there = values.get(path, [None])
            # A list of nulls and values, and a count that goes on with the services that are left, are noted too.
            flat = [x for v in there for _, x in walk(v) if not isinstance(x, (list, dict))]
            assert not flat or None in flat, (name, note, there)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(steady_videos())
def test_ratios_lie_between_0_and_1(video: Json):
    for path, value in walk(outputs(video)):
        if isinstance(value, bool) or not isinstance(value, (int, float)) or path.endswith(NO_RATIO):
            continue
        if path.endswith(SIGNED):
            assert -1 <= value <= 1, path
        elif RATIO.search(path) and path != "visual_overlay_analysis.Interactions.multimodalReinforcementCount":
            assert 0 <= value <= 1, (path, value)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(steady_videos())
def test_parts_sum_to_the_whole(video: Json):
    made = outputs(video)
    density = made["creative_density"]
    if density["CoreMetrics"]["totalElements"] is not None:
        total = density["CoreMetrics"]["totalElements"]
        assert total == sum(n or 0 for n in density["CoreMetrics"]["elementCounts"].values())
        assert total == sum(point["density"] for point in density["Dynamics"]["densityCurve"])
        for peak in density["KeyEvents"]["peakMoments"]:
            parts = {k: n for k, n in peak["elementBreakdown"].items() if k != "scene_change"}
            assert peak["totalElements"] == sum(n or 0 for n in parts.values())
    shares = made["person_framing"]["Patterns"]["framingDistribution"].values()
    assert None in shares or sum(shares) == pytest.approx(1)
    pacing = made["scene_pacing"]
    if (scenes := pacing["CoreMetrics"]["totalScenes"]) is not None:
        assert sum(w["cuts"] for w in pacing["Dynamics"]["pacingProgression"]) == scenes - 1
    speech = made["speech_analysis"]["CoreMetrics"]
    if speech["speechCoverage"] is not None:
        assert speech["speechCoverage"] + speech["silenceRatio"] == pytest.approx(1, abs=0.0101)
    overlay = made["visual_overlay_analysis"]["CoreMetrics"]
    if overlay["totalOverlays"] is not None:
        assert overlay["totalOverlays"] == overlay["totalTextOverlays"] + overlay["totalStickers"]
    tags = made["metadata_analysis"]["Patterns"]["hashtagBreakdown"]
    assert tags["total"] == tags["generic"] + tags["niche"] == made["metadata_analysis"]["CoreMetrics"]["hashtagCount"]
    features = made["metadata_analysis"]["Patterns"]["ctaFeatures"]
    assert features["ctaCount"] == sum(v for k, v in features.items() if k not in ("hasCTA", "ctaCount"))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(steady_videos())
def test_lists_are_in_time_order_and_within_their_limits(video: Json):
    for path, value in walk(outputs(video)):
        if not isinstance(value, list):
            continue
        assert len(value) <= LIMITS.get(path, 10**6), path
        times = [t for t in map(moment, value) if t is not None]
        if path not in BY_STRENGTH:
            assert times == sorted(times), (path, value)
        if path.endswith(("keySubjectMoments", "scene_changes", "emptySeconds")):
            assert value == sorted(value), path


@settings(max_examples=60, deadline=None, derandomize=True)
@given(steady_videos())
def test_moments_and_ranges_lie_in_the_video(video: Json):
    length = video["duration"]
    for path, value in walk(outputs(video)):
        key = path.rpartition(".")[2]
        if not isinstance(value, (str, int, float)) or key not in (
            "timestamp",
            "start",
            "end",
            "climaxMoment",
            "resolutionMoment",
            "time_range",
        ):
            continue
        # Whole seconds name the last one by its full length; real moments stay in the video.
        last = math.ceil(length) if isinstance(value, (str, int)) else length
        assert all(0 <= t <= last for t in seconds(value)), (path, value)
    for path, value in walk(outputs(video)):
        if isinstance(value, dict) and isinstance(value.get("end"), (int, float)) and value.get("start") is not None:
            assert value["start"] <= value["end"], path
            if "duration" in value and "words" not in value:
                assert value["duration"] == pytest.approx(value["end"] - value["start"]), path


@settings(max_examples=60, deadline=None, derandomize=True)
@given(steady_videos())
def test_courses_cover_the_video(video: Json):
    length, made = video["duration"], outputs(video)
    ran = {s for s, state in video["processing_metadata"]["services"].items() if state["status"] == "run"}
    whole = math.ceil(length)
    bins = whole - (1 if whole > 1 and length - (whole - 1) < 0.05 - 1e-9 else 0)
    curve = made["creative_density"]["Dynamics"]["densityCurve"]
    assert [p["second"] for p in curve] in ([], list(range(bins)))
    windows = made["emotional_journey"]["Dynamics"]["emotionProgression"]
    if "emotion_detection" in ran:
        edges = [seconds(w["timestamp"]) for w in windows]
        assert edges[0][0] == 0 and edges[-1][1] == bins
        assert all(a[1] == b[0] for a, b in itertools.pairwise(edges))
    framing = made["person_framing"]["Dynamics"]["framingProgression"]
    if framing:
        assert framing[0]["start"] == 0 and framing[-1]["end"] == bins == sum(f["duration"] for f in framing)
        assert all(a["type"] != b["type"] for a, b in itertools.pairwise(framing))
    if "scene_detection" in ran:
        count = max(1, min(10, int(length)))
        starts = [w["timestamp"] for w in made["scene_pacing"]["Dynamics"]["pacingProgression"]]
        assert starts == pytest.approx([length * i / count for i in range(count)])
    assert len(made["speech_analysis"]["Dynamics"]["wpmProgression"]) == (10 if "whisper" in ran else 0)
    if "ocr" in ran:
        edges = [seconds(w["timestamp"]) for w in made["visual_overlay_analysis"]["Dynamics"]["overlayProgression"]]
        assert edges[0][0] == 0 and edges[-1][1] == pytest.approx(length, abs=0.0051)
        assert all(a[1] == b[0] for a, b in itertools.pairwise(edges))
    opening = made[MARKERS]["first_5_seconds"]
    for field in ("density_progression", "emotion_sequence", "expression_sequence"):
        assert len(opening[field]) == 5
    assert opening["density_progression"][bins:] == [None] * max(0, 5 - bins)
    if ran & {"ocr", "scene_detection", "whisper", "yolo"}:
        assert len(made[MARKERS]["engagement_curve"]) == math.ceil(length / 5)
