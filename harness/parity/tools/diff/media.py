"""Did both sides see the same media, and how exactly may they therefore be compared?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from parity.compare.tolerance import EXACT
from parity.tools.diff.sides import Side
from parity.verdict import UsageError

State = Literal["same", "different", "unknown"]
Mode = Literal["exact", "tolerances", "encodings"]


@dataclass(frozen=True)
class Media:
    """Whether the decoded media are the same, and what to say of it; ``insisted`` when the user says so."""

    state: State
    text: str
    insisted: bool = False


@dataclass(frozen=True)
class Strictness:
    """How a pair is compared, and why so. ``tolerances`` None: exactly."""

    mode: Mode
    why: str
    tolerances: Any = None


def judge(expected: Side, actual: Side, option: str) -> Media:
    """Compare what both sides tell about the decoded media; ``option`` is auto, or what the user insists on."""
    left, right = expected.told.media, actual.told.media
    common = sorted(left.keys() & right.keys())
    differing = [name for name in common if left[name] != right[name]]
    if option != "auto":
        told = f"; the fingerprints say otherwise ({', '.join(differing)})" if differing and option == "same" else ""
        told = told or ("; the fingerprints are equal" if common and not differing and option == "different" else "")
        return Media("same" if option == "same" else "different", f"{option}, as --media says{told}", insisted=True)
    if differing and expected.told.file and expected.told.file == actual.told.file:
        # One file is no two encodings: whoever sees other frames in it decodes it otherwise, which nothing excuses.
        return Media("same", f"the same file, but decoded otherwise: {', '.join(differing)} differ")
    if differing:
        facts = _facts(expected, actual)
        return Media("different", f"not the same: {', '.join(differing)} differ{facts}")
    if common:
        return Media("same", f"the same on both sides ({', '.join(common)})")
    silent = [label for label, told in (("A", left), ("B", right)) if not told]
    who = " and ".join(silent) if silent else "neither side"
    return Media(
        "unknown", f"unknown: {who} {'tell' if len(silent) == 2 else 'tells'} no fingerprint of the decoded frames"
    )


def _facts(expected: Side, actual: Side) -> str:
    left, right = expected.told.facts, actual.told.facts
    told = [f"{name} {left[name]} | {right[name]}" for name in left if name in right and left[name] != right[name]]
    return f" ({'; '.join(told)})" if told else ""


def strictness(expected: Side, actual: Side, media: Media, tolerances: Any, *, wanted: bool | None) -> Strictness:
    """How exactly to compare. ``wanted``: True for tolerances, False for exactness, None to let the sides decide."""
    if media.state == "different":
        if wanted is False:
            raise UsageError(
                "--exact: the media differ, so exactness would say nothing; --media same insists that they do not"
            )
        return Strictness("encodings", "the tolerances for different encodings of one video", tolerances.encodings)
    if wanted is True:
        return Strictness("tolerances", "the tolerances of a golden, as --tolerances says", tolerances)
    if expected.what == "golden" and actual.what == "golden":
        # Ignored leaves hold placeholders, which only a comparison with tolerances leaves out; these allow nothing.
        return Strictness("exact", "two sets of goldens", dict.fromkeys(tolerances, EXACT))
    if expected.what == "golden" and wanted is None:
        return Strictness("tolerances", "the tolerances of a golden", tolerances)
    other = _other_machine(expected, actual)
    if other and wanted is None:
        return Strictness("tolerances", f"the tolerances of a golden: other machines or versions ({other})", tolerances)
    if expected.what == "golden":
        return Strictness("exact", "as --exact says", dict.fromkeys(tolerances, EXACT))
    why = (
        "as --exact says"
        if wanted is False
        else "two runs on one machine"
        if expected.provenance
        else "nothing is tolerated"
    )
    return Strictness("exact", why)


def _other_machine(expected: Side, actual: Side) -> str:
    """In what the machines differ that two captures were made on; empty where they do not, or do not tell."""
    if expected.provenance is None or actual.provenance is None:
        return ""
    left, right = _flat(expected.provenance), _flat(actual.provenance)
    return ", ".join(
        # What one of them does not tell, as captures of an earlier day, is no difference.
        f"{n} {left[n]} | {right[n]}"
        for n in sorted(left.keys() & right.keys())
        if left[n] != right[n]
    )


def _flat(provenance: Any) -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in provenance.items():
        flat |= {str(k): str(v) for k, v in value.items()} if isinstance(value, dict) else {str(name): str(value)}
    return flat
