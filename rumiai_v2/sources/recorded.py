"""A recorded unified analysis, ours or of the system before it, as the input of a replay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rumiai_v2.errors import UsageError
from rumiai_v2.models.json_document import told
from rumiai_v2.models.ml_result import ServiceStatus
from rumiai_v2.models.services import LONGEST, LONGEST_TEXT, SHORTEST, Mismatch, checked
from rumiai_v2.sources.json_file import read_json
from rumiai_v2.sources.older import CONVERTERS, FROM_TIMELINE, Recording

Json = dict[str, Any]

SERVICES = ("yolo", "whisper", "mediapipe", "ocr", "scene_detection", "audio_energy", "emotion_detection")

#: Frames per second beyond which a recorded rate says nothing.
FASTEST = 1e6
#: Bytes of a recording: five minutes with many faces have about 20 million.
LARGEST_RECORDING = 256_000_000

#: The earlier system wrote this size when it could not read the video, so there it says nothing.
UNREAD_SIZE = (1920, 1080)


@dataclass(frozen=True)
class RecordedRun:
    """What a recording tells: the results of the services in our shapes, and which services have none and why.

    ``metadata`` is the platform's document as recorded; ``duration`` is D (s); ``size`` the upright frame in px and
    ``media`` the facts about the media (of older recordings at most width and height), None where the recording does
    not have them. ``ml_data`` and ``status`` name all seven services, ``errors`` the failed ones. ``source`` is where
    the video came from, None where unknown.
    """

    video_id: str
    metadata: Json
    duration: float
    size: tuple[int, int] | None
    media: Json | None
    ml_data: Mapping[str, Json]
    status: Mapping[str, ServiceStatus]
    errors: Mapping[str, str]
    source: str | None = None


def read_recorded(path: Path) -> RecordedRun:
    """Read and normalise a recorded file; raises ``UsageError`` naming the file, what, expected and got."""
    recorded = read_json(path, what="recorded file", hint="name a unified analysis file", largest=LARGEST_RECORDING)
    return normalise(recorded, where=f"recorded file {path}")


def normalise(recorded: Any, *, where: str = "recorded document") -> RecordedRun:
    """The recording in our shapes. Our own documents come back exactly as they were written.

    A service is not run when its key is missing, when it is empty without metadata, or when nothing was found in
    zero frames; it failed when its data carry ``error`` or ``processed: false``. Status flags elsewhere in older
    recordings do not count. Whatever comes back has the shape of ``models.services``. ``where`` begins the message of a
    ``UsageError``.
    """
    try:
        return _normalised(recorded, where)
    except Mismatch as error:
        raise _wrong(where, error.path, error.expected, error.got) from None


def _normalised(recorded: Any, where: str) -> RecordedRun:
    if not isinstance(recorded, Mapping):
        raise _wrong(where, "", "a JSON object with a unified analysis", recorded)
    ml_data = recorded.get("ml_data", recorded.get("ml_results"))
    if not isinstance(ml_data, Mapping):
        raise _wrong(where, "ml_data", "an object with the services' results", ml_data)
    metadata = _object(recorded, "metadata", where)
    processing = _object(recorded, "processing_metadata", where)
    duration = _duration(recorded, metadata, where)
    media = _media(processing.get("media"), metadata, ours="services" in processing)
    recording = Recording(where, duration, _fps(processing.get("media"), metadata), tuple(_entries(recorded, where)))
    known = _object(processing, "services", where, "processing_metadata.")
    out: dict[str, Json] = {}
    status: dict[str, ServiceStatus] = {}
    errors: dict[str, str] = {}
    for name in SERVICES:
        if name in known:
            status[name], out[name], error = _ours(name, known[name], ml_data.get(name), where)
        else:
            status[name], out[name], error = _older(name, ml_data.get(name), recording)
        if status[name] == "run":
            out[name] = checked(name, out[name], f"ml_data.{name}")
        if status[name] == "failed":
            errors[name] = error or "the recording does not say why"
    return RecordedRun(
        video_id=_video_id(recorded, metadata, where),
        metadata=dict(metadata),
        duration=duration,
        size=_size(media),
        media=media,
        ml_data=out,
        status=status,
        errors=errors,
        source=_source(processing.get("source"), where),
    )


def _object(holder: Mapping[str, Any], key: str, where: str, path: str = "") -> Mapping[str, Any]:
    """The object under ``key``, empty when there is none."""
    value = holder.get(key)
    if value is not None and not isinstance(value, Mapping):
        raise _wrong(where, path + key, "an object", value)
    return value or {}


def _ours(name: str, state: Any, data: Any, where: str) -> tuple[ServiceStatus, Json, str | None]:
    """Status, document and error of one service as our own file states them."""
    known = checked("state", state, f"processing_metadata.services.{name}")
    status = known["status"]
    if not isinstance(data, Mapping) or (status == "run") != bool(data):
        expected = "the service's result" if status == "run" else "an empty object"
        raise _wrong(where, f"ml_data.{name}", f"{expected} (status {status})", data)
    return status, dict(data), known["error"]


def _older(name: str, raw: Any, recording: Recording) -> tuple[ServiceStatus, Json, str | None]:
    """Status, document in our shape and error of one service of an older recording."""
    if raw is not None and not isinstance(raw, Mapping):
        raise _wrong(recording.where, f"ml_data.{name}", "an object", raw)
    error = _failure(raw or {})
    data = _unwrapped(raw or {})
    error = error or _failure(data)
    if error is not None:
        return "failed", {}, error
    if _ran(data):
        return "run", CONVERTERS[name](data, recording), None
    found = FROM_TIMELINE[name](recording) if name in FROM_TIMELINE else None
    return ("run", found, None) if found is not None else ("not_run", {}, None)


def _unwrapped(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    nested = raw.get("data")
    return nested if isinstance(nested, Mapping) else raw


def _failure(data: Mapping[str, Any]) -> str | None:
    """Why the service failed, None when it did not."""
    metadata = data.get("metadata")
    parts = (data, metadata if isinstance(metadata, Mapping) else {})
    for part in parts:
        if part.get("error"):
            return str(part["error"])[:LONGEST_TEXT]
    if any(part.get("processed") is False or part.get("success") is False for part in parts):
        return "recorded as not processed, without an error"
    return None


def _ran(data: Mapping[str, Any]) -> bool:
    metadata = data.get("metadata")
    found = any(value for key, value in data.items() if key not in ("metadata", "language"))
    if found or not isinstance(metadata, Mapping) or not metadata:
        return found
    return metadata.get("frames_analyzed") != 0


def _video_id(recorded: Mapping[str, Any], metadata: Mapping[str, Any], where: str) -> str:
    for value in (recorded.get("video_id"), metadata.get("id"), metadata.get("video_id")):
        if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
            return str(value)
    raise _wrong(where, "video_id", "a text", recorded.get("video_id"))


def _duration(recorded: Mapping[str, Any], metadata: Mapping[str, Any], where: str) -> float:
    """The first length that is stated."""
    parts = ("timeline", "processing_metadata")
    places = {"": recorded, **{f"{key}.": recorded.get(key) for key in parts}, "metadata.": metadata}
    stated = (
        (f"{path}duration", place["duration"])
        for path, place in places.items()
        if isinstance(place, Mapping) and place.get("duration") is not None
    )
    path, value = next(stated, ("duration", None))
    if isinstance(value, int | float) and not isinstance(value, bool) and SHORTEST <= value <= LONGEST:
        return float(value)
    raise _wrong(where, path, f"the length of the video in seconds, from {SHORTEST} to {LONGEST:g}", value)


def _media(media: Any, metadata: Mapping[str, Any], *, ours: bool) -> Json | None:
    """The facts about the media, or all that an older recording tells of them, the frame's size; None without either."""
    if isinstance(media, Mapping) and "sha256" in media:
        return checked("facts", media, "processing_metadata.media")
    if ours and media is not None:
        return checked("size", media, "processing_metadata.media")
    size = _size(media) or _recorded_size(metadata)
    # The frame's size alone is kept too: the platform's document, where older recordings have it, is not handed on.
    return checked("size", dict(zip(("width", "height"), size, strict=True)), "metadata") if size else None


def _source(source: Any, where: str) -> str | None:
    if source is not None and not isinstance(source, str):
        raise _wrong(where, "processing_metadata.source", "a text", source)
    return source


def _size(holder: Any) -> tuple[int, int] | None:
    if not isinstance(holder, Mapping):
        return None
    width, height = holder.get("width"), holder.get("height")
    if type(width) is not int or type(height) is not int:
        return None
    return (width, height) if width > 0 and height > 0 else None


def _recorded_size(metadata: Mapping[str, Any]) -> tuple[int, int] | None:
    found = _size(metadata) or _size(metadata.get("videoMeta"))
    return None if found == UNREAD_SIZE else found


def _fps(media: Any, metadata: Mapping[str, Any]) -> float | None:
    for holder in (media, metadata):
        fps = holder.get("fps") if isinstance(holder, Mapping) else None
        if isinstance(fps, int | float) and not isinstance(fps, bool) and 0 < fps <= FASTEST:
            return float(fps)
    return None


def _entries(recorded: Mapping[str, Any], where: str) -> list[Mapping[str, Any]]:
    timeline = recorded.get("timeline")
    entries = timeline.get("entries") if isinstance(timeline, Mapping) else timeline
    if entries is None:
        return []
    if not isinstance(entries, list) or not all(isinstance(e, Mapping) for e in entries):
        raise _wrong(where, "timeline.entries", "a list of entries", entries)
    return entries


def _wrong(where: str, path: str, expected: str, got: Any) -> UsageError:
    what = f"{where}: {path}" if path else where
    return UsageError(f"{what}: expected {expected}, got {told(got)}; name a unified analysis file of a finished run")
