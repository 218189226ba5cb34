"""``python3 -m harness.sync``: the same check as ``parity sync``, with the standard library alone."""

from __future__ import annotations

import argparse
import gc

from parity import ending
from parity.pipeline import settings
from parity.tools.sync import command, history


def main(arguments: list[str] | None = None) -> int:
    """Exit code: 0 in sync, 1 drift, 2 usage, 70 crash."""
    parser = argparse.ArgumentParser(prog="python3 -m harness.sync", description=__doc__)
    parser.add_argument("--config", help="settings (default: the nearest parity.toml)")
    parser.add_argument("--root", help="check this tree instead of the one around the settings")
    parser.add_argument("--commit", metavar="ID", help="check this commit or tree instead of the files")
    parser.add_argument("--rule", action="append", default=[], help="only this rule; may be given again")
    parser.add_argument("--format", choices=command.FORMATS, default="text")
    parser.add_argument("--no-history", action="store_true", help="do not look for the last commit that was in sync")
    parser.add_argument("--depth", type=int, default=history.DEPTH, help="how many commits are judged at most")
    given = parser.parse_args(arguments)
    gc.disable()  # a third of the time: syntax trees are many small objects, and all of them live to the end
    return int(
        command.run(
            given.config,
            root=given.root,
            commit=given.commit,
            only=tuple(given.rule),
            form=given.format,
            with_history=not given.no_history,
            depth=given.depth,
        )
    )


def process() -> None:
    """The program: ``main`` as a process that ends as all commands do."""
    ending.process(main, reports=lambda: settings.reports_folder(None))


if __name__ == "__main__":
    process()
