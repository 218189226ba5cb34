"""Expressions of older recordings, from the service or from the timeline."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from rumiai_v2.models.services import LARGEST
from rumiai_v2.sources.older import reading
from rumiai_v2.sources.older.reading import Json, Recording
from rumiai_v2.timeline.builder import sample_spacing

EMOTIONS = ("joy", "sadness", "anger", "fear", "disgust", "surprise", "neutral")
#: Expressions were sampled at these rates (1/s) for videos up to so many seconds, 0.5 beyond.
EXPRESSION_RATES = ((30.0, 2.0), (60.0, 1.0))
#: A video whose samples lack a face more often than this counts as one without people.
NO_PEOPLE_ABOVE = 0.8


def expressions(data: Mapping[str, Any], recording: Recording) -> Json:
    """Expressions of single samples; summaries are made anew from them."""
    records = reading.records_of(data, recording, "emotion_detection", "emotions")
    found = [_expression(record, reading.time_of(record, path, recording), path, recording) for path, record in records]
    stats = reading.mapping(data, "processing_stats", "ml_data.emotion_detection", recording)
    return _expression_document(
        found,
        recording,
        total=stats.get("total_frames", data.get("frames_analyzed")),
    )


def expressions_from_timeline(recording: Recording) -> Json | None:
    """Expressions of a recording that kept them as timeline entries only; None when it has none."""
    found = []
    for index, entry in enumerate(recording.entries):
        if entry.get("entry_type") == "emotion":
            path = f"timeline.entries[{index}]"
            start = reading.time_of(entry, path, recording, "start")
            data = reading.mapping(entry, "data", path, recording)
            found.append(_expression(data, start, f"{path}.data", recording))
    return _expression_document(found, recording, total=None) if found else None


def _expression(record: Mapping[str, Any], t: float, path: str, recording: Recording) -> Json:
    name = "joy"  # which the model called happiness
    if record.get("emotion") != "happiness":
        name = reading.one_of(record, "emotion", EMOTIONS, path, recording)
    scores, box = reading.mapping(record, "all_scores", path, recording), record.get("face_bbox")
    intensities = reading.mapping(record, "au_intensities", path, recording)
    units = {str(_unit(unit, f"{path}.au_intensities", recording)): value for unit, value in intensities.items()}
    active = reading.listed(record, "action_units", path, recording)
    return {
        "timestamp": t,
        "emotion": name,
        "confidence": reading.share(record, "confidence", path, recording),
        "all_scores": {e: reading.share({e: 0.0, **scores}, e, f"{path}.all_scores", recording) for e in EMOTIONS},
        "action_units": sorted(_unit(unit, f"{path}.action_units", recording) for unit in active),
        "au_intensities": {unit: reading.share(units, unit, f"{path}.au_intensities", recording) for unit in units},
        "face_bbox": None if box is None else reading.numbers(box, 4, f"{path}.face_bbox", recording),
    }


def _unit(unit: Any, path: str, recording: Recording) -> int:
    """The number of an action unit, recorded as 12, 12.0, "12", "AU12" or "AU12_r"."""
    if isinstance(unit, str) and (named := re.fullmatch(r"(?:AU)?0?([0-9]{1,2})(?:_[a-z])?", unit)):
        return int(named[1])
    if not reading.is_number(unit) or not 0 <= unit <= 64 or unit != int(unit):
        raise recording.wrong(path, "numbers of action units", unit)
    return int(unit)


def _expression_document(found: Iterable[Json], recording: Recording, *, total: Any) -> Json:
    """The document of the given expressions; ``total`` is how many samples were looked at, None when unknown."""
    emotions = reading.within(found, recording)
    counts = Counter(one["emotion"] for one in emotions)
    weight = {name: math.fsum(e["confidence"] for e in emotions if e["emotion"] == name) for name in counts}
    units = Counter(unit for one in emotions for unit in one["action_units"])
    transitions = [
        {"timestamp": b["timestamp"], "from": a["emotion"], "to": b["emotion"]}
        for a, b in pairwise(emotions)
        if a["emotion"] != b["emotion"]
    ]
    by_second: dict[str, Json] = {}
    for one in emotions:
        second = f"{int(one['timestamp'])}-{int(one['timestamp']) + 1}s"
        if second not in by_second or one["confidence"] > by_second[second]["confidence"]:
            by_second[second] = one
    total = max(total, len(emotions)) if type(total) is int and total <= LARGEST else None
    rate = len(emotions) / total if total else None
    kind = None if rate is None else "no_people" if rate < 1 - NO_PEOPLE_ABOVE else "people_detected"
    stats = {
        "total_frames": total,
        "successful_frames": len(emotions),
        "no_face_frames": None if total is None else total - len(emotions),
        "video_type": kind,
    }
    return {
        "emotions": emotions,
        "action_units": [
            {"timestamp": e["timestamp"], "aus": e["action_units"], "intensities": e["au_intensities"]}
            for e in emotions
        ],
        "timeline": by_second,
        "dominant_emotion": min(counts, key=lambda e: (-counts[e], -weight[e], e)) if counts else None,
        "emotion_transitions": transitions,
        "confidence_scores": [e["confidence"] for e in emotions],
        "au_activations": {str(unit): units[unit] for unit in sorted(units)},
        "processing_stats": stats,
        "metrics": {
            "video_type": kind,
            "unique_emotions": len(counts),
            "transition_count": len(transitions),
            "avg_confidence": math.fsum(e["confidence"] for e in emotions) / len(emotions) if emotions else None,
            "emotion_diversity": _diversity(counts),
            "detection_rate": rate,
            "suitable_for_emotion_analysis": None if kind is None else kind == "people_detected",
            "reason": "no face in more than 80 % of the samples" if kind == "no_people" else None,
            "most_active_aus": [[u, n] for u, n in sorted(units.items(), key=lambda item: (-item[1], item[0]))[:5]],
            "processing_stats": dict(stats),
        },
        "video_duration": recording.duration,
        "frames_analyzed": total,
        "sample_rate": next((r for limit, r in EXPRESSION_RATES if recording.duration <= limit), 0.5),
        "metadata": {
            "processed": True,
            "model": "feat",
            "au_source": "feat",
            "frames_analyzed": total,
            "sample_spacing": sample_spacing({}, (e["timestamp"] for e in emotions), recording.duration),
        },
    }


def _diversity(counts: Mapping[str, int]) -> float | None:
    """Entropy of the emotions over its maximum for as many emotions; None without one."""
    if len(counts) < 2:
        return 0.0 if counts else None
    whole = sum(counts.values())
    shares = [counts[name] / whole for name in sorted(counts)]
    return min(1.0, -math.fsum(p * math.log(p) for p in shares) / math.log(len(counts)))
