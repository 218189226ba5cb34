"""What a file that is no video is, for people: told by its first bytes, and by what FFmpeg finds in it."""

from __future__ import annotations

import re
from pathlib import Path

import av

#: First bytes → what such a file is.
_BEGINNINGS = (
    (rb"\xff\xd8\xff", "a picture (JPEG)"),
    (rb"\x89PNG\r\n", "a picture (PNG)"),
    (rb"GIF8", "a picture (GIF)"),
    (rb"RIFF....WEBP", "a picture (WebP)"),
    (rb"....ftyp(?:hei[cs]|mif1|msf1)", "a picture (HEIC)"),
    (rb"....ftypavi[fs]", "a picture (AVIF)"),
    (rb"%PDF-", "a PDF document"),
    (rb"PK\x03\x04", "an archive (ZIP)"),
    (rb"\x1f\x8b", "compressed data (gzip)"),
    (rb"#EXTM3U", "a playlist (M3U8)"),
)
#: The same of texts, without the white space before them.
_TEXTS = (
    (rb"(?i)(?:<!--.{0,400}?-->\s*)?<(?:!doctype html|html|head|body)\b", "a web page (HTML)"),
    (rb"<\?xml|<\w+[\s>]", "an XML document"),
    (rb"[\[{]", "a JSON document"),
)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def is_picture_file(path: Path) -> bool:
    return what_is(path).startswith("a picture")


def what_is(path: Path) -> str:
    """What ``path`` holds, with its size: ``a picture (JPEG), 139477 bytes``."""
    with path.open("rb") as file:
        begin = file.read(1024)
    size = path.stat().st_size
    return f"{_named(path, begin)}, {size} bytes" if size else "an empty file, 0 bytes"


def _named(path: Path, begin: bytes) -> str:
    for pattern, name in _BEGINNINGS:
        if re.match(pattern, begin, re.DOTALL):
            return name
    if not _CONTROL.search(begin):
        text = begin.removeprefix(b"\xef\xbb\xbf").lstrip()
        return next((name for pattern, name in _TEXTS if re.match(pattern, text, re.DOTALL)), "a text")
    return "sound without pictures" if _is_sound(path) else "data that is no video"


def _is_sound(path: Path) -> bool:
    try:
        with av.open(str(path.resolve()), options={"protocol_whitelist": "file"}) as container:
            return bool(container.streams.audio)
    except (av.FFmpegError, OSError, ValueError):
        return False
