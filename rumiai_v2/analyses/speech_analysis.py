"""How much is said, how fast, with which words, and what goes with it (long: an analysis is one file)."""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from rumiai_v2.analyses import series, spoken, words
from rumiai_v2.analyses.base import Analysis, Missing, Reason
from rumiai_v2.analyses.events import SLIVER, Event, VideoEvents
from rumiai_v2.analyses.spoken import SpokenWord

#: A gap longer than these (s) is a silence, a silent moment.
SILENCE, SILENT_MOMENT = 1.0, 2.0
#: A pause over 3 s is awkward, over 2 s dramatic, else strategic.
PAUSES = ((3.0, "awkward"), (2.0, "dramatic"), (0.0, "strategic"))
WINDOWS = 10
#: An energy window above this is a burst.
BURST = 0.9
#: An overlay word counts as spoken when it is said at most this long (s) before or after the text is visible.
TEXT_REACH = 2.0
#: An expression this much more confident than the mean is a peak.
EXPRESSION_PEAK = 1.2
#: The opening part of the video whose share of the words is reported.
OPENING = 0.2
SENTENCE = re.compile(r"[^.?!]*[^.?!\s][^.?!]*[.?!]*")


def compute(unified: Mapping[str, Any]) -> dict[str, Any]:
    """The six blocks of speech_analysis. Speech time is the union of the segments in [0, D]."""
    events = VideoEvents.of(unified)
    missing = Missing()
    reason = events.unavailable("whisper")
    said = [word for segment in events.speech for word in spoken.words_of(segment)]
    spans = spoken.union((e.start, e.end) for e in events.speech)
    return {
        "CoreMetrics": _core(events, said, spans, reason, missing),
        "Dynamics": _dynamics(events, said, spans, reason, missing),
        "Interactions": _interactions(events, said, spans, reason, missing),
        "KeyEvents": _key_events(events, spans, reason, missing),
        "Patterns": _patterns(events, said, reason, missing),
        "Quality": {**_quality(events, said, spans, reason, missing), "missingDataPoints": missing.points},
    }


def _core(
    events: VideoEvents,
    said: Sequence[SpokenWord],
    spans: Sequence[spoken.Span],
    reason: Reason | None,
    missing: Missing,
) -> dict[str, Any]:
    fields = (
        "totalWords", "speechDensity", "wordsPerMinute", "vocabularyDiversity", "silenceRatio", "speechCoverage",
        "avgSegmentDuration", "uniqueWords", "confidence",
    )  # fmt: skip
    if reason:
        return {field: missing(f"CoreMetrics.{field}", reason) for field in fields}
    duration, speech_time = events.duration, spoken.covered(spans, 0.0, events.duration)
    coverage = series.ratio(speech_time, duration)
    unique = len({word.text for word in said})
    silent = spoken.silent_because(events)
    confidence = series.mean(e.confidence for e in events.speech)
    if confidence is None:
        missing("CoreMetrics.confidence", "not_measurable" if events.speech else silent)
    return {
        "totalWords": len(said),
        "speechDensity": round(len(said) / duration, 2),
        "wordsPerMinute": round(60 * len(said) / speech_time, 1) if speech_time else 0.0,
        "vocabularyDiversity": (
            round(unique / len(said), 2) if said else missing("CoreMetrics.vocabularyDiversity", silent)
        ),
        "silenceRatio": round(1 - coverage, 2),
        "speechCoverage": round(coverage, 2),
        "avgSegmentDuration": (
            round(math.fsum(e.duration for e in events.speech) / len(events.speech), 2)
            if events.speech
            else missing("CoreMetrics.avgSegmentDuration", silent)
        ),
        "uniqueWords": unique,
        "confidence": confidence,
    }


def _dynamics(
    events: VideoEvents,
    said: Sequence[SpokenWord],
    spans: Sequence[spoken.Span],
    reason: Reason | None,
    missing: Missing,
) -> dict[str, Any]:
    windows = _windows(events.duration)
    clarity = [_clarity(said, *window) for window in windows]
    if not any(value is not None for value in clarity):
        # Not a list of nulls: without word times, or without words, there is nothing to follow over time.
        missing("Dynamics.clarityProgression", reason or ("not_measurable" if said else spoken.silent_because(events)))
        clarity = []
    elif None in clarity:
        missing("Dynamics.clarityProgression", "no_speech")
    progression = [] if reason else [_words_per_minute(said, spans, *window) for window in windows]
    spoken_rates = [rate for rate in progression if rate]
    if reason:
        for field in ("wpmProgression", "silencePeriods"):
            missing(f"Dynamics.{field}", reason)
    why = reason or spoken.silent_because(events)
    trend = series.trend(progression)
    if trend is None:
        missing("Dynamics.wpmTrend", why)
    return {
        "wpmProgression": progression,
        "wpmTrend": trend,
        "clarityProgression": clarity,
        "silencePeriods": [] if reason else _silences(events, spans, SILENCE),
        **_energy(events, missing),
        "pacingVariation": (
            series.spread(spoken_rates) / statistics.fmean(spoken_rates)
            if spoken_rates
            else missing("Dynamics.pacingVariation", why)
        ),
        "openingWordsRatio": (
            series.ratio(sum(word.share_in(0.0, OPENING * events.duration) for word in said), len(said))
            if said
            else missing("Dynamics.openingWordsRatio", why)
        ),
        "temporalAlignment": _alignment(events, spans, reason, missing),
    }


def _energy(events: VideoEvents, missing: Missing) -> dict[str, Any]:
    """What the loudness of the whole audio track says."""
    windows = events.ml.get("audio_energy", {}).get("energy_level_windows") or {}
    bursts = []
    for label, energy in windows.items():
        start, end = (float(edge) for edge in label.removesuffix("s").split("-"))
        end = min(end, events.duration)
        if energy > BURST and end > start:
            bursts.append(
                {
                    "start": start,
                    "end": end,
                    "duration": end - start,
                    "energy": round(float(energy), 3),
                    "type": "high_energy",
                }
            )
    reason = series.audio_reason(events, "energy_level_windows")
    if reason:
        missing("Dynamics.speechBursts", reason)
    out: dict[str, Any] = {"speechBursts": sorted(bursts, key=lambda b: b["start"])}
    for field, key in (("burstPattern", "burst_pattern"), ("energyVariance", "energy_variance")):
        value = events.ml.get("audio_energy", {}).get(key)
        known = not reason and value not in (None, "unknown")
        out[field] = value if known else missing(f"Dynamics.{field}", reason or "not_measurable")
    return {**out, "hasAudioEnergy": bool(windows)}


def _alignment(
    events: VideoEvents, spans: Sequence[spoken.Span], reason: Reason | None, missing: Missing
) -> dict[str, Any]:
    """Gestures and expressions that go with the speech."""
    path = "Dynamics.temporalAlignment"
    no_gestures = reason or events.unavailable("mediapipe")
    no_expressions = reason or events.unavailable("emotion_detection")
    if no_gestures:
        missing(f"{path}.gesture_emphasis_moments", no_gestures)
    if no_expressions:
        missing(f"{path}.expression_peaks_during_speech", no_expressions)
    congruence = None
    if no_gestures or not events.speech:
        missing(f"{path}.body_language_congruence", no_gestures or spoken.silent_because(events))
    else:
        shown = sum(any(g.in_range(s.start, s.end) for g in events.gestures) for s in events.speech)
        congruence = round(shown / len(events.speech), 2)
    usual = series.mean(e.confidence for e in events.expressions)
    return {
        "gesture_emphasis_moments": [
            {"timestamp": g.start, "type": g.data["type"]} for g in events.gestures if _during(spans, g.start)
        ]
        if not no_gestures
        else [],
        "expression_peaks_during_speech": [
            {"timestamp": e.start, "emotion": e.data["emotion"], "intensity": e.confidence}
            for e in events.expressions
            if e.confidence is not None
            and usual is not None
            and series.above(e.confidence, EXPRESSION_PEAK * usual)
            and _during(spans, e.start)
        ]
        if not no_expressions
        else [],
        "lip_sync_quality": missing(f"{path}.lip_sync_quality", "not_measurable"),
        "body_language_congruence": congruence,
    }


def _interactions(
    events: VideoEvents,
    said: Sequence[SpokenWord],
    spans: Sequence[spoken.Span],
    reason: Reason | None,
    missing: Missing,
) -> dict[str, Any]:
    def shared(field: str, part: float, whole: int, unavailable: Reason | None, empty: Reason) -> float | None:
        if unavailable or not whole:
            return missing(f"Interactions.{field}", unavailable or empty)
        return series.ratio(part, whole)

    gestures = shared(
        "speechGestureSync",
        sum(_during(spans, g.start) for g in events.gestures),
        len(events.gestures),
        reason or events.unavailable("mediapipe"),
        "not_measurable",
    )
    overlay = [(text, word) for text in events.texts for word in words.spoken_words(text.data["text"])]
    texts = shared(
        "speechTextOverlap",
        sum(_is_said(word, text, said) for text, word in overlay),
        len(overlay),
        reason or events.unavailable("ocr"),
        "no_text",
    )
    emotion = _emotion_alignment(events, said, reason, missing)
    coherence = series.mean((gestures, emotion, texts))
    if coherence is None:
        missing("Interactions.multiModalCoherence", reason or "not_measurable")
    cameras_off = reason or events.unavailable("mediapipe")
    if cameras_off:
        missing("Interactions.offCameraSegments", cameras_off)
    return {
        "speechGestureSync": gestures,
        "speechEmotionAlignment": emotion,
        "speechTextOverlap": texts,
        "multiModalCoherence": coherence,
        "offCameraSegments": [] if cameras_off else _off_camera(events),
    }


def _emotion_alignment(
    events: VideoEvents, said: Sequence[SpokenWord], reason: Reason | None, missing: Missing
) -> float | None:
    """Do words and excitement rise together? Rank correlation over the seconds."""
    reason = reason or events.unavailable("emotion_detection")
    if not reason and not said:
        reason = spoken.silent_because(events)
    if not reason and not events.expressions:
        reason = "no_face"
    rate, excitement = series.per_second(events, (word.start for word in said)), series.arousal(events)
    reason = reason or series.rho_undefined(rate, excitement)
    if reason:
        return missing("Interactions.speechEmotionAlignment", reason)
    return series.rho(rate, excitement)


def _key_events(
    events: VideoEvents, spans: Sequence[spoken.Span], reason: Reason | None, missing: Missing
) -> dict[str, Any]:
    if reason:
        missing("KeyEvents.silentMoments", reason)
    return {
        "longestSegment": _longest(events, reason, missing),
        "climaxMoment": _climax(events, missing),
        "silentMoments": [] if reason else _silences(events, spans, SILENT_MOMENT),
    }


def _longest(events: VideoEvents, reason: Reason | None, missing: Missing) -> dict[str, Any]:
    if reason or not events.speech:
        why = reason or spoken.silent_because(events)
        fields = ("duration", "timestamp", "start", "end", "words")
        return {field: missing(f"KeyEvents.longestSegment.{field}", why) for field in fields}
    longest = max(events.speech, key=lambda e: round(e.duration, 6))
    return {
        "duration": round(longest.duration, 2),
        "timestamp": series.range_label(math.floor(longest.start), math.ceil(longest.end)),
        "start": longest.start,
        "end": longest.end,
        "words": len(spoken.words_of(longest)),
    }


def _climax(events: VideoEvents, missing: Missing) -> dict[str, Any]:
    """The loudest moment, and how loud its second is against the loudest second."""
    path = "KeyEvents.climaxMoment"
    reason = series.audio_reason(events, "climax_timestamp")
    if reason is None and events.ml["audio_energy"]["climax_timestamp"] > events.duration:
        reason = "not_measurable"  # a recording whose sound went on after the picture
    if reason:
        return {field: missing(f"{path}.{field}", reason) for field in ("timestamp", "intensity")}
    moment = float(events.ml["audio_energy"]["climax_timestamp"])
    loudness = series.rms(events)
    loudest = max((v for v in loudness if v is not None), default=0.0)
    index = events.bin_of(min(moment, events.bins[-1].start))
    there = loudness[index] if index is not None else None
    return {
        "timestamp": moment,
        "intensity": (
            series.ratio(there, loudest)
            if there is not None and loudest
            else missing(f"{path}.intensity", "not_measurable")
        ),
    }


def _patterns(
    events: VideoEvents, said: Sequence[SpokenWord], reason: Reason | None, missing: Missing
) -> dict[str, Any]:
    lists = ("emphasisTechniques", "verbalHooks", "callsToAction")
    numbers = ("repetitionRate", "narrativeStyle", "fillerRatio", "directAddressRatio", "questionCount")
    if reason:
        for field in lists:
            missing(f"Patterns.{field}", reason)
        return {field: missing(f"Patterns.{field}", reason) for field in numbers} | {field: [] for field in lists}
    silent = spoken.silent_because(events)
    bigrams = list(pairwise(word.text for word in said))
    sentences = [s for e in events.speech for s in SENTENCE.findall(e.data["text"])]
    questions = sum("?" in sentence for sentence in sentences)
    address = _share(said, words.SECOND_PERSON)
    first_person = _share(said, words.FIRST_PERSON)

    def unless_silent(field: str, value: Any) -> Any:
        return value if said else missing(f"Patterns.{field}", silent)

    return {
        "repetitionRate": (
            1 - len(set(bigrams)) / len(bigrams)
            if bigrams
            else missing("Patterns.repetitionRate", "too_short" if said else silent)
        ),
        "narrativeStyle": unless_silent(
            "narrativeStyle", _style(questions, len(sentences), address=address, first_person=first_person)
        ),
        "fillerRatio": unless_silent("fillerRatio", _fillers(events, len(said))),
        "directAddressRatio": unless_silent("directAddressRatio", address),
        "questionCount": questions,
        "emphasisTechniques": _emphasis(events),
        "verbalHooks": _hooks(events),
        "callsToAction": _by_time(hit for e in events.speech for hit in _phrases(e, words.CALLS_TO_ACTION)),
    }


def _quality(
    events: VideoEvents,
    said: Sequence[SpokenWord],
    spans: Sequence[spoken.Span],
    reason: Reason | None,
    missing: Missing,
) -> dict[str, Any]:
    silent = reason or spoken.silent_because(events)
    clarity = series.mean(word.probability for word in said)
    if clarity is None:
        missing("Quality.clarity", "not_measurable" if said else silent)
    speaking = [e for e in events.expressions if any(e.in_range(*span) for span in spans)]
    no_range = reason or events.unavailable("emotion_detection") or (None if spans else silent)
    if not no_range and not speaking:
        no_range = "no_face"
    speech_time = spoken.covered(spans, 0.0, events.duration)
    style = None
    if reason or not said or not speech_time:
        missing("Quality.deliveryStyle", silent)
    else:
        rate = 60 * len(said) / speech_time
        style = "slow" if rate < 110 else "natural" if rate <= 160 else "fast"
    return {
        "clarity": clarity,
        "engagement": missing("Quality.engagement", "not_measurable"),
        "emotionalRange": (
            missing("Quality.emotionalRange", no_range)
            if no_range
            else len({e.data["emotion"] for e in speaking}) / len(series.AROUSAL)
        ),
        "deliveryStyle": style,
        "overallScore": missing("Quality.overallScore", "not_measurable"),
    }


def _windows(duration: float) -> list[spoken.Span]:
    edges = [duration * i / WINDOWS for i in range(WINDOWS + 1)]
    return list(pairwise(edges))


def _words_per_minute(said: Sequence[SpokenWord], spans: Sequence[spoken.Span], start: float, end: float) -> float:
    """Words in the window per minute of speech in it; a word across the edge counts with its part."""
    speech_time = spoken.covered(spans, start, end)
    if speech_time < 1e-6:
        return 0.0
    return round(60 * math.fsum(word.share_in(start, end) for word in said) / speech_time, 1)


def _clarity(said: Sequence[SpokenWord], start: float, end: float) -> float | None:
    return series.mean(word.probability for word in said if start - SLIVER <= word.start < end - SLIVER)


def _silences(events: VideoEvents, spans: Sequence[spoken.Span], longer_than: float) -> list[dict[str, Any]]:
    return [
        {
            "start": a,
            "end": b,
            "duration": b - a,
            "type": next(name for limit, name in PAUSES if series.above(b - a, limit)),
        }
        for a, b in spoken.gaps(spans, events.duration)
        if series.above(b - a, longer_than)
    ]


def _during(spans: Sequence[spoken.Span], t: float) -> bool:
    return any(a <= t < b for a, b in spans)


def _is_said(word: str, text: Event, said: Sequence[SpokenWord]) -> bool:
    start, end = text.start - TEXT_REACH - SLIVER, text.end + TEXT_REACH + SLIVER
    return any(w.text == word and w.end >= start and w.start <= end for w in said)


def _off_camera(events: VideoEvents) -> list[dict[str, float]]:
    """Segments during which no sample shows a face."""
    faces = [face["timestamp"] for face in events.samples("mediapipe", "faces")]
    return [{"start": s.start, "end": s.end} for s in events.speech if not any(s.start <= t < s.end for t in faces)]


def _share(said: Sequence[SpokenWord], listed: frozenset[str]) -> float:
    return sum(word.text in listed for word in said) / len(said) if said else 0.0


def _style(questions: int, sentences: int, *, address: float, first_person: float) -> str:
    if sentences and questions / sentences >= 0.3:
        return "question_led"
    if address >= 0.03:
        return "direct_address"
    return "first_person" if first_person >= 0.05 else "descriptive"


def _timed_tokens(segment: Event) -> list[tuple[str, float]]:
    """(token, time) of a segment; "mind-blowing" is two tokens with one time."""
    return [(token, word.start) for word in spoken.words_of(segment) for token in words.tokens(word.text)]


def _phrases(segment: Event, lists: Sequence[tuple[str, Sequence[str]]]) -> list[dict[str, Any]]:
    timed = _timed_tokens(segment)
    return [
        {"phrase": match.phrase, "type": kind, "timestamp": timed[match.index][1]}
        for kind, match in words.typed([token for token, _ in timed], lists)
    ]


def _hooks(events: VideoEvents) -> list[dict[str, Any]]:
    """Hook phrases in time order; a greeting only as the first words of all."""
    anywhere = [item for item in words.HOOKS if item[0] != "greeting"]
    greetings = [item for item in words.HOOKS if item[0] == "greeting"]
    hits = [hit for segment in events.speech for hit in _phrases(segment, anywhere)]
    for segment in events.speech[:1]:
        timed = _timed_tokens(segment)
        opening = [m for _, m in words.typed([token for token, _ in timed], greetings) if m.index == 0]
        hits = [{"phrase": m.phrase, "type": "greeting", "timestamp": timed[0][1]} for m in opening] + hits
    return _by_time(hits)


def _emphasis(events: VideoEvents) -> list[dict[str, Any]]:
    """Words that stress: hyperbole, and a word said twice in a row."""
    hyperbole = [item for item in words.HOOKS if item[0] == "hyperbole"]
    hits = []
    for segment in events.speech:
        hits += _phrases(segment, hyperbole)
        for a, b in pairwise(spoken.words_of(segment)):
            if a.text == b.text:
                hits.append({"phrase": f"{a.text} {b.text}", "type": "repetition", "timestamp": a.start})
    return _by_time(hits)


def _by_time(hits: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Segments may overlap; of hits at one moment the earlier segment's come first."""
    return sorted(hits, key=lambda hit: round(hit["timestamp"], 6))


def _fillers(events: VideoEvents, total: int) -> float:
    """Share of the words that are fillers; a filler of two words counts as two."""
    hits = [hit for segment in events.speech for hit in _phrases(segment, [("filler", words.FILLERS)])]
    return series.ratio(sum(len(hit["phrase"].split()) for hit in hits), max(1, total))


ANALYSIS = Analysis(name="speech_analysis", prefix="speech", compute=compute)
