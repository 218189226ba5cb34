"""Where text stands and how long its strokes stay: pure functions, no OCR library.

A caption burnt in over a moving picture changes with every frame, but its strokes do not: their edges are the strong
ones, and they stay where they are. So text regions are followed by their edges, and a region needs one reading for as
long as its strokes stay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from rumiai_v2.services.text_appearances import Box, hull, intersection

#: Agreement of strokes: equal texts over moving pictures measured 0.76 to 0.99 (over gravel, down to 0.6), other texts
#: of the same style in the same place -0.2 to 0.2.
SAME_STROKES = 0.6
#: Parts of a line with less than this share of the edges of its busiest part say nothing about its strokes.
BUSY = 0.25
#: A region is compared with this much of its surroundings to the left and right (in line heights): a line that grew.
BESIDE = 0.5
#: A found box is known when this share of it lies in known regions, which are taken AROUND line heights wider.
KNOWN = 0.85
AROUND = 0.2
#: A known region that lies in a new one by this share belongs to it: the text there grew.
SWALLOWED = 0.5


@dataclass
class Region:
    """One text region in ``samples`` (indices, ascending; the strokes are those of the first); ``box`` in image px."""

    box: Box
    samples: list[int] = field(default_factory=list)


def _gray(image: np.ndarray, box: Box, beside: float = 0.0) -> np.ndarray:
    x, y, w, h = box
    rows = slice(max(0, int(y)), max(0, int(np.ceil(y + h))))
    columns = slice(max(0, int(x - beside)), max(0, int(np.ceil(x + w + beside))))
    return cv2.cvtColor(image[rows, columns], cv2.COLOR_BGR2GRAY)


def _edges(gray: np.ndarray) -> np.ndarray:
    smooth = cv2.GaussianBlur(gray.astype(np.float32), (3, 3), 0)
    return np.stack([cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)])


def stroke_agreement(a: np.ndarray, b: np.ndarray) -> float:
    """How well the strokes of one line agree in two gray crops of equal size, at most 1 (equal).

    The edges are held against each other in windows as wide as the line is high, half overlapping; the worst window
    counts, so that one changed word is a change. Windows with few edges in both crops do not count.
    """
    one, two = _edges(a), _edges(b)
    common = (one * two).sum(axis=(0, 1))
    strength = 0.5 * ((one * one).sum(axis=(0, 1)) + (two * two).sum(axis=(0, 1)))
    height, width = a.shape
    side = min(height, width)
    starts = sorted({*range(0, width - side + 1, max(1, side // 2)), width - side})
    shared = np.array([common[s : s + side].sum() for s in starts])
    total = np.array([strength[s : s + side].sum() for s in starts])
    busy = total >= max(BUSY * float(total.max()), 1.0)
    # Two plain crops hold no strokes at all, so none changed.
    return float((shared[busy] / total[busy]).min(initial=1.0))


def same_strokes(a: np.ndarray, b: np.ndarray, box: Box) -> bool:
    """Do two BGR images of equal size show the same strokes in ``box`` and right beside it?"""
    beside = BESIDE * box[3]
    return stroke_agreement(_gray(a, box, beside), _gray(b, box, beside)) >= SAME_STROKES


def _covered(box: Box, by: Sequence[Box]) -> float:
    """Share of ``box`` that lies in the boxes ``by``, in [0, 1]."""
    x, y, w, h = box
    inside = np.zeros((max(1, round(h)), max(1, round(w))), bool)
    for left, top, width, height in by:
        rows = slice(max(0, round(top - y)), max(0, round(top + height - y)))
        columns = slice(max(0, round(left - x)), max(0, round(left + width - x)))
        inside[rows, columns] = True
    return float(inside.mean())


def _wider(box: Box) -> Box:
    x, y, w, h = box
    margin = AROUND * h
    return (x - margin, y - margin, w + 2 * margin, h + 2 * margin)


def _clipped(box: Box, width: int, height: int) -> Box | None:
    """The part of ``box`` inside the image; None when that is less than a pixel."""
    left, top = max(0.0, box[0]), max(0.0, box[1])
    right, bottom = min(float(width), box[0] + box[2]), min(float(height), box[1] + box[3])
    return (left, top, right - left, bottom - top) if right - left >= 1 and bottom - top >= 1 else None


def _lines(boxes: Sequence[Box]) -> list[Box]:
    """Boxes that overlap on one line as one box: the search splits a line now and then, and then a piece is slanted."""
    whole: list[Box] = []
    for box in boxes:
        while (other := next((w for w in whole if _overlap_on_line(w, box)), None)) is not None:
            whole.remove(other)
            box = hull([box, other])
        whole.append(box)
    return whole


def _overlap_on_line(a: Box, b: Box) -> bool:
    common = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return common >= 0.5 * min(a[3], b[3]) and intersection(a, b) > 0


def follow(images: Mapping[int, np.ndarray], found: Mapping[int, Sequence[Box]]) -> list[Region]:
    """The text regions of the samples in ``images`` (BGR, equal sizes), by their first sample and then as found.

    ``found`` holds the boxes that a search found in each of these samples (image px). A region goes on to the next
    sample while its strokes stay, found again or not. A box that no such region explains starts a new one, and ends
    those that lie in it.
    """
    regions: list[Region] = []
    live: list[Region] = []
    for i in sorted(images):
        live = [r for r in live if same_strokes(images[r.samples[0]], images[i], r.box)]
        known = [_wider(r.box) for r in live]
        height, width = images[i].shape[:2]
        inside = (_clipped(box, width, height) for box in found[i])
        unknown = [box for box in inside if box is not None and _covered(box, known) < KNOWN]
        new = [Region(box) for box in _lines(unknown)]
        boxes = [r.box for r in new]
        live = [r for r in live if not boxes or _covered(r.box, boxes) < SWALLOWED] + new
        regions += new
        for region in live:
            region.samples.append(i)
    return regions
