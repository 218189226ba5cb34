"""The three files of an analysis: result (prefixed blocks), ml (bare blocks), complete (both, wrapped).

They agree by construction: all three are made from the ML form here and nowhere else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rumiai_v2 import CONTRACT_VERSION
from rumiai_v2.outputs.publication import Publication
from rumiai_v2.outputs.stamps import OPEN
from rumiai_v2.redact import redacted_document

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
    publication: Publication, folder: Path, *, analysis: str, prefix: str, ml_form: Mapping[str, Any], stamp: str = OPEN
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
