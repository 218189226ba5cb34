"""The secret that tests plant, every spelling in which it might come out again, and the search for them.

It stands in the environment as the platform's token wherever a test needs one. Some of its characters are escaped by
every encoding, so that none of the spellings is found by looking for another.
"""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

from rumiai_parity.platform import Platform

PLANTED = Platform.token
#: A file above this size holds pictures or sound, which nobody writes texts into.
LARGEST = 8 * 2**20


def spellings(secret: str) -> dict[str, str]:
    """Name of an encoding → how ``secret`` looks in it, where base64 leaves out what depends on its neighbours."""
    raw = secret.encode()
    found = {
        "as it is": secret,
        "quoted for a URL": quote(secret, safe=""),
        "quoted for a path": quote(secret),
        "quoted for a form": quote_plus(secret),
        "quoted twice": quote(quote(secret, safe=""), safe=""),
        "JSON": json.dumps(secret)[1:-1],
        "JSON in JSON": json.dumps(json.dumps(secret))[3:-3],
        "escaped for JavaScript": "".join(c if c.isalnum() else f"\\u{ord(c):04x}" for c in secret),
        "slashes escaped": secret.replace("/", "\\/"),
        "repr": repr(secret)[1:-1],
        "bytes": "".join(f"\\x{byte:02x}" for byte in raw),
        "HTML": html.escape(secret),
        "HTML by number": "".join(c if c.isalnum() else f"&#{ord(c)};" for c in secret),
        "hexadecimal": raw.hex(),
        "HEXADECIMAL": raw.hex().upper(),
        "its first half": secret[: (len(secret) + 1) // 2],
        "its second half": secret[-((len(secret) + 1) // 2) :],
    }
    found["quoted in lower case"] = "".join(
        c if quote(c, safe="") == c else "".join(f"%{byte:02x}" for byte in c.encode()) for c in secret
    )
    for before in range(3):
        # What three bytes and more make of it, without the letters that its neighbours have a share in.
        shifted = base64.b64encode(b"\0" * before + raw).decode()
        inner = shifted[4 if before else 0 : len(shifted) // 4 * 4 - 4]
        found[f"base64 after {before}"] = inner
        found[f"base64 for URLs after {before}"] = inner.replace("+", "-").replace("/", "_")
    return found


#: A half of it in a text may also be a part of all of it: the other spellings say so by name first.
_SEARCHED = {name: spelt.encode() for name, spelt in spellings(PLANTED).items()}


def found_in(content: bytes) -> list[str]:
    """Names of the spellings of the planted secret in ``content``."""
    return [name for name, spelt in _SEARCHED.items() if spelt in content]


def found_below(folder: Path) -> Iterator[tuple[Path, list[str]]]:
    """Files below ``folder``, and names of files, that hold the planted secret."""
    for path in sorted(folder.rglob("*")):
        names = found_in(path.name.encode("utf-8", "surrogateescape"))
        if path.is_file() and not path.is_symlink() and path.stat().st_size <= LARGEST:
            names += found_in(path.read_bytes())
        if names:
            yield path, names
