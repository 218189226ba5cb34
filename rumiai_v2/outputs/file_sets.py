"""The three files of an analysis: result (prefixed blocks), ml (bare blocks), complete (both, wrapped).

They agree by construction: all three are made from the ML form here and nowhere else. A set is committed by its
complete file, which is published last; readers ignore sets without one.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from rumiai_v2 import CONTRACT_VERSION
from rumiai_v2.outputs.files import Publication, remove_orphans
from rumiai_v2.redact import redacted_document

log = logging.getLogger(__name__)

STAMP_FORMAT = "%Y%m%d_%H%M%S"
SET_FILE = re.compile(r"(?P<analysis>.+)_(?P<kind>complete|ml|result)_(?P<stamp>\d{8}_\d{6})\.json")


def to_json(document: Any) -> bytes:
    """Indented ASCII JSON without secrets; NaN and infinity are refused (``ValueError``), they are no JSON."""
    return json.dumps(redacted_document(document), indent=2, allow_nan=False).encode() + b"\n"


def result_form(ml_form: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """``{"CoreMetrics": …}`` → ``{"densityCoreMetrics": …}``; unchanged without a prefix."""
    return {prefix + name: block for name, block in ml_form.items()} if prefix else dict(ml_form)


def complete_form(analysis: str, ml_form: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    return {
        "analysis_type": analysis,
        "success": True,
        "result": json.dumps(result_form(ml_form, prefix), allow_nan=False),
        "parsed_response": dict(ml_form),
        "source": "python_precompute",
        "processing_mode": "python_only",
        "version": "2.0",
        "contract_version": CONTRACT_VERSION,
    }


def stage_set(
    publication: Publication, folder: Path, *, analysis: str, prefix: str, ml_form: Mapping[str, Any], stamp: str
) -> Path:
    """Stage one set below ``folder`` (``insights/<id>``) and return the path of its complete file."""
    documents = {
        "ml": dict(ml_form),
        "result": result_form(ml_form, prefix),
        "complete": complete_form(analysis, ml_form, prefix),
    }
    target = folder / analysis
    for kind, document in documents.items():
        target = folder / analysis / f"{analysis}_{kind}_{stamp}.json"
        publication.stage(target, to_json(document))
    return target


def free_stamp(folder: Path, now: datetime) -> str:
    """The first second from ``now`` (UTC) that no file below ``folder`` carries yet, as ``YYYYMMDD_HHMMSS``."""
    taken = {match[0] for path in folder.rglob("*.json") if (match := re.search(r"\d{8}_\d{6}", path.name))}
    while (stamp := now.strftime(STAMP_FORMAT)) in taken:
        now += timedelta(seconds=1)
    return stamp


def remove_partial_sets(folder: Path) -> None:
    """Clean ``insights/<id>`` of what a killed run left: half-written files and sets without a complete file."""
    if not folder.is_dir():
        return
    remove_orphans([folder, *(p for p in folder.iterdir() if p.is_dir())])
    for analysis in (p for p in folder.iterdir() if p.is_dir()):
        found: dict[str, dict[str, Path]] = {}
        for path in analysis.iterdir():
            if match := SET_FILE.fullmatch(path.name):
                found.setdefault(match["stamp"], {})[match["kind"]] = path
        for stamp, files in found.items():
            if "complete" not in files:
                log.warning("removing the set %s of %s, left by a run that was killed", stamp, analysis.name)
                for path in files.values():
                    path.unlink(missing_ok=True)
