"""Publishing is all or nothing, and what killed runs leave is removed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rumiai_v2.errors import OutputError
from rumiai_v2.outputs.files import Publication, partial_path, remove_orphans, write_atomically


def everything(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*"))


def test_nothing_is_visible_before_commit_and_all_of_it_after(tmp_path):
    publication = Publication()
    publication.stage(tmp_path / "a" / "one.json", b"1")
    publication.stage(tmp_path / "two.json", b"2")
    assert not (tmp_path / "a" / "one.json").exists()
    publication.commit()
    assert everything(tmp_path) == ["a", "a/one.json", "two.json"]


def test_discarding_leaves_no_file_and_no_folder(tmp_path):
    publication = Publication()
    publication.stage(tmp_path / "a" / "b" / "one.json", b"1")
    publication.discard()
    assert everything(tmp_path) == []


def test_a_failing_commit_takes_back_what_was_published_and_restores_what_was_replaced(tmp_path):
    (tmp_path / "old.json").write_bytes(b"old")
    publication = Publication()
    publication.stage(tmp_path / "old.json", b"new")
    publication.stage(tmp_path / "fresh.json", b"fresh")
    publication.stage(tmp_path / "blocked.json", b"never")
    (tmp_path / "blocked.json").mkdir()  # a folder in the file's place: the rename fails
    (tmp_path / "blocked.json" / "x").write_bytes(b"")
    with pytest.raises(OutputError, match=r"blocked\.json: cannot be written"):
        publication.commit()
    assert (tmp_path / "old.json").read_bytes() == b"old"
    assert everything(tmp_path) == ["blocked.json", "blocked.json/x", "old.json"]


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path):
    (tmp_path / "insights").write_text("in the way")
    publication = Publication()
    with pytest.raises(OutputError, match=r"insights.*cannot be written .*nothing of this run was published"):
        publication.stage(tmp_path / "insights" / "id" / "x.json", b"1")
    publication.discard()
    assert everything(tmp_path) == ["insights"]


def test_orphans_of_dead_processes_are_removed_and_those_of_living_ones_kept(tmp_path):
    dead = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True, check=True
    )
    orphan = tmp_path / f".x.json.{int(dead.stdout)}.partial"
    living = tmp_path / f".x.json.{os.getppid()}.partial"
    mine = partial_path(tmp_path / "x.json")
    for path in (orphan, living, mine, tmp_path / "x.json"):
        path.write_bytes(b"")
    remove_orphans([tmp_path, tmp_path / "missing"])
    assert everything(tmp_path) == sorted([living.name, mine.name, "x.json"])


def test_a_file_of_its_own_is_written_wholly_or_not_at_all(tmp_path, monkeypatch):
    target = tmp_path / ("n" * 255)
    write_atomically(target, b"old")
    write_atomically(target, b"new")
    assert target.read_bytes() == b"new"

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(target, b"never")
    with pytest.raises(FileNotFoundError):
        write_atomically(tmp_path / "missing" / "x", b"never")
    assert target.read_bytes() == b"new"
    assert everything(tmp_path) == ["n" * 255]
