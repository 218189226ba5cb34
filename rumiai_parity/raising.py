"""The command line of the pipeline with one thing that goes wrong in the middle of the run.

    python -m rumiai_parity.raising --analysis creative_density local clip.mp4 …

Everything behind the option goes to ``python -m rumiai_v2`` unchanged.
"""

from __future__ import annotations

import argparse
import dataclasses
import errno
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn


class Raised(RuntimeError):
    """What the chosen part dies of."""


def break_analysis(name: str) -> None:
    """Replace the computation of analysis ``name`` in the registry, or that of the temporal markers."""
    from rumiai_v2.analyses import registry
    from rumiai_v2.timeline import temporal_markers

    def compute(unified: Mapping[str, Any], **_: Any) -> NoReturn:
        raise Raised("made to fail")

    if name == temporal_markers.NAME:
        temporal_markers.temporal_markers = compute
        return
    _known(name, [temporal_markers.NAME, *(analysis.name for analysis in registry.ANALYSES)])
    registry.ANALYSES = tuple(
        dataclasses.replace(analysis, compute=compute) if analysis.name == name else analysis
        for analysis in registry.ANALYSES
    )


def break_service(name: str) -> None:
    """Replace the work of service ``name`` in the registry; it still says what it is, and that it is ready."""
    from rumiai_v2.services import registry

    _known(name, list(registry.SERVICES))
    make = registry.SERVICES[name]

    def made() -> Any:
        service: Any = make()

        def analyse(media: Any, upstream: Any) -> NoReturn:
            raise Raised("made to fail")

        service.analyse = analyse
        return service

    registry.SERVICES = {**registry.SERVICES, name: made}


def break_timeline() -> None:
    """Let the timeline raise what nobody foresaw."""
    from rumiai_v2.timeline import builder

    def build_timeline(*_: Any, **__: Any) -> NoReturn:
        raise Raised("made to fail")

    builder.build_timeline = build_timeline


def break_rename(number: int, event: str) -> None:
    """Let ``event`` meet the publishing: its ``number``th rename of a document; the first is the decision."""
    from rumiai_v2.outputs import journal

    done = 0

    class Os:
        """The module ``os``, but for one function."""

        def __getattr__(self, name: str) -> Any:
            return getattr(os, name)

        def replace(self, source: Any, target: Any) -> None:
            nonlocal done
            done += str(target).endswith(".json")
            if done >= number and event == "full":
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            if done == number and event == "stop":
                os.kill(os.getpid(), signal.SIGTERM)
            os.replace(source, target)
            if done == number and event in ("kill", "terminate"):
                os.kill(os.getpid(), signal.SIGKILL if event == "kill" else signal.SIGTERM)

    patched: Any = journal  # what it calls os is no part of what the module offers
    patched.os = Os()


def _known(name: str, names: Sequence[str]) -> None:
    if name not in names:
        raise SystemExit(f"{name!r} cannot be made to fail; known: {', '.join(names)}")


def main(arguments: Sequence[str]) -> None:
    """Break what is named, then run the command line on the other arguments."""
    parser = argparse.ArgumentParser(prog="python -m rumiai_parity.raising", description=main.__doc__)
    parser.add_argument("--analysis")
    parser.add_argument("--service")
    parser.add_argument("--timeline", action="store_true")
    parser.add_argument("--rename", metavar="NUMBER:full|kill|stop|terminate")
    options, rest = parser.parse_known_args(arguments)
    if options.analysis:
        break_analysis(options.analysis)
    if options.service:
        break_service(options.service)
    if options.timeline:
        break_timeline()
    if options.rename:
        number, _, event = options.rename.partition(":")
        break_rename(int(number), event)
    sys.argv[1:] = rest
    from rumiai_v2.entry import main as command_line

    command_line()


if __name__ == "__main__":
    main(sys.argv[1:])
