"""The decision: one rename puts a journal into ``insights/<id>`` that names everything the run publishes.

Before it nothing of the run counts. From then on all of it does: whoever may write puts the rest into place, the report
last, and removes the journal; whoever may only read finds in it where each file stands until then.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import quote, unquote, unquote_to_bytes

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from rumiai_v2.errors import OutputError
from rumiai_v2.outputs.files import partial_name, regular_content, sync_folders, write_new
from rumiai_v2.outputs.ownership import Places

NAME = ".publishing.json"
FORMAT: Final = "rumiai-publication/1"
#: Bytes of a journal; one of all analyses has about 6000.
LARGEST = 1_000_000

Place = Literal["insights", "unified", "temp"]
Token = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def _no_nul(text: str) -> str:
    if "\0" in unquote(text):
        raise ValueError("no file can be called like that")
    return text


def _relative(folder: str) -> str:
    if not folder or unquote(folder).startswith("/"):
        raise ValueError("it is no path from the journal's own folder")
    return folder


class Entry(_Part):
    """One file: what it is called until it is in ``place``, and there; ``sha256`` is None for a video."""

    place: Place
    partial: Annotated[str, Field(pattern=r"^(?:\w+/)?\.[^/]+\.[0-9a-f]{16}\.partial$"), AfterValidator(_no_nul)]
    target: Annotated[str, Field(pattern=r"^(?:\w+/)?[^./][^/]*$"), AfterValidator(_no_nul)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None


Folder = Annotated[str, AfterValidator(_no_nul), AfterValidator(_relative)]


class Journal(_Part):
    """``folders``: where the places outside stand, from the journal's own folder, so that it holds in every container;
    quoted as in a URL.

    ``files`` are in the order in which they are put into place, the report last.
    """

    format: Literal["rumiai-publication/1"] = FORMAT
    stamp: Annotated[str, Field(pattern=r"^\d{8}_\d{6}$")]
    token: Token
    folders: Annotated[dict[Literal["unified", "temp"], Folder], Field(min_length=2)]
    files: Annotated[list[Entry], Field(min_length=1)]


def folders_of(places: Places) -> dict[Literal["unified", "temp"], str]:
    here = os.path.realpath(places.insights)
    return {
        "unified": _written(os.path.relpath(os.path.realpath(places.unified), here)),
        "temp": _written(os.path.relpath(os.path.realpath(places.temp), here)),
    }


def _written(path: str) -> str:
    """``path`` as the journal holds it: quoted as in a URL, for a path need not be UTF-8."""
    return quote(os.fsencode(path))


def _read(path: str) -> str:
    return os.fsdecode(unquote_to_bytes(path))


def decide(places: Places, journal: Journal) -> None:
    """Publish: after this every file of ``journal`` counts. Raises ``OSError``."""
    partial, target = places.insights / partial_name(NAME, journal.token), places.insights / NAME
    try:
        write_new(partial, journal.model_dump_json(indent=1).encode() + b"\n")
        os.replace(partial, target)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(target)) from None


def read_journal(insights: Path) -> Journal | None:
    """The decision that is not carried out yet, if there is one; ``OutputError`` where the file is none."""
    file = insights / NAME
    try:
        journal = Journal.model_validate_json(regular_content(file, largest=LARGEST))
        if foreign := _foreign(journal, os.path.basename(os.path.abspath(insights))):
            raise OutputError(
                f"journal {file}: expected the files that a run of {insights.name} publishes, got {foreign}; "
                "remove it, and outputs without a report do not count"
            )
        return journal
    except FileNotFoundError:
        return None
    except OSError as error:
        raise OutputError(
            f"journal {file}: cannot be read ({error.strerror}); make it readable, or remove it where it is no file of a run"
        ) from None
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(map(str, problem["loc"])) or "the document"
        raise OutputError(
            f"journal {file}: expected the files that a run publishes, got something else ({where}: {problem['msg']}); "
            "remove it, and outputs without a report do not count"
        ) from None


def _foreign(journal: Journal, video_id: str) -> str | None:
    """The first file that no run of ``video_id`` publishes: a journal of something else could name any file anywhere."""
    outside = {"unified": f"{video_id}.json", "temp": f"{video_id}.mp4"}
    for entry in journal.files:
        target = Path(entry.target)
        stamped = target.name.endswith(f"_{journal.stamp}.json")
        right = stamped if entry.place == "insights" else entry.target == outside[entry.place]
        plain = target.name.replace(f"_{journal.stamp}", "") if entry.place == "insights" else target.name
        if not right or entry.partial != target.with_name(partial_name(plain, journal.token)).as_posix():
            return f"{entry.place}: {entry.partial!r} for {entry.target!r}"
    return None


def carry_out(places: Places, journal: Journal, *, check: bool = False) -> None:
    """Put everything into place and remove the journal. Call it in ``Alone.held``; twice does no harm.

    ``check``: somebody else's files are compared with their digests first. Whatever can be put into place is, the report
    only after all others; then the first ``OSError`` is raised, and the journal stays.
    """
    sync_folders([places.insights])
    *others, report = journal.files
    problems: list[OSError] = []
    for entry in others:
        try:
            _put(places, journal, entry, check=check)
        except OSError as error:
            problems.append(error)
    if problems:
        raise problems[0]
    _put(places, journal, report, check=check)
    sync_folders(
        (folder / entry.target).parent
        for entry in journal.files
        for folder in _folders(places.insights, journal, entry, places)
        if (folder / entry.target).exists()
    )
    (places.insights / NAME).unlink(missing_ok=True)
    sync_folders([places.insights])


def standing(insights: Path, journal: Journal) -> Iterator[tuple[Entry, Path]]:
    """Where each file of a journal stands now, for those who only read. A file that was moved since is at its target."""
    for entry in journal.files:
        folder = _folders(insights, journal, entry)[0]
        partial = folder / entry.partial
        yield entry, partial if partial.exists() else folder / entry.target


def _put(places: Places, journal: Journal, entry: Entry, *, check: bool) -> None:
    folders = _folders(places.insights, journal, entry, places)
    for folder in folders:
        partial, target = folder / entry.partial, folder / entry.target
        if not partial.exists():
            continue
        if not partial.is_file() or (check and not _is_decided(partial, entry)):
            raise OSError(errno.EIO, "it is not what was decided", str(target))
        try:
            os.replace(partial, target)
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(target)) from None
        return
    # Its partial file is gone, so it was put into place before. A video may have been taken away since.
    if entry.place != "temp" and not any((folder / entry.target).exists() for folder in folders):
        raise OSError(errno.ENOENT, "neither it nor its partial file is there", str(folders[0] / entry.target))


def _is_decided(partial: Path, entry: Entry) -> bool:
    return entry.sha256 is None or hashlib.sha256(partial.read_bytes()).hexdigest() == entry.sha256


def _folders(insights: Path, journal: Journal, entry: Entry, places: Places | None = None) -> list[Path]:
    """Where ``entry`` may stand: as this process' settings say, and as the journal says."""
    if entry.place == "insights":
        return [insights]
    said = Path(os.path.realpath(insights / _read(journal.folders[entry.place])))
    if places is None:
        return [said]
    own = places.unified if entry.place == "unified" else places.temp
    return [own] if Path(os.path.realpath(own)) == said else [own, said]
