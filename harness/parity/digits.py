"""How many digits an integer may have, in whatever is read: decided here, and not by an error of Python."""

from __future__ import annotations

import sys

#: Converting a longer one takes seconds.
LONGEST = 200_000


def too_long(text: str) -> str | None:
    """Why the integer in ``text`` is not read; None where it is."""
    return f"an integer of {len(text):,} digits, and at most {LONGEST:,} are read" if len(text) > LONGEST else None


# Python's own limit is lower, and its error names no place.
sys.set_int_max_str_digits(0)
