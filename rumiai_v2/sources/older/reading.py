"""What all readers of older recordings share: the recording, and values that are checked while they are read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from rumiai_v2.errors import UsageError
from rumiai_v2.models.json_document import told
from rumiai_v2.models.services import LARGEST
from rumiai_v2.timeline.builder import sample_spacing

Json = dict[str, Any]
TIME_KEYS = ("timestamp", "time", "start_time", "frame_time", "t")
#: Times from frame numbers, where a recording has neither times nor a frame rate, use the rate it assumed (1/s).
ASSUMED_FPS = 30.0


@dataclass(frozen=True)
class Recording:
    """What the converters need of the whole: the start of error messages, D (s), frame rate, timeline entries."""

    where: str
    duration: float
    fps: float | None
    entries: tuple[Mapping[str, Any], ...]

    def wrong(self, path: str, expected: str, got: Any) -> UsageError:
        return UsageError(f"{self.where}: {path}: expected {expected}, got {told(got)}; repair or re-record the file")


def records_of(
    data: Mapping[str, Any], recording: Recording, service: str, *names: str
) -> list[tuple[str, Mapping[str, Any]]]:
    """(path, record) of the list under the first of ``names`` that the data have."""
    for name in names:
        value = data.get(name)
        if value is None:
            continue
        path = f"ml_data.{service}.{name}"
        if isinstance(value, Mapping):
            value = [value]
        if not isinstance(value, list):
            raise recording.wrong(path, "a list", value)
        for index, record in enumerate(value):
            if not isinstance(record, Mapping):
                raise recording.wrong(f"{path}[{index}]", "an object", record)
        return [(f"{path}[{index}]", record) for index, record in enumerate(value)]
    return []


def mapping(record: Mapping[str, Any], key: str, path: str, recording: Recording) -> Mapping[str, Any]:
    """The object under ``key``, empty when there is none."""
    value = record.get(key)
    if value is not None and not isinstance(value, Mapping):
        raise recording.wrong(f"{path}.{key}", "an object", value)
    return value or {}


def listed(record: Mapping[str, Any], key: str, path: str, recording: Recording) -> list[Any]:
    """The list under ``key``, empty when there is none."""
    value = record.get(key)
    if value is not None and not isinstance(value, list):
        raise recording.wrong(f"{path}.{key}", "a list", value)
    return value or []


def end_of(record: Mapping[str, Any], otherwise: float, path: str, recording: Recording) -> float:
    """Its recorded end, at the latest the end of the video; ``otherwise`` when there is none."""
    return min(maybe(record, "end_timestamp", path, recording) or otherwise, recording.duration)


def spacing(data: Mapping[str, Any], times: Iterable[float], path: str, recording: Recording) -> float:
    """Distance of two samples (s), as recorded or as the times tell."""
    metadata = mapping(data, "metadata", path, recording)
    recorded = maybe(metadata, "sample_spacing", f"{path}.metadata", recording)
    return recorded if recorded and recorded > 0 else sample_spacing({}, times, recording.duration)


def time_of(record: Mapping[str, Any], path: str, recording: Recording, *keys: str) -> float:
    for key in keys or TIME_KEYS:
        if is_number(time := record.get(key)):
            return max(0.0, float(time))
    for key in ("frame_number", "frame"):
        if is_number(frame := record.get(key)):
            return max(0.0, frame / (recording.fps or ASSUMED_FPS))
    raise recording.wrong(f"{path}.timestamp", "a time in seconds", record.get("timestamp"))


def within(records: Iterable[Json], recording: Recording) -> list[Json]:
    return sorted((r for r in records if r["timestamp"] < recording.duration), key=lambda r: r["timestamp"])


def is_number(value: Any) -> TypeGuard[float]:
    """A number that a calculation survives; beyond it lies nothing that was measured."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST


def share(record: Mapping[str, Any], key: str, path: str, recording: Recording) -> float:
    value = record.get(key)
    if not is_number(value) or not 0 <= value <= 1:
        raise recording.wrong(f"{path}.{key}", "a number from 0 to 1", value)
    return float(value)


def maybe_share(record: Mapping[str, Any], key: str, path: str, recording: Recording) -> float | None:
    return None if record.get(key) is None else share(record, key, path, recording)


def number(record: Mapping[str, Any], key: str, path: str, recording: Recording) -> float:
    value = record.get(key)
    if not is_number(value):
        raise recording.wrong(f"{path}.{key}", "a number", value)
    return float(value)


def maybe(record: Mapping[str, Any], key: str, path: str, recording: Recording) -> float | None:
    return None if record.get(key) is None else number(record, key, path, recording)


def whole(record: Mapping[str, Any], key: str, otherwise: int | None, path: str, recording: Recording) -> int | None:
    value = record.get(key, otherwise)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LARGEST):
        raise recording.wrong(f"{path}.{key}", "a whole number from 0", value)
    return value


def one_of(record: Mapping[str, Any], key: str, names: Sequence[str], path: str, recording: Recording) -> str:
    value = record.get(key)
    if not isinstance(value, str) or value not in names:
        raise recording.wrong(f"{path}.{key}", f"one of {', '.join(names)}", value)
    return value


def numbers(values: Any, length: int | None, path: str, recording: Recording) -> list[float]:
    right = isinstance(values, list) and length in (None, len(values)) and all(map(is_number, values))
    if not right:
        raise recording.wrong(path, f"a list of {length} numbers" if length else "a list of numbers", values)
    return [float(v) for v in values]


def upright(bbox: Any, path: str, recording: Recording) -> list[float] | None:
    """[x, y, w, h] of a box or of the hull of a polygon; None stays None."""
    if bbox is None:
        return None
    if isinstance(bbox, list) and bbox and all(isinstance(point, list) for point in bbox):
        points = [numbers(point, 2, path, recording) for point in bbox]
        left, top = (min(axis) for axis in zip(*points, strict=True))
        right, bottom = (max(axis) for axis in zip(*points, strict=True))
        return [left, top, right - left, bottom - top]
    return numbers(bbox, 4, path, recording)


def known(data: Mapping[str, Any], key: str, otherwise: Any = None) -> Any:
    metadata = data.get("metadata")
    value = metadata.get(key) if isinstance(metadata, Mapping) else None
    return otherwise if value is None else value
