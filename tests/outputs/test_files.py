"""Files are written wholly or not at all."""

import errno
import os

import pytest

from rumiai_v2.outputs.files import sync_folders, while_missing, write_atomically


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
    assert [path.name for path in tmp_path.iterdir()] == ["n" * 255]


def test_a_file_system_that_cannot_sync_folders_is_used_all_the_same(tmp_path, monkeypatch):
    code = [errno.EINVAL]

    def fsync(descriptor: int) -> None:
        raise OSError(code[0], os.strerror(code[0]))

    monkeypatch.setattr(os, "fsync", fsync)
    sync_folders([tmp_path])
    code[0] = errno.EIO
    with pytest.raises(OSError, match="Input/output error"):
        sync_folders([tmp_path])


def test_a_folder_that_others_remove_is_made_again_but_not_for_ever():
    tries = []

    def make() -> int:
        tries.append(1)
        if len(tries) < 5:
            raise FileNotFoundError(2, "gone")
        return len(tries)

    assert while_missing(make) == 5

    def never() -> None:
        raise FileNotFoundError(2, "gone")

    with pytest.raises(FileNotFoundError):
        while_missing(never)
