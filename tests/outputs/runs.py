"""Whole replays of one id in processes of their own, killed where a test says, and what a reader then sees.

A process is forked from this one, which has imported everything, so that a replay takes a twentieth of a second.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from rumiai_parity.insights import READER
from rumiai_v2.errors import Stopped
from rumiai_v2.outputs.reading import read_outputs, standing_unified
from rumiai_v2.runner import RunnerConfig, run
from rumiai_v2.settings import Settings
from rumiai_v2.sources.replay import Recording

ROOT = Path(__file__).parents[2]
RECORDED = ROOT / "golden" / "corpus" / "replay_pair" / "recorded.json"
ANALYSES = 8
FILES = 3 * ANALYSES + 2


@dataclass
class Place:
    """A working folder for runs of one id; each run is of its own number of views, by which its outputs are known."""

    root: Path
    video_id: str = "7501000000000000002"

    @property
    def settings(self) -> Settings:
        return Settings(
            insights_dir=self.root / "insights",
            unified_dir=self.root / "unified_analysis",
            temp_dir=self.root / "temp",
            log_level="CRITICAL",
        )

    @property
    def insights(self) -> Path:
        return self.settings.insights_dir / self.video_id

    @property
    def unified(self) -> Path:
        return self.settings.unified_dir / f"{self.video_id}.json"

    def recording(self, views: int) -> Path:
        file = self.root / "recordings" / f"{views}.json"
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            document = json.loads(RECORDED.read_bytes())
            document["metadata"]["views"] = views
            file.write_text(json.dumps(document))
        return file

    def replay(self, views: int) -> Any:
        source = Recording(self.recording(views), video_id=self.video_id)
        return run(RunnerConfig(source=source, settings=self.settings))

    def start(self, views: int, arm: Callable[[], None] = lambda: None) -> int:
        """Start a replay in a process of its own, after ``arm``; its number."""
        self.recording(views)

        def action() -> int:
            arm()
            return self.replay(views).exit_code

        return forked(action)

    def files(self) -> list[str]:
        """Everything that stands in the outputs' folders."""
        places = (self.settings.insights_dir, self.settings.unified_dir, self.settings.temp_dir)
        return sorted(str(p.relative_to(self.root)) for place in places for p in place.rglob("*") if p.is_file())

    def seen(self) -> dict[str, int]:
        """The runs that count: stamp → views. Asserts that each is whole, and that the unified file is the newest's."""
        outputs = read_outputs(self.insights) if self.insights.is_dir() else None
        by_stamp: dict[str, list[Path]] = {}
        for name, path in outputs.files.items() if outputs else ():
            by_stamp.setdefault(name.removesuffix(".json")[-15:], []).append(path)
        found = {stamp: _views(paths) for stamp, paths in sorted(by_stamp.items())}
        assert all(len(paths) == FILES - 1 for paths in by_stamp.values()), {s: len(p) for s, p in by_stamp.items()}
        if found:
            newest = max(found)
            current = outputs.unified or self.unified
            assert json.loads(current.read_bytes())["metadata"]["views"] == found[newest]
            compared = READER.outputs(self.insights, None)
            assert (len(compared.files), set(compared.stamps)) == (FILES, set(found))
            assert set(compared.chosen.values()) == {newest}
            assert json.loads(compared.files["unified"].read_bytes())["metadata"]["views"] == found[newest]
        else:
            assert not self.unified.exists()
        return found

    def replayed_views(self) -> int:
        """What a replay of the unified file would read: the content as it was decided last."""
        from rumiai_v2.outputs.ownership import Places

        settings = self.settings
        places = Places(self.video_id, self.insights, settings.unified_dir, settings.temp_dir)
        return json.loads(standing_unified(self.unified, places).read_bytes())["metadata"]["views"]

    def assert_tidy(self, runs: int) -> None:
        """The outputs of this many runs, and nothing else at all."""
        assert len(self.files()) == runs * (FILES - 1) + (runs > 0), self.files()


def _views(paths: list[Path]) -> int:
    """The views that the outputs of one run speak of; every file is whole."""
    documents = {path: json.loads(path.read_bytes()) for path in paths}
    (views,) = {
        document["metadataCoreMetrics"]["viewCount"]
        for document in documents.values()
        if "metadataCoreMetrics" in document
    }
    return views


def forked(action: Callable[[], int]) -> int:
    """The number of a new process that does ``action`` and ends with what it returns."""
    sys.stdout.flush()
    sys.stderr.flush()
    number = os.fork()
    if number:
        return number
    code = 70
    try:
        code = action()
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def ended(number: int) -> int:
    """How the process ended: its exit code, or minus the signal."""
    return os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])


def boundary(
    number: int, folder: Path, strike: Callable[[], None], count: list[int] | None = None, *, ends: bool = True
) -> Callable[[], None]:
    """Let ``strike`` happen at the ``number``th moment, from 1, at which this process changes something in ``folder``.

    Moments are: before each opening for writing, renaming, removing, making of a folder and locking; before and after
    each fsync, and with half of the file on disk where ``strike`` ``ends`` the run. ``count`` is filled with how many there
    were.
    """
    passed = count if count is not None else [0]
    inside = os.path.realpath(folder)

    def moment(torn: int | None = None) -> None:
        passed[0] += 1
        if passed[0] == number:
            if torn is not None and ends:
                os.ftruncate(torn, os.fstat(torn).st_size // 2)
            strike()

    def hook(event: str, details: tuple[Any, ...]) -> None:
        if event == "fcntl.flock":
            moment()
        elif event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "open") and _is_inside(details[0], inside):
            writes = event != "open" or bool(details[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
            if writes:
                moment()

    def fsync(descriptor: int) -> None:
        is_file = os.path.isfile(f"/proc/self/fd/{descriptor}")
        if is_file:
            moment(descriptor)
        moment()
        real(descriptor)
        moment()

    real = os.fsync

    def arm() -> None:
        os.fsync = fsync
        sys.addaudithook(hook)

    return arm


def die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable: SIGKILL cannot be caught")


def terminate() -> None:
    """SIGTERM, as the command line takes it."""

    def stop(*_: object) -> NoReturn:
        raise Stopped

    signal.signal(signal.SIGTERM, stop)
    os.kill(os.getpid(), signal.SIGTERM)


def boundaries(place: Place, views: int) -> int:
    """How many moments a replay has; it is carried out."""
    place.recording(views)
    read, write = os.pipe()
    count = [0]
    arm = boundary(0, place.root, die, count)

    def action() -> int:
        arm()
        code = place.replay(views).exit_code
        os.write(write, str(count[0]).encode())
        return code

    assert ended(forked(action)) == 0
    os.close(write)
    with os.fdopen(read) as told:
        return int(told.read())


def _is_inside(path: Any, folder: str) -> bool:
    return isinstance(path, str | bytes | os.PathLike) and os.path.abspath(os.fsdecode(path)).startswith(folder)
