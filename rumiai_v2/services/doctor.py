"""What is installed, what is missing, and what to do about it: one row per service."""

from __future__ import annotations

import ctypes
import dataclasses
import io
from collections.abc import Callable, Mapping, Sequence

from rumiai_v2.services import registry
from rumiai_v2.services.base import Service, ServiceInfo

#: Shared libraries of the system that mediapipe is linked against, and the Debian package of each.
SYSTEM_LIBRARIES = {"libEGL.so.1": "libegl1", "libGLESv2.so.2": "libgles2"}
HEADINGS = ("service", "library", "version", "weights", "source", "hash", "device", "state")


def rows(services: Mapping[str, Callable[[], Service]] | None = None) -> list[ServiceInfo]:
    """One description per service, in the order they run; no model is loaded.

    A service that cannot even describe itself (a package it needs is missing) is a row with a problem.
    """
    out = []
    for name, make in (registry.SERVICES if services is None else services).items():
        try:
            info = make().describe()
        except Exception as error:  # doctor reports what is broken, whatever it is
            info = ServiceInfo(name, "?", None, (), "unknown", f"{type(error).__name__}: {error}. Run `make setup`.")
        if name == "mediapipe" and (missing := missing_system_libraries()):
            line = f"the system lacks {', '.join(missing)}: run `{install_line(missing)}`."
            info = dataclasses.replace(info, problem="\n".join(filter(None, (info.problem, line))))
        out.append(info)
    return out


def missing_system_libraries() -> list[str]:
    """Names of the shared libraries that the system's loader does not find."""
    missing = []
    for name in SYSTEM_LIBRARIES:
        try:
            ctypes.CDLL(name)
        except OSError:
            missing.append(name)
    return missing


def install_line(libraries: Sequence[str]) -> str:
    """The command that installs the packages of these shared libraries on Debian."""
    return "apt-get install -y " + " ".join(SYSTEM_LIBRARIES[name] for name in libraries)


def render(infos: Sequence[ServiceInfo], *, width: int | None = None) -> str:
    """The rows as a plain table, one line per weight file, followed by what is not ready and what to do."""
    from rich.console import Console
    from rich.table import Table

    table = Table(*HEADINGS, box=None, pad_edge=False)
    for info in infos:
        state = "ready" if info.problem is None else "not ready"
        head = (info.service, info.library, info.version or "-")
        for index, weight in enumerate(info.weights or (None,)):
            cells = ("none needed", "-", "-") if weight is None else (
                weight.name, weight.source or "missing", weight.sha256[:16]
            )  # fmt: skip
            first = index == 0
            table.add_row(
                *(head if first else ("", "", "")), *cells, info.device if first else "", state if first else ""
            )
    out = io.StringIO()
    console = Console(file=out, width=width or 200, color_system=None, highlight=False, markup=False)
    console.print(table)
    for info in infos:
        if info.problem:
            console.print(f"\n{info.service} is not ready:")
            for line in info.problem.splitlines():
                console.print(f"  {line}", soft_wrap=True)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"
