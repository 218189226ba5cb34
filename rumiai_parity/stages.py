"""The steps of a run of RumiAI and where their outputs stand, written a second time on purpose (a test compares)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from parity.pipeline.parts import RUN, Stage, StageKind

#: Service → the services whose results it reads.
SERVICES: Mapping[str, tuple[str, ...]] = {
    "yolo": (),
    "whisper": (),
    "mediapipe": (),
    "ocr": (),
    "scene_detection": (),
    "audio_energy": (),
    "emotion_detection": ("mediapipe",),
}
MARKERS = "temporal_markers"

#: Key in ``pipeline_status`` of a service, where it has one.
_STATUS = {"yolo": "yolo", "whisper": "whisper", "mediapipe": "mediapipe", "ocr": "ocr", "scene_detection": "scene"}


def build(prefixes: Mapping[str, str], blocks: Sequence[str]) -> tuple[Stage, ...]:
    """All stages in the order they run in. ``prefixes``: analysis → prefix of its blocks in the result form."""
    upstream = ("source", "media", *SERVICES)
    analyses = [name for name in prefixes if name != MARKERS]
    return (
        _source(),
        _media(),
        *(_service(name, needs) for name, needs in SERVICES.items()),
        _timeline(upstream),
        _files(MARKERS, "derived", (*upstream, "timeline"), prefixes[MARKERS], blocks),
        *(_files(name, "analysis", (*upstream, "timeline"), prefixes[name], blocks) for name in analyses),
        _outputs("report", (*upstream, "timeline", MARKERS, *analyses), (("report", ""),)),
        _outputs("return", ("report",), (("return", ""), ("return", "outputs"))),
        _outputs("unified file", ("timeline", MARKERS), (("unified", ""),)),
        _outputs(RUN, ("report", "return"), ((RUN, ""),)),
    )


def _source() -> Stage:
    places = (("unified", "metadata"), ("unified", "video_id"), ("unified", "processing_metadata.source"))
    return Stage("source", "source", (), (*places, ("report", "video_id"), ("return", "video_id")))


def _media() -> Stage:
    counters = ("frames_decoded", "frames_sampled", "decode_passes", "audio_extractions")
    places = [("unified", "processing_metadata.media"), ("unified", "duration"), ("report", "duration")]
    places += [("unified", "processing_metadata.duration")]
    places += [("report", f"processing_metrics.counters.{name}") for name in counters]
    places += [("return", f"metrics.counters.{name}") for name in counters]
    return Stage("media", "media", (), tuple(places), {"processing_metrics.": "", "metrics.": ""})


def _service(name: str, needs: tuple[str, ...]) -> Stage:
    places = [
        ("unified", f"ml_data.{name}"),
        ("unified", f"processing_metadata.services.{name}"),
        ("report", f"services.{name}"),
        ("report", f"ml_completion_details.{name}"),
        ("report", f"video_metrics.average_ml_times.{name}"),
    ]
    if name in _STATUS:
        places.append(("unified", f"pipeline_status.{_STATUS[name]}"))
    return Stage(name, "service", ("media", *needs), tuple(places))


def _timeline(upstream: tuple[str, ...]) -> Stage:
    names = ["timeline", "speechTimeline", "textTimeline", "objectTimeline"]
    names += ["processing_metadata.timeline_entries", "processing_metadata.entry_types"]
    counters = (("report", "processing_metrics.counters."), ("return", "metrics.counters."))
    places = [("unified", name) for name in names]
    places += [(artifact, f"{prefix}timeline_entries") for artifact, prefix in counters]
    aliases = {f"{prefix}timeline_entries": "processing_metadata.timeline_entries" for _, prefix in counters}
    return Stage("timeline", "derived", upstream, tuple(places), aliases)


def _files(name: str, kind: StageKind, needs: tuple[str, ...], prefix: str, blocks: Sequence[str]) -> Stage:
    """An analysis: three files with the same values, and what the report says of it."""
    places = [(f"{name}.{form}", "") for form in ("ml", "result", "complete")]
    places += [("report", f"prompt_details.{name}"), ("report", f"video_metrics.average_analysis_times.{name}")]
    aliases = {"parsed_response": "", "result(json)": ""}
    for block in blocks if prefix else ():
        aliases |= {f"{prefix}{block}": block, f"result(json).{prefix}{block}": block}
    if name == MARKERS:
        places += [("unified", "temporalMarkers"), ("unified", "pipeline_status.temporal")]
        places += [("report", "temporal_markers_generated")]
        aliases["temporalMarkers"] = ""
    return Stage(name, kind, needs, tuple(places), aliases)


def _outputs(name: str, needs: tuple[str, ...], places: tuple[tuple[str, str], ...]) -> Stage:
    return Stage(name, "output", needs, places)
