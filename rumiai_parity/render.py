"""Turns a storyboard into ``clip.mp4``: pictures, overlays, speech and sounds, encoded once and then committed.

The frames and samples that go into the encoder depend on the storyboard and pinned packages alone; the bytes that
come out also depend on the encoder, which is why the clip is kept and not rendered for every run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import wave
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import av
import cv2
import matplotlib
import numpy as np
import skimage.data
from PIL import Image, ImageColor, ImageDraw, ImageFont
from scipy.signal import resample_poly

from rumiai_parity.storyboard import Line, Overlay, Scene, Sound, Storyboard, load_storyboard

CLIP = "clip.mp4"
SAMPLE_RATE = 44_100
SPEECH_PEAK = 0.6
LINE_TOLERANCE = 0.05
# A fade ends in this grey: the codec's colour noise on true black reads as wild hues, and so as a cut.
FADE_BLACK = 8.0
FONT = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans-Bold.ttf"


class RenderError(RuntimeError):
    """A storyboard that cannot be rendered as written, or a missing tool; the message says what to do."""


def render_case(case_dir: Path) -> Path:
    """Render ``storyboard.yaml`` of a case folder to its ``clip.mp4`` and return the clip's path.

    The clip appears whole or not at all. Raises StoryboardError, RenderError.
    """
    story = load_storyboard(case_dir)
    sound = soundtrack(story)
    target = case_dir / CLIP
    handle, name = tempfile.mkstemp(prefix=".clip-", suffix=".tmp", dir=case_dir)
    os.close(handle)
    try:
        _encode(Path(name), story, sound)
        os.chmod(name, 0o644)
        os.replace(name, target)
    finally:
        Path(name).unlink(missing_ok=True)
    return target


def _encode(path: Path, story: Storyboard, sound: np.ndarray) -> None:
    with av.open(path, "w", format="mp4", options={"movflags": "+faststart", "fflags": "+bitexact"}) as container:
        video = container.add_stream("libx264", rate=story.fps, options={"crf": "23", "preset": "slow", "threads": "1"})
        video.width, video.height, video.pix_fmt = *story.size, "yuv420p"
        audio = None
        if story.audio:  # before the first packet: the container's header lists all streams
            audio = container.add_stream("aac", rate=SAMPLE_RATE, layout="mono", bit_rate=64_000)
        for image in frames(story):
            container.mux(video.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(video.encode(None))
        if audio is None:
            return
        for at in range(0, len(sound), 1024):
            block = av.AudioFrame.from_ndarray(sound[None, at : at + 1024], format="fltp", layout="mono")
            block.sample_rate, block.pts = SAMPLE_RATE, at
            container.mux(audio.encode(block))
        container.mux(audio.encode(None))


# ── pictures ────────────────────────────────────────────────────────────────────────────────────────────────────


def frames(story: Storyboard) -> Iterator[np.ndarray]:
    """The clip's frames, RGB uint8 [height, width, 3], in order."""
    return (frame(story, number) for number in range(story.frame_count))


def frame(story: Storyboard, number: int) -> np.ndarray:
    """One frame as it goes into the encoder, RGB uint8 [height, width, 3]; frames count from 0."""
    t = number / story.fps
    # Half a frame of slack: a boundary such as 0.7 · 30 must not depend on the last bit of a quotient.
    now = t + 0.5 / story.fps
    scene = next(s for s in reversed(story.scenes) if s.start <= now)
    image = _background(scene, (t - scene.start) / (scene.end - scene.start), story.size)
    light = min((abs(t - (f.start + f.end) / 2) / ((f.end - f.start) / 2) for f in story.fades), default=1.0)
    image = FADE_BLACK + (image - FADE_BLACK) * min(1.0, light)
    for overlay in story.overlays:
        if overlay.start <= now < overlay.end:
            layer = _text_layer(overlay, story.size)
            alpha = layer[..., 3:] / 255.0
            image = image * (1 - alpha) + layer[..., :3] * alpha
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)


@cache
def _picture(name: str) -> np.ndarray:
    if name == "grace_hopper":
        path = Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg"
        return np.asarray(Image.open(path).convert("RGB"))
    image = getattr(skimage.data, name)()
    return np.stack([image] * 3, axis=-1) if image.ndim == 2 else image


@cache
def _still(scene: Scene, size: tuple[int, int]) -> np.ndarray:
    """The scene's background before motion, a fifth larger than the frame so that motion shows no border."""
    width, height = round(size[0] * 1.2), round(size[1] * 1.2)
    if scene.picture:
        image = _picture(scene.picture)
        left, top, right, bottom = (
            round(c * n) for c, n in zip(scene.crop, (image.shape[1], image.shape[0]) * 2, strict=True)
        )
        image = image[top:bottom, left:right]
        # Cover, do not squeeze: cut the longer side so that faces keep their shape.
        scale = max(width / image.shape[1], height / image.shape[0])
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=how)
        y, x = (image.shape[0] - height) // 2, (image.shape[1] - width) // 2
        return image[y : y + height, x : x + width].astype(np.float32)
    if scene.gradient:
        one, two = (np.array(ImageColor.getrgb(c), np.float32) for c in scene.gradient)
        share = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
        return np.broadcast_to(one * (1 - share) + two * share, (height, width, 3)).copy()
    if scene.stripes:
        one, two = (np.array(ImageColor.getrgb(c), np.float32) for c in scene.stripes)
        y, x = np.mgrid[0:height, 0:width]
        share = (0.5 + 0.5 * np.sin((x + y) * 2 * np.pi / 120)).astype(np.float32)[..., None]
        mixed: np.ndarray = one * (1 - share) + two * share
        return mixed
    return np.full((height, width, 3), ImageColor.getrgb(scene.colour or "#000000"), np.float32)


def _background(scene: Scene, progress: float, size: tuple[int, int]) -> np.ndarray:
    """The scene ``progress`` (0 to 1) of its way through, float32 RGB."""
    still = _still(scene, size)
    height, width = still.shape[:2]
    # A window into the larger picture, centred, scaled to the frame: zoom closes in on it, pan moves it sideways.
    scale = {"still": 1.2, "pan": 1.05, "zoom": 1.2 - 0.15 * progress}[scene.motion]
    room = width - scale * size[0]
    shift = (progress - 0.5) * room if scene.motion == "pan" else 0.0
    window = np.array([[scale, 0, room / 2 + shift], [0, scale, (height - scale * size[1]) / 2]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(still, window, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)


@cache
def _text_layer(overlay: Overlay, size: tuple[int, int]) -> np.ndarray:
    """The overlay alone, RGBA float [height, width, 4]; the black outline keeps it readable on any picture."""
    width, height = size
    font = ImageFont.truetype(str(FONT), overlay.size)
    layer = Image.new("RGBA", size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    look: dict[str, Any] = {
        "font": font,
        "stroke_width": max(2, overlay.size // 10),
        "spacing": overlay.size // 3,
        "align": "center",
    }
    left, top, right, bottom = draw.multiline_textbbox((0, 0), overlay.text, **look)
    if right - left > 0.95 * width or bottom - top > 0.5 * height:
        raise RenderError(
            f"overlay {overlay.text!r} is {right - left:.0f}×{bottom - top:.0f} px at size {overlay.size}; a frame of "
            f"{width}×{height} has room for {0.95 * width:.0f}×{0.5 * height:.0f}: make it smaller or break the line"
        )
    y = {"top": 0.14, "center": 0.5, "bottom": 0.82}[overlay.position] * height
    # The widest text that fits leaves this margin on both sides.
    x = {"left": 0.025 * width - left, "center": (width - right - left) / 2, "right": 0.975 * width - right}
    draw.multiline_text(
        (x[overlay.side], y - (top + bottom) / 2),
        overlay.text,
        fill=overlay.colour,
        stroke_fill="#000000",
        **look,
    )
    return np.asarray(layer, np.float64)


# ── sound ───────────────────────────────────────────────────────────────────────────────────────────────────────


def soundtrack(story: Storyboard) -> np.ndarray:
    """Speech and sounds mixed: float32 mono at 44.1 kHz, exactly as long as the picture.

    Raises RenderError when a spoken line does not end where the storyboard says.
    """
    mix = np.zeros(round(story.frame_count / story.fps * SAMPLE_RATE), np.float64)
    for line in story.speech:
        voice = speak(line)
        end = line.start + len(voice) / SAMPLE_RATE
        if abs(end - line.end) > LINE_TOLERANCE:
            raise RenderError(
                f"speech {line.text!r} from {line.start} s really ends at {end:.2f} s; "
                f"the storyboard says {line.end}: set end: {end:.2f}"
            )
        _add(mix, line.start, voice)
    for sound in story.sounds:
        _add(mix, sound.start, _sound(sound))
    return np.clip(mix, -1, 1).astype(np.float32)


def _add(mix: np.ndarray, start: float, part: np.ndarray) -> None:
    at = round(start * SAMPLE_RATE)
    part = part[: len(mix) - at]
    mix[at : at + len(part)] += part


def speak(line: Line) -> np.ndarray:
    """One spoken line from first to last audible sample, float64 mono at 44.1 kHz."""
    if shutil.which("flite") is None:
        raise RenderError("speech needs the program flite, which is not on the path: apt-get install flite")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "line.wav"
        done = subprocess.run(
            ["flite", "-voice", line.voice, "-t", line.text, "-o", str(path)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if done.returncode or not path.is_file():
            raise RenderError(
                f"flite could not speak {line.text!r} as {line.voice} (exit {done.returncode}): {done.stderr.strip()}"
            )
        with wave.open(str(path)) as file:
            rate = file.getframerate()
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768
    heard = np.flatnonzero(np.abs(samples) > 0.02 * np.abs(samples).max())
    spoken: np.ndarray = resample_poly(samples[heard[0] : heard[-1] + 1], SAMPLE_RATE, rate)
    peak: float = np.abs(spoken).max()
    return spoken * SPEECH_PEAK / peak


def _sound(sound: Sound) -> np.ndarray:
    t = np.arange(round((sound.end - sound.start) * SAMPLE_RATE)) / SAMPLE_RATE
    level: float = 10 ** (sound.level / 20)
    if sound.frequency is not None:
        # 20 ms in and out: a tone that starts at full level clicks.
        ramp: np.ndarray = np.clip(np.minimum(t, t[-1] - t) / 0.02, 0, 1)
        return level * ramp * np.sin(2 * np.pi * sound.frequency * t)
    assert sound.bpm is not None  # a sound has one of the two
    since = t % (60 / sound.bpm)
    kick = np.exp(-since / 0.06) * np.sin(2 * np.pi * 70 * since)
    return level * kick * np.clip(since / 0.003, 0, 1)
