"""The command line of the pipeline with a fault, under the conditions of a scene, and with recorded service results.

    python -m rumiai_parity.faults [--recorded UNIFIED.json] [--scene NAME] FAULT|none ARGUMENTS…

The arguments are those of ``python -m rumiai_v2``. Everything is patched in this process; nothing on disk changes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from rumiai_parity.faults import killing, recorded, situations
from rumiai_parity.faults.patches import PATCHES

NONE = "none"


def main(arguments: Sequence[str]) -> None:
    """Patch, then run the command line on the other arguments."""
    parser = argparse.ArgumentParser(prog="python -m rumiai_parity.faults", description=main.__doc__)
    parser.add_argument("--recorded", metavar="UNIFIED.json", help="the services answer from this recording")
    parser.add_argument("--scene", default="plain", choices=sorted(situations.SITUATIONS))
    parser.add_argument("--kill-at", choices=sorted(killing.MOMENTS), help="end this process at that moment")
    parser.add_argument("fault", choices=[NONE, *PATCHES])
    parser.add_argument("rest", nargs=argparse.REMAINDER)
    options = parser.parse_args(arguments)
    situation = situations.SITUATIONS[options.scene]
    if situation.killed_at and not options.kill_at:
        killing.rehearse(situation.killed_at, arguments)
    if options.recorded:
        recorded.install(options.recorded)
    for arrange in situation.arrange:
        arrange()
    if options.fault != NONE:
        PATCHES[options.fault]()
    if options.kill_at:
        killing.arm(options.kill_at)
    sys.argv[1:] = options.rest
    from rumiai_v2.entry import main as command_line

    command_line()


if __name__ == "__main__":
    main(sys.argv[1:])
