"""Whether a text is the address of something on the web, before anybody is asked for it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from pydantic import HttpUrl, TypeAdapter, ValidationError

_ADDRESS = TypeAdapter(HttpUrl)
#: What browsers drop or mend in silence, other readers take otherwise: refused.
_BEGINS = re.compile(r"https?://[^/\\?#]", re.IGNORECASE)
_UNWRITABLE = re.compile(r"[\s\x00-\x20\x7f-\x9f\\\ud800-\udfff]")


def why_unreadable(address: str) -> str | None:
    """Why ``address`` cannot be read as http://… or https://…; None where it can."""
    if found := _UNWRITABLE.search(address):
        return f"it holds {found[0]!r}, which no address can"
    if not _BEGINS.match(address):
        return "it does not begin with http:// or https:// and a host"
    try:
        _ADDRESS.validate_python(address)
        parts = urlsplit(address)
        return None if parts.hostname and parts.port != 0 else "its host or port is none"
    except ValidationError as error:
        return error.errors(include_url=False)[0]["msg"].removeprefix("Input should be a valid URL, ")
    except ValueError as error:
        return str(error)
