"""Which track is analysed where a file has several: the one that a player begins with."""

from fractions import Fraction

import av
import numpy as np
import pytest
from av.stream import Disposition

from rumiai_v2.media.audio import extract_audio
from rumiai_v2.media.decode import decode
from rumiai_v2.media.index import index
from tests.media_factory import numbered, tone

NONE, DEFAULT = Disposition(0), Disposition.default


def written(path, pictures=((64, DEFAULT),), sounds=()):
    """Two seconds with a picture track per (width, disposition) and a sound track per (level, bit rate, disposition)."""
    with av.open(str(path), "w") as out:
        shown, heard = [], []
        for width, disposition in pictures:
            stream = out.add_stream("libx264", rate=10)
            stream.width, stream.height, stream.pix_fmt = width, 96, "yuv420p"
            stream.disposition = disposition
            shown.append((stream, numbered(20, width=width)))
        for level, bit_rate, disposition in sounds:
            stream = out.add_stream("aac", rate=48_000, layout="mono")
            stream.bit_rate, stream.disposition = bit_rate, disposition
            heard.append((stream, tone(2, level=level)))
        for stream, images in shown:
            for number, image in enumerate(images):
                frame = av.VideoFrame.from_ndarray(image, format="rgb24")
                frame.pts, frame.time_base = number, Fraction(1, 10)
                out.mux(stream.encode(frame))
            out.mux(stream.encode(None))
        for stream, samples in heard:
            frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1).astype(np.float32), format="fltp", layout="mono")
            frame.sample_rate, frame.pts = 48_000, 0
            out.mux(stream.encode(frame))
            out.mux(stream.encode(None))
    return path


def loudness(path):
    """The amplitude of a tone that sounds as loud."""
    return float(np.std(extract_audio(path, first_video_time=0.0, duration=2.0).samples) * 2**0.5)


@pytest.mark.parametrize("suffix", ["mp4", "mov", "mkv"])
@pytest.mark.parametrize(
    ("sounds", "level"),
    [
        ([(0.2, 64_000, DEFAULT), (0.8, 192_000, DEFAULT)], 0.2),
        ([(0.2, 64_000, NONE), (0.8, 192_000, DEFAULT)], 0.8),
        ([(0.2, 192_000, NONE), (0.8, 64_000, DEFAULT)], 0.8),
        ([(0.2, 64_000, DEFAULT), (0.8, 192_000, NONE)], 0.2),
        ([(0.2, 64_000, NONE), (0.5, 192_000, DEFAULT), (0.8, 256_000, DEFAULT)], 0.5),
    ],
)
def test_the_first_default_sound_track_is_heard_whatever_its_bit_rate(tmp_path, suffix, sounds, level):
    path = written(tmp_path / f"clip.{suffix}", sounds=sounds)
    assert loudness(path) == pytest.approx(level, abs=0.08)


@pytest.mark.parametrize("suffix", ["mov", "mkv"])
@pytest.mark.parametrize(
    ("pictures", "width"),
    [
        ([(64, NONE), (128, DEFAULT)], 128),
        ([(128, NONE), (64, DEFAULT)], 64),
        ([(64, DEFAULT), (128, DEFAULT)], 64),
    ],
)
def test_the_first_default_picture_track_is_seen_whatever_its_size(tmp_path, suffix, pictures, width):
    path = written(tmp_path / f"clip.{suffix}", pictures)
    assert index(path).width == width
    assert decode(path).width == width
