"""On-screen text with EasyOCR, read only where the text can have changed; stickers on the same samples.

Finding text (CRAFT) is 95 % of the cost, so three tests of rising price come before a reading:

1. every sample: reduced gray pictures, compared in blocks with the last changed sample. Unchanged: same texts.
2. every changed sample: text regions at a small canvas. None: nothing to read.
3. the blocks in these regions against the last sample that needed a reading. Unchanged: same texts.

What is left is read, at most ``MAX_READ`` samples of a video. The limit concerns readings, not the cheap search.
"""

from __future__ import annotations

import importlib.metadata
import itertools
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from rumiai_v2.media.types import Frame, FrameObserver, Media
from rumiai_v2.services import environment, weights
from rumiai_v2.services.base import ServiceInfo
from rumiai_v2.services.stickers import stickers
from rumiai_v2.services.text_appearances import Box, Sample, Sighting, accepted, appearances, hull

DETECTOR, RECOGNIZER = "craft_mlt_25k.pth", "english_g2.pth"
MAX_READ = 60
#: Gray pictures are compared at this long side (px), in blocks of BLOCK px; static pictures stay below 2.6, moving
#: ones rise above 13.
LONG_SIDE = 320
BLOCK = 8
CHANGED = 8.0
#: Long side that CRAFT works at: enough to find text, and enough to keep its lines whole.
FIND_CANVAS, READ_CANVAS = 320, 640
#: Share of a line's height that its second reading sees beyond the first one's box, on each side.
WIDER = 0.1


def small_gray(image: np.ndarray) -> np.ndarray:
    """BGR uint8 [h, w, 3] → gray float32, long side at most 320 px."""
    gray = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    ratio = max(gray.shape) / LONG_SIDE
    if ratio > 1:
        size = (max(1, round(gray.shape[1] / ratio)), max(1, round(gray.shape[0] / ratio)))
        gray = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    return gray.astype(np.float32)


def block_change(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Mean |Δ| of two gray pictures in blocks of 8 px, [⌈h/8⌉, ⌈w/8⌉] in 0–255; a cut-off block repeats its edge."""
    delta = np.abs(a - b)
    height, width = delta.shape
    padded = np.pad(delta, ((0, -height % BLOCK), (0, -width % BLOCK)), mode="edge")
    rows, columns = padded.shape[0] // BLOCK, padded.shape[1] // BLOCK
    return padded.reshape(rows, BLOCK, columns, BLOCK).mean(axis=(1, 3))


def picture_holders(grays: Sequence[np.ndarray]) -> list[int]:
    """For every sample the changed sample whose picture it still shows (itself when it changed)."""
    holders: list[int] = []
    for i, gray in enumerate(grays):
        last = holders[-1] if holders else None
        changed = last is None or float(block_change(grays[last], gray).max()) >= CHANGED
        holders.append(i if changed else last)
    return holders


def region_change(a: np.ndarray, b: np.ndarray, boxes: Iterable[Box], ratio: float) -> float:
    """The largest block change that touches one of ``boxes`` (image px; ``ratio`` = image px per px of a and b)."""
    change = block_change(a, b)
    side = BLOCK * ratio
    most = 0.0
    for x, y, w, h in boxes:
        part = change[max(0, int(y / side)) : int((y + h) / side) + 1, max(0, int(x / side)) : int((x + w) / side) + 1]
        most = max(most, float(part.max(initial=0.0)))
    return most


@dataclass(frozen=True)
class Plan:
    """``holders``: for every sample the sample whose texts it shows. ``empty``: holders without a text region.

    ``wanted``: holders that need a reading, with how much their text regions changed (0–255).
    """

    holders: tuple[int, ...]
    empty: frozenset[int]
    wanted: tuple[tuple[int, float], ...]


def plan(
    grays: Sequence[np.ndarray], holders: Sequence[int], regions: Mapping[int, Sequence[Box]], ratio: float
) -> Plan:
    """Decide which changed samples need a reading; ``regions`` are the text regions of each of them (image px)."""
    text_holder: dict[int, int] = {}
    wanted: list[tuple[int, float]] = []
    last: int | None = None
    for i in sorted(set(holders)):
        boxes = regions[i]
        if not boxes:
            last = text_holder[i] = i
            continue
        known = [] if last is None else regions[last]
        change = 255.0 if last is None else region_change(grays[last], grays[i], [*boxes, *known], ratio)
        if known and change < CHANGED:
            text_holder[i] = last
            continue
        last = text_holder[i] = i
        wanted.append((i, change))
    empty = frozenset(i for i in text_holder.values() if not regions[i])
    return Plan(tuple(text_holder[i] for i in holders), empty, tuple(wanted))


def choose(wanted: Sequence[tuple[int, float]], limit: int = MAX_READ) -> tuple[int, ...]:
    """At most ``limit`` of the wanted samples: of as many equal stretches the one whose text changed most.

    Stretches are counted in wanted samples, so readings lie where text is, spread over all of it. Ties: the earlier.
    """
    if len(wanted) <= limit:
        return tuple(i for i, _ in wanted)
    edges = [k * len(wanted) // limit for k in range(limit + 1)]
    stretches = (wanted[a:b] for a, b in itertools.pairwise(edges))
    return tuple(max(stretch, key=lambda item: (item[1], -item[0]))[0] for stretch in stretches)


class EasyOCR:
    """EasyOCR's reader for English behind the two calls that are needed; boxes are hulls in image px."""

    def __init__(self) -> None:
        environment.prepare()
        import easyocr

        paths = [weights.find(name, service="ocr").path for name in (DETECTOR, RECOGNIZER)]
        # The reader wants one folder that holds both files under their own names; the user may have named others.
        with tempfile.TemporaryDirectory(prefix="rumiai-ocr-") as folder:
            for name, path in zip((DETECTOR, RECOGNIZER), paths, strict=True):
                os.symlink(os.path.abspath(path), os.path.join(folder, name))
            self._reader = easyocr.Reader(
                ["en"],
                gpu=environment.device(),
                model_storage_directory=folder,
                user_network_directory=folder,
                download_enabled=False,
                verbose=False,
                quantize=False,  # 8-bit kernels differ by CPU, save nothing here, and are leaving torch
            )
            sys.path.remove(folder)  # the reader put it there
        environment.pin_threads()

    def find(self, image: np.ndarray) -> list[Box]:
        """Text regions of a BGR image, coarse and quick."""
        straight, slanted = self._reader.detect(image, canvas_size=FIND_CANVAS)
        boxes = [(float(x0), float(y0), float(x1 - x0), float(y1 - y0)) for x0, x1, y0, y1 in straight[0]]
        return boxes + [hull((float(x), float(y), 0.0, 0.0) for x, y in quad) for quad in slanted[0]]

    def read(self, image: np.ndarray) -> list[Sighting]:
        """Everything that can be read in a BGR image, good or bad.

        Recognition is cheap and depends on the margin around a line, so every straight line is recognised with a narrow
        and a wide one; the surer reading counts.
        """
        gray = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        (straight,), (slanted,) = self._reader.detect(image, canvas_size=READ_CANVAS)
        height, width = gray.shape
        wider = []
        for x0, x1, y0, y1 in straight:
            margin = round(WIDER * (y1 - y0))
            wider.append([max(0, x0 - margin), min(width, x1 + margin), max(0, y0 - margin), min(height, y1 + margin)])
        # Without any box the reader would take the whole image for one line.
        narrow = self._reader.recognize(gray, straight, slanted) if straight or slanted else []
        again = self._reader.recognize(gray, wider, []) if straight else []
        best = [
            (quad, *max((text, confidence), other[1:], key=lambda reading: reading[1]))
            for (quad, text, confidence), other in zip(narrow[: len(straight)], again, strict=True)
        ]
        return [
            Sighting(text, float(confidence), hull((float(x), float(y), 0.0, 0.0) for x, y in quad))
            for quad, text, confidence in best + narrow[len(straight) :]
        ]


class Text:
    """Service ``ocr``: one annotation per appearance of a text, and the stickers."""

    name = "ocr"
    needs: tuple[str, ...] = ()

    def describe(self) -> ServiceInfo:
        """EasyOCR's version, both model files and the device; the problem when a file is missing."""
        infos, problem = weights.look((DETECTOR, RECOGNIZER), service=self.name)
        return ServiceInfo(
            service=self.name,
            library="easyocr",
            version=importlib.metadata.version("easyocr"),
            weights=infos,
            device=environment.device(),
            problem=problem,
        )

    def prepare(self) -> FrameObserver | None:
        """Nothing: OCR needs the sampled frames only, and its models only when there are any."""
        return None

    def analyse(self, media: Media, upstream: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
        """The document of schemas/services/ocr.schema.json; boxes are [x, y, width, height] in source px."""
        return read_video(EasyOCR(), media.video.frames, media=media)


def read_video(reader: Any, frames: Sequence[Frame], *, media: Media) -> dict[str, Any]:
    """The OCR document of ``frames``; ``reader`` has ``find`` and ``read`` as ``EasyOCR`` has."""
    video = media.video
    timing = {"spacing": video.spacing, "duration": video.duration}
    grays = [small_gray(frame.image) for frame in frames]
    pictures = picture_holders(grays)
    regions = {i: reader.find(frames[i].image) for i in sorted(set(pictures))}
    ratio = max(1.0, max(frames[0].image.shape[:2]) / LONG_SIDE) if frames else 1.0
    todo = plan(grays, pictures, regions, ratio)
    pieces = {i: reader.read(frames[i].image) for i in choose(todo.wanted)}
    texts = {i: accepted(found) for i, found in pieces.items()} | dict.fromkeys(todo.empty, ())
    samples = [
        Sample(frame.timestamp, frame.number, texts.get(holder))
        for frame, holder in zip(frames, todo.holders, strict=True)
    ]
    found = appearances(samples, **timing)
    # Whatever looks like text keeps a region from being a sticker, readable or not.
    lettering = [
        [*regions[picture], *(piece.box for piece in pieces.get(holder, ()))]
        for picture, holder in zip(pictures, todo.holders, strict=True)
    ]
    marks = stickers(frames, lettering, **timing)
    unread = sum(holder not in texts for holder in todo.holders)

    def source_box(box: Box) -> list[float]:
        return [float(value * video.scale) for value in box]

    return {
        "textAnnotations": [
            {
                "text": a.text,
                "confidence": a.confidence,
                "timestamp": a.start,
                "end_timestamp": a.end,
                "bbox": source_box(a.box),
                "frame_number": a.number,
            }
            for a in found
        ],
        "stickers": [
            {
                "bbox": source_box(s.box),
                "confidence": s.confidence,
                "type": "sticker",
                "timestamp": s.start,
                "end_timestamp": s.end,
                "frame_number": s.number,
            }
            for s in marks
        ],
        "metadata": {
            "processed": True,
            "model": "easyocr",
            "frames_analyzed": len(pieces),
            "frames_skipped": len(frames) - len(pieces),
            "frames_without_evidence": unread,
            "unique_texts": len({a.text.casefold() for a in found}),
            "stickers_detected": len(marks),
            "sample_spacing": video.spacing,
        },
    }
