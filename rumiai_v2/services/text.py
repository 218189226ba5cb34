"""On-screen text with EasyOCR, read only where the text can have changed; stickers on the same samples.

Finding text (CRAFT) is 95 % of the cost and grows with the pixels, so little is searched finely and nothing twice:

1. every sample: reduced gray pictures, compared in blocks with the last changed sample. Unchanged: same texts.
2. every changed sample: text regions at a small canvas, each of them followed for as long as its strokes stay.
3. every region: one reading of a band of one sample, finely. A reading that is not sure gets another sample.

At most 60 samples of a video are read. The limit concerns readings, not the cheap search.
"""

from __future__ import annotations

import importlib.metadata
import math
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np

from rumiai_v2.media.types import Frame, FrameObserver, Media
from rumiai_v2.services import environment, text_appearances, text_readings, text_regions, weights
from rumiai_v2.services import stickers as sticker_search
from rumiai_v2.services.base import Input, ServiceInfo, constants
from rumiai_v2.services.stickers import stickers
from rumiai_v2.services.text_appearances import Box, Sample, Sighting, accepted, appearances, hull
from rumiai_v2.services.text_readings import read_regions
from rumiai_v2.services.text_regions import follow

DETECTOR, RECOGNIZER = "craft_mlt_25k.pth", "english_g2.pth"
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
    means: np.ndarray = padded.reshape(rows, BLOCK, columns, BLOCK).mean(axis=(1, 3))
    return means


def picture_holders(grays: Sequence[np.ndarray]) -> list[int]:
    """For every sample the changed sample whose picture it still shows (itself when it changed)."""
    holders: list[int] = []
    for i, gray in enumerate(grays):
        last = holders[-1] if holders else None
        if last is None or float(block_change(grays[last], gray).max()) >= CHANGED:
            last = i
        holders.append(last)
    return holders


class EasyOCR:
    """EasyOCR's reader for English behind the two calls that are needed; boxes are hulls in image px."""

    def __init__(self) -> None:
        environment.prepare()
        import easyocr

        paths = [str(weights.find(name, service="ocr").path) for name in (DETECTOR, RECOGNIZER)]
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

    def read(self, image: np.ndarray, top: int, bottom: int) -> list[Sighting]:
        """Everything that can be read between two rows of a BGR image, good or bad.

        Recognition is cheap and depends on the margin around a line, so every straight line is recognised with a narrow
        and a wide one; the surer reading counts.
        """
        scale = min(1.0, READ_CANVAS / max(image.shape[:2]))
        gray = cv2.cvtColor(image[top:bottom], cv2.COLOR_BGR2GRAY)
        (straight,), (slanted,) = self._reader.detect(image[top:bottom], canvas_size=math.ceil(scale * max(gray.shape)))
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
            Sighting(text, float(confidence), hull((float(x), float(y) + top, 0.0, 0.0) for x, y in quad))
            for quad, text, confidence in best + narrow[len(straight) :]
        ]


class Text:
    """Service ``ocr``: one annotation per appearance of a text, and the stickers."""

    name = "ocr"
    needs: tuple[str, ...] = ()
    reads: tuple[Input, ...] = ("frames",)

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

    def parameters(self) -> dict[str, Any]:
        """What changes the result."""
        return constants(sys.modules[__name__], sticker_search, text_appearances, text_readings, text_regions)

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
    pictures = picture_holders([small_gray(frame.image) for frame in frames])
    images = {i: frames[i].image for i in sorted(set(pictures))}
    boxes = {i: reader.find(image) for i, image in images.items()}
    regions = follow(images, boxes)
    readings = read_regions(images, regions, reader.read)
    shown = {i: readings.shown(i) for i in images}
    pieces = {i: [piece for n in numbers for piece in readings.best.get(n, ())] for i, numbers in shown.items()}
    texts = {i: accepted(found) for i, found in pieces.items()}
    complete = {i: all(n in readings.best for n in numbers) for i, numbers in shown.items()}
    samples = [
        Sample(frame.timestamp, frame.number, texts[picture], complete[picture])
        for frame, picture in zip(frames, pictures, strict=True)
    ]
    found = appearances(samples, **timing)
    # Whatever looks like text keeps a region from being a sticker, readable or not.
    lettering = [
        [*boxes[i], *(regions[n].box for n in shown[i]), *(piece.box for piece in pieces[i])] for i in pictures
    ]
    marks = stickers(frames, lettering, **timing)

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
            "frames_analyzed": len(readings.samples),
            "frames_skipped": len(frames) - len(readings.samples),
            "frames_without_evidence": sum(not sample.complete for sample in samples),
            "unique_texts": len({a.text.casefold() for a in found}),
            "stickers_detected": len(marks),
            "sample_spacing": video.spacing,
        },
    }
