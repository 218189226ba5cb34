"""Reads outputs of RumiAI that no harness captured, today's and older ones (long: a rule for each age of a file).

Older ones, of the deployed system: one stamp per analysis and not per run, complete files without ``contract_version``
(those of temporal markers without ``source``, ``processing_mode`` and ``version`` too), no report file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parity.pipeline.reading import Outputs, Recognised, Told
from parity.verdict import UsageError
from rumiai_parity.layout import BLOCKS, FORMS, PREFIXES

if TYPE_CHECKING:
    from rumiai_v2.outputs.reading import Outputs as Standing

_SET_FILE = re.compile(r"(?P<analysis>\w+?)_(?P<form>complete|ml|result)_(?P<stamp>\d{8}_\d{6})\.json")
_REPORT_FILE = re.compile(r"report_(?P<stamp>\d{8}_\d{6})\.json")
_MARKERS = "temporal_markers"

#: Keys of a complete file: today's, and what the deployed system writes.
_COMPLETE = (
    "analysis_type", "success", "result", "parsed_response", "source", "processing_mode", "version", "contract_version",
)  # fmt: skip

#: Services by a key that only their document has at the top.
_SERVICES = {
    "objectAnnotations": "yolo", "segments": "whisper", "poses": "mediapipe", "textAnnotations": "ocr",
    "scene_changes": "scene_detection", "energy_level_windows": "audio_energy", "emotions": "emotion_detection",
}  # fmt: skip


@dataclass(frozen=True)
class _Set:
    """The files of one analysis with one stamp, by form."""

    stamp: str
    files: Mapping[str, Path]

    @property
    def complete(self) -> bool:
        return set(self.files) == set(FORMS)

    @property
    def committed(self) -> bool:
        """The complete file is renamed last: without it a set was never finished."""
        return "complete" in self.files


class InsightsReader:
    """The reader behind ``parity.pipeline.reading.Reader``."""

    artifacts = frozenset({"unified", "report", *(f"{name}.{form}" for name in PREFIXES for form in FORMS)})

    def outputs(self, folder: Path, stamp: str | None) -> Outputs | None:
        """``insights/<id>``, or a folder that holds one; the newest complete set of each analysis."""
        if (inside := _one_id(folder)) is None:
            return None
        folder = inside.resolve()
        files: dict[str, Path] = {}
        chosen: dict[str, str] = {}
        standing = _standing(folder)
        notes = _undecided(standing)
        newest, stamps = True, set()
        for name, inside_it in _by_folder(standing.files):
            sets = _sets(name, inside_it, notes)
            stamps |= {each.stamp for each in sets}
            found = _choose(sets, stamp, name, notes)
            if found is None:
                continue
            newest &= found is _choose(sets, None, name, [])
            for form, path in found.files.items():
                files[f"{name}.{form}"], chosen[f"{name}.{form}"] = path, found.stamp
        if stamp and not files:
            raise UsageError(f"{folder}: no files with stamp {stamp}; there are {', '.join(sorted(stamps)) or 'none'}")
        _add_report(standing.files, stamp, files, chosen)
        _add_unified(folder, standing.unified, files, notes, newest=newest)
        notes += [f"not compared, its name says nothing: {name}" for name in _strays(standing.files)]
        if len(set(chosen.values())) > 1:
            notes.append(f"files of several stamps: {_by_stamp(chosen)}")
        return Outputs(folder, files, chosen, tuple(sorted(stamps)), tuple(notes))

    def recognise(self, file: Path, document: Any) -> Recognised | None:
        if (match := _SET_FILE.fullmatch(file.name)) and match["analysis"] in PREFIXES:
            return _set_form(match["analysis"], match["form"])
        analysis, _, form = file.name.removesuffix(".json").rpartition(".")
        if analysis in PREFIXES and form in FORMS:
            return _set_form(analysis, form)
        return _by_shape(document) if isinstance(document, dict) else None

    def told(self, documents: Mapping[str, Any]) -> Told:
        about = _at(documents.get("unified"), "processing_metadata")
        media = _at(about, "media")
        versions = [_at(about, "contract_version"), _at(documents.get("report"), "contract_version")]
        versions += [_at(document, "contract_version") for document in documents.values()]
        subjects = [_at(documents.get("unified"), "video_id"), _at(documents.get("report"), "video_id")]
        subjects += [_at(_at(documents.get(f"{_MARKERS}.{form}"), "metadata"), "video_id") for form in ("result", "ml")]
        source = _at(about, "source")
        configuration = None
        if isinstance(source, str):
            configuration = "production" if source.startswith(("http://", "https://")) else "local"
        return Told(
            subject=next((each for each in subjects if isinstance(each, str)), None),
            contracts=tuple(sorted({each for each in versions if isinstance(each, str)})),
            media=_fingerprints(media),
            file=_text(_at(media, "sha256")),
            facts=_facts(media),
            configuration=configuration,
        )

    def oddities(self, artifact: str, document: Any) -> tuple[str, ...]:
        analysis, _, form = artifact.rpartition(".")
        if analysis not in PREFIXES or not isinstance(document, dict):
            return (f"is no object but {type(document).__name__}",) if analysis in PREFIXES else ()
        return tuple(_odd_complete(document) if form == "complete" else _odd_blocks(analysis, form, document))


READER = InsightsReader()


def _one_id(folder: Path) -> Path | None:
    """``folder`` itself where it is the folder of one id, else the only such folder in it or in its ``insights``."""
    if not folder.is_dir():
        return None
    if _is_outputs(folder):
        return folder
    for place in (folder / "insights", folder):
        inside = (
            sorted(path for path in place.iterdir() if path.is_dir() and _is_outputs(path)) if place.is_dir() else []
        )
        if len(inside) > 1:
            raise UsageError(f"{place}: holds {len(inside)} ids, name one: {', '.join(path.name for path in inside)}")
        if inside:
            return inside[0]
    return None


def _is_outputs(folder: Path) -> bool:
    for path in folder.iterdir():
        if path.is_dir() and (path.name in PREFIXES or any(_SET_FILE.fullmatch(each.name) for each in path.iterdir())):
            return True
        if _REPORT_FILE.fullmatch(path.name):
            return True
    return False


def _standing(folder: Path) -> Standing:
    """The files of ``insights/<id>`` that count, as the pipeline itself says."""
    from rumiai_v2.errors import OutputError
    from rumiai_v2.outputs.reading import read_outputs

    try:
        return read_outputs(folder)
    except OutputError as error:
        raise UsageError(str(error)) from None


def _undecided(standing: Standing) -> list[str]:
    stamps = sorted({match["stamp"] for name in standing.undecided if (match := _SET_FILE.search(name))})
    return [f"the run {stamp} never came to publishing all of it (no report), so it is not read" for stamp in stamps]


def _by_folder(files: Mapping[str, Path]) -> list[tuple[str, dict[str, Path]]]:
    """Name of an analysis' folder, and its files: name → where it stands."""
    found: dict[str, dict[str, Path]] = {}
    for name, path in files.items():
        folder, slash, file = name.rpartition("/")
        if slash:
            found.setdefault(folder, {})[file] = path
    return sorted(found.items())


def _sets(folder: str, files: Mapping[str, Path], notes: list[str]) -> list[_Set]:
    """All sets among the files of one analysis, by stamp."""
    found: dict[str, dict[str, Path]] = {}
    for name, path in sorted(files.items()):
        match = _SET_FILE.fullmatch(name)
        if match and path.is_file() and match["analysis"] == folder:
            found.setdefault(match["stamp"], {})[match["form"]] = path
        else:
            notes.append(f"not compared, its name does not fit: {folder}/{name}")
    return [_Set(stamp, files) for stamp, files in sorted(found.items())]


def _choose(sets: list[_Set], stamp: str | None, name: str, notes: list[str]) -> _Set | None:
    """The newest set with all three files; without one the newest that has its complete file, else none."""
    sets = [each for each in sets if not stamp or each.stamp.startswith(stamp)]
    committed = [each for each in sets if each.committed]
    whole = [each for each in committed if each.complete]
    found = next(reversed(whole or committed), None)
    for each in sets:
        there = ", ".join(form for form in FORMS if form in each.files)
        if not each.committed:
            notes.append(f"{name}: the set of {each.stamp} was never finished ({there}), so it is not read")
        elif each is found and not each.complete:
            notes.append(f"{name}: the set of {each.stamp} has only {there}")
        elif found is not None and each.stamp > found.stamp:
            notes.append(f"{name}: read is the set of {found.stamp}; the newer one of {each.stamp} has only {there}")
    return found


def _add_report(
    standing: Mapping[str, Path], stamp: str | None, files: dict[str, Path], chosen: dict[str, str]
) -> None:
    """The report of the run that most of the sets are of, else the newest that fits."""
    reports = {match["stamp"]: path for name, path in standing.items() if (match := _REPORT_FILE.fullmatch(name))}
    fitting = sorted(each for each in reports if not stamp or each.startswith(stamp))
    if not fitting:
        return
    usual = [each for each, _ in Counter(chosen.values()).most_common() if each in fitting]
    took = usual[0] if usual else fitting[-1]
    files["report"], chosen["report"] = reports[took], took


def _add_unified(folder: Path, decided: Path | None, files: dict[str, Path], notes: list[str], *, newest: bool) -> None:
    """``unified_analysis/<id>.json`` beside ``insights``; each run replaces it, so it belongs to the newest one.

    ``decided``: where that of the newest run stands while it is not in place.
    """
    places = [place / "unified_analysis" / f"{folder.name}.json" for place in (folder.parent.parent, folder.parent)]
    for path in (decided, *places):
        if path is None or not path.is_file():
            continue
        if newest:
            files["unified"] = path
        else:
            notes.append(f"not compared, it is of a later run: unified_analysis/{folder.name}.json")
        return


def _strays(files: Mapping[str, Path]) -> list[str]:
    return [name for name in sorted(files) if "/" not in name and not _REPORT_FILE.fullmatch(name)]


def _by_stamp(chosen: Mapping[str, str]) -> str:
    names: dict[str, set[str]] = {}
    for artifact, stamp in chosen.items():
        names.setdefault(stamp, set()).add(artifact.partition(".")[0])
    return "; ".join(f"{stamp} {', '.join(sorted(of))}" for stamp, of in sorted(names.items()))


def _set_form(analysis: str, form: str) -> Recognised:
    schema = f"{analysis}.schema.json" if form == "ml" else f"{analysis}.{form}.derived.json"
    return Recognised(f"{analysis}.{form}", schema)


def _by_shape(document: Mapping[str, Any]) -> Recognised | None:
    keys = set(document)
    analysis = document.get("analysis_type")
    if isinstance(analysis, str) and analysis in PREFIXES and keys & {"result", "parsed_response"}:
        return _set_form(analysis, "complete")
    if {"ml_data", "timeline"} <= keys:
        return Recognised("unified", "unified.schema.json")
    if "first_5_seconds" in keys:
        return _set_form(_MARKERS, "result")
    for name, prefix in PREFIXES.items():
        if prefix and keys & {f"{prefix}{block}" for block in BLOCKS}:
            return _set_form(name, "result")
    if "prompts_total" in keys:
        return Recognised("report", "report.schema.json")
    if "success" in keys and keys & {"outputs", "error_type"}:
        name = "return_success" if "outputs" in keys else "return_failure"
        return Recognised("return" if "outputs" in keys else "failure", f"{name}.schema.json")
    services = [name for key, name in _SERVICES.items() if isinstance(document.get(key), list | dict)]
    return Recognised(services[0], f"services/{services[0]}.schema.json") if len(services) == 1 else None


def _fingerprints(media: Any) -> dict[str, str]:
    """What identifies the decoded media: the frames, and the sound."""
    found = media.items() if isinstance(media, dict) else ()
    return {k.replace("_", " "): v for k, v in found if k.endswith("_fingerprint") and isinstance(v, str)}


def _facts(media: Any) -> dict[str, str]:
    names = {
        "width": "width",
        "height": "height",
        "fps": "frames per second",
        "duration": "seconds",
        "frame_count": "frames",
    }
    found = {name: _at(media, key) for key, name in names.items()}
    return {name: f"{value:g}" for name, value in found.items() if type(value) in (int, float)}


def _at(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _odd_complete(document: Mapping[str, Any]) -> Iterable[str]:
    if absent := [key for key in _COMPLETE if key not in document]:
        older = " (older shape)" if "contract_version" in absent else ""
        yield f"lacks {', '.join(absent)}{older}"
    if more := [key for key in document if key not in _COMPLETE]:
        yield f"has {', '.join(map(str, more))} besides"
    if not isinstance(document.get("result"), str | None):
        yield f"result is {type(document['result']).__name__}, not the text of a document"
    elif "result" in document and not _is_json(document["result"]):
        yield "the text in result is no JSON"


def _odd_blocks(analysis: str, form: str, document: Mapping[str, Any]) -> Iterable[str]:
    prefix = PREFIXES[analysis]
    if not prefix:
        return
    names = {f"{prefix}{block}" if form == "result" else block for block in BLOCKS}
    if absent := sorted(names - set(document)):
        yield f"lacks the blocks {', '.join(absent)}"


def _is_json(text: Any) -> bool:
    import json

    try:
        json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return False
    return True
