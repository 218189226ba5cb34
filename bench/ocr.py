"""What reading on-screen text costs: core-seconds per second of video, clip by clip, side by side.

``python bench/ocr.py golden/corpus/*/clip.mp4``. One thread; loading the models is timed apart.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rumiai_v2.media.open import Limits, open_media
from rumiai_v2.services.text import EasyOCR, read_video


class Timed:
    """A reader that counts the calls of ``find`` and ``read`` and the core-seconds they take."""

    def __init__(self, reader: EasyOCR) -> None:
        self._reader = reader
        self.calls = {"find": 0, "read": 0}
        self.seconds = {"find": 0.0, "read": 0.0}

    def find(self, *args: Any) -> Any:
        return self._timed("find", self._reader.find, args)

    def read(self, *args: Any) -> Any:
        return self._timed("read", self._reader.read, args)

    def _timed(self, name: str, call: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        start = time.process_time()
        try:
            return call(*args)
        finally:
            self.calls[name] += 1
            self.seconds[name] += time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clips", nargs="+", type=Path)
    clips = parser.parse_args().clips
    start = time.process_time()
    reader = EasyOCR()
    print(f"loading the models: {time.process_time() - start:.1f} core-seconds")
    names = ("clip", "s", "core s", "per s", "find", "per s", "read", "per s", "texts")
    print("{:<16}{:>7}{:>8}{:>7}{:>6}{:>7}{:>6}{:>7}{:>7}".format(*names))
    spent = length = 0.0
    for path in clips:
        media = open_media(path, limits=Limits())
        timed = Timed(reader)
        start = time.process_time()
        document = read_video(timed, media.video.frames, media=media)
        took, duration = time.process_time() - start, media.video.duration
        spent, length = spent + took, length + duration
        parts = "".join(f"{timed.calls[name]:>6}{timed.seconds[name] / duration:>7.2f}" for name in ("find", "read"))
        texts = len(document["textAnnotations"])
        print(f"{path.parent.name[:15]:<16}{duration:>7.2f}{took:>8.1f}{took / duration:>7.2f}{parts}{texts:>7}")
    print(f"{'all':<16}{length:>7.2f}{spent:>8.1f}{spent / length:>7.2f}")


if __name__ == "__main__":
    main()
