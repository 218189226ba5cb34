"""Secrets taken out of text that leaves the process: the values of variables that are named like secrets.

What a secret looks like where it is quoted, escaped or encoded is taken out as well. Nothing here knows a pipeline.
"""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Iterator
from functools import cache
from urllib.parse import quote, quote_plus

#: Stands where a secret stood.
MARK = "***"
#: A shorter value is no secret worth the name, and would be found in the middle of words.
_SHORTEST = 8
_NAMED = re.compile(r"TOKEN|SECRET|PASSWORD|API_?KEY", re.IGNORECASE)


def redacted(text: str) -> str:
    """``text`` without the known secrets."""
    known = _known()
    return text if known is None else known.sub(MARK, text)


def look_again() -> None:
    """Read the environment anew; a process does so when it starts."""
    _known.cache_clear()


@cache
def _known() -> re.Pattern[str] | None:
    values = {value.strip() for name, value in os.environ.items() if _NAMED.search(name)}
    forms = {form for value in values if len(value) >= _SHORTEST for form in _forms(value)}
    return re.compile("|".join(map(re.escape, sorted(forms, key=len, reverse=True)))) if forms else None


def _forms(value: str) -> Iterator[str]:
    """``value`` as it is written in texts, URLs, JSON documents, Python's messages and headers."""
    raw = value.encode("utf-8", "surrogateescape")
    yield value
    yield from (quote(raw), quote(raw, safe=""), quote_plus(raw))
    yield from (json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1])
    yield from (repr(value)[1:-1], repr(raw)[2:-1])
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        # Behind one or two other bytes (``user:``) it is written in other letters; those that it shares are left.
        for before in range(3):
            text = encode(b"\0" * before + raw).decode("ascii").rstrip("=")
            whole = text[(before * 8 + 5) // 6 : (before + len(raw)) * 8 // 6]
            yield whole
