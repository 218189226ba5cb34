"""Which parts of which samples are read, and what each text region says: no OCR library, the reader is passed in."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from rumiai_v2.services.text_appearances import MIN_CONFIDENCE, MIN_LENGTH, Box, Sighting, intersection
from rumiai_v2.services.text_regions import Region

MAX_READ = 60
#: A region is read with this many of its heights (at least LEAST_MARGIN px) above and below: its box is coarse.
MARGIN, LEAST_MARGIN = 1.0, 16.0
#: One whole image is cheaper to read than bands that fill this share of it.
MUCH = 0.7
#: Readings below this confidence are wrong by a letter now and then, so they are tried again.
SURE = 0.97

#: Reads a band of an image (BGR, its top row, its bottom row); boxes come back in px of the whole image.
BandReader = Callable[[np.ndarray, int, int], Sequence[Sighting]]


def choose(wanted: Sequence[tuple[int, float]], limit: int = MAX_READ) -> tuple[int, ...]:
    """At most ``limit`` of the wanted samples: of as many equal stretches the one with the most new text.

    ``wanted`` holds samples and the area of the text that starts in them (px²). Stretches are counted in wanted
    samples, so readings lie where text is, spread over all of it. Ties: the earlier.
    """
    if len(wanted) <= limit:
        return tuple(i for i, _ in wanted)
    edges = [k * len(wanted) // limit for k in range(limit + 1)]
    stretches = (wanted[a:b] for a, b in itertools.pairwise(edges))
    return tuple(max(stretch, key=lambda item: (item[1], -item[0]))[0] for stretch in stretches)


def bands(boxes: Iterable[Box], height: int) -> list[tuple[int, int]]:
    """Rows (from, to) that hold ``boxes`` and a line height around them, from top to bottom.

    Bands are as wide as the image, so no line is cut. Bands that touch become one; where they fill much of the image,
    the whole image is the only one.
    """
    rows: list[tuple[int, int]] = []
    for _, y, _, h in sorted(boxes, key=lambda box: box[1] - max(MARGIN * box[3], LEAST_MARGIN)):
        margin = max(MARGIN * h, LEAST_MARGIN)
        top, bottom = max(0, math.floor(y - margin)), min(height, math.ceil(y + h + margin))
        if rows and top <= rows[-1][1]:
            rows[-1] = (rows[-1][0], max(rows[-1][1], bottom))
        else:
            rows.append((top, bottom))
    return [(0, height)] if sum(b - a for a, b in rows) > MUCH * height else rows


def certainty(pieces: Iterable[Sighting]) -> float:
    """How much a reading says: its letters, each weighted by how far its confidence lies over what is accepted."""
    return sum(len(piece.text) * max(0.0, piece.confidence - MIN_CONFIDENCE) for piece in pieces)


def sure(pieces: Iterable[Sighting]) -> bool:
    """Did a reading find words, all of them beyond doubt?"""
    words = [piece for piece in pieces if len(piece.text.strip()) >= MIN_LENGTH]
    return bool(words) and min(word.confidence for word in words) >= SURE


@dataclass
class Readings:
    """``best``: what each region (by index) says; unread ones are missing. ``samples``: the samples that were read."""

    images: Mapping[int, np.ndarray]
    regions: Sequence[Region]
    read: BandReader
    best: dict[int, tuple[Sighting, ...]] = field(default_factory=dict)
    samples: set[int] = field(default_factory=set)

    def shown(self, sample: int) -> list[int]:
        """The regions (indices) that ``sample`` shows."""
        return [n for n, region in enumerate(self.regions) if sample in region.samples]

    def take(self, sample: int, wanted: Iterable[int]) -> None:
        """Read the regions ``wanted`` (indices) in one sample; of each region's readings the most certain one stays."""
        new: dict[int, list[Sighting]] = {n: [] for n in wanted}
        if not new:
            return
        shown, image = self.shown(sample), self.images[sample]
        for top, bottom in bands((self.regions[n].box for n in new), image.shape[0]):
            for piece in self.read(image, top, bottom):
                shares = [(intersection(self.regions[n].box, piece.box), -n) for n in shown]
                share, owner = max(shares)
                # Lines of regions that are not wanted here may be cut by the band, and have their own reading.
                if share > 0 and -owner in new:
                    new[-owner].append(piece)
        self.samples.add(sample)
        for n, pieces in new.items():
            self.best[n] = max(self.best.get(n, ()), tuple(pieces), key=certainty)


def _last(samples: Sequence[int]) -> int:
    return samples[-1]


def _middle(samples: Sequence[int]) -> int:
    return samples[len(samples) // 2]


def read_regions(
    images: Mapping[int, np.ndarray], regions: Sequence[Region], read: BandReader, *, limit: int = MAX_READ
) -> Readings:
    """Read every region where it starts, and those whose reading is not sure again where they end and in the middle.

    Over another picture, the same strokes may be easier to read. At most ``limit`` samples are read; with more starts
    than that, a region is read in the first chosen sample that shows it, or not at all. ``images`` are BGR.
    """
    readings = Readings(images, regions, read)
    new_text: dict[int, float] = {}
    for region in regions:
        start = region.samples[0]
        new_text[start] = new_text.get(start, 0.0) + region.box[2] * region.box[3]
    for i in choose(sorted(new_text.items()), limit):
        readings.take(i, [n for n in readings.shown(i) if n not in readings.best])
    for place in (_last, _middle):
        again: dict[int, list[int]] = {}
        for n, pieces in sorted(readings.best.items()):
            if not sure(pieces) and len(regions[n].samples) > 1:
                again.setdefault(place(regions[n].samples), []).append(n)
        for i, numbers in sorted(again.items()):
            if i in readings.samples or len(readings.samples) < limit:
                readings.take(i, numbers)
    return readings
