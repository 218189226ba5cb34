"""One recording with the outputs of chosen stages taken from another: what a replay reads instead of computing it."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Sequence
from typing import Any

from parity.pipeline.parts import Stage
from parity.verdict import UsageError

#: Stands in a golden where the value is never compared.
_PLACEHOLDER = re.compile(r"<(volatile|environment|declared|the artifact .+)>")
_READ = ("source", "media", "service")
_NOTHING = object()


def transplant(recipient: Any, donor: Any, stages: Iterable[str], graph: Sequence[Stage]) -> Any:
    """The ``recipient``'s unified document with the outputs of ``stages`` from the ``donor``; ``UsageError`` for others."""
    by_name = {stage.name: stage for stage in graph}
    out = copy.deepcopy(recipient)
    for name in stages:
        if name not in by_name or by_name[name].kind not in _READ:
            known = ", ".join(each.name for each in graph if each.kind in _READ)
            raise UsageError(f"transplant: {name!r} is computed by every run; what can be transplanted is: {known}")
        for artifact, path in by_name[name].places:
            if artifact == "unified":
                _carry(out, donor, path.split("."))
    return out


def _carry(out: Any, donor: Any, steps: list[str]) -> None:
    """Put what stands at ``steps`` of the donor there in ``out``; what the donor lacks is removed."""
    value = donor
    for step in steps:
        value = value.get(step, _NOTHING) if isinstance(value, dict) else _NOTHING
    place = out
    for step in steps[:-1]:
        place = place.setdefault(step, {}) if isinstance(place, dict) else None
    if not isinstance(place, dict):
        return
    filled = _filled(value, place.get(steps[-1], _NOTHING))
    if filled is _NOTHING:
        place.pop(steps[-1], None)
    else:
        place[steps[-1]] = filled


def _filled(value: Any, own: Any) -> Any:
    """A copy of the donor's ``value`` in which the recipient's ``own`` stands in place of every placeholder."""
    if isinstance(value, str) and _PLACEHOLDER.fullmatch(value):
        return copy.deepcopy(own)
    if isinstance(value, dict):
        inside = own if isinstance(own, dict) else {}
        made = ((key, _filled(item, inside.get(key, _NOTHING))) for key, item in value.items())
        return {key: item for key, item in made if item is not _NOTHING}
    if isinstance(value, list):
        owned = own if isinstance(own, list) else []
        items = [_filled(item, owned[i] if i < len(owned) else _NOTHING) for i, item in enumerate(value)]
        return [item for item in items if item is not _NOTHING]
    return value
