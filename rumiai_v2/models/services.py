"""The documents of the seven services as types: what a recording has to hold (long: as many fields as they have).

The same shapes as ``schemas/services/`` (a test compares the two), with limits where a schema has none: a number that
no video can have would only be found when an analysis stumbles over it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import GenericAlias
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, ConfigDict, Discriminator, Tag, TypeAdapter, ValidationError, with_config
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

#: The longest video (s): a day. Runs have their own, shorter limit; this one keeps series per second within memory.
LONGEST = 86_400.0
#: The shortest (s): less is no picture of any video.
SHORTEST = 0.001
#: Whole numbers up to here are exact in every JSON reader.
LARGEST = 2**53
#: Letters of one text.
LONGEST_TEXT = 100_000


class Mismatch(ValueError):
    """A value that does not fit: where, what was expected there, and what stands there (``...`` for nothing)."""

    def __init__(self, path: str, expected: str, got: Any) -> None:
        super().__init__(f"{path}: expected {expected}")
        self.path = path
        self.expected = expected
        self.got = got


def _wrong(expected: str) -> PydanticCustomError:
    return PydanticCustomError("expected", "{expected}", {"expected": expected})


def _number(least: float, most: float, *, above: bool = False, finest: float = 1e-100) -> Any:
    """A real or whole number in [least, most], with ``above`` in (least, most]; never a flag.

    What lies closer to 0 than ``finest`` is 0: a share of it would be beyond the doubles.
    """
    expected = f"a number {'above' if above else 'from'} {least:.12g} {'up ' if above else ''}to {most:.12g}"

    def check(value: Any) -> Any:
        right = type(value) in (int, float) and least <= value <= most and not (above and value - least < finest)
        if not right:
            raise _wrong(expected)
        return value if abs(value) >= finest else 0.0

    return Annotated[Any, BeforeValidator(check)]


def _whole(least: int = 0, most: int = LARGEST) -> Any:
    """A whole number in [least, most]; 7.0, as some tools write it, is 7."""
    expected = f"a whole number of at least {least}" if most == LARGEST else f"a whole number from {least} to {most}"

    return Annotated[Any, BeforeValidator(lambda value: _as_whole(value, least, most, expected))]


def _as_whole(value: Any, least: int, most: int, expected: str) -> int:
    if type(value) is float and value.is_integer():
        value = int(value)
    if type(value) is not int or not least <= value <= most:
        raise _wrong(expected)
    return value


def _matching(pattern: str, expected: str, *, least: int = 0) -> Any:
    """A text that ``pattern`` describes wholly, of ``least`` to ``LONGEST_TEXT`` letters."""
    compiled = re.compile(pattern, re.DOTALL | re.ASCII)

    def check(value: Any) -> str:
        if not isinstance(value, str) or not least <= len(value) <= LONGEST_TEXT or not compiled.fullmatch(value):
            raise _wrong(expected)
        return value

    return Annotated[str, BeforeValidator(check)]


#: The special form, made here from fields that are known only when the module runs.
_typed_dict: Any = TypedDict


def _shape(name: str, fields: Mapping[str, Any]) -> Any:
    """An object with exactly these keys."""
    return with_config(ConfigDict(extra="forbid", strict=True))(_typed_dict(name, dict(fields)))


def _each(shape: Any) -> Any:
    """A list of it."""
    return GenericAlias(list, (shape,))


def _by(key: Any, shape: Any) -> Any:
    """An object with any number of such keys."""
    return GenericAlias(dict, (key, shape))


def _also(shape: Any, check: Any) -> Any:
    """The shape for what ``check`` (a validator, or pydantic's mark of a kind) takes."""
    return Annotated[shape, check]


Time = _number(0, LONGEST, finest=1e-9)
Share = _number(0, 1)
Sure = _number(0.5, 1, above=True)
Count = _whole()
Relative = _number(-1, 2)
Text = _matching(".*", f"a text of at most {LONGEST_TEXT:,} letters")
Name = _matching(".*", f"a text of 1 to {LONGEST_TEXT:,} letters", least=1)
Sha256 = _matching("[0-9a-f]{64}", "64 hexadecimal digits (SHA-256)")
Second = _matching(r"[0-9]+-[0-9]+s", 'seconds as in "7-8s"')
Window = _matching(r"[0-9]+-[0-9]+(\.[0-9]+)?s", 'seconds as in "5-10s"')
UnitName = _matching("0|[1-9][0-9]?", "the number of an action unit")
Unit = _whole(1, 64)
Box = _also(_each(_number(-3840, 7680)), BeforeValidator(lambda value: _four(value)))
Emotion = Literal["joy", "sadness", "anger", "fear", "disgust", "surprise", "neutral"]
True_ = _also(Literal[True], BeforeValidator(lambda value: _true(value)))


def _four(value: Any) -> Any:
    if not isinstance(value, list) or len(value) != 4:
        raise _wrong("a list of four numbers")
    return value


def _true(value: Any) -> Any:
    if value is not True:
        raise _wrong("true")
    return value


def _processed(**fields: Any) -> Any:
    return _shape("Metadata", {"processed": True_, **fields})


_PLACE = {"timestamp": Time, "frame_number": Count | None}
_RELATIVE = dict.fromkeys(("x", "y", "width", "height"), Relative)

YOLO = _shape("Yolo", {
    "objectAnnotations": _each(_shape("Annotation", {
        "trackId": _matching("obj_[0-9]+", 'an id as "obj_7"'), "className": Name, "class": Name, "confidence": Share,
        **_PLACE, "bbox": Box,
    })),
    "metadata": _processed(
        model=Name, frames_analyzed=Count | None, objects_detected=Count, tracks=Count, sample_spacing=Time,
    ),
})  # fmt: skip

WHISPER = _shape("Whisper", {
    "text": Text,
    "segments": _each(_shape("Segment", {
        "id": Count, "start": Time, "end": Time, "text": Name,
        "words": _each(_shape("Word", {"word": Text, "start": Time, "end": Time, "probability": Share})),
        "confidence": Share | None, "avg_logprob": _number(-1e6, 0) | None, "no_speech_prob": Share | None,
        "compression_ratio": _number(0, 2.4) | None,
    })),
    "language": _matching("[a-z]{2,3}", "the code of a language") | None,
    "duration": Time,
    "has_speech": bool,
    "metadata": _processed(
        success=True_, model=Literal["openai-whisper-base", "openai-whisper-tiny.en", "whisper.cpp-base"],
        backend=Literal["openai-whisper", "whisper.cpp"], sample_rate=_whole(16_000, 16_000) | None, has_audio=bool,
    ),
})  # fmt: skip

MEDIAPIPE = _shape("Mediapipe", {
    "poses": _each(_shape("Pose", {
        **_PLACE, "landmarks": _whole(33, 33), "visibility": Share | None, "confidence": Share | None,
        "bbox": _shape("RelativeBox", _RELATIVE) | None,
    })),
    "faces": _each(_shape("Faces", {
        **_PLACE, "count": _whole(1, 5), "confidence": Share | None,
        "bbox": _shape("RelativeBox", _RELATIVE) | None,
        "boxes": _also(
            _each(_shape("FaceBox", {**_RELATIVE, "confidence": Share | None})),
            BeforeValidator(lambda v: _few(v, 0, 5)),
        ),
    })),
    "hands": _each(_shape("Hands", {**_PLACE, "count": _whole(1, 4)})),
    "gaze": _each(_shape("Gaze", {
        "timestamp": Time, "eye_contact": Share, "gaze_direction": Literal["camera", "left", "right", "up", "down"],
        "gaze_offset_x": _number(-10, 10) | None, "gaze_offset_y": _number(-10, 10) | None,
        "gaze_magnitude": _number(0, 100) | None, "confidence": Share | None,
    })),
    "gestures": _each(_shape("Gesture", {
        **_PLACE, "type": Name, "confidence": Sure, "hand": Literal["left", "right"] | None,
        "timestamp_ms": _whole(0, 86_400_000),
    })),
    "blendshapes": _each(_shape("Blendshapes", {**_PLACE, "scores": _shape("Scores", dict.fromkeys((
        "browInnerUp", "browOuterUp", "browDown", "cheekSquint", "noseSneer", "mouthSmile", "mouthFrown", "jawOpen",
        "eyeBlink",
    ), Share))})),
    "presence_percentage": _number(0, 100) | None,
    "frames_with_people": Count | None,
    "metadata": _processed(
        model=Name, frames_analyzed=Count | None, poses_detected=Count, faces_detected=Count, hands_detected=Count,
        gaze_detected=Count, gestures_detected=Count, sample_spacing=Time,
    ),
})  # fmt: skip


def _few(value: Any, least: int, most: int) -> Any:
    if not isinstance(value, list) or not least <= len(value) <= most:
        raise _wrong(f"a list of {least} to {most}")
    return value


OCR = _shape("Ocr", {
    "textAnnotations": _each(_shape("TextAnnotation", {
        "text": _matching(".*", f"a text of 3 to {LONGEST_TEXT:,} letters", least=3), "confidence": Sure | None,
        **_PLACE, "end_timestamp": Time, "bbox": Box | None,
    })),
    "stickers": _each(_shape("Sticker", {
        **_PLACE, "end_timestamp": Time, "bbox": Box | None, "confidence": Share | None, "type": Literal["sticker"],
    })),
    "metadata": _processed(
        model=Literal["easyocr"], frames_analyzed=_whole(0, 60) | None, frames_skipped=Count | None,
        frames_without_evidence=Count | None, unique_texts=Count, stickers_detected=Count, sample_spacing=Time,
    ),
})  # fmt: skip

SCENES = _shape("Scenes", {
    "scenes": _also(
        _each(_shape("Scene", {"scene_number": _whole(1), "start_time": Time, "end_time": Time, "duration": Time})),
        BeforeValidator(lambda value: _few(value, 1, LARGEST)),
    ),
    "total_scenes": _whole(1),
    "scene_changes": _each(Time),
    "transitions": _each(_shape("Transition", {
        "timestamp": Time, "start": Time, "end": Time, "type": Literal["cut", "fade"], "confidence": Share | None,
    })),
    "metadata": _processed(
        model=Name, frames_analyzed=Count | None, min_scene_length=_number(0, LONGEST, above=True) | None,
    ),
})  # fmt: skip

AUDIO = _shape("Audio", {
    "energy_level_windows": _by(Window, Share),
    "energy_variance": _number(0, 1e6) | None,
    "climax_timestamp": Time | None,
    "burst_pattern": Literal["front_loaded", "back_loaded", "middle_peak", "steady", "unknown"],
    "duration": Time,
    "rms_per_second": _each(_number(0, 1e6)) | None,
    "onset_times": _each(Time) | None,
    "beat_times": _each(Time) | None,
    "tempo_bpm": _number(0, 1e6, above=True) | None,
    "has_audio": bool,
    "metadata": _processed(
        success=True_, model=Literal["librosa"], method=Literal["librosa_rms"], sample_rate=_whole(1) | None,
        window_seconds=_whole(1) | None, frames_analyzed=Count | None,
    ),
})  # fmt: skip

_DETECTION = _shape("Detection", {
    "timestamp": Time, "emotion": Emotion, "confidence": Share,
    "all_scores": _shape("Emotions", dict.fromkeys(get_args(Emotion), Share)),
    "action_units": _each(Unit), "au_intensities": _by(UnitName, Share), "face_bbox": Box | None,
})  # fmt: skip
_STATS = _shape("Stats", {
    "total_frames": Count | None, "successful_frames": Count, "no_face_frames": Count | None,
    "video_type": Literal["people_detected", "no_people"] | None,
})  # fmt: skip
_UnitCount = _also(list[Any], BeforeValidator(lambda value: _unit_count(value)))


def _unit_count(value: Any) -> Any:
    expected = "the number of an action unit and a count"
    if not isinstance(value, list) or len(value) != 2:
        raise _wrong(expected)
    return [_as_whole(value[0], 1, 64, expected), _as_whole(value[1], 1, LARGEST, expected)]


EMOTIONS = _shape("Expressions", {
    "emotions": _each(_DETECTION),
    "action_units": _each(_shape("Units", {
        "timestamp": Time, "aus": _each(Unit), "intensities": _by(UnitName, Share),
    })),
    "timeline": _by(Second, _also(
        _also(_DETECTION, Tag("seen")) | _also(_shape("NoFace", {"no_face": True_}), Tag("unseen")),
        Discriminator(lambda value: "unseen" if isinstance(value, Mapping) and "no_face" in value else "seen"),
    )),
    "dominant_emotion": Emotion | None,
    "emotion_transitions": _each(_shape("Change", {"timestamp": Time, "from": Emotion, "to": Emotion})),
    "confidence_scores": _each(Share),
    "au_activations": _by(UnitName, _whole(1)),
    "processing_stats": _STATS,
    "metrics": _shape("Metrics", {
        "video_type": Literal["people_detected", "no_people"] | None, "unique_emotions": _whole(0, 7),
        "transition_count": Count, "avg_confidence": Share | None, "emotion_diversity": Share | None,
        "detection_rate": Share | None, "suitable_for_emotion_analysis": bool | None, "reason": Text | None,
        "most_active_aus": _also(_each(_UnitCount), BeforeValidator(lambda value: _few(value, 0, 5))),
        "processing_stats": _STATS,
    }),
    "video_duration": Time,
    "frames_analyzed": Count | None,
    "sample_rate": _also(Any, BeforeValidator(lambda value: _rate(value))),
    "metadata": _processed(
        model=Literal["feat", "fer-mini-xception"], au_source=Literal["feat", "mediapipe_blendshapes"],
        frames_analyzed=Count | None, sample_spacing=Time,
    ),
})  # fmt: skip


def _rate(value: Any) -> Any:
    if type(value) not in (int, float) or value not in (2, 1, 0.5):
        raise _wrong("2, 1 or 0.5")
    return value


_SIZE = {"width": _whole(1, 100_000), "height": _whole(1, 100_000)}
_FACTS = {
    "sha256": Sha256, **_SIZE, "fps": _number(0, 1e6), "frame_count": _whole(1), "duration": Time,
    "sampled_frames": _whole(1), "sample_spacing": Time, "has_audio": bool, "frames_fingerprint": Sha256,
    "decoded_fingerprint": Sha256, "audio_fingerprint": Sha256 | None,
}  # fmt: skip
_STATE = _shape("State", {"status": Literal["run", "not_run", "failed"], "error": Text | None})

SHAPES: Mapping[str, Any] = {
    "yolo": YOLO, "whisper": WHISPER, "mediapipe": MEDIAPIPE, "ocr": OCR, "scene_detection": SCENES,
    "audio_energy": AUDIO, "emotion_detection": EMOTIONS,
}  # fmt: skip
_ADAPTERS = {
    name: TypeAdapter(shape)
    for name, shape in {
        **SHAPES, "state": _STATE, "facts": _shape("Facts", _FACTS), "size": _shape("Size", _SIZE),
    }.items()
}  # fmt: skip
_TAGS = {"seen", "unseen"}
#: Keys of a beginning and its end.
_SPANS = (("start", "end"), ("timestamp", "end_timestamp"), ("start_time", "end_time"))


def checked(shape: str, document: Any, path: str) -> dict[str, Any]:
    """``document`` when it has the shape of the service (or of "state", "facts", "size"); raises ``Mismatch``.

    Values and the order of keys are kept, except that 7.0 becomes 7 where a whole number stands. No span ends before it
    begins.
    """
    try:
        valid = _ADAPTERS[shape].validate_python(document)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        got = ... if first["type"] == "missing" else first["input"]
        raise Mismatch(_place(path, first["loc"]), _expected(first), got) from None
    found: dict[str, Any] = _in_order_of(document, valid)
    for key, records in found.items():
        for index, record in enumerate(records if isinstance(records, list) else ()):
            _check_spans(record, f"{path}.{key}[{index}]")
    return found


def _in_order_of(document: Any, found: Any) -> Any:
    """``found`` with its keys in the order of ``document``, so that what is computed from a recording is written as it was."""
    if isinstance(found, dict) and isinstance(document, dict):
        keys = dict.fromkeys((*(key for key in document if key in found), *found))
        return {key: _in_order_of(document.get(key), found[key]) for key in keys}
    if isinstance(found, list) and isinstance(document, list):
        return [_in_order_of(*pair) for pair in zip(document, found, strict=True)]
    return found


def _check_spans(record: Any, path: str) -> None:
    if not isinstance(record, dict):
        return
    for start, end in _SPANS:
        if start in record and end in record and record[end] < record[start]:
            raise Mismatch(f"{path}.{end}", f"at least its {start}, {record[start]:g}", record[end])
    for index, word in enumerate(record.get("words", ())):
        _check_spans(word, f"{path}.words[{index}]")


def _place(path: str, location: Sequence[str | int]) -> str:
    for part in location:
        if isinstance(part, int):
            path += f"[{part}]"
        elif part != "[key]" and part not in _TAGS:
            path += f".{part[:60]}"
    return path


_KINDS = {
    "missing": "a value",
    "extra_forbidden": "no such key",
    "dict_type": "an object",
    "list_type": "a list",
    "bool_type": "true or false",
    "string_type": "a text",
}


def _expected(error: Mapping[str, Any]) -> str:
    known = _KINDS.get(error["type"]) or error.get("ctx", {}).get("expected")
    return str(known or error["msg"].removeprefix("Input should be "))
