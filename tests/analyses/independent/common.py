"""What the second derivations share: the document as exact facts, sums over it, and the comparison with an output."""

from __future__ import annotations

import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from scipy import stats

Json = dict[str, Any]
Span = tuple[Fraction, Fraction]

# Nothing is rounded in the derivations; this says which fields the outputs round, and to how many decimals. Notes on
# missing data are not repeated: whether a null is explained is tested elsewhere.
ROUNDED = {
    "emotional_journey": {
        "CoreMetrics.emotionalDiversity": 2,
        "CoreMetrics.gestureEmotionAlignment": 2,
        "CoreMetrics.emotionalIntensity": 2,
        "Dynamics.emotionProgression.intensity": 2,
        "Dynamics.transitionSmoothness": 2,
        "Dynamics.stabilityScore": 2,
        "Dynamics.peakEmotionMoments.intensity": 2,
        "Interactions.gestureReinforcement": 2,
        "Interactions.multimodalCoherence": 2,
        "KeyEvents.emotionalPeaks.intensity": 2,
        "Patterns.engagementHooks.intensity": 2,
        "Quality.detectionConfidence": 2,
        "Quality.timelineCoverage": 2,
        "Quality.emotionalDataCompleteness": 2,
        "Quality.overallConfidence": 2,
    },
    "person_framing": {"CoreMetrics.faceVisibilityRate": 2, "CoreMetrics.eyeContactRate": 2},
    "scene_pacing": {"CoreMetrics.averageSceneDuration": 2, "CoreMetrics.scenesPerMinute": 2},
    "speech_analysis": {
        "CoreMetrics.speechDensity": 2,
        "CoreMetrics.wordsPerMinute": 1,
        "CoreMetrics.vocabularyDiversity": 2,
        "CoreMetrics.silenceRatio": 2,
        "CoreMetrics.speechCoverage": 2,
        "CoreMetrics.avgSegmentDuration": 2,
        "Dynamics.wpmProgression": 1,
        "Dynamics.pacingVariation": 2,
        "Dynamics.speechBursts.energy": 3,
        "Dynamics.temporalAlignment.body_language_congruence": 2,
        "KeyEvents.longestSegment.duration": 2,
    },
    "visual_overlay_analysis": {
        "CoreMetrics.overlayDensity": 3,
        "CoreMetrics.uniqueOverlayRatio": 3,
        "CoreMetrics.timeToFirstOverlay": 2,
        "CoreMetrics.avgOverlayDuration": 2,
        "CoreMetrics.overlayFrequency": 2,
        "Dynamics.overlayProgression.density": 3,
        "Dynamics.rhythmConsistency": 3,
        "Interactions.overlaySpeechAlignment": 3,
        "Interactions.overlayGestureSync": 3,
        "Interactions.crossModalCoherence": 3,
        "KeyEvents.overlayPeaks.intensity": 2,
        "Quality.dataCompleteness": 2,
        "Quality.timelineCoverage": 2,
        "Quality.overallConfidence": 2,
    },
    "metadata_analysis": {
        "CoreMetrics.engagementRate": 2,
        "Dynamics.emojiDensity": 2,
        "Dynamics.mentionDensity": 2,
        "Patterns.hashtagBreakdown.genericRatio": 2,
    },
    "temporal_markers": {"engagement_curve": 2},
}

AROUSAL = {"surprise": 9, "anger": 8, "fear": 8, "joy": 6, "disgust": 5, "sadness": 3, "neutral": 1}  # tenths


def exact(t: float) -> Fraction:
    """A time or a number without the last bits that sums of floats leave."""
    return Fraction(t).limit_denominator(1_000_000)


class Clip:
    """The unified document as exact facts."""

    def __init__(self, unified: Mapping[str, Any]) -> None:
        self.unified = unified
        self.D = exact(unified["timeline"]["duration"])
        self.media = unified["processing_metadata"]["media"] or {}
        whole = [(Fraction(s), min(Fraction(s + 1), self.D)) for s in range(math.ceil(self.D))]
        self.bins = [(a, b) for a, b in whole if a == 0 or b - a >= Fraction(1, 20)]
        self.lengths = [b - a for a, b in self.bins]

    def ran(self, *services: str) -> bool:
        states = self.unified["processing_metadata"]["services"]
        return all(states[s]["status"] == "run" for s in services)

    def document(self, service: str) -> Json:
        return self.unified["ml_data"].get(service) or {}

    def entries(self, kind: str) -> list[tuple[Fraction, Fraction, Json]]:
        found = [e for e in self.unified["timeline"]["entries"] if e["entry_type"] == kind]
        out = [(exact(e["start"]), exact(e.get("end", e["start"])), e["data"]) for e in found]

        # As one reads: time, top, left; what is still equal goes by its content, whatever the order it came in.
        def place(e):
            return (e[0], *((e[2].get("bbox") or (0, 0))[1::-1]), e[1], json.dumps(e[2], sort_keys=True))

        return sorted(out, key=place)

    @property
    def cuts(self) -> list[Fraction]:
        return sorted({t for t, _, _ in self.entries("scene_change") if 0 < t < self.D})

    def in_bins(self, entries: Iterable[tuple[Fraction, Fraction, Json]]) -> list[list[tuple]]:
        entries = list(entries)
        return [[e for e in entries if visible(e, a, b)] for a, b in self.bins]

    def second(self, t: float) -> int | None:
        return next((i for i, (a, b) in enumerate(self.bins) if a <= exact(t) < a + 1), None)

    def share(self, flags: Sequence[bool]) -> Fraction:
        return sum((n for n, f in zip(self.lengths, flags, strict=True) if f), Fraction(0)) / sum(self.lengths)

    @property
    def silent_track(self) -> bool:
        told = (self.media.get("has_audio"), self.document("audio_energy").get("has_audio"))
        return False in told

    def series(self, name: str) -> list | None:
        """A list of the audio service; None when there is no audio to have one."""
        if not self.ran("audio_energy") or self.silent_track:
            return None
        return self.document("audio_energy").get(name)

    def arousal(self) -> list[float | None]:
        return [
            average([sum(exact(e[2]["all_scores"][k]) * w for k, w in AROUSAL.items()) / 10 for e in seen])
            for seen in self.in_bins(self.entries("emotion"))
        ]

    def rate(self, moments: Iterable[float | Fraction]) -> list[Fraction]:
        n = Counter(self.second(t) for t in moments)
        return [n[i] / length for i, length in enumerate(self.lengths)]


def visible(entry: tuple[Fraction, Fraction, Json], a: Fraction, b: Fraction) -> bool:
    start, end, _ = entry
    return a <= start < b if start == end else start < b and end > a


def average(values: Iterable[Any]) -> Fraction | None:
    known = [exact(v) for v in values if v is not None]
    return sum(known, Fraction(0)) / len(known) if known else None


def spearman(x: Sequence[Any], y: Sequence[Any]) -> float | None:
    both = [(float(a), float(b)) for a, b in zip(x, y, strict=False) if a is not None and b is not None]
    if len(both) < 5 or any(len({round(v, 9) for v in side}) < 2 for side in zip(*both, strict=True)):
        return None
    a, b = (np.round(side, 9) for side in zip(*both, strict=True))
    return float(stats.spearmanr(a, b).statistic)


def trend(y: Sequence[Any]) -> str | None:
    if len(y) < 3 or sum(y) == 0:
        return None
    n = len(y)
    # Least squares by hand: exact where the numbers are.
    x_mean, y_mean = Fraction(n - 1, 2), sum(map(Fraction, y)) / n
    slope = sum((i - x_mean) * (Fraction(v) - y_mean) for i, v in enumerate(y)) / sum(
        (i - x_mean) ** 2 for i in range(n)
    )
    r = slope * (n - 1) / y_mean
    return "increasing" if r > Fraction(1, 4) else "decreasing" if r < -Fraction(1, 4) else "stable"


def mode(votes: Iterable[tuple[str, Any, Any]]) -> str | None:
    """(label, weight, confidence): the heaviest, then the most confident, then the first in the alphabet."""
    table: dict[str, list[Fraction]] = defaultdict(lambda: [Fraction(0), Fraction(0)])
    for label, weight, confidence in votes:
        table[label][0] += exact(weight)
        table[label][1] += exact(confidence or 0)
    return sorted(table, key=lambda k: (-table[k][0], -table[k][1], k))[0] if table else None


def confidences(entries: Iterable[tuple[Fraction, Fraction, Json]]) -> list[Any]:
    return [e[2].get("confidence") for e in entries]


def merged(spans: Iterable[Span]) -> list[Span]:
    """Disjoint stretches: edges on which the number of open spans leaves or reaches 0."""
    spans = [(a, b) for a, b in spans if b > a]
    edges = sorted([(a, 0, 1) for a, _ in spans] + [(b, 1, -1) for _, b in spans])
    out, depth, since = [], 0, Fraction(0)
    for t, _, step in edges:
        if depth == 0:
            since = t
        depth += step
        if depth == 0:
            out.append((since, t))
    joined: list[Span] = []
    for a, b in out:
        joined = [*joined[:-1], (joined[-1][0], b)] if joined and joined[-1][1] == a else [*joined, (a, b)]
    return joined


def measure(spans: Iterable[Span], a: Fraction, b: Fraction) -> Fraction:
    return sum((max(Fraction(0), min(y, b) - max(x, a)) for x, y in spans), Fraction(0))


def sd(values: Sequence[Any], ddof: int = 0) -> float:
    return float(np.std([float(v) for v in values], ddof=ddof)) if len(values) > ddof else 0.0


def label(a: Any, b: Any) -> str:
    return f"{a}-{b}s"


def says(text: str, phrase: str) -> list[int]:
    """Where the whole words of ``phrase`` stand in ``text`` (offsets)."""
    words = re.findall(r"\w+(?:'\w+)*", phrase)
    pattern = r"(?<!\w)(?<!\w')" + r"(?:(?!\w)[^\w]+)".join(map(re.escape, words)) + r"(?!\w)(?!'\w)"
    return [m.start() for m in re.finditer(pattern, plain(text))]


def plain(text: str) -> str:
    return text.replace("’", "'").casefold()


def segment_words(entry: tuple[Fraction, Fraction, Json]) -> list[tuple[str, Fraction, Fraction, Any]]:
    """(word, start, end, probability): as written between spaces, without the punctuation around."""
    start, end, data = entry

    def bare(text: str) -> list[str]:
        return [w for w in (re.sub(r"^\W+|\W+$", "", part) for part in plain(text).split()) if w]

    timed = [
        (w, min(max(exact(x["start"]), start), end), min(max(exact(x["end"]), start), end), x.get("probability"))
        for x in data["words"]
        for w in bare(x["word"])
    ]
    if timed:
        return timed
    found = bare(data["text"])
    step = (end - start) / max(1, len(found))
    return [(w, start + i * step, start + (i + 1) * step, None) for i, w in enumerate(found)]


RANGE = re.compile(r"^[\d.]+-[\d.]+s$")


def differences(name: str, got: Any, want: Any) -> list[str]:
    """Leaves of ``got`` (the output) that are not what was derived here, each with both values."""
    return list(_differences(got, want, "", "", ROUNDED.get(name, {})))


def _differences(got: Any, want: Any, path: str, field: str, rounded: Mapping[str, int]) -> Iterable[str]:
    if isinstance(want, dict) and isinstance(got, dict):
        for key in sorted({*got, *want} - {"missingDataPoints", "generated_at"}):
            here = f"{path}.{key}".lstrip(".")
            name = f"{field}.{key}".lstrip(".")
            if key not in got or key not in want:
                yield f"{here}: only in the {'output' if key in got else 'derivation'}"
            else:
                yield from _differences(got[key], want[key], here, name, rounded)
    elif isinstance(want, list) and isinstance(got, list):
        if len(got) != len(want):
            yield f"{path}: {len(got)} items, derived {len(want)}: {got} / {want}"
        for i, (a, b) in enumerate(zip(got, want, strict=False)):
            yield from _differences(a, b, f"{path}[{i}]", field, rounded)
    elif isinstance(want, (int, float, Fraction)) and not isinstance(want, bool):
        allowed = 0.5 * 10.0 ** -rounded[field] + 1e-6 if field in rounded else 1e-6 * max(1.0, abs(float(want)))
        if isinstance(got, bool) or not isinstance(got, (int, float)) or abs(got - float(want)) > allowed:
            yield f"{path}: {got!r}, derived {float(want)!r}"
    elif isinstance(want, str) and isinstance(got, str) and RANGE.match(want) and RANGE.match(got):
        # Two decimals at most; a half may be rounded either way.
        pairs = zip(got[:-1].split("-"), want[:-1].split("-"), strict=True)
        if any(abs(exact(float(a)) - exact(float(b))) > Fraction(1, 100) for a, b in pairs):
            yield f"{path}: {got!r}, derived {want!r}"
    elif field == "Patterns.mlTags" and got[:4] == want[:4] == "avg_":
        if abs(float(got[4:]) - float(want[4:])) > 0.1 + 1e-9:
            yield f"{path}: {got!r}, derived {want!r}"
    elif got != want or type(got) is not type(want):
        yield f"{path}: {got!r}, derived {want!r}"
