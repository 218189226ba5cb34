"""The owners' golden forms, version 2: what a person saw in a video, held against the outputs for it.

The forms were filled freely, so each answer is looked for under every name it has been given. Times are ``M:SS``,
shares ``90%`` or ``0.9``, ranges ``[low, high]``. ``"TBD"`` is unanswered; so is an answer that only a person can judge
(wording of an energy level, a picture's style), which is left alone.

================  ================================================================================================
component         answers
================  ================================================================================================
scenes            ``scene_changes``, ``scene_count`` (a number; ±3 where no range is given)
texts             ``text_overlays`` (each text), ``text_overlay_count`` (a number; ±2)
words             ``speech_segments`` (each text)
speech coverage   ``speech_coverage`` (a share; ±10 points)
persons           ``person_presence`` (a share of the seconds; ±10 points)
peaks             entries of ``expected_peaks`` with a range (exactly) or a time (±2 s), except low sections;
                  ``peak_moment`` and ``energy_peak_time``
hook              ``opening_hook`` (its quoted elements, or that there is one)
CTA               ``closing_retention`` of a type with ``cta``, or ``cta`` (that there is a call to action)
================  ================================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from parity import reading
from parity.pipeline.parts import Answers, Expectation
from parity.verdict import UsageError
from rumiai_parity.expectations import moments, pictures, words
from rumiai_parity.expectations.outputs import block, entries, listed, markers, person_times
from rumiai_parity.expectations.replay import check_count

Json = Mapping[str, Any]
UNANSWERED = "TBD"
SCENES_OFF, TEXTS_OFF, POINTS_OFF = 3, 2, 0.1
_ANALYSES = ("creative_density", "speech_analysis", "temporal_markers")
_NUMBER_KEYS = ("expected", "your_count", "your_estimate", "count", "total", "value")
_TIME_KEYS = ("your_timestamp", "time_range", "time", "timestamp", "expected")


def check_form(form: Any, outputs: Path) -> Answers:
    """``outputs`` is ``insights/<id>``; the unified file lies in ``unified_analysis`` beside ``insights``."""
    if not isinstance(form, dict):
        raise UsageError(f"the form: expected a JSON object, got {type(form).__name__}; name a filled golden form")
    results = {name: _newest(outputs, name) for name in _ANALYSES}
    file = outputs.resolve().parent.parent / "unified_analysis" / f"{outputs.resolve().name}.json"
    if not file.is_file():
        raise UsageError(f"{file}: is not there; the form's texts and words are looked for in it")
    unified = _document(file)
    try:
        found = [
            *_scenes(form, unified),
            *_texts(form, unified),
            *_speech(form, unified, results),
            *_persons(form, unified),
            *_peaks(form, results),
            *_opening(form, markers(results)),
            *_closing(form, markers(results)),
        ]
    except (LookupError, TypeError, AttributeError) as error:
        raise UsageError(
            f"{outputs} and {file}: not what a finished run leaves ({type(error).__name__}: {error}); expected the outputs "
            "of one run, whole"
        ) from error
    return Answers(tuple(found), tuple(_unanswered(form, "")))


def seconds(text: Any) -> tuple[float, float]:
    """Start and end (s) of ``0:12``, ``0:12-0:16`` or a number of seconds."""
    if isinstance(text, int | float) and not isinstance(text, bool):
        return float(text), float(text)
    parts = re.findall(r"(?:(\d+):)?(\d+(?:\.\d+)?)", str(text))
    if not parts or len(parts) > 2:
        raise UsageError(f"the form: {text!r} is no time; expected M:SS or M:SS-M:SS")
    times = [60 * int(minutes or 0) + float(rest) for minutes, rest in parts]
    return times[0], times[-1]


def share(value: Any) -> float:
    """A share (0 to 1) from ``90%``, 90 or 0.9."""
    match = re.search(r"\d+(?:\.\d+)?", str(value))
    if match is None or isinstance(value, bool):
        raise UsageError(f"the form: {value!r} is no share; expected a percentage such as 90%")
    number = float(match[0])
    return number / 100 if number > 1 or "%" in str(value) else number


def _scenes(form: Json, unified: Json) -> Iterator[Expectation]:
    got = len(entries(unified, "scene_change"))
    for answer in _answers(form, "scene_changes", "scene_count"):
        if (limits := _limits(answer, SCENES_OFF)) is not None:
            yield check_count(pictures.SCENES, "scene changes", *limits, got)


def _texts(form: Json, unified: Json) -> Iterator[Expectation]:
    seen = [entry["data"]["text"] for entry in entries(unified, "text")]
    for answer in _answers(form, "text_overlay_count", "text_count"):
        if (limits := _limits(answer, TEXTS_OFF)) is not None:
            yield check_count(words.TEXTS, "texts", *limits, len(seen))
    for wanted in _listed_texts(form, "text_overlays"):
        yield _found(words.TEXTS, wanted, seen)


def _speech(form: Json, unified: Json, results: Mapping[str, Json]) -> Iterator[Expectation]:
    said = [entry["data"]["text"] for entry in entries(unified, "speech")]
    for wanted in _listed_texts(form, "speech_segments"):
        yield _found(words.WORDS, wanted, [*said, " ".join(said)])
    coverage = block(results, "speech_analysis", "CoreMetrics")["speechCoverage"]
    for answer in _answers(form, "speech_coverage"):
        if (limits := _shares(answer)) is not None:
            yield words.check_ratio(words.COVERAGE, *limits, coverage)


def _persons(form: Json, unified: Json) -> Iterator[Expectation]:
    count = -int(-unified["duration"] // 1)
    got = len({int(t) for t in person_times(unified["ml_data"]) if t < unified["duration"]}) / count
    for answer in _answers(form, "person_presence", "people_percentage"):
        if (limits := _shares(answer)) is not None:
            yield words.check_ratio(pictures.PERSONS, *limits, got)


def _peaks(form: Json, results: Mapping[str, Json]) -> Iterator[Expectation]:
    peaks = moments.peak_times(results)
    scripted = form.get("expected_peaks")
    named = scripted.items() if isinstance(scripted, dict) else ()
    wanted = [answer for name, answer in named if isinstance(answer, dict) and "low" not in name]
    for answer in [*wanted, *_answers(form, "peak_moment", "energy_peak_time")]:
        limits = answer.get("acceptable_range") if isinstance(answer, dict) else None
        if isinstance(limits, list) and len(limits) == 2 and UNANSWERED not in limits:
            window = (seconds(limits[0])[0], seconds(limits[1])[1])
            yield from moments.check_peaks([window], peaks, slack=0.0)
        elif (time := _first(answer, _TIME_KEYS)) is not None:
            yield from moments.check_peaks([seconds(time)], peaks)


def _opening(form: Json, marked: Json) -> Iterator[Expectation]:
    opening = marked["first_5_seconds"]
    texts = [found["text"] for kind in ("text_moments", "speech_segments") for found in opening[kind]]
    for answer in _answers(form, "opening_hook"):
        matches = answer.get("acceptable_matches") if isinstance(answer, dict) else None
        if isinstance(matches, list) and matches and UNANSWERED not in matches:
            hit = [text for text in texts if any(words.contained(str(match), text) for match in matches)]
            expected = f"hook {' or '.join(map(repr, matches))}"
            yield Expectation(moments.HOOK, expected, listed(hit or texts), bool(hit))
        elif _first(answer, ("type", "your_description", "expected")) is not None:
            yield Expectation(moments.HOOK, "a text or a word in the first 5 s", listed(texts), bool(texts))


def _closing(form: Json, marked: Json) -> Iterator[Expectation]:
    found = [each["context"] for each in marked["cta_window"]["cta_appearances"]]
    for answer in _answers(form, "closing_retention", "cta"):
        kind = _first(answer, ("type", "present", "expected"))
        if kind is True or (isinstance(kind, str) and "cta" in kind.lower()):
            yield Expectation(moments.CTA, "a call to action at the end", listed(found), bool(found))


def _answers(form: Any, *names: str) -> Iterator[Any]:
    """Every answered field of one of ``names``, outside the parts that a person fills in after reading outputs."""
    if not isinstance(form, dict):
        return
    for key, value in form.items():
        if key in ("system_output_comparison", "quick_validation_checks", "validation_summary"):
            continue
        if key in names and value != UNANSWERED:
            yield value
        else:
            yield from _answers(value, *names)


def _first(answer: Any, keys: tuple[str, ...]) -> Any:
    """The first of ``keys`` that is answered; the answer itself where it is no object."""
    if not isinstance(answer, dict):
        return answer if answer not in (UNANSWERED, None, "") else None
    return next((answer[key] for key in keys if answer.get(key) not in (UNANSWERED, None, "")), None)


def _limits(answer: Any, slack: int) -> tuple[int, int] | None:
    limits = answer.get("acceptable_range") if isinstance(answer, dict) else None
    if isinstance(limits, list) and len(limits) == 2 and all(type(v) in (int, float) for v in limits):
        return int(limits[0]), int(limits[1])
    number = len(answer) if isinstance(answer, list) else _first(answer, _NUMBER_KEYS)
    if type(number) not in (int, float):
        return None
    return max(0, int(number) - slack), int(number) + slack


def _shares(answer: Any) -> tuple[float, float] | None:
    limits = answer.get("acceptable_range") if isinstance(answer, dict) else None
    if isinstance(limits, list) and len(limits) == 2 and UNANSWERED not in limits:
        return share(limits[0]), share(limits[1])
    estimate = _first(answer, _NUMBER_KEYS)
    if estimate is None or not re.search(r"\d", str(estimate)):
        return None
    return max(0.0, share(estimate) - POINTS_OFF), min(1.0, share(estimate) + POINTS_OFF)


def _listed_texts(form: Json, name: str) -> Iterator[str]:
    for answer in _answers(form, name):
        for one in answer if isinstance(answer, list) else ():
            text = one.get("text") if isinstance(one, dict) else one
            if isinstance(text, str) and text and text != UNANSWERED:
                yield text


def _found(component: str, wanted: str, seen: list[str]) -> Expectation:
    met = [text for text in seen if words.contained(wanted, text)]
    return Expectation(component, f"{wanted!r}", listed(met[:1] or seen), bool(met))


def _unanswered(value: Any, path: str) -> Iterator[str]:
    if value == UNANSWERED:
        yield path
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _unanswered(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _unanswered(item, f"{path}[{index}]")


def _newest(outputs: Path, analysis: str) -> Json:
    """The newest complete set's ML form; its stamp is part of the name."""
    from rumiai_v2.errors import OutputError
    from rumiai_v2.outputs.reading import read_outputs

    try:
        files = read_outputs(outputs).files
    except OutputError as error:
        raise UsageError(str(error)) from None
    found = {name: path for name, path in files.items() if name.startswith(f"{analysis}/{analysis}_ml_")}
    complete = [path for name, path in sorted(found.items()) if name.replace("_ml_", "_complete_") in files]
    if not complete:
        raise UsageError(f"{outputs / analysis}: no complete set of {analysis}; expected the outputs of a finished run")
    return _document(complete[-1])


def _document(file: Path) -> Json:
    try:
        document: Json = reading.json_file(file, halves=True)
    except (OSError, reading.Unfit) as error:
        raise UsageError(f"{file}: {error}; expected the outputs of a finished run") from error
    return document
