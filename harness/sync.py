"""``python3 -m harness.sync``: ``parity sync`` with the standard library alone, before anything is installed."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

if __name__ == "__main__":
    from parity.tools.sync.__main__ import process

    process()
