"""The speech analysis, derived a second time."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any

from tests.analyses.independent.common import (
    Clip,
    Json,
    average,
    confidences,
    exact,
    label,
    measure,
    merged,
    says,
    sd,
    segment_words,
    spearman,
    trend,
    visible,
)

FILLERS = ["um", "uh", "like", "you know", "basically", "literally", "actually"]
HOOKS = {
    "did you know": "question", "guess what": "question", "wait for it": "question", "watch this": "question",
    "check this out": "question", "amazing": "hyperbole", "incredible": "hyperbole", "mind-blowing": "hyperbole",
    "shocking": "hyperbole", "unbelievable": "hyperbole", "you won't believe": "promise",
    "you need to see": "promise", "this will change": "promise", "secret": "value_prop", "trick": "value_prop",
    "hack": "value_prop", "tip": "value_prop",
}  # fmt: skip
GREETINGS = dict.fromkeys(["hey", "hi", "hello", "what's up"], "greeting")
CTAS = {
    "follow": "engagement", "like": "engagement", "subscribe": "engagement", "comment": "engagement",
    "share": "engagement", "hit the": "engagement", "link in bio": "traffic", "check out": "traffic",
    "visit": "traffic", "go to": "traffic", "buy": "conversion", "purchase": "conversion", "get yours": "conversion",
    "order now": "conversion", "save this": "save", "bookmark": "save", "remember": "save", "tag someone": "viral",
    "send this": "viral", "share with": "viral",
}  # fmt: skip
YOU = ["you", "your", "yours", "yourself", "yourselves", "you're", "you'll", "you've", "you'd"]
ME = ["i", "i'm", "i'll", "i've", "i'd", "me", "my", "mine", "myself"]


def phrases(entry: tuple[Fraction, Fraction, Json], table: Mapping[str, str]) -> list[tuple[int, str, str, Fraction]]:
    """(place, phrase, type, time) of every phrase not inside a longer one."""
    said = segment_words(entry)
    line, starts = "", []
    for w, a, _, _ in said:
        starts.append((len(line), a))
        line += w + " "
    found = [(at, at + len(re.sub(r"\W", " ", p)), p) for p in table for at in says(line, p)]
    kept = [f for f in found if not any(g[0] <= f[0] and f[1] <= g[1] and g[1] - g[0] > f[1] - f[0] for g in found)]
    return [(at, p, table[p], [t for k, t in starts if k <= at][-1]) for at, _, p in sorted(kept)]


def speech_analysis(unified: Mapping[str, Any]) -> Json:
    c = Clip(unified)
    ran = c.ran("whisper")
    segments = c.entries("speech") if ran else []
    words = [w for s in segments for w in segment_words(s)]
    spans = merged((a, b) for a, b, _ in segments)
    time = measure(spans, Fraction(0), c.D)
    N, U = len(words), len({w[0] for w in words})
    tens = [(c.D * i / 10, c.D * (i + 1) / 10) for i in range(10)]

    def part(w: tuple[str, Fraction, Fraction, Any], a: Fraction, b: Fraction) -> Fraction:
        return measure([(w[1], w[2])], a, b) / (w[2] - w[1]) if w[2] > w[1] else Fraction(a <= w[1] < b)

    paces = []
    for a, b in tens:
        spoken = measure(spans, a, b)
        paces.append(60 * sum((part(w, a, b) for w in words), Fraction(0)) / spoken if spoken else Fraction(0))
    moving = [p for p in paces if p]
    clear = [average(w[3] for w in words if a <= w[1] < b) for a, b in tens]
    holes = []
    at = Fraction(0)
    for a, b in [*spans, (c.D, c.D)]:
        if a > at:
            holes.append((at, a))
        at = max(at, b)

    def silences(limit: int) -> list[Json]:
        return [
            {
                "start": a,
                "end": b,
                "duration": b - a,
                "type": "awkward" if b - a > 3 else "dramatic" if b - a > 2 else "strategic",
            }
            for a, b in holes
            if ran and b - a > limit
        ]

    energy = c.document("audio_energy").get("energy_level_windows") or {}
    bursts = []
    for name, x in energy.items():
        a, b = (exact(float(v)) for v in name[:-1].split("-"))
        if x > 0.9 and min(b, c.D) > a:
            end = min(b, c.D)
            bursts.append({"start": a, "end": end, "duration": end - a, "energy": x, "type": "high_energy"})
    bursts.sort(key=lambda x: x["start"])
    audio = c.ran("audio_energy") and not c.silent_track
    gestures, texts, emotions = c.entries("gesture"), c.entries("text"), c.entries("emotion")
    people, seeing, feeling = c.ran("mediapipe"), c.ran("ocr"), c.ran("emotion_detection")

    def during(t: Fraction) -> bool:
        return any(a <= t < b for a, b in spans)

    usual = average(confidences(emotions))
    gesture_sync = Fraction(sum(during(g[0]) for g in gestures), len(gestures)) if ran and people and gestures else None
    shown = [(t, w) for t in texts for w in (x[0] for x in segment_words((t[0], t[1], {**t[2], "words": []})))]
    said_too = sum(any(x[0] == w and x[2] >= t[0] - 2 and x[1] <= t[1] + 2 for x in words) for t, w in shown)
    text_overlap = Fraction(said_too, len(shown)) if ran and seeing and shown else None
    alignment = spearman(c.rate(w[1] for w in words), c.arousal()) if ran and feeling and words else None
    three = [float(x) for x in (gesture_sync, alignment, text_overlap) if x is not None]
    face_times = [exact(f["timestamp"]) for f in c.document("mediapipe").get("faces", ())]

    longest = sorted(segments, key=lambda s: (-(s[1] - s[0]), s[0]))[:1]
    climax = c.document("audio_energy").get("climax_timestamp") if audio else None
    if climax is not None and exact(climax) > c.D:
        climax = None
    loud = [float(x) for x in (c.series("rms_per_second") or [])][: len(c.bins)]
    intensity = None
    if climax is not None and loud and max(loud):
        i = c.second(min(exact(climax), c.bins[-1][0]))
        intensity = loud[i] / max(loud) if i is not None and i < len(loud) else None

    bigrams = [(a[0], b[0]) for a, b in pairwise(words)]
    sentences = [
        s for _, _, d in segments for s in re.findall(r"[^.?!]+[.?!]*", d["text"]) if re.sub(r"[.?!\s]", "", s)
    ]
    asked = sum("?" in s for s in sentences)
    you = Fraction(sum(w[0] in YOU for w in words), N) if N else Fraction(0)
    me = Fraction(sum(w[0] in ME for w in words), N) if N else Fraction(0)
    style = None
    if N:
        style = (
            "question_led"
            if sentences and Fraction(asked, len(sentences)) >= Fraction(3, 10)
            else "direct_address"
            if you >= Fraction(3, 100)
            else "first_person"
            if me >= Fraction(5, 100)
            else "descriptive"
        )

    def item(hit: tuple[int, str, str, Fraction]) -> Json:
        return {"phrase": hit[1], "type": hit[2], "timestamp": hit[3]}

    hooks = [item(h) for s in segments for h in phrases(s, HOOKS)]
    if segments:
        hooks = [item(h) for h in phrases(segments[0], GREETINGS) if h[0] == 0] + hooks
    stress = []
    for s in segments:
        stress += [item(h) for h in phrases(s, {p: k for p, k in HOOKS.items() if k == "hyperbole"})]
        own = segment_words(s)
        stress += [
            {"phrase": f"{a[0]} {b[0]}", "type": "repetition", "timestamp": a[1]}
            for a, b in pairwise(own)
            if a[0] == b[0]
        ]
    calls = [item(h) for s in segments for h in phrases(s, CTAS)]
    for found in (hooks, stress, calls):
        found.sort(key=lambda h: round(h["timestamp"], 6))
    fill = sum(len(h[1].split()) for s in segments for h in phrases(s, dict.fromkeys(FILLERS, "filler")))
    talking = [e for e in emotions if any(visible(e, a, b) for a, b in spans)]
    rate = 60 * N / time if time else None

    def if_ran(value: Any) -> Any:
        return value if ran else None

    return {
        "CoreMetrics": {
            "totalWords": if_ran(N),
            "speechDensity": if_ran(N / c.D),
            "wordsPerMinute": if_ran(rate or 0),
            "vocabularyDiversity": Fraction(U, N) if N else None,
            "silenceRatio": if_ran(1 - time / c.D),
            "speechCoverage": if_ran(time / c.D),
            "avgSegmentDuration": average(b - a for a, b, _ in segments),
            "uniqueWords": if_ran(U),
            "confidence": average(confidences(segments)),
        },
        "Dynamics": {
            "wpmProgression": paces if ran else [],
            "wpmTrend": trend(paces) if ran else None,
            "clarityProgression": clear if any(x is not None for x in clear) else [],
            "silencePeriods": silences(1),
            "speechBursts": bursts,
            "burstPattern": (
                x if audio and (x := c.document("audio_energy").get("burst_pattern")) != "unknown" else None
            ),
            "energyVariance": c.document("audio_energy").get("energy_variance") if audio else None,
            "hasAudioEnergy": bool(energy),
            "pacingVariation": sd(moving) / (sum(map(float, moving)) / len(moving)) if moving else None,
            "openingWordsRatio": (sum((part(w, Fraction(0), c.D / 5) for w in words), Fraction(0)) / N if N else None),
            "temporalAlignment": {
                "gesture_emphasis_moments": [
                    {"timestamp": g[0], "type": g[2]["type"]} for g in gestures if ran and people and during(g[0])
                ],
                "expression_peaks_during_speech": [
                    {"timestamp": e[0], "emotion": e[2]["emotion"], "intensity": e[2]["confidence"]}
                    for e in emotions
                    if ran and feeling and exact(e[2]["confidence"]) > Fraction(6, 5) * usual and during(e[0])
                ],
                "lip_sync_quality": None,
                "body_language_congruence": (
                    Fraction(sum(any(visible(g, s[0], s[1]) for g in gestures) for s in segments), len(segments))
                    if people and segments
                    else None
                ),
            },
        },
        "Interactions": {
            "speechGestureSync": gesture_sync,
            "speechEmotionAlignment": alignment,
            "speechTextOverlap": text_overlap,
            "multiModalCoherence": sum(three) / len(three) if three else None,
            "offCameraSegments": [
                {"start": a, "end": b} for a, b, _ in segments if people and not any(a <= t < b for t in face_times)
            ],
        },
        "KeyEvents": {
            "longestSegment": (
                {
                    "duration": longest[0][1] - longest[0][0],
                    "timestamp": label(math.floor(longest[0][0]), math.ceil(longest[0][1])),
                    "start": longest[0][0],
                    "end": longest[0][1],
                    "words": len(segment_words(longest[0])),
                }
                if longest
                else dict.fromkeys(["duration", "timestamp", "start", "end", "words"])
            ),
            "climaxMoment": {"timestamp": climax, "intensity": intensity},
            "silentMoments": silences(2),
        },
        "Patterns": {
            "repetitionRate": 1 - Fraction(len(set(bigrams)), len(bigrams)) if bigrams else None,
            "narrativeStyle": style,
            "fillerRatio": Fraction(fill, N) if N else None,
            "directAddressRatio": you if N else None,
            "questionCount": if_ran(asked),
            "emphasisTechniques": stress,
            "verbalHooks": hooks,
            "callsToAction": calls,
        },
        "Quality": {
            "clarity": average(w[3] for w in words),
            "engagement": None,
            "emotionalRange": (
                Fraction(len({e[2]["emotion"] for e in talking}), 7) if feeling and spans and talking else None
            ),
            "deliveryStyle": (
                None if not N or rate is None else "slow" if rate < 110 else "natural" if rate <= 160 else "fast"
            ),
            "overallScore": None,
        },
    }
