"""The kind of machine that something was computed on: its CPU, and what of it decides which kernels the libraries choose."""

from __future__ import annotations

import platform
from collections.abc import Set
from functools import cache
from pathlib import Path
from typing import Any

#: What of a CPU's features decides which kernels the libraries choose.
INSTRUCTION_SETS = (
    "sse4_2", "avx", "avx2", "fma", "f16c", "avx_vnni", "avx512f", "avx512bw", "avx512vl", "avx512_vnni", "avx512_bf16",
    "amx_tile",
)  # fmt: skip

#: Levels of the x86-64 psABI (gitlab.com/x86-psABIs/x86-64-ABI), by the names that Linux gives the features; each
#: includes those before it.
_LEVELS = (
    ("x86-64-v2", {"cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3"}),
    ("x86-64-v3", {"abm", "avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "movbe", "xsave"}),
    ("x86-64-v4", {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}),
)

_CPUINFO = Path("/proc/cpuinfo")
_VENDORS = {"AuthenticAMD": "AMD", "GenuineIntel": "Intel", "HygonGenuine": "Hygon"}


@cache
def cpu() -> dict[str, Any]:
    """This machine's CPU: ``model``, ``vendor``, ``class`` (as in ``x86-64-v4 AMD``) and ``instruction_sets``."""
    info = _info()
    features = set((info.get("flags") or info.get("Features") or "").split())
    vendor = _VENDORS.get(info.get("vendor_id", ""), info.get("vendor_id") or info.get("CPU implementer") or "unknown")
    return {
        "model": info.get("model name") or platform.processor() or platform.machine(),
        "vendor": vendor,
        "class": f"{level(features)} {vendor}",
        "instruction_sets": [name for name in INSTRUCTION_SETS if name in features],
    }


def level(features: Set[str], *, known: Set[str] | None = None) -> str:
    """The level that ``features`` reach, as in ``x86-64-v4``.

    ``known``: all that would have been noted down, where that is not everything. Another architecture is its own level.
    """
    if known is None and platform.machine().lower() not in ("x86_64", "amd64"):
        return platform.machine() or "unknown"
    reached = "x86-64-v1"
    for name, needed in _LEVELS:
        told = needed if known is None else needed & known
        if not told <= features:
            break
        reached = name
    return reached


def _info() -> dict[str, str]:
    """The first processor of ``/proc/cpuinfo``; empty where there is none."""
    try:
        text = _CPUINFO.read_text(encoding="utf-8")
    except OSError:
        return {}
    pairs = (line.partition(":") for line in text.partition("\n\n")[0].splitlines())
    return {name.strip(): value.strip() for name, _, value in pairs}
