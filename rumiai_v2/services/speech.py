"""Speech to text with openai-whisper."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from rumiai_v2.errors import ServiceError, UsageError
from rumiai_v2.media.types import Audio, FrameObserver, Media
from rumiai_v2.services import compiled, environment, weights
from rumiai_v2.services.base import Input, ServiceInfo, constants

SAMPLE_RATE = 16_000
#: Names of the sizes that can be chosen (``RUMIAI_WHISPER_MODEL``) and their files.
MODELS = {"base": "whisper-base.bin", "tiny.en": "whisper-tiny.en.bin"}
#: Audio that stays below this everywhere holds no speech; whisper would invent some.
SILENCE_DBFS = -60.0
#: A segment is no speech beyond these: the thresholds of openai-whisper itself.
MAX_NO_SPEECH, MIN_LOGPROB, MAX_COMPRESSION = 0.6, -1.0, 2.4
DECODING = {"temperature": 0.0, "condition_on_previous_text": False, "word_timestamps": True}


class Speech:
    """Transcribes the audio track: segments, words with times, the language."""

    name = "whisper"
    needs: tuple[str, ...] = ()
    reads: tuple[Input, ...] = ("audio",)

    def describe(self) -> ServiceInfo:
        infos, problem = weights.look((MODELS[model_name()],), service=self.name)
        version = environment.installed("openai-whisper")
        if version is None:
            problem = environment.missing_package("openai-whisper")
        return ServiceInfo(self.name, "openai-whisper", version, infos, environment.device_or_unknown(), problem)

    def parameters(self) -> dict[str, Any]:
        """What changes the result."""
        return {**constants(sys.modules[__name__]), "model": model_name()}

    def prepare(self) -> FrameObserver | None:
        return None

    def analyse(self, media: Media, upstream: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
        if media.audio is None:
            return document([], language=None, audio=None)
        if media.audio.sample_rate != SAMPLE_RATE:
            raise ServiceError(
                f"whisper: expected audio at {SAMPLE_RATE} Hz, got {media.audio.sample_rate} Hz.", service=self.name
            )
        if is_silent(media.audio.samples):
            return document([], language=None, audio=media.audio)
        raw = _transcribe(media.audio.samples)
        segments = spoken(raw["segments"], duration=media.video.duration)
        return document(segments, language=raw["language"] if segments else None, audio=media.audio)


def model_name() -> str:
    """The chosen size: ``RUMIAI_WHISPER_MODEL``, by default base."""
    name = os.environ.get("RUMIAI_WHISPER_MODEL", "base")
    if name not in MODELS:
        raise UsageError(f"setting RUMIAI_WHISPER_MODEL: expected one of {', '.join(MODELS)}, got {name!r}.")
    return name


def is_silent(samples: np.ndarray) -> bool:
    """Does no sample reach -60 dB of full scale?"""
    return not samples.size or float(np.abs(samples).max()) < 10 ** (SILENCE_DBFS / 20)


def spoken(raw_segments: list[dict[str, Any]], *, duration: float) -> list[dict[str, Any]]:
    """whisper's segments in this service's shape, without those that are not speech, cut at ``duration`` (s)."""
    kept = [
        segment
        for segment in raw_segments
        if segment["text"].strip()
        and segment["start"] < duration
        and not (segment["no_speech_prob"] > MAX_NO_SPEECH and segment["avg_logprob"] < MIN_LOGPROB)
        and not segment["compression_ratio"] > MAX_COMPRESSION
    ]

    def inside(time: float) -> float:
        return min(max(float(time), 0.0), duration)

    return [
        {
            "id": number,
            "start": inside(segment["start"]),
            "end": inside(segment["end"]),
            "text": segment["text"].strip(),
            "words": [
                {
                    "word": word["word"].strip(),
                    "start": inside(word["start"]),
                    "end": inside(word["end"]),
                    "probability": float(word["probability"]),
                }
                for word in segment.get("words", ())
            ],
            "confidence": min(1.0, math.exp(segment["avg_logprob"])),
            "avg_logprob": float(segment["avg_logprob"]),
            "no_speech_prob": float(segment["no_speech_prob"]),
            "compression_ratio": float(segment["compression_ratio"]),
        }
        for number, segment in enumerate(kept)
    ]


def document(segments: list[dict[str, Any]], *, language: str | None, audio: Audio | None) -> dict[str, Any]:
    """The service's JSON document (schemas/services/whisper.schema.json)."""
    return {
        "text": " ".join(segment["text"] for segment in segments),
        "segments": segments,
        "language": language,
        "duration": segments[-1]["end"] if segments else 0.0,
        "has_speech": bool(segments),
        "metadata": {
            "processed": True,
            "success": True,
            "model": f"openai-whisper-{model_name()}",
            "backend": "openai-whisper",
            "sample_rate": audio.sample_rate if audio else None,
            "has_audio": audio is not None,
        },
    }


def _transcribe(samples: np.ndarray) -> dict[str, Any]:
    compiled.ensure_compiled()
    import torch

    from rumiai_v2.services import whisper_checkpoint

    device = environment.device()
    info = weights.find(MODELS[model_name()], service=Speech.name)
    model = whisper_checkpoint.load(Path(str(info.path)), model_name=model_name(), device=device)
    compiled.word_timing()
    environment.pin_threads()
    torch.manual_seed(0)  # temperature 0 draws nothing; a fallback in a later version would
    try:
        told: dict[str, Any] = model.transcribe(
            np.ascontiguousarray(samples, dtype=np.float32),
            fp16=device != "cpu",
            verbose=None,
            **DECODING,
        )
        return told
    finally:
        environment.pin_threads()
