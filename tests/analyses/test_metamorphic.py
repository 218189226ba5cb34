"""What a change of the video does to the outputs, and that it does nothing else.

Every leaf of every output is compared; lists have no index in a path. A leaf may differ only under a path that the
relation names for that output.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rumiai_v2.analyses.registry import ANALYSES
from rumiai_v2.timeline.temporal_markers import NAME as MARKERS
from rumiai_v2.timeline.temporal_markers import temporal_markers
from tests.analyses import documents as d
from tests.analyses.documents import Json
from tests.analyses.strategies import steady_videos

DENSITY, EMOTION, FRAMING, PACING, SPEECH, OVERLAY, METADATA = (a.name for a in ANALYSES)
OUTPUTS: dict[str, Callable[[Json], Json]] = {a.name: a.compute for a in ANALYSES} | {
    MARKERS: lambda video: temporal_markers(video, generated_at="2025-01-01T00:00:00+00:00")
}
NOTES = ("Quality.missingDataPoints", "metadata.missingDataPoints")
#: Paths per output; a path covers what is below it.
Allowed = Mapping[str, tuple[str, ...]]


def leaves(value: Any, path: str = "") -> list[tuple[str, Any]]:
    """(path without list indices, value) in document order; an empty list or object is a leaf of its own."""
    if isinstance(value, dict) and value:
        return [x for k, v in value.items() for x in leaves(v, f"{path}.{k}" if path else k)]
    if isinstance(value, list) and value:
        return [x for v in value for x in leaves(v, path)]
    return [(path, value)]


def by_path(document: Json) -> dict[str, list[Any]]:
    out: dict[str, list[Any]] = {}
    for path, value in leaves(document):
        if path not in NOTES:
            out.setdefault(path, []).append(value)
    return out


def same(a: list[Any] | None, b: list[Any] | None) -> bool:
    if a is None or b is None or len(a) != len(b):
        return a is b
    return all(
        x == pytest.approx(y, rel=1e-9, abs=1e-9) if isinstance(x, float) and isinstance(y, float) else x == y
        for x, y in zip(a, b, strict=True)
    )


def changed(before: Json, after: Json) -> dict[str, tuple[Any, Any]]:
    a, b = by_path(before), by_path(after)
    return {p: (a.get(p), b.get(p)) for p in sorted({*a, *b}) if not same(a.get(p), b.get(p))}


def under(path: str, roots: Iterable[str]) -> bool:
    return any(path == r or path.startswith(f"{r}.") for r in roots)


def check(before: Json, after: Json, allowed: Allowed) -> None:
    """No output differs but where it may."""
    for name, compute in OUTPUTS.items():
        found = changed(compute(before), compute(after))
        beyond = {p: v for p, v in found.items() if not under(p, allowed.get(name, ()))}
        assert not beyond, (name, beyond)


def at(document: Json, path: str) -> list[Any]:
    return by_path(document).get(path, [])


def happening() -> dict[str, Any]:
    """Eight seconds of a video in which everything happens, and four empty ones."""
    return {
        "duration": 12,
        "texts": [d.text("Wow", 0.5, 2), d.text("Follow now", 3, 4.5), d.text("Second", 3, 5, bbox=(20, 500, 90, 30))],
        "stickers": [d.sticker(1, 3)],
        "speech": [
            d.segment("Hello, did you know this trick?", 0.5, 2.5),
            d.segment("You won't believe it, follow me.", 4, 6.5),
        ],
        "objects": [d.thing("person", 0, 8), d.thing("dog", 2, 4), d.thing("dog", 5, 6)],
        "faces": [d.face(t / 2, d.box(0.3 + t / 100, 0.2, 0.2 + (t // 5) / 5, 0.5)) for t in range(16)],
        "gazes": [d.gaze(t / 2, 1.0 if t % 5 else 0.2) for t in range(16)],
        "poses": [d.pose(1.0)],
        "gestures": [d.gesture("love", 1, 2), d.gesture("victory", 4.5, 6)],
        "emotions": [
            d.emotion(t / 2, name, confidence=0.5 + t / 40)
            for t, name in enumerate(["joy"] * 4 + ["anger"] * 4 + ["surprise"] * 3 + ["joy"] * 5)
        ],
        "cuts": [2.5, 4.0],
        "fades": [(5.5, 6.5)],
        "rms": [0.1, 0.3, 0.2, 0.5, 0.9, 0.4, 0.3, 0.2, 0.1, 0.1, 0.1, 0.1],
        "onsets": [0.2, 1.3, 1.6, 2.5, 4.1, 4.2, 6.0],
        "beats": [0.5, 1.5, 2.5, 3.5, 4.5],
        "metadata": {"description": "love it", "views": 10, "likes": 1, "comments": 0, "shares": 0},
    }


# --- Shift: everything Δ seconds later ------------------------------------------------------------------------------

SHIFT = 3
#: Lists of moments, and the leaves in them that are moments: these move by Δ, exactly.
MOMENTS: Allowed = {
    DENSITY: ("KeyEvents.densityShifts.timestamp", "Interactions.multiModalPeaks.timestamp",
              "KeyEvents.peakMoments.timestamp"),
    EMOTION: ("Dynamics.peakEmotionMoments.timestamp", "Interactions.emotionalContrastMoments.timestamp",
              "KeyEvents.emotionalPeaks.timestamp", "KeyEvents.transitionPoints.timestamp", "KeyEvents.climaxMoment",
              "KeyEvents.resolutionMoment", "Patterns.engagementHooks.timestamp"),
    FRAMING: ("KeyEvents.closeUpMoments.start", "KeyEvents.closeUpMoments.end", "KeyEvents.groupShots",
              "KeyEvents.framingChanges.timestamp", "KeyEvents.keySubjectMoments", "Interactions.interactionZones"),
    SPEECH: ("Dynamics.temporalAlignment.gesture_emphasis_moments.timestamp",
             "Dynamics.temporalAlignment.expression_peaks_during_speech.timestamp",
             "KeyEvents.longestSegment.start", "KeyEvents.longestSegment.end", "KeyEvents.longestSegment.timestamp",
             "KeyEvents.climaxMoment.timestamp", "Interactions.offCameraSegments.start",
             "Interactions.offCameraSegments.end", "Patterns.verbalHooks.timestamp",
             "Patterns.emphasisTechniques.timestamp", "Patterns.callsToAction.timestamp"),
    OVERLAY: ("CoreMetrics.timeToFirstOverlay", "Interactions.multimodalMoments.timestamp",
              "KeyEvents.ctaMoments.timestamp"),
}  # fmt: skip
#: What depends on the place in the video: courses over it, its head and tail, the parts it is divided into.
PLACES: Allowed = {
    DENSITY: ("Dynamics.densityCurve", "Dynamics.accelerationPattern", "Dynamics.densityProgression",
              "Dynamics.emptySeconds", "KeyEvents.deadZones", "KeyEvents.densityShifts", "Patterns.structuralFlags",
              "Patterns.pacingStyle"),
    EMOTION: ("Dynamics.emotionProgression",),
    FRAMING: ("Dynamics.framingProgression", "KeyEvents.keySubjectMoments"),
    PACING: ("CoreMetrics.rhythmConsistency", "Dynamics", "KeyEvents", "Patterns.editingStyle",
             "Patterns.pacingPattern", "Quality.flowScore"),
    SPEECH: ("Dynamics.wpmProgression", "Dynamics.wpmTrend", "Dynamics.clarityProgression", "Dynamics.silencePeriods",
             "Dynamics.pacingVariation", "Dynamics.openingWordsRatio", "Dynamics.speechBursts",
             "KeyEvents.silentMoments"),
    OVERLAY: ("Dynamics.overlayProgression", "Dynamics.overlayAcceleration", "Dynamics.temporalDistribution",
              "KeyEvents.overlayPeaks", "KeyEvents.climaxMoment", "KeyEvents.quietMoments",
              "Patterns.overlayTechniques", "Patterns.pacingPattern"),
    MARKERS: ("first_5_seconds", "cta_window", "peak_moments.timestamp", "engagement_curve"),
}  # fmt: skip


def later(h: dict[str, Any], by: float) -> dict[str, Any]:
    """Everything that happens, ``by`` seconds later in a video of the same length."""

    def moved(x: Any) -> Any:
        if isinstance(x, list):
            return [moved(v) for v in x]
        out = {k: moved(v) if k == "words" and isinstance(v, list) else v for k, v in x.items()}
        return out | {k: x[k] + by for k in ("start", "end", "timestamp", "end_timestamp") if k in x}

    kinds = ("texts", "stickers", "speech", "objects", "faces", "gazes", "poses", "gestures", "emotions")
    out = h | {k: moved(h[k]) for k in kinds} | {k: [t + by for t in h[k]] for k in ("cuts", "onsets", "beats")}
    return out | {"fades": [(a + by, b + by) for a, b in h["fades"]], "rms": [0.1] * by + h["rms"][:-by]}


def moved_by(value: Any, by: int) -> Any:
    if isinstance(value, str):
        return re.sub(r"\d+", lambda m: str(int(m.group()) + by), value)
    return value if value is None or isinstance(value, (list, dict)) else value + by


def test_a_shift_moves_times_and_leaves_counts_and_ratios():
    before, after = d.unified(**happening()), d.unified(**later(happening(), SHIFT))
    check(before, after, {n: (*MOMENTS.get(n, ()), *PLACES.get(n, ())) for n in OUTPUTS})


def test_a_shift_moves_every_moment_by_just_that():
    before, after = d.unified(**happening()), d.unified(**later(happening(), SHIFT))
    moved = 0
    for name, paths in MOMENTS.items():
        a, b = by_path(OUTPUTS[name](before)), by_path(OUTPUTS[name](after))
        for path in {*a, *b}:
            # The order by size may be another where sizes are equal only; moments of a video's ends are excluded.
            if under(path, paths) and not under(path, PLACES[name]):
                assert same([moved_by(v, SHIFT) for v in a[path]], b[path]), (name, path, a[path], b[path])
                moved += sum(not isinstance(v, (list, dict)) and v is not None for v in a[path])
    assert moved > 25


# --- Append: the video twice ----------------------------------------------------------------------------------------


def twice(h: dict[str, Any]) -> dict[str, Any]:
    length = h["duration"]
    again = later(h | {"rms": h["rms"] * 2}, length)
    kinds = ("texts", "stickers", "speech", "objects", "faces", "gazes", "poses", "gestures", "emotions", "onsets",
             "beats", "fades")  # fmt: skip
    return (
        h
        | {k: h[k] + again[k] for k in kinds}
        | {
            "duration": 2 * length,
            "rms": h["rms"] * 2,
            "cuts": [*h["cuts"], *again["cuts"], length],
        }
    )


#: Sums over the video: they double.
DOUBLE: Allowed = {
    DENSITY: (
        "CoreMetrics.totalElements",
        "CoreMetrics.elementCounts",
        "CoreMetrics.distinctElements",
        "CoreMetrics.sceneChangeCount",
        "Interactions.elementCooccurrence",
    ),
    PACING: ("CoreMetrics.totalScenes",),
    SPEECH: ("CoreMetrics.totalWords", "Patterns.questionCount"),
    OVERLAY: (
        "CoreMetrics.totalOverlays",
        "CoreMetrics.totalTextOverlays",
        "CoreMetrics.totalStickers",
        "Interactions.multimodalReinforcementCount",
        "KeyEvents.ctaMoments",
    ),
    METADATA: ("CoreMetrics.videoDuration",),
}
#: Densities, shares and means over the video: they stay.
STAY: Allowed = {
    DENSITY: ("CoreMetrics.timelineCoverage", "Interactions.coordinationScore", "Quality.dataCompleteness"),
    EMOTION: ("CoreMetrics.uniqueEmotions", "CoreMetrics.dominantEmotion", "CoreMetrics.emotionalDiversity",
              "CoreMetrics.emotionalIntensity", "CoreMetrics.gestureEmotionAlignment",
              "CoreMetrics.audioEmotionAlignment", "CoreMetrics.captionSentiment", "CoreMetrics.confidence",
              "Dynamics.tempoEmotionSync", "Quality.timelineCoverage", "Quality.detectionConfidence"),
    FRAMING: ("CoreMetrics.averageFaceSize", "CoreMetrics.faceVisibilityRate", "CoreMetrics.subjectCount",
              "CoreMetrics.dominantFraming", "CoreMetrics.eyeContactRate", "CoreMetrics.primarySubject",
              "Dynamics.distanceVariation", "Dynamics.stabilityScore", "Dynamics.movementPattern", "Interactions",
              "Patterns", "Quality"),
    PACING: ("CoreMetrics.averageSceneDuration", "CoreMetrics.scenesPerMinute"),
    SPEECH: ("CoreMetrics.speechDensity", "CoreMetrics.wordsPerMinute", "CoreMetrics.speechCoverage",
             "CoreMetrics.silenceRatio", "CoreMetrics.avgSegmentDuration", "CoreMetrics.uniqueWords",
             "CoreMetrics.confidence", "Interactions.speechGestureSync", "Interactions.speechEmotionAlignment",
             "Interactions.speechTextOverlap", "KeyEvents.longestSegment.duration", "Patterns.narrativeStyle",
             "Patterns.fillerRatio", "Patterns.directAddressRatio", "Quality"),
    OVERLAY: ("CoreMetrics.overlayDensity", "CoreMetrics.uniqueOverlayCount", "CoreMetrics.timeToFirstOverlay",
              "CoreMetrics.avgOverlayDuration", "CoreMetrics.overlayFrequency", "CoreMetrics.confidence",
              "Interactions.overlaySpeechAlignment", "Interactions.overlayGestureSync",
              "Interactions.crossModalCoherence", "Quality.timelineCoverage", "Quality.detectionConfidence"),
    METADATA: ("CoreMetrics.captionLength", "Dynamics", "Interactions", "KeyEvents", "Patterns", "Quality"),
    MARKERS: ("first_5_seconds",),
}  # fmt: skip


def test_a_video_twice_doubles_its_sums_and_keeps_its_densities():
    before, after = d.unified(**happening()), d.unified(**twice(happening()))
    for name in OUTPUTS:
        a, b = by_path(OUTPUTS[name](before)), by_path(OUTPUTS[name](after))
        for path in {*a, *b}:
            if under(path, STAY.get(name, ())):
                assert same(a.get(path), b.get(path)), (name, path, a.get(path), b.get(path))
            elif under(path, DOUBLE.get(name, ())) and isinstance(a[path][0], (int, float)):
                # The seam is a cut of its own: one more, in a second that is otherwise the first one again.
                seam = path.rpartition(".")[2] in ("transition", "sceneChangeCount", "totalElements") or "_" in path
                extra = int(seam and name == DENSITY and ("transition" in path or not path.count("_")))
                assert 0 <= b[path][0] - 2 * a[path][0] <= extra, (name, path, a[path], b[path])


def test_a_video_twice_has_its_density_but_for_the_cut_at_the_seam():
    before, after = (OUTPUTS[DENSITY](d.unified(**h)) for h in (happening(), twice(happening())))
    assert at(after, "CoreMetrics.avgDensity") == [pytest.approx(at(before, "CoreMetrics.avgDensity")[0] + 1 / 24)]
    curve, again = at(before, "Dynamics.densityCurve.density"), at(after, "Dynamics.densityCurve.density")
    assert again == [*curve, curve[0] + 1, *curve[1:]]


# --- Drop a service -------------------------------------------------------------------------------------------------

#: A count over several services goes on with those that are left, and says so: not null, but changed.
PARTIAL: dict[str, Allowed] = {
    "ocr": {
        DENSITY: ("CoreMetrics", "Dynamics", "Interactions", "KeyEvents", "Patterns", "Quality"),
        MARKERS: ("first_5_seconds.density_progression", "peak_moments", "engagement_curve",
                  "cta_window.cta_appearances", "metadata.ml_data_available"),
        SPEECH: ("Interactions.multiModalCoherence",),
    },
    "yolo": {
        DENSITY: ("CoreMetrics", "Dynamics", "Interactions", "KeyEvents", "Patterns", "Quality"),
        MARKERS: ("first_5_seconds.density_progression", "peak_moments", "engagement_curve",
                  "metadata.ml_data_available"),
    },
    "scene_detection": {
        DENSITY: ("CoreMetrics", "Dynamics", "Interactions", "KeyEvents", "Patterns", "Quality"),
        MARKERS: ("first_5_seconds.density_progression", "peak_moments", "engagement_curve",
                  "metadata.ml_data_available"),
    },
    "mediapipe": {
        DENSITY: ("CoreMetrics", "Dynamics", "Interactions", "KeyEvents", "Patterns", "Quality"),
        EMOTION: ("CoreMetrics.confidence", "Interactions.confidence", "Patterns.confidence",
                  "Patterns.emotionalTechniques"),
        SPEECH: ("Interactions.multiModalCoherence",),
        OVERLAY: ("Interactions.crossModalCoherence", "Interactions.confidence", "Patterns.overlayTechniques"),
        MARKERS: ("first_5_seconds.density_progression", "peak_moments", "metadata.ml_data_available"),
    },
    "emotion_detection": {
        DENSITY: ("CoreMetrics", "Dynamics", "Interactions", "KeyEvents", "Patterns", "Quality"),
        SPEECH: ("Interactions.multiModalCoherence",),
        MARKERS: ("first_5_seconds.emotion_sequence", "metadata.ml_data_available"),
    },
    "whisper": {
        OVERLAY: ("Interactions.crossModalCoherence", "Interactions.confidence", "Patterns.overlayTechniques"),
        MARKERS: ("first_5_seconds.density_progression", "first_5_seconds.emotion_sequence", "peak_moments",
                  "engagement_curve", "cta_window.cta_appearances", "metadata.ml_data_available"),
    },
    "audio_energy": {
        SPEECH: ("Dynamics.hasAudioEnergy",),
        MARKERS: ("first_5_seconds.density_progression", "peak_moments", "metadata.ml_data_available"),
    },
}  # fmt: skip
#: The outputs a service enters; no leaf of any other changes without it.
ENTERS = {
    "yolo": {DENSITY, FRAMING, MARKERS},
    "whisper": {FRAMING, SPEECH, OVERLAY, MARKERS},
    "mediapipe": {DENSITY, EMOTION, FRAMING, SPEECH, OVERLAY, MARKERS},
    "ocr": {DENSITY, SPEECH, OVERLAY, MARKERS},
    "scene_detection": {DENSITY, FRAMING, PACING, MARKERS},
    "audio_energy": {EMOTION, PACING, SPEECH, MARKERS},
    "emotion_detection": {DENSITY, EMOTION, PACING, SPEECH, MARKERS},
}
ENTRIES = {
    "yolo": ("object",),
    "whisper": ("speech",),
    "mediapipe": ("pose", "face", "gaze", "gesture"),
    "ocr": ("text", "sticker"),
    "scene_detection": ("scene", "scene_change"),
    "audio_energy": (),
    "emotion_detection": ("emotion",),
}


def without(video: Json, service: str, status: str) -> Json:
    out = copy.deepcopy(video)
    out["ml_data"][service] = {}
    out["processing_metadata"]["services"][service]["status"] = status
    kept = [e for e in out["timeline"]["entries"] if e["entry_type"] not in ENTRIES[service]]
    out["timeline"]["entries"] = kept
    return out


def explained(document: Json, path: str, code: str) -> bool:
    """Does a note give the reason for this path, for what it is in, or for something in it?"""
    points = document.get("Quality", document.get("metadata"))["missingDataPoints"]
    noted = [p.rpartition(":")[0] for p in points if p.endswith(f":{code}")]
    return any(under(path, [n]) or under(n, [path]) for n in noted)


@pytest.mark.parametrize(("status", "code"), [("not_run", "not_run"), ("failed", "service_failed")])
@pytest.mark.parametrize("service", ENTRIES)
def test_without_a_service_its_fields_are_null_with_a_reason_and_nothing_else_changes(
    service: str, status: str, code: str
):
    video = d.unified(**happening())
    less = without(video, service, status)
    touched = set()
    for name, compute in OUTPUTS.items():
        after = compute(less)
        found = changed(compute(video), after)
        touched |= {name} if found else set()
        for path, (_, now) in found.items():
            if under(path, PARTIAL[service].get(name, ())):
                continue
            empty = now is None or all(v is None or v == [] for v in now)
            assert empty, (name, path, now)
            assert explained(after, path, code), (name, path)
    assert touched == ENTERS[service]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(video=steady_videos(), service=st.sampled_from(sorted(ENTRIES)))
def test_a_service_that_does_not_enter_an_output_cannot_change_it(video: Json, service: str):
    less = without(video, service, "not_run")
    for name in OUTPUTS.keys() - ENTERS[service]:
        assert changed(OUTPUTS[name](video), OUTPUTS[name](less)) == {}, name


# --- Sampling rate ---------------------------------------------------------------------------------------------------

#: Each sample of an expression is an element and a moment of its own; detectors weigh by how often they looked.
SAMPLED: Allowed = {
    DENSITY: (
        "CoreMetrics.distinctElements.expression",
        "CoreMetrics.confidence",
        "Dynamics.confidence",
        "Interactions.confidence",
        "KeyEvents.confidence",
        "Patterns.confidence",
        "Quality.overallConfidence",
        "Interactions.dominantCombination",
    ),
    EMOTION: ("CoreMetrics.confidence", "Interactions.confidence", "Patterns.confidence"),
    FRAMING: ("Dynamics.stabilityScore",),
    SPEECH: ("Dynamics.temporalAlignment.expression_peaks_during_speech",),
}


def test_twice_the_samples_change_no_event_and_no_value_per_second(monkeypatch: pytest.MonkeyPatch):
    before = d.unified(**happening())
    h = happening()
    monkeypatch.setattr(d, "SAMPLE", d.SAMPLE / 2)
    for kind in ("faces", "gazes", "poses", "emotions"):
        h[kind] = [s | {"timestamp": s["timestamp"] + late} for s in h[kind] for late in (0, d.SAMPLE)]
    check(before, d.unified(**h), SAMPLED)


# --- Scale, order, names ---------------------------------------------------------------------------------------------


def scaled(video: Json, by: int) -> Json:
    """The same picture with ``by`` times as many pixels in both directions."""

    def grow(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                k: [x * by for x in v] if k in ("bbox", "face_bbox") and isinstance(v, list) else grow(v)
                for k, v in value.items()
            }
        return [grow(v) for v in value] if isinstance(value, list) else value

    out = grow(video)
    if media := out["processing_metadata"]["media"]:
        out["processing_metadata"]["media"] = media | {"width": media["width"] * by, "height": media["height"] * by}
    return out


@settings(max_examples=30, deadline=None, derandomize=True)
@given(video=steady_videos(), by=st.integers(2, 4))
def test_the_size_of_the_frame_changes_nothing(video: Json, by: int):
    check(video, scaled(video, by), {})


@settings(max_examples=40, deadline=None, derandomize=True)
@given(video=steady_videos(), random=st.randoms(use_true_random=False))
def test_the_order_of_what_starts_together_changes_nothing(video: Json, random: Any):
    other = copy.deepcopy(video)
    entries = other["timeline"]["entries"]
    random.shuffle(entries)
    entries.sort(key=lambda e: e["start"])
    for service, kind in (("yolo", "objectAnnotations"), ("ocr", "textAnnotations"), ("ocr", "stickers")):
        if records := other["ml_data"][service].get(kind):
            random.shuffle(records)
            records.sort(key=lambda r: r["timestamp"])
    for name, compute in OUTPUTS.items():
        assert compute(other) == compute(video), name


@settings(max_examples=30, deadline=None, derandomize=True)
@given(steady_videos())
def test_the_order_of_keys_changes_nothing(video: Json):
    def backwards(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: backwards(v) for k, v in reversed(value.items())}
        return [backwards(v) for v in value] if isinstance(value, list) else value

    for name, compute in OUTPUTS.items():
        assert compute(backwards(video)) == compute(video), name


@settings(max_examples=30, deadline=None, derandomize=True)
@given(steady_videos())
def test_other_ids_change_only_the_id(video: Json):
    def renamed(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: renamed(v) for k, v in value.items()}
        if isinstance(value, list):
            return [renamed(v) for v in value]
        return f"obj_{900 - int(value[4:])}" if isinstance(value, str) and value.startswith("obj_") else value

    other = renamed(video)
    other["video_id"] = other["timeline"]["video_id"] = other["metadata"]["id"] = "another"
    check(video, other, {MARKERS: ("metadata.video_id",)})
    assert OUTPUTS[MARKERS](other)["metadata"]["video_id"] == "another"
