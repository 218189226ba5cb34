"""The metadata of a case that was made of somebody's video: what the platform would say of it, as both runners read it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit

from parity.plain import line
from parity.verdict import UsageError

if TYPE_CHECKING:
    from rumiai_parity.probe import Probe

#: Bytes of a metadata file: a real one has a few thousand.
LARGEST = 1_000_000
#: Of a video that was on no platform: an address that is reserved for having no owner.
_ADDRESS = "https://case.invalid/video/{}"
#: Where the media lay. They expire; the stand-in names its own, and the local runner must be told none.
_ADDRESSES = ("videoUrl", "downloadAddr", "downloadUrl")
_SCHEMA = Path(__file__).parents[1] / "schemas" / "metadata.schema.json"


def derived(name: str, found: Probe) -> tuple[dict[str, Any], str]:
    """The least that both runners need: an id, an address, the measures. Nothing else is known, and nothing is invented."""
    measures = {"width": found.width, "height": found.height, "duration": round(found.seconds)}
    item = {"id": name, "webVideoUrl": _ADDRESS.format(name), "videoMeta": measures}
    return item, (
        f"none given, so derived: id {name}, the length; caption, counts, author and date are unknown "
        "(--metadata FILE tells what the platform would say)"
    )


def given(file: Path, name: str, found: Probe) -> tuple[dict[str, Any], str]:
    """What ``file`` says: any document that the local runner takes as ``--metadata`` (docs/metadata.md).

    What both runners need and the file lacks is completed, and said. Raises ``UsageError``.
    """
    item = dict(_read(file))
    changes = []
    known = _mapped(item, file)
    if known.id is None:
        changes.append(f"id {name} added")
    item["id"] = known.id if known.id is not None else name
    item["webVideoUrl"] = address = _address(known.url or _ADDRESS.format(item["id"]), file)
    if known.url != address:
        changes.append(f"address {line(address, 120)} {'without its query' if known.url else 'added'}")
    measures = dict(item["videoMeta"]) if isinstance(item.get("videoMeta"), Mapping) else {}
    if not measures:
        measures = {"width": found.width, "height": found.height}
        changes.append("measures added")
    dropped = [key for key in _ADDRESSES if item.pop(key, None)]
    if item.get("mediaUrls") or measures.get("downloadAddr") or dropped:
        changes.append("addresses of the media removed")
    item["mediaUrls"], measures["downloadAddr"] = [], ""
    item["videoMeta"] = measures
    _check(item, file)
    return item, f"of {line(file)}" + (f"; {', '.join(changes)}" if changes else "")


def written(item: Mapping[str, Any]) -> str:
    """The text of the case's metadata file."""
    return json.dumps(item, ensure_ascii=False, indent=2) + "\n"


def _read(file: Path) -> Mapping[str, Any]:
    """The item that ``file`` holds, in the shape of the platform's, read as the runners would read it."""
    from rumiai_v2.models import json_document
    from rumiai_v2.models.items import as_item
    from rumiai_v2.models.metadata import described_video

    shown = line(file)
    if (size := file.stat().st_size) > LARGEST:
        raise UsageError(
            f"--metadata {shown}: expected what one video's page says, at most {LARGEST / 1e6:g} MB, got {size / 1e6:.1f} MB; "
            "keep the one item that belongs to the video"
        )
    try:
        content = json_document.content_of(file, largest=LARGEST)
        document = json_document.lines(content) or json_document.parse(content)
        described_video(document)
        return as_item(document)
    except (OSError, ValueError) as error:
        _refuse(file, line(error, 240))


def _mapped(item: Mapping[str, Any], file: Path) -> Any:
    """``item`` as the pipeline's own mapper reads it, which both runners use."""
    from rumiai_v2.models.metadata import metadata_from, valid_video_id

    try:
        known = metadata_from(item)
    except ValueError as error:
        _refuse(file, line(error))
    if known.id is not None and not valid_video_id(known.id):
        _refuse(
            file,
            f"id: expected 1-128 characters of A-Z a-z 0-9 . _ - without a leading dot, got {line(known.id, 80)!r}",
        )
    return known


def _address(url: str, file: Path) -> str:
    """The page's address without query and fragment, which are about who looked and not about the video."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        parts, host = None, None
    if parts is None or parts.scheme not in ("http", "https") or not host or any(char.isspace() for char in url):
        _refuse(file, f"webVideoUrl: expected http://… or https://…, got {line(url, 80)!r}")
    return parts._replace(query="", fragment="").geturl()


def _check(item: Mapping[str, Any], file: Path) -> None:
    """Whether what the runners will make of ``item`` keeps the schema of their outputs."""
    from jsonschema import Draft202012Validator

    document = _mapped(item, file).to_dict()
    validator = Draft202012Validator(json.loads(_SCHEMA.read_bytes()))
    for error in validator.iter_errors(document):
        _refuse(file, f"{line(error.json_path.removeprefix('$.'))}: {line(error.message, 160)} ({_SCHEMA.name})")


def _refuse(file: Path, what: str) -> NoReturn:
    raise UsageError(f"--metadata {line(file)}: {what}; correct it, or leave --metadata out. Nothing was added.")
