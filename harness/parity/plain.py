"""Text that nobody vouches for, made harmless for where it is shown; everything that prints goes through here.

Values, file names, metadata and reasons may hold escape sequences, marks that turn the direction of reading, HTML, a line
that a CI system would obey, a secret, or a megabyte of letters. What would be obeyed is shown instead, secrets are not.
"""

from __future__ import annotations

import re
from typing import Any

from parity.redact import redacted

#: Letters of one value that are shown where nothing else is said.
MOST = 400
#: Letters of one printed line.
LONGEST = 4000

# Direction marks and what is as invisible: line and paragraph separators, byte order mark, tags, half a surrogate pair.
_INVISIBLE = (
    "\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f"
)
_OBEYED = re.compile(f"[\x00-\x1f\x7f-\x9f{_INVISIBLE}]")
_NOT_PLAIN = re.compile(r"[^\w .,()/=+%·…×→−-]|_")
#: What makes a list or a heading where it stands first.
_BEGINS = re.compile(r"^[-+=]|^\d+(?=[.)])")
#: Ends what GitHub would make a link, a mention or a reference of; it has no width.
_JOINER = "&#8288;"


def line(value: object, most: int | None = MOST) -> str:
    """``value`` in one line of at most about ``most`` letters (None: all): whatever a terminal would obey is shown."""
    return _disarmed(_OBEYED.sub(_shown, cut(redacted(str(value)), most)))


def block(value: object, most: int | None = None) -> str:
    """``value`` with its own line breaks, every line of it as ``line`` shows it."""
    return "\n".join(line(each, None) for each in cut(redacted(str(value)), most).split("\n"))


def lines(text: str) -> str:
    """Many lines as ``block`` shows them, each cut where it is longer than any line that is meant to be read."""
    return "\n".join(line(each, LONGEST) for each in redacted(text).split("\n"))


def cut(value: str, most: int | None) -> str:
    """The beginning of a long text, and how long it is."""
    return value if most is None or len(value) <= most else f"{value[:most]}… ({len(value):,} characters)"


def markdown(value: object, most: int | None = MOST) -> str:
    """``value`` in one line so that GitHub's Markdown shows it as it is.

    Every sign that could mean something is an entity, so there is no HTML, table, code, link or picture; an invisible
    joiner keeps mentions, references and addresses from becoming links.
    """
    shown = line(value, most).lstrip()
    first = _BEGINS.match(shown)
    begin = "".join(f"&#{ord(sign)};" for sign in first[0]) if first else ""
    text = _NOT_PLAIN.sub(_entity, shown[first.end() if first else 0 :])
    text = re.sub(r"&#64;|&#35;(?=\d)|&#58;(?=//)", lambda match: match[0] + _JOINER, text)
    return begin + re.sub(r"(?i)\bwww(?=\.)", lambda match: match[0] + _JOINER, text)


def json_text(text: str) -> str:
    """A JSON document with everything that a terminal would obey escaped; it says the same."""
    return re.sub(f"[\x7f-\x9f{_INVISIBLE}]", _json_escape, redacted(text))


def printed(text: str) -> bytes:
    """``text`` as bytes for stdout or stderr: harmless, and in whatever the stream's encoding can say."""
    return encoded(lines(text))


def encoded(text: str) -> bytes:
    """``text`` in the encoding of stdout; what that cannot say stands there as an escape."""
    import sys

    return redacted(text).encode(getattr(sys.stdout, "encoding", None) or "utf-8", "backslashreplace")


def _shown(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code > 0xFF and not 0xD800 <= code <= 0xDFFF:
        return f"⟨U+{code:04X}⟩"
    return match[0].encode("unicode_escape").decode("ascii")


def _disarmed(text: str) -> str:
    """``text`` that is no workflow command: those begin a line with two colons, or stand anywhere as ``##[name]``."""
    rest = text.lstrip()
    if rest.startswith("::"):
        text = f"{text[: len(text) - len(rest)]}⟨::⟩{rest[2:]}"
    return text.replace("##[", "##⟨[⟩")


def _entity(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};"


def _json_escape(match: re.Match[str]) -> str:
    raw: Any = match[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{raw[at]:02x}{raw[at + 1]:02x}" for at in range(0, len(raw), 2))
