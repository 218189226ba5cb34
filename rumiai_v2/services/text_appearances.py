"""From readings of single samples to appearances of texts: pure functions, no OCR library."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

#: Boxes are (x, y, width, height) in pixels of the sampled image.
Box = tuple[float, float, float, float]

MIN_CONFIDENCE = 0.5
#: Shorter strings are mostly debris of pictures ("I.", "—|"), so real two-letter texts are given up with them.
MIN_LENGTH = 3
MIN_SIMILARITY = 0.8
MIN_IOU = 0.3
#: Samples that may lack a text between two sightings of one appearance. A sighting covers one sample, so the gap runs
#: from its end: one sample without the text is a gap of one sample.
MAX_MISSED = 1


@dataclass(frozen=True)
class Sighting:
    """One text read in one sample; ``confidence`` is the reader's, in [0, 1]."""

    text: str
    confidence: float
    box: Box


@dataclass(frozen=True)
class Sample:
    """What one sampled frame says; without ``complete`` some of its text was not read: a missing text proves nothing."""

    timestamp: float
    number: int
    sightings: tuple[Sighting, ...]
    complete: bool = True


@dataclass(frozen=True)
class Appearance:
    """One text on screen from ``start`` to ``end`` (s).

    ``text``, ``confidence`` and ``box`` come from the best reading, ``number`` is the frame at ``start``.
    """

    text: str
    confidence: float
    box: Box
    start: float
    end: float
    number: int


def similarity(a: str, b: str) -> float:
    """How alike two texts are, in [0, 1]: normalised insertions and deletions, letter case ignored."""
    return fuzz.ratio(a.casefold(), b.casefold()) / 100.0


def intersection(a: Box, b: Box) -> float:
    """Common area of two boxes (px²)."""
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return max(0.0, width) * max(0.0, height)


def iou(a: Box, b: Box) -> float:
    """Intersection over union of two boxes, in [0, 1]; 0 for empty boxes."""
    common = intersection(a, b)
    union = a[2] * a[3] + b[2] * b[3] - common
    return common / union if union > 0 else 0.0


def hull(boxes: Iterable[Box]) -> Box:
    """The smallest box around all ``boxes`` (at least one)."""
    listed = list(boxes)
    left, top = min(b[0] for b in listed), min(b[1] for b in listed)
    right, bottom = max(b[0] + b[2] for b in listed), max(b[1] + b[3] for b in listed)
    return (left, top, right - left, bottom - top)


def _same_line(left: Box, right: Box) -> bool:
    low, high = sorted((left[3], right[3]))
    overlap = min(left[1] + left[3], right[1] + right[3]) - max(left[1], right[1])
    gap = right[0] - (left[0] + left[2])
    return low > 0 and high <= 2.5 * low and overlap >= 0.5 * low and -0.5 * low <= gap <= high


def joined_lines(pieces: Iterable[Sighting]) -> tuple[Sighting, ...]:
    """Pieces that stand side by side on one line, joined from left to right; lines from top to bottom.

    The reader splits a line at wide spaces, and not in every frame. Pieces join when they overlap vertically by half
    the lower height, differ in height by at most a factor of 2.5 (boxes of slanted pieces are generous) and are at
    most one height apart. The confidence is the mean, weighted by length. Lines of one caption stay apart, as the
    reader gives them.
    """
    lines: list[list[Sighting]] = []
    for piece in sorted(pieces, key=lambda s: (s.box[0], s.box[1], s.text)):
        line = next((line for line in lines if _same_line(line[-1].box, piece.box)), None)
        if line is None:
            lines.append([piece])
        else:
            line.append(piece)
    joined = []
    for line in lines:
        letters = sum(len(s.text) for s in line)
        confidence = sum(s.confidence * len(s.text) for s in line) / letters if letters else 0.0
        joined.append(Sighting(" ".join(s.text for s in line), confidence, hull(s.box for s in line)))
    return tuple(sorted(joined, key=lambda s: (s.box[1], s.box[0], s.text)))


def accepted(pieces: Iterable[Sighting]) -> tuple[Sighting, ...]:
    """The lines worth keeping: of pieces with a confidence over 0.5, those of at least three characters.

    Length is judged after joining, so that the "3x" of "3x faster" survives a split line.
    """
    trimmed = (Sighting(s.text.strip(), s.confidence, s.box) for s in pieces)
    lines = joined_lines(s for s in trimmed if s.text and s.confidence > MIN_CONFIDENCE)
    return tuple(line for line in lines if len(line.text) >= MIN_LENGTH)


@dataclass
class _Track:
    first: Sample
    last: float
    newest: Sighting
    best: Sighting
    missed: int = 0

    def likeness(self, sighting: Sighting) -> tuple[float, float] | None:
        """Similarity and overlap when ``sighting`` continues this text, else None."""
        alike = max(similarity(sighting.text, known.text) for known in (self.newest, self.best))
        overlap = iou(sighting.box, self.newest.box)
        return (alike, overlap) if alike >= MIN_SIMILARITY and overlap >= MIN_IOU else None

    def add(self, sample: Sample, sighting: Sighting) -> None:
        self.last, self.newest, self.missed = sample.timestamp, sighting, 0
        if sighting.confidence > self.best.confidence:
            self.best = sighting


def appearances(samples: Sequence[Sample], *, spacing: float, duration: float) -> tuple[Appearance, ...]:
    """Sightings merged into appearances, by start and then from top to bottom.

    A sighting continues a text that is at least 0.8 similar (its newest or best reading), whose newest box overlaps by
    an IoU of 0.3, and that was missed in at most one sample since. In a sample that is not complete, a text
    may be missing without being missed. An appearance ends ``spacing`` after its last sighting, at ``duration`` at the latest (both s).
    """
    open_tracks: list[_Track] = []
    done: list[_Track] = []
    for sample in samples:
        pairs = [
            (likeness, t, s)
            for t, track in enumerate(open_tracks)
            for s, sighting in enumerate(sample.sightings)
            if (likeness := track.likeness(sighting)) is not None
        ]
        taken_tracks: set[int] = set()
        taken: set[int] = set()
        for _, t, s in sorted(pairs, key=lambda pair: (-pair[0][0], -pair[0][1], pair[1], pair[2])):
            if t not in taken_tracks and s not in taken:
                taken_tracks.add(t)
                taken.add(s)
                open_tracks[t].add(sample, sample.sightings[s])
        still_open: list[_Track] = []
        for t, track in enumerate(open_tracks):
            track.missed += sample.complete and t not in taken_tracks
            (still_open if track.missed <= MAX_MISSED else done).append(track)
        open_tracks = still_open + [
            _Track(sample, sample.timestamp, sighting, sighting)
            for s, sighting in enumerate(sample.sightings)
            if s not in taken
        ]
    found = [
        Appearance(
            track.best.text,
            track.best.confidence,
            track.best.box,
            track.first.timestamp,
            min(track.last + spacing, duration),
            track.first.number,
        )
        for track in done + open_tracks
    ]
    return tuple(sorted(found, key=lambda a: (a.start, a.box[1], a.box[0], a.text)))
