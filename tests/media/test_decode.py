"""The one decode pass on rendered clips."""

from fractions import Fraction

import av
import numpy as np
import pytest

from rumiai_v2.errors import InputError
from rumiai_v2.media.all_frames import AllFrames
from rumiai_v2.media.decode import decode
from rumiai_v2.media.index import index
from tests.media_factory import numbered, render, rotate_mp4, solid, times_at


class Witness:
    def __init__(self):
        self.times = []

    def see(self, frame, timestamp):
        assert isinstance(frame, av.VideoFrame)
        self.times.append(timestamp)


def constant(path, fps, seconds, **options):
    times = times_at(fps, seconds)
    return render(path, numbered(len(times)), times, **options), times


@pytest.mark.parametrize("fps", ["24000/1001", "24", "25", "30000/1001", "30", "60"])
def test_duration_and_frame_times_are_measured_at_every_rate(tmp_path, fps):
    path, times = constant(tmp_path / "clip.mp4", fps, 2.5)
    witness = Witness()
    video = decode(path, observers=[witness])
    assert video.frame_count == len(times) == len(witness.times)
    assert video.duration == pytest.approx(len(times) / Fraction(fps), abs=1e-4)
    assert video.fps == pytest.approx(float(Fraction(fps)), abs=1e-3)
    assert witness.times == pytest.approx([float(t) for t in times], abs=2e-5)
    for frame in video.frames:
        assert frame.timestamp == witness.times[frame.number]
        assert np.median(frame.image) == pytest.approx(2 * frame.number % 200 + 20, abs=4), "the frame's own picture"
    assert video.duration - video.frames[-1].timestamp <= 0.2 + 1 / float(Fraction(fps)) + 1e-6


def test_variable_rate_keeps_true_times_and_a_long_last_frame(tmp_path):
    times = [0, 0.04, 0.1, 0.5, 0.55, 1.7]
    video = decode(render(tmp_path / "clip.mp4", numbered(6), times, last_duration=1.3))
    assert video.duration == pytest.approx(3.0)
    assert [f.timestamp for f in video.frames] == pytest.approx([0, 0.1, 0.5, 0.55, 1.7])
    assert [f.number for f in video.frames] == [0, 2, 3, 4, 5]
    assert video.spacing == pytest.approx(0.25)


@pytest.mark.parametrize("suffix, codec", [(".mkv", "libx264"), (".webm", "libvpx-vp9"), (".avi", "mpeg4")])
def test_other_containers_decode_to_the_same_times(tmp_path, suffix, codec):
    times = times_at(25, 1)
    if suffix == ".avi":  # stores no presentation times at all
        with av.open(str(tmp_path / "clip.avi"), "w") as out:
            stream = out.add_stream(codec, rate=25)
            stream.width, stream.height, stream.pix_fmt = 64, 96, "yuv420p"
            for picture in numbered(len(times)):
                out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
            out.mux(stream.encode(None))
    else:
        render(tmp_path / f"clip{suffix}", numbered(len(times)), times, codec=codec)
    path = tmp_path / f"clip{suffix}"
    video, announced = decode(path), index(path)
    assert video.frame_count == len(times) == len(announced.times)
    assert video.duration == pytest.approx(1.0, abs=0.01)
    assert [f.timestamp for f in video.frames] == pytest.approx([0, 0.2, 0.4, 0.6, 0.8], abs=0.002)


def test_announced_and_decoded_agree_with_reordered_frames(tmp_path):
    path, times = constant(tmp_path / "clip.mp4", 30, 1.5, options={"preset": "medium", "bf": "3"})
    announced, video = index(path), decode(path)
    assert [float(t) for t in announced.times] == pytest.approx([float(t) for t in times], abs=2e-5)
    assert float(announced.duration) == video.duration


def test_a_single_frame_is_a_video(tmp_path):
    video = decode(render(tmp_path / "clip.mp4", [solid((9, 9, 9))], [0], last_duration=0.04))
    assert (video.frame_count, len(video.frames)) == (1, 1)
    assert video.duration == pytest.approx(0.04)
    assert video.spacing == pytest.approx(0.04)


@pytest.mark.parametrize("clockwise, corner", [(0, (0, 0)), (90, (0, -1)), (180, (-1, -1)), (270, (-1, 0))])
def test_a_rotated_video_is_turned_upright(tmp_path, clockwise, corner):
    path, _ = constant(tmp_path / "clip.mp4", 25, 0.4)  # 64×96, a red block top left
    video = decode(rotate_mp4(path, clockwise))
    image = video.frames[0].image
    sideways = clockwise in (90, 270)
    assert (video.width, video.height) == ((96, 64) if sideways else (64, 96))
    assert image.shape == (video.height, video.width, 3)
    y, x = (3 if c == 0 else -4 for c in corner)
    assert image[y, x, 2] > 200 and image[y, x, 0] < 60, "red, in BGR order"


def test_stretched_pixels_are_shown_at_display_size(tmp_path):
    path, _ = constant(tmp_path / "clip.mp4", 25, 0.4, aspect=Fraction(3, 2))
    video = decode(path)
    assert (video.width, video.height) == (96, 96) == video.frames[0].image.shape[1::-1]


def test_large_pictures_are_kept_at_1280_pixels_and_scale_leads_back(tmp_path):
    path = render(tmp_path / "clip.mp4", [solid((50, 60, 70), width=1080, height=1920)], [0])
    video = decode(path)
    assert video.frames[0].image.shape == (1280, 720, 3)
    assert (video.width, video.height, video.scale) == (1080, 1920, 1.5)


def test_the_fingerprint_follows_times_and_pixels(tmp_path):
    pictures, times = numbered(10), times_at(25, 0.4)
    same = [decode(render(tmp_path / f"{k}.mp4", pictures, times)).fingerprint for k in range(2)]
    other = decode(render(tmp_path / "other.mp4", pictures[::-1], times)).fingerprint
    later = decode(render(tmp_path / "later.mp4", pictures, [t * 2 for t in times])).fingerprint
    assert same[0] == same[1]
    assert len({same[0], other, later}) == 3


def test_damaged_pictures_shorten_nothing_and_are_reported(tmp_path, caplog):
    path, times = constant(tmp_path / "clip.mp4", 25, 2)
    whole = decode(path)
    with av.open(str(path)) as container:
        victim = [p for p in container.demux(video=0) if p.size][20]
        at, size = victim.pos, victim.size
    data = bytearray(path.read_bytes())
    data[at : at + size] = b"\0" * size
    path.write_bytes(data)
    video = decode(path)
    assert video.frame_count < len(times)
    assert video.duration == whole.duration
    assert "damaged video packets" in caplog.text


def test_only_decoded_frames_count_when_the_end_is_damaged(tmp_path):
    path, _times = constant(tmp_path / "clip.mp4", 25, 2)
    with av.open(str(path)) as container:
        found = [p for p in container.demux(video=0) if p.size]
        spans = [(p.pos, p.size) for p in found[40:]]
    data = bytearray(path.read_bytes())
    for at, size in spans:
        data[at : at + size] = b"\0" * size
    path.write_bytes(data)
    video = decode(path)
    assert video.frame_count == 40
    assert video.duration == pytest.approx(1.6)
    assert video.frames[-1].timestamp < 1.6 < float(index(path).duration)


def test_no_decodable_frame_is_an_input_error(tmp_path):
    path, _ = constant(tmp_path / "clip.mp4", 25, 0.4)
    with av.open(str(path)) as container:
        spans = [(p.pos, p.size) for p in container.demux(video=0) if p.size]
    data = bytearray(path.read_bytes())
    for at, size in spans:
        data[at : at + size] = b"\0" * size
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"no decodable video frame: expected at least one, got 0 of 10 announced"):
        decode(path)


def test_what_an_observer_raises_passes_unchanged(tmp_path):
    class Failing:
        def see(self, frame, timestamp):
            raise LookupError("mine")

    path, _ = constant(tmp_path / "clip.mp4", 25, 0.4)
    with pytest.raises(LookupError, match="mine"):
        decode(path, observers=[Failing()])


def test_progress_rises_to_the_end_and_one_pass_is_counted(tmp_path):
    path, _ = constant(tmp_path / "clip.mp4", 25, 1)
    shares, counted = [], []
    decode(path, progress=shares.append, count=counted.append)
    assert shares == sorted(shares) and 0.9 < shares[-1] <= 1
    assert counted == ["decode_passes"]


def test_every_decoded_frame_counts_for_the_fingerprint_sampled_or_not(tmp_path):
    def fingerprints(name, touched=None, **options):
        pictures = numbered(12)
        if touched is not None:
            pictures[touched] = solid((0, 200, 0))
        video = decode(render(tmp_path / name, pictures, times_at(30, 0.4), **options))
        return video.fingerprint, video.decoded_fingerprint, {f.number for f in video.frames}

    first, every, sampled = fingerprints("a.mp4")
    assert fingerprints("again.mp4")[:2] == (first, every)
    assert 3 not in sampled and 6 in sampled
    lossless = {"codec": "ffv1", "pixels": "yuv420p"}  # what is changed in one frame stays in that frame
    first, every, _ = fingerprints("b.mkv", **lossless)
    unseen = fingerprints("c.mkv", touched=3, **lossless)
    assert unseen[0] == first and unseen[1] != every
    seen = fingerprints("d.mkv", touched=6, **lossless)
    assert seen[0] != first and seen[1] != every


def test_the_time_of_a_frame_counts_for_the_fingerprint(tmp_path):
    one = decode(render(tmp_path / "a.mp4", numbered(4), [0, 0.1, 0.2, 0.3]))
    other = decode(render(tmp_path / "b.mp4", numbered(4), [0, 0.1, 0.25, 0.3]))
    assert one.decoded_fingerprint != other.decoded_fingerprint


@pytest.mark.parametrize(("width", "pixels"), [(66, "yuv420p"), (64, "gray"), (66, "bgr0"), (66, "yuv420p10le")])
def test_padding_of_rows_does_not_count_for_the_fingerprint(width, pixels):
    picture = numbered(5, width=width)[4]

    # Converted once: a conversion may itself read beyond a row of odd length, and then differs by chance.
    frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=pixels)

    def fingerprint(padding):
        for number, plane in enumerate(frame.planes):
            rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size).copy()
            rows[:, VISIBLE[pixels][number] * width // 4 :] = padding
            plane.update(rows.tobytes())
        every = AllFrames()
        every.add(frame, 0.0)
        return every.fingerprint()

    assert fingerprint(1) == fingerprint(2)


#: Bytes of a row of each plane for four pixels.
VISIBLE = {"yuv420p": (4, 2, 2), "gray": (4,), "bgr0": (16,), "yuv420p10le": (8, 4, 4)}


def test_frames_that_are_stored_bottom_up_have_a_fingerprint_of_their_own_picture():
    def fingerprint(picture):
        graph = av.filter.Graph()
        graph.link_nodes(
            graph.add_buffer(width=66, height=96, format="rgb24", time_base=Fraction(1, 25)),
            graph.add("vflip"),
            graph.add("buffersink"),
        ).configure()
        graph.push(av.VideoFrame.from_ndarray(picture, format="rgb24"))
        frame = graph.pull()
        assert frame.planes[0].line_size < 0, "the frame is what it is to be"
        every = AllFrames()
        every.add(frame, 0.0)
        return every.fingerprint()

    first, second = numbered(2, width=66)
    assert fingerprint(first) == fingerprint(first) != fingerprint(second)
