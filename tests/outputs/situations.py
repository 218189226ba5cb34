"""What a publication must survive, each as one function: used a few times by the tests, many times by the campaign."""

from __future__ import annotations

import ctypes
import os
import random
import shutil
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.outputs.runs import Place, boundaries, boundary, die, ended, forked, terminate

CLONE_NEWNS, CLONE_NEWPID = 0x00020000, 0x20000000


def fresh(root: Path) -> Place:
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    return Place(root)


def moments(root: Path) -> int:
    """How many boundaries a replay has beside an earlier run."""
    place = fresh(root)
    assert place.replay(1).exit_code == 0
    found = boundaries(place, 2)
    place.assert_tidy(2)
    return found


def killed_at(root: Path, moment: int) -> str:
    """SIGKILL at the moment: every reader sees all or nothing; the next run leaves nothing else. What was seen."""
    place = fresh(root)
    assert place.replay(1).exit_code == 0
    first = place.seen()
    assert ended(place.start(2, boundary(moment, root, die))) == -9
    seen = place.seen()
    assert list(seen.values()) in ([1], [1, 2]), seen
    assert place.replayed_views() == max(seen.values())
    assert ended(place.start(3)) == 0
    after = place.seen()
    assert list(after.values()) == [*seen.values(), 3]
    assert first.items() <= after.items()
    place.assert_tidy(len(after))
    return "all" if len(seen) == 2 else "nothing"


def stopped_at(root: Path, moment: int, *, earlier: int) -> str:
    """SIGTERM at the moment: exit code, outputs and folders say the same, and nothing else is left. What was seen."""
    place = fresh(root)
    for views in range(1, earlier + 1):
        assert place.replay(views).exit_code == 0
    code = ended(place.start(earlier + 1, boundary(moment, root, terminate)))
    seen = place.seen()
    assert (code, len(seen)) in ((143, earlier), (0, earlier + 1))
    place.assert_tidy(len(seen))
    if not seen:
        assert [path.name for path in root.iterdir()] == ["recordings"]
    return "all" if code == 0 else "nothing"


def at_once(root: Path, groups: int, size: int = 10) -> int:
    """Simultaneous replays of one id in groups; the number of whole sets."""
    place = fresh(root)
    for group in range(groups):
        numbers = [place.start(group * size + n + 1) for n in range(size)]
        assert [ended(number) for number in numbers] == [0] * size
    place.assert_tidy(groups * size)
    seen = place.seen()
    assert sorted(seen.values()) == list(range(1, groups * size + 1))
    return len(seen)


def delayed(root: Path, seconds: float) -> None:
    """The third rename of one replay takes long; a second replay of the same id begins meanwhile. Both are whole."""
    place = fresh(root)
    reached, resume = root / "reached", root / "resume"

    def slowly() -> None:
        real, done = os.replace, []

        def replace(source: str, target: str) -> None:
            done.append(target)
            if len(done) == 3:
                reached.touch()
                _wait_for(resume)
            real(source, target)

        os.replace = replace

    first = place.start(1, slowly)
    _wait_for(reached)
    assert list(place.seen().values()) == [1]  # decided, and read through the journal
    second = place.start(2)
    time.sleep(seconds)
    resume.touch()
    assert (ended(first), ended(second)) == (0, 0)
    assert list(place.seen().values()) == [1, 2]
    place.assert_tidy(2)


def _wait_for(file: Path) -> None:
    deadline = time.monotonic() + 60
    while not file.exists():
        assert time.monotonic() < deadline, f"{file} did not appear"
        time.sleep(0.01)


def in_two_containers(root: Path, seed: int, moments: int, isolate: Callable[[], None]) -> None:
    """Two replays of one id, and one of another, each with process numbers of its own; one rests at a random moment."""
    chance = random.Random(seed)
    place = fresh(root)
    other = Place(root, video_id=f"{place.video_id}.json")
    killed = other.start(9, boundary(chance.randint(moments // 4, moments // 2), root, die))
    assert ended(killed) == -9
    left = [name for name in place.files() if _is_of(other, name)]
    wait = chance.uniform(0.05, 0.3)
    rest = boundary(chance.randint(1, moments - 5), root, lambda: time.sleep(wait), ends=False)

    def contained(views: int, arm: Callable[[], None]) -> int:
        place.recording(views)

        def action() -> int:
            isolate()

            def first() -> int:
                arm()
                return place.replay(views).exit_code

            return ended(forked(first))

        return forked(action)

    numbers = [contained(1, rest)]
    time.sleep(chance.uniform(0, 0.2))
    numbers.append(contained(2, lambda: None))
    assert [ended(number) for number in numbers] == [0, 0]
    assert sorted(place.seen().values()) == [1, 2]
    assert left and [name for name in place.files() if _is_of(other, name)] == left, "another id was touched"
    assert not [name for name in place.files() if "/." in name and not _is_of(other, name)]


def _is_of(place: Place, name: str) -> bool:
    return f"/{place.video_id}/" in name or f"/.{place.video_id}.json." in name


def own_process_numbers() -> None:
    """This process' children live in a container of their own: the first of them has the number 1."""
    _unshare(CLONE_NEWPID)


def mounted(root: Path, mount: Iterable[tuple[str, ...]], action: Callable[[], int]) -> int:
    """The exit code of ``action`` in a process that alone sees these mounts: arguments of mount(8)."""

    def isolated() -> int:
        import subprocess

        _unshare(CLONE_NEWNS)
        subprocess.run(["mount", "--make-rprivate", "/"], check=True)
        for arguments in mount:
            subprocess.run(["mount", *arguments], check=True)
        os.chdir(root)
        return action()

    return ended(forked(isolated))


def _unshare(flags: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(flags) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), "unshare")
