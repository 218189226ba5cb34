#!/usr/bin/env bash
# PyAV 18.1.0: what FFmpeg says of a file is captured the first time only.
#
# Expected: av.logging.Capture gives what FFmpeg says while a file is opened, each time the file is opened. Seen: opened a
# second time, the same file yields nothing, since messages equal to the one before are left out, across files, containers
# and Captures; av.logging.set_skip_repeated(False) must be called first. Who asks FFmpeg why a stream has no decoder gets
# an answer for the first of several such files alone.
#
# Output seen:
#   told of the codec by default: True, then False
#   told of the codec without skipping: True, then True
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check av==18.1.0 numpy==2.2.6
"$folder/venv/bin/python" - "$folder/clip.mp4" <<'PYTHON'
import sys

import av
import av.logging
import numpy as np

path = sys.argv[1]
with av.open(path, "w") as out:
    stream = out.add_stream("libx264", rate=10)
    stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
    for level in range(10):
        out.mux(stream.encode(av.VideoFrame.from_ndarray(np.full((64, 64, 3), 20 * level, np.uint8), format="rgb24")))
    out.mux(stream.encode(None))
with open(path, "rb") as file:
    content = file.read()
with open(path, "wb") as file:
    file.write(content.replace(b"avc1", b"abcd"))  # a whole file of a codec that FFmpeg has no decoder for

av.logging.set_level(av.logging.WARNING)


def told() -> bool:
    """Whether a message on the codec is captured while the file is opened."""
    with av.logging.Capture() as messages, av.open(path) as container:
        assert container.streams.video[0].codec_context is None
    return any("unknown codec" in text for _, _, text in messages)


skipping = told(), told()
av.logging.set_skip_repeated(False)
not_skipping = told(), told()
print(f"told of the codec by default: {skipping[0]}, then {skipping[1]}")
print(f"told of the codec without skipping: {not_skipping[0]}, then {not_skipping[1]}")
sys.exit((skipping, not_skipping) != ((True, False), (True, True)))
PYTHON
