"""The temporal markers, derived a second time."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from tests.analyses.independent.common import Clip, Json, exact, label, mode, says, sd, segment_words, visible


def temporal_markers(unified: Mapping[str, Any]) -> Json:
    c = Clip(unified)
    n = len(c.bins)
    texts, speech, gestures = c.entries("text"), c.entries("speech"), c.entries("gesture")
    objects, emotions = c.entries("object"), c.entries("emotion")
    cuts = [e for e in c.entries("scene_change") if 0 < e[0] < c.D]
    loud = [exact(x) for x in (c.document("audio_energy").get("rms_per_second") or [])][:n]
    loud += [Fraction(0)] * (n - len(loud)) if loud else []
    limit = float(sum(loud) / len(loud)) + sd(loud) if loud else 0.0

    def tops(y: Sequence[Fraction]) -> list[int]:
        """First index of every run of equal values that is lower on both sides (or at an end)."""
        out = []
        for i in range(len(y)):
            if i and y[i - 1] >= y[i]:
                continue
            after = next((v for v in y[i:] if v != y[i]), None)
            if after is None or after < y[i]:
                out.append(i)
        return out

    energy = [(Fraction(i), Fraction(i), {}) for i in tops(loud) if float(loud[i]) > limit + 1e-12]
    rows = {
        "text": texts,
        "scene_change": cuts,
        "speech": speech,
        "gesture": gestures,
        "object": objects,
        "energy_peak": energy,
    }
    starting = [
        sorted(
            (
                (e[0], order, kind, e[2])
                for order, (kind, es) in enumerate(rows.items())
                for e in es
                if c.second(e[0]) == i
            ),
            key=lambda x: x[:2],
        )
        for i in range(n)
    ]
    density_known = any(c.ran(s) for s in ("yolo", "whisper", "mediapipe", "ocr", "scene_detection", "audio_energy"))
    small = {"text": 3, "scene_change": 2, "speech": 2, "gesture": 1, "object": 1, "energy_peak": 1}
    big = {**small, "speech": Fraction(3, 2)}
    force = [sum((big[x[2]] for x in s), Fraction(0)) for s in starting]
    usual = sum(force) / n
    peaks = sorted((i for i in tops(force) if force[i] > Fraction(3, 2) * usual), key=lambda i: (-force[i], i))[:5]

    def seconds(of: Callable[[int], Any]) -> list[Any]:
        return [of(i) if i < n else None for i in range(5)]

    def face(i: int) -> str | None:
        return mode((e[2]["emotion"], 1, e[2]["confidence"]) for e in emotions if visible(e, *c.bins[i]))

    wording = {
        "positive": ["amazing", "love", "great", "awesome"],
        "warning": ["warning", "careful", "don't", "avoid"],
        "urgent": ["urgent", "now", "quick", "fast"],
    }

    def mood(i: int) -> str | None:
        emotion = face(i)
        if emotion in ("joy", "surprise"):
            return "positive"
        if emotion in ("fear", "anger", "disgust", "sadness"):
            return "warning"
        if not c.ran("whisper"):
            return emotion
        heard = [s[2]["text"] for s in speech if visible(s, *c.bins[i])]
        return next((m for h in heard for m, ws in wording.items() if any(says(h, w) for w in ws)), "neutral")

    def at(t: Fraction) -> str:
        return f"{math.floor(t)}s"

    def moment(t: tuple) -> Json:
        return {"timestamp": at(t[0]), "text": t[2]["text"], "duration": t[1] - t[0], "position": t[2]["position"]}

    def classes(found: Sequence[tuple]) -> list[Json]:
        names = {e[2]["class"] for e in found}
        rows_ = [
            (
                min(e[0] for e in found if e[2]["class"] == k),
                k,
                len({e[2]["track_id"] for e in found if e[2]["class"] == k}),
            )
            for k in names
        ]
        return [{"class": k, "first_appearance": at(t), "count": m} for t, k, m in sorted(rows_)]

    def within(entries: Sequence[tuple], a: Fraction, b: Fraction) -> list[tuple]:
        return [e for e in entries if visible(e, a, b)]

    opening = (Fraction(0), Fraction(5))
    late = (Fraction(85, 100) * c.D, c.D)
    keywords = ["follow", "like", "subscribe", "comment", "share", "link", "bio", "check out", "click", "tap",
                "swipe", "buy", "shop", "order"]  # fmt: skip
    last_words = sorted(
        [(*e, "speech") for e in within(speech, *late)] + [(*e, "text") for e in within(texts, *late)],
        key=lambda e: e[0],
    )
    spoken, waved = within(speech, *late), within(gestures, *late)
    sync = None
    if c.ran("mediapipe", "whisper") and waved:
        sync = Fraction(sum(any(s[0] <= g[0] < s[1] for s in spoken) for g in waved), len(waved))
    length = sum((b - a for a, b, _ in spoken), Fraction(0))
    said = sum(len(segment_words(s)) for s in spoken)
    emphasis = {
        "speech_duration": length,
        "word_count": said,
        "words_per_second": said / length if length else 0,
        "segment_count": len(spoken),
    }
    curve = []
    for i in range(math.ceil(c.D / 5)):
        window = (Fraction(5 * i), min(Fraction(5 * i + 5), c.D))
        score = sum(
            w * len(within(e, *window))
            for w, e in ((2, texts), (Fraction(3, 2), cuts), (1, speech), (Fraction(1, 2), objects))
        )
        curve.append(min(Fraction(score) / 10, Fraction(1)))
    curve_known = any(c.ran(s) for s in ("ocr", "scene_detection", "whisper", "yolo"))
    names = {"scene": "scene_detection"}
    available = ("yolo", "whisper", "ocr", "mediapipe", "scene", "audio_energy", "emotion_detection")
    return {
        "first_5_seconds": {
            "density_progression": seconds(
                lambda i: min(10, sum(small[x[2]] for x in starting[i])) if density_known else None
            ),
            "text_moments": [moment(t) for t in within(texts, *opening)[:10]],
            "emotion_sequence": seconds(mood),
            "expression_sequence": seconds(face),
            "gesture_moments": [
                {"timestamp": at(g[0]), "type": g[2]["type"], "confidence": g[2]["confidence"]}
                for g in within(gestures, *opening)[:5]
            ],
            "object_appearances": classes(within(objects, *opening))[:5],
            "speech_segments": [
                {
                    "start": at(s[0]),
                    "end": at(s[1]),
                    "text": s[2]["text"] if len(s[2]["text"]) <= 50 else s[2]["text"][:50] + "...",
                }
                for s in within(speech, *opening)[:5]
            ],
            "scene_changes": [e[0] for e in within(cuts, *opening)],
        },
        "cta_window": {
            "time_range": label(math.floor(late[0]), math.floor(c.D)),
            "cta_appearances": [
                {"timestamp": at(e[0]), "keyword": k, "context": e[2]["text"].lower()[:100], "type": e[3]}
                for e in last_words
                for k in keywords
                if says(e[2]["text"], k)
            ],
            "gesture_sync": {
                "gesture_count": len(waved) if c.ran("mediapipe") else None,
                "speech_count": len(spoken) if c.ran("whisper") else None,
                "sync_ratio": sync,
            },
            "object_focus": classes(within(objects, *late)),
            "speech_emphasis": emphasis if c.ran("whisper") else dict.fromkeys(emphasis),
            "text_overlays": [moment(t) for t in within(texts, *late)[:10]],
        },
        "peak_moments": [
            {
                "timestamp": i,
                "intensity": force[i],
                "events": [f"text: {x[3]['text'][:30]}" if x[2] == "text" else x[2] for x in starting[i]],
            }
            for i in peaks
            if density_known
        ],
        "engagement_curve": curve if curve_known else [],
        "metadata": {
            "video_id": unified["video_id"],
            "duration": c.D,
            "ml_data_available": {k: c.ran(names.get(k, k)) for k in available},
        },
    }
