"""Publishing is one decision: before it nothing of the run is left, after it all of it comes to be in place."""

import errno
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rumiai_v2.errors import OutputError
from rumiai_v2.outputs import journal
from rumiai_v2.outputs.ownership import Places
from rumiai_v2.outputs.publication import Publication
from rumiai_v2.outputs.reading import read_outputs, standing_unified

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
STAMP = "20260102_030405"


@pytest.fixture
def places(tmp_path) -> Places:
    return Places("7", tmp_path / "insights" / "7", tmp_path / "unified", tmp_path / "temp")


def everything(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*"))


def staged(places: Places, content: bytes = b"{}") -> Publication:
    publication = Publication()
    publication.begin(places)
    publication.stage(places.insights / "a" / "a_complete_<stamp>.json", content)
    publication.stage(places.unified_file, content)
    publication.stage(places.insights / "report_<stamp>.json", content)
    return publication


PUBLISHED = [
    "insights",
    "insights/7",
    "insights/7/a",
    f"insights/7/a/a_complete_{STAMP}.json",
    f"insights/7/report_{STAMP}.json",
    "unified",
    "unified/7.json",
]


def make_fifo(path: Path) -> None:
    os.mkfifo(path)


def refuse(monkeypatch, name: str, code: int = errno.EROFS) -> None:
    """Nothing can be renamed to a path that holds ``name``."""

    class Os:
        def __getattr__(self, attribute):
            return getattr(os, attribute)

        def replace(self, source, target):
            if name in str(target):
                raise OSError(code, os.strerror(code))
            os.replace(source, target)

    monkeypatch.setattr(journal, "os", Os())


def test_nothing_is_visible_before_the_decision_and_all_of_it_after(tmp_path, places):
    publication = staged(places)
    assert read_outputs(places.insights).files == {}
    assert publication.commit(NOW) == STAMP
    publication.discard()
    assert everything(tmp_path) == PUBLISHED


def test_discarding_leaves_no_file_and_no_folder(tmp_path, places):
    staged(places).discard()
    assert everything(tmp_path) == []


def test_hard_links_are_not_needed(tmp_path, places, monkeypatch):
    monkeypatch.delattr(os, "link")
    staged(places).commit(NOW)
    staged(places).commit(NOW)
    assert len(everything(tmp_path)) == len(PUBLISHED) + 2


def test_what_cannot_be_decided_leaves_nothing_and_the_old_file(tmp_path, places, monkeypatch):
    places.unified.mkdir()
    places.unified_file.write_bytes(b"old")
    publication = staged(places)
    with monkeypatch.context() as patched:
        refuse(patched, journal.NAME, errno.ENOSPC)
        with pytest.raises(OutputError, match=r"publishing\.json: cannot be written .No space.*nothing of this run"):
            publication.commit(NOW)
    publication.discard()
    assert everything(tmp_path) == ["unified", "unified/7.json"]
    assert places.unified_file.read_bytes() == b"old"


def test_a_folder_in_the_place_of_a_file_is_found_before_the_decision(tmp_path, places):
    places.unified_file.mkdir(parents=True)
    publication = staged(places)
    with pytest.raises(OutputError, match=r"cannot be written .Is a directory.*nothing of this run was published"):
        publication.commit(NOW)
    publication.discard()
    assert everything(tmp_path) == ["unified", "unified/7.json"]


@pytest.mark.parametrize("name", ["a_complete", "7.json", "report_"])
def test_what_cannot_be_put_into_place_counts_all_the_same_and_the_next_run_does_it(
    tmp_path, places, monkeypatch, name
):
    staged(places, b'{"run": 1}').commit(NOW)
    publication = staged(places, b'{"run": 2}')
    with monkeypatch.context() as patched:
        refuse(patched, name)
        with pytest.raises(OutputError, match=r"Read-only file system.*decided and count.*the next run"):
            publication.commit(NOW)
        publication.discard()
        outputs = read_outputs(places.insights)
        assert len(outputs.files) == 4 and not outputs.undecided
        assert all(json.loads(path.read_bytes())["run"] in (1, 2) for path in outputs.files.values())
        assert json.loads(outputs.unified.read_bytes())["run"] == 2
        assert json.loads(standing_unified(places.unified_file, places).read_bytes())["run"] == 2
        with pytest.raises(OutputError, match="an earlier run"):
            Publication().begin(places)
    third = staged(places, b'{"run": 3}')
    assert json.loads(places.unified_file.read_bytes())["run"] == 2
    third.discard()
    assert len([name for name in everything(tmp_path) if name.endswith(".json")]) == 5
    assert not [name for name in everything(tmp_path) if "/." in name]


def test_a_read_only_place_for_the_unified_file_leaves_nothing_anywhere(tmp_path, places, monkeypatch):
    from rumiai_v2.outputs import publication as module

    write = module.write_new

    def read_only(path: Path, content: bytes) -> None:
        if path.parent == places.unified:
            raise OSError(errno.EROFS, "Read-only file system")
        write(path, content)

    monkeypatch.setattr(module, "write_new", read_only)
    publication = Publication()
    publication.begin(places)
    publication.stage(places.insights / "a" / "a_ml_<stamp>.json", b"{}")
    with pytest.raises(OutputError, match=r"unified/7\.json: cannot be written .Read-only"):
        publication.stage(places.unified_file, b"{}")
    publication.discard()
    assert everything(tmp_path) == []


def test_a_volume_that_becomes_read_only_is_no_traceback_and_is_cleaned_later(tmp_path, places, monkeypatch):
    publication = staged(places)
    with monkeypatch.context() as patched:

        def unlink(self, missing_ok=False):
            raise OSError(errno.EROFS, "Read-only file system")

        patched.setattr(Path, "unlink", unlink)
        publication.discard()
    assert [name for name in everything(tmp_path) if name.endswith(".partial")]
    del publication
    staged(places).commit(NOW)
    assert everything(tmp_path) == PUBLISHED


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path, places):
    (tmp_path / "insights").write_text("in the way")
    publication = Publication()
    with pytest.raises(OutputError, match=r"insights.*cannot be written .*nothing of this run was published"):
        publication.begin(places)
    publication.discard()
    assert everything(tmp_path) == ["insights"]


@pytest.mark.parametrize("make", [Path.touch, lambda path: path.symlink_to("nowhere"), make_fifo])
def test_what_stands_in_a_folders_place_is_to_be_moved_away(places, make):
    places.insights.parent.mkdir()
    make(places.insights)
    with pytest.raises(
        OutputError, match=r"File exists.; \S+/insights/7 stands where a folder belongs: move it away, or"
    ):
        Publication().begin(places)


@pytest.mark.parametrize("name", [".publishing.lock", ".owner.0123456789abcdef.lock"])
def test_a_folder_in_a_locks_place_is_named(places, name):
    (places.insights / name).mkdir(parents=True)
    with pytest.raises(OutputError, match=rf"insights/7/{name}: .*; a folder stands in its place: move it away"):
        Publication().begin(places)


def test_a_folder_in_a_files_place_is_to_be_moved_away(places):
    places.unified_file.mkdir(parents=True)
    publication = staged(places)
    with pytest.raises(OutputError, match=r"7\.json: .*; a folder stands in its place: move it away and run again"):
        publication.commit(NOW)
    publication.discard()


def test_who_cleans_touches_only_what_nobody_owns_and_of_other_ids_nothing(tmp_path, places):
    other = Places("7.json", tmp_path / "insights" / "7.json", places.unified, places.temp)
    living, dead = "staged(places)", "staged(places), staged(other)"
    script = (
        "import sys; from tests.outputs.test_publication import *; t = Path(sys.argv[1])\n"
        "places = Places('7', t / 'insights' / '7', t / 'unified', t / 'temp')\n"
        "other = Places('7.json', t / 'insights' / '7.json', t / 'unified', t / 'temp')\n"
        "kept = ({}); print('ready', flush=True); sys.stdin.read(); os.kill(os.getpid(), 9)\n"
    )

    def start(what: str) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, "-c", script.format(what), str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        process.stdout.readline()
        return process

    alive, killed = start(living), start(dead)
    killed.communicate()
    before = set(everything(tmp_path))
    mine = staged(places)
    mine.discard()
    removed = before - set(everything(tmp_path))
    assert len(removed) == 4 and len({name.rsplit(".", 2)[1] for name in removed}) == 1  # one run's, its owner file too
    assert not [name for name in removed if "7.json.json" in name or name.startswith("insights/7.json")]
    staged(other).commit(NOW)
    assert len([name for name in everything(tmp_path) if name.endswith(".partial")]) == 3  # the living one's
    alive.communicate()
    staged(places).commit(NOW)
    assert not [name for name in everything(tmp_path) if "/." in name]


def test_a_journal_that_is_none_is_named_and_nothing_outside_is_touched(tmp_path, places):
    staged(places).commit(NOW)
    place = places.insights / journal.NAME
    (tmp_path / "outside").write_bytes(b"kept")
    entry = {"place": "insights", "partial": ".x.0123456789abcdef.partial", "target": "../../outside", "sha256": None}
    good = {
        "format": journal.FORMAT,
        "stamp": STAMP,
        "token": "0123456789abcdef",
        "folders": {"unified": "../../unified", "temp": "../../temp"},
        "files": [entry],
    }
    named = [good, good | {"files": []}, good | {"files": [entry | {"target": "x.json"}], "folders": {}}]
    for content in (b"", b"[]", b"\xff", *(json.dumps(each).encode() for each in named)):
        place.write_bytes(content)
        with pytest.raises(OutputError, match=r"journal .*\.publishing\.json: expected .*remove it"):
            Publication().begin(places)
        with pytest.raises(OutputError):
            read_outputs(places.insights)
    assert (tmp_path / "outside").read_bytes() == b"kept"


def left_journal(places: Places, monkeypatch) -> dict:
    """What the journal of a run says that was decided, and whose unified file could not be put into place."""
    publication = staged(places)
    with monkeypatch.context() as patched:
        refuse(patched, "7.json")
        with pytest.raises(OutputError):
            publication.commit(NOW)
    return json.loads((places.insights / journal.NAME).read_bytes())


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"folders": {"unified": "/etc", "temp": "../../temp"}}, "no path from the journal's own folder"),
        ({"folders": {"unified": "%2Fetc", "temp": "../../temp"}}, "no path from the journal's own folder"),
        ({"folders": {"unified": "", "temp": "../../temp"}}, "no path from the journal's own folder"),
        ({"folders": {"unified": "a%00b", "temp": "../../temp"}}, "no file can be called like that"),
        ({"unified": {"target": "8.json"}}, "'8.json'"),
        ({"unified": {"target": "passwd"}}, "'passwd'"),
        ({"unified": {"target": "a\0b"}}, "no file can be called like that"),
        ({"unified": {"partial": ".7.json.0123456789abcdef.partial"}}, "'.7.json.0123456789abcdef.partial'"),
        ({"insights": {"target": "report_20250101_000000.json"}}, "'report_20250101_000000.json'"),
        ({"token": "0123456789abcdef"}, "for 'a/a_complete"),
        ({"stamp": "20250101_000000"}, "for 'a/a_complete"),
    ],
)
def test_a_journal_that_names_what_no_run_of_this_id_publishes_is_refused_and_nothing_is_moved(
    tmp_path, places, monkeypatch, changed, says
):
    document = left_journal(places, monkeypatch)
    for entry in document["files"]:
        entry |= changed.get(entry["place"], {})
    document |= {key: value for key, value in changed.items() if key in document}
    (places.insights / journal.NAME).write_text(json.dumps(document))
    before = everything(tmp_path)
    for ask in (lambda: Publication().begin(places), lambda: read_outputs(places.insights)):
        with pytest.raises(OutputError, match=r"journal .*\.publishing\.json: expected .*remove it") as caught:
            ask()
        assert says in str(caught.value)
    assert everything(tmp_path) == before


def make_endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def make_long(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(10**10)  # sparse


@pytest.mark.parametrize("make", [Path.mkdir, make_fifo, make_endless, make_long])
def test_a_journal_that_is_no_file_of_a_run_is_named_at_once(places, make):
    staged(places).commit(NOW)
    make(places.insights / journal.NAME)
    for ask in (lambda: Publication().begin(places), lambda: read_outputs(places.insights)):
        with pytest.raises(
            OutputError, match=r"\.publishing\.json: cannot be read .it (is no file|has more than).*remove it"
        ):
            ask()


def test_a_pipe_in_the_place_of_what_was_decided_is_neither_read_nor_published(places, monkeypatch):
    left_journal(places, monkeypatch)
    (partial,) = places.unified.glob(".7.json.*.partial")
    partial.unlink()
    os.mkfifo(partial)
    with pytest.raises(OutputError, match="not what was decided"):
        Publication().begin(places)
    assert not places.unified_file.exists()


def test_a_pipe_among_the_sets_does_not_stop_a_reader(places):
    staged(places).commit(NOW)
    os.mkfifo(places.insights / "a" / "a_complete_20250101_000000.json")
    assert "a/a_complete_20250101_000000.json" in read_outputs(places.insights).files


def test_files_that_are_not_what_was_decided_are_not_published(tmp_path, places, monkeypatch):
    publication = staged(places)
    with monkeypatch.context() as patched:
        refuse(patched, "report_")
        with pytest.raises(OutputError):
            publication.commit(NOW)
    (partial,) = places.insights.glob(".report*.partial")
    partial.write_bytes(b"torn")
    with pytest.raises(OutputError, match="not what was decided"):
        Publication().begin(places)
    partial.unlink()
    with pytest.raises(OutputError, match="neither it nor its partial file is there"):
        Publication().begin(places)
    (places.insights / journal.NAME).unlink()
    (places.insights / "a" / f"a_complete_{STAMP}.json").write_text('{"contract_version": "1"}')
    assert read_outputs(places.insights).undecided == (f"a/a_complete_{STAMP}.json",)


def test_sets_of_the_deployed_system_count_without_a_report(places):
    folder = places.insights / "a"
    folder.mkdir(parents=True)
    for form in ("ml", "complete"):
        (folder / f"a_{form}_20250101_000000.json").write_text('{"version": "2.0"}')
        (folder / f"a_{form}_20260101_000000.json").write_text('{"contract_version": "2.0.0"}')
    outputs = read_outputs(places.insights)
    assert list(outputs.files) == ["a/a_complete_20250101_000000.json", "a/a_ml_20250101_000000.json"]
    assert len(outputs.undecided) == 2


def test_a_download_takes_part(tmp_path, places):
    first, second = Publication(), Publication()
    for number, publication in enumerate((first, second)):
        publication.begin(places)
        publication.make_folder(places.temp)
        publication.partial(places.video_file).write_bytes(b"video %d" % number)
        publication.adopt(places.video_file)
        publication.stage(places.insights / "report_<stamp>.json", b"{}")
    assert len(list(places.temp.iterdir())) == 2
    first.commit(NOW)
    assert places.video_file.read_bytes() == b"video 0"
    second.discard()
    assert everything(places.temp) == ["7.mp4"]


def test_a_run_is_carried_out_where_it_was_decided_whatever_the_next_run_writes_to(tmp_path, places, monkeypatch):
    """Other folders in the next run's settings, or the same ones under other names, as in another container."""
    publication = staged(places, b'{"run": 1}')
    with monkeypatch.context() as patched:
        refuse(patched, "7.json")
        with pytest.raises(OutputError, match=r"output \S+/unified/7\.json: cannot be put into place"):
            publication.commit(NOW)
    (tmp_path / "view").symlink_to(tmp_path)
    elsewhere = Places("7", tmp_path / "view" / "insights" / "7", tmp_path / "elsewhere", tmp_path / "view" / "temp")
    second = Publication()
    second.begin(elsewhere)
    second.discard()
    assert json.loads(places.unified_file.read_bytes()) == {"run": 1}
    assert not [name for name in everything(tmp_path) if "/." in name]
