"""Whole replays, killed, stopped, delayed and side by side: a sample of what the campaign does at every moment.

``make publish-campaign`` does all of it, and writes ``docs/publishing.md``.
"""

import os
from pathlib import Path

import pytest

from tests.outputs import situations
from tests.outputs.runs import Place

#: One in so many moments.
SAMPLE = 12


@pytest.fixture(scope="module")
def moments(tmp_path_factory) -> int:
    found = situations.moments(tmp_path_factory.mktemp("count") / "place")
    assert found > 140
    return found


def test_a_kill_at_any_moment_leaves_all_or_nothing(tmp_path, moments):
    seen = [situations.killed_at(tmp_path / "place", moment) for moment in range(1, moments + 1, SAMPLE)]
    assert seen == sorted(seen, reverse=True)  # nothing until the decision, all from then on
    assert set(seen) == {"all", "nothing"}


def test_a_polite_stop_at_any_moment_leaves_all_or_nothing_at_once(tmp_path, moments):
    where = range(3, moments + 1, 2 * SAMPLE)
    seen = [situations.stopped_at(tmp_path / "place", moment, earlier=0) for moment in where]
    assert set(seen) == {"all", "nothing"}


def test_the_last_moments_before_and_after_the_decision(tmp_path, moments):
    """The decision itself: found by halving, then each moment around it."""
    low, high = 1, moments
    while high - low > 1:
        middle = (low + high) // 2
        if situations.killed_at(tmp_path / "place", middle) == "all":
            high = middle
        else:
            low = middle
    assert situations.stopped_at(tmp_path / "place", low, earlier=1) == "nothing"
    assert situations.stopped_at(tmp_path / "place", high, earlier=1) == "all"


def test_runs_of_one_id_at_once_are_all_whole(tmp_path):
    assert situations.at_once(tmp_path / "place", groups=3) == 30


def test_a_run_that_is_delayed_in_publishing_is_not_disturbed(tmp_path):
    situations.delayed(tmp_path / "place", 1.0)


@pytest.mark.parametrize("seed", range(3))
def test_containers_with_equal_process_numbers_do_not_disturb_each_other(tmp_path, moments, seed):
    def isolate() -> None:
        os.getpid = lambda: 1  # what a process sees of itself in a container; the campaign makes real ones

    situations.in_two_containers(tmp_path / "place", seed, moments, isolate)


def test_a_replay_whose_unified_file_cannot_be_written_leaves_nothing_anywhere(tmp_path, monkeypatch):
    """Read-only, at the writer's seam; the campaign mounts the folder so."""
    import errno

    from rumiai_v2.outputs import publication

    place = situations.fresh(tmp_path / "place")
    write = publication.write_new

    def read_only(path: Path, content: bytes) -> None:
        if path.parent == place.settings.unified_dir:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        write(path, content)

    monkeypatch.setattr(publication, "write_new", read_only)
    result = place.replay(1)
    assert (result.exit_code, result.returned["error_type"]) == (1, "OutputError")
    assert "Read-only file system" in result.returned["error"]
    assert [path.name for path in place.root.iterdir()] == ["recordings"]


def test_a_replay_of_a_unified_file_that_is_decided_and_not_in_place_reads_what_was_decided(tmp_path, moments):
    from rumiai_v2.runner import RunnerConfig, run
    from rumiai_v2.sources.replay import Recording

    place: Place = situations.fresh(tmp_path / "place")
    assert place.replay(1).exit_code == 0
    killed = place.start(2, situations.boundary(moments - 30, place.root, situations.die))
    assert situations.ended(killed) == -9
    assert set(place.seen().values()) == {1, 2}
    again = run(RunnerConfig(source=Recording(place.unified, video_id="again"), settings=place.settings))
    assert again.exit_code == 0
    other = Place(place.root, video_id="again")
    assert list(other.seen().values()) == [2]
    assert set(place.seen().values()) == {1, 2}
