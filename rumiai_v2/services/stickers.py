"""Stickers: saturated regions that stay exactly in place while the picture on all sides of them changes.

An object of the scene moves with the picture or rests on something that stays; an overlay does neither. So a region
is a sticker only when its outline and colours hold still over samples whose surroundings differ on every side. On a
still picture, under a slow zoom and in front of a resting camera the surroundings hold still too: no sticker.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from rumiai_v2.media.types import Frame
from rumiai_v2.services.text_appearances import Box, intersection

#: Everything is measured on the sample reduced to this long side (px); lengths below are in its pixels.
LONG_SIDE = 320
SATURATION = 120
#: Saturation of nearly black pixels is noise (letterbox bars), so they do not count as saturated.
DARKEST = 40
SMALLEST, LARGEST = 0.001, 0.06
MIN_SAMPLES = 3
MAX_MISSED = 1
#: In place: outline within EDGE px except for a share EDGE_LOSS of the area, colours within INSIDE of 255 on average.
EDGE = 1
EDGE_LOSS = 0.05
INSIDE = 8.0
#: Surroundings differ: on each side this share of the pixels changed by AROUND of 255, and the pattern is another one.
AROUND = 12.0
SIDE_SHARE = 0.4
PATTERN = 0.8
#: Chroma bleeds over the outline when the picture is coded: this band is no surrounding.
GUARD = 3
MIN_SIDE_PIXELS = 20


@dataclass(frozen=True)
class Sticker:
    """One sticker from ``start`` to ``end`` (s); ``box`` in pixels of the sampled image.

    ``confidence`` is the share of samples within its span that show it; ``number`` is the frame at ``start``.
    """

    box: Box
    confidence: float
    start: float
    end: float
    number: int


@dataclass(frozen=True)
class _Picture:
    color: np.ndarray  # [h, w, 3] int16
    smooth: np.ndarray  # [h, w] float32, gray, blurred: fine texture must not pass for change
    ratio: float  # image px per px here


@dataclass(frozen=True)
class _Region:
    box: tuple[int, int, int, int]
    mask: np.ndarray  # [h, w] uint8 of the whole picture, 1 inside the outline

    @property
    def area(self) -> int:
        return int(self.mask.sum())


def _picture(image: np.ndarray) -> _Picture:
    ratio = max(1.0, max(image.shape[:2]) / LONG_SIDE)
    size = (max(1, round(image.shape[1] / ratio)), max(1, round(image.shape[0] / ratio)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    gray = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).astype(np.float32)
    return _Picture(small.astype(np.int16), cv2.blur(gray, (5, 5)), ratio)


def _regions(picture: _Picture) -> list[_Region]:
    """Saturated regions of the right size, holes filled, biggest first."""
    hsv = cv2.cvtColor(picture.color.astype(np.uint8), cv2.COLOR_BGR2HSV)
    saturated = ((hsv[..., 1] > SATURATION) & (hsv[..., 2] > DARKEST)).astype(np.uint8)
    outlines, _ = cv2.findContours(saturated, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    found = []
    for outline in outlines:
        x, y, w, h = cv2.boundingRect(outline)
        if w * h < SMALLEST * saturated.size:
            continue
        mask = cv2.drawContours(np.zeros_like(saturated), [outline], -1, 1, cv2.FILLED)
        region = _Region((x, y, w, h), mask)
        if SMALLEST * saturated.size <= region.area <= LARGEST * saturated.size:
            found.append(region)
    return sorted(found, key=lambda r: (-r.area, r.box))


def _square(reach: int) -> np.ndarray:
    return np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)


class _Track:
    """A region that was seen, the anchor that later samples are held against, and how its surroundings went."""

    def __init__(self, index: int, picture: _Picture, region: _Region) -> None:
        self.seen = [index]
        self.missed = 0
        self.region = region
        self.ratio = picture.ratio
        self._anchor = picture
        self._core = cv2.erode(region.mask, _square(EDGE))
        self._reach = cv2.dilate(region.mask, _square(EDGE))
        inside = self._core if self._core.any() else region.mask
        self._inside = inside.astype(bool)
        self._sides = self._around()
        self._look = picture.smooth
        self.looks = 1

    def _around(self) -> list[np.ndarray]:
        """The surroundings as masks: left, right, above, below; sides that the frame cuts off are left out."""
        x, y, w, h = self.region.box
        height, width = self.region.mask.shape
        reach = max(12, max(w, h) // 2)
        outside = cv2.dilate(self.region.mask, _square(GUARD)) == 0
        left, right = max(0, x - reach), min(width, x + w + reach)
        top, bottom = max(0, y - reach), min(height, y + h + reach)
        sides = []
        for rows, columns in (
            (slice(top, bottom), slice(left, x)),
            (slice(top, bottom), slice(x + w, right)),
            (slice(top, y), slice(left, right)),
            (slice(y + h, bottom), slice(left, right)),
        ):
            side = np.zeros_like(outside)
            side[rows, columns] = outside[rows, columns]
            if side.sum() >= MIN_SIDE_PIXELS:
                sides.append(side)
        return sides

    def same_outline(self, region: _Region) -> bool:
        """Does ``region`` have this one's place and shape?"""
        if any(abs(a - b) > 2 * (EDGE + 1) for a, b in zip(self.region.box, region.box, strict=True)):
            return False
        lost = int((self._core & (1 - region.mask)).sum()) + int((region.mask & (1 - self._reach)).sum())
        return lost <= EDGE_LOSS * self.region.area

    def same_colours(self, picture: _Picture) -> bool:
        """Does the picture have this region's colours inside its outline?"""
        difference = np.abs(picture.color[self._inside] - self._anchor.color[self._inside])
        return float(difference.mean()) <= INSIDE

    def add(self, index: int, picture: _Picture, *, outlined: bool) -> None:
        """Seen again. Over a saturated picture the outline drowns: still there, but no proof that it is an overlay."""
        self.seen.append(index)
        self.missed = 0
        if outlined and self._surroundings_differ(picture.smooth):
            self._look = picture.smooth
            self.looks += 1

    def _surroundings_differ(self, smooth: np.ndarray) -> bool:
        if len(self._sides) < 2:
            return False
        change = np.abs(smooth - self._look) >= AROUND
        if any(float(change[side].mean()) < SIDE_SHARE for side in self._sides):
            return False
        ring = np.logical_or.reduce(self._sides)
        before, now = self._look[ring] - self._look[ring].mean(), smooth[ring] - smooth[ring].mean()
        strength = float(np.linalg.norm(before) * np.linalg.norm(now))
        # Two flat surroundings have no pattern to compare: their change in brightness says it all.
        return strength == 0.0 or float(before @ now) / strength < PATTERN

    @property
    def is_sticker(self) -> bool:
        return len(self.seen) >= MIN_SAMPLES and self.looks >= MIN_SAMPLES

    @property
    def box(self) -> Box:
        x, y, w, h = self.region.box
        return (x * self.ratio, y * self.ratio, w * self.ratio, h * self.ratio)


def belongs_to_text(box: Box, text_boxes: Sequence[Box]) -> bool:
    """Is the region lettering (a fifth of it lies in a text's box) or the plate behind one (half a text lies in it)?

    Boxes of texts are widened by a quarter of their height: outlines and glows stand out over them.
    """
    for text in text_boxes:
        margin = 0.25 * text[3]
        wide = (text[0] - margin, text[1] - margin, text[2] + 2 * margin, text[3] + 2 * margin)
        if intersection(box, wide) >= 0.2 * box[2] * box[3] or intersection(box, text) >= 0.5 * text[2] * text[3]:
            return True
    return False


def stickers(
    frames: Sequence[Frame], text_boxes: Sequence[Sequence[Box]], *, spacing: float, duration: float
) -> tuple[Sticker, ...]:
    """The stickers of the sampled ``frames``, by start and then from top to bottom.

    ``text_boxes`` holds for every frame the boxes of detected texts (px of the image); what belongs to a text anywhere
    in its span is none. At most one sample in a row may lack a sticker. ``spacing`` and ``duration`` are in s.
    """
    open_tracks: list[_Track] = []
    done: list[_Track] = []
    for index, frame in enumerate(frames):
        picture = _picture(frame.image)
        free = _regions(picture)
        still_open: list[_Track] = []
        for track in open_tracks:
            if track.same_colours(picture):
                match = next((k for k, region in enumerate(free) if track.same_outline(region)), None)
                track.add(index, picture, outlined=match is not None)
                if match is not None:
                    del free[match]
            else:
                track.missed += 1
            (still_open if track.missed <= MAX_MISSED else done).append(track)
        open_tracks = still_open + [_Track(index, picture, region) for region in free]
    found = []
    for track in done + open_tracks:
        first, last = track.seen[0], track.seen[-1]
        texts = [box for boxes in text_boxes[first : last + 1] for box in boxes]
        if not track.is_sticker or belongs_to_text(track.box, texts):
            continue
        found.append(
            Sticker(
                box=track.box,
                confidence=len(track.seen) / (last - first + 1),
                start=frames[first].timestamp,
                end=min(frames[last].timestamp + spacing, duration),
                number=frames[first].number,
            )
        )
    return tuple(sorted(found, key=lambda s: (s.start, s.box[1], s.box[0])))
