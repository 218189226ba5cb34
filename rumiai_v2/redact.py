"""What must not leave the process: the secrets this process knows, and the one place where they are taken out.

Whatever is written (streams, logs, return structures, reports, outputs, crash files) passes ``redacted`` (a text that
people read) or ``redacted_document`` (a document that programs read), whoever made the text: a library's error may
repeat a header, a server's answer the token it was sent.

Known are the token and all ``user:password`` in addresses of the environment, read anew each time so that nothing has to
run first, and what ``register`` and ``register_url`` were told. A secret is found in every spelling that keeps its
characters apart (quoted for a URL, escaped for JSON, HTML or Python) and in base64 and hexadecimal. In addresses the
password and the parameters that are one by their name go too, known or not.

A secret that could be a word of its own (``strong`` says no) is not taken out of the texts of a document, or
the password "duration" would change the names of fields.
"""

from __future__ import annotations

import base64
import logging
import os
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any
from urllib.parse import parse_qsl, unquote

MASK = "***"
TOKEN = "APIFY_API_TOKEN"
_BASE = "APIFY_API_BASE_URL"
#: A shorter secret is masked where its place tells that it is one, or half of all words would go.
SHORTEST = 4

#: Parameters of an address that hold a secret by their name; ``_SIGNED`` ones sign an address that others may open.
_SECRET_NAMES = r"(?:[\w-]{0,40}[_-])?(?:token|secret|password|passwd|pwd|api-?_?key|key|auth|authorization|credentials?|session-?_?id|jwt)"
_SIGNED_NAMES = (
    r"x-amz-[\w-]{1,40}|x-goog-[\w-]{1,40}|(?:[\w-]{0,40}[_-])?(?:sig|sign|signature|expires|policy|key-pair-id)"
)
_BEGIN = r"(?:[?&;#]|&amp;|\\u0026|%3F|%26|%3B)"
_VALUE = r"(?:=|%3D)(?:(?!&amp;|\\u0026|%26|%23)[^\s&#\"'<>\\])+"
_PASSWORD = re.compile(
    r"(?P<kept>(?::|%3A)(?:\\{0,8}/|%2F){2})(?:(?!%2F|%3F|%23|%40)[^\s/?#@\"'<>])+(?=@|%40)", re.IGNORECASE
)
_SECRET_PARAMETER = re.compile(rf"(?P<kept>{_BEGIN}(?:{_SECRET_NAMES})){_VALUE}", re.IGNORECASE)
_ANY_PARAMETER = re.compile(rf"(?P<kept>{_BEGIN}(?:{_SECRET_NAMES}|{_SIGNED_NAMES})){_VALUE}", re.IGNORECASE)
_HEADER = re.compile(
    r"(?P<kept>authorization\\{0,8}[\"']?\s{0,4}[:=,]\s{0,4}(?:b(?=\\{0,8}[\"']))?\\{0,8}[\"']?"
    r"(?:(?:bearer|basic|token|digest)\s{1,4})?)[^\s\"',;}\\]+",
    re.IGNORECASE,
)
_BEARER = re.compile(r"(?P<kept>\b(?:Bearer|Basic) +)(?=[\w.~+/-]*[0-9+/=_])[\w.~+/-]{6,}=*", re.IGNORECASE)
_APIFY = re.compile(r"(?P<kept>apify_api_)[A-Za-z0-9]{16,}")

_registered: set[str] = set()


def register(secret: str) -> None:
    """From now on ``secret`` is taken out of everything; also without the white space around it, and line by line."""
    _registered.update(_forms(secret))


def register_url(url: str) -> None:
    """The same for what an address holds: its password and the values of parameters that are secrets by their name."""
    _registered.update(_in_url(url))
    _, _, query = url.partition("?")
    for name, value in parse_qsl(query.partition("#")[0]):
        if re.fullmatch(f"{_SECRET_NAMES}|{_SIGNED_NAMES}", name, re.IGNORECASE) and strong(value):
            _registered.update(_forms(value))


def strong(secret: str) -> bool:
    """Whether ``secret`` is nothing that could stand in a text by chance: no word, no number, not short."""
    kinds = bool(re.search(r"\d", secret)) + bool(re.search(r"[^\W\d_]", secret)) + bool(re.search(r"[^\w-]", secret))
    return len(secret) >= 8 and (kinds > 1 or (len(secret) >= 20 and not secret.isdigit()))


def redacted(text: str) -> str:
    """``text`` for people: without the known secrets, and without what looks like one in an address or a header."""
    text = _without(text, _known())
    for pattern in (_PASSWORD, _ANY_PARAMETER, _HEADER, _BEARER, _APIFY):
        text = pattern.sub(_masked, text)
    return text


def redacted_document(value: Any) -> Any:
    """``value`` (JSON) with all texts, keys too, without the known secrets that are ``strong``, and without passwords
    and parameters that are secrets by their name in addresses. Signed addresses stay what they are: data.
    """
    known = tuple(secret for secret in _known() if strong(secret))
    texts = set(_texts(value))
    clean = {text: new for text in texts if (new := _clean(text, known)) != text} if _any(texts, known) else {}
    return _replaced(value, clean) if clean else value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, child in value.items():
            yield from _texts(key)
            yield from _texts(child)
    elif isinstance(value, list | tuple):
        for child in value:
            yield from _texts(child)


def _any(texts: set[str], known: tuple[str, ...]) -> bool:
    """Whether there is anything to do: one long text is searched sooner than many short ones."""
    text = "\n".join(texts)
    return any(finder.search(text) for secret in known for finder in (*_whole(secret), *_halves(secret))) or any(
        pattern.search(text) for pattern in (_PASSWORD, _SECRET_PARAMETER)
    )


def _clean(text: str, known: tuple[str, ...]) -> str:
    return _SECRET_PARAMETER.sub(_masked, _PASSWORD.sub(_masked, _without(text, known)))


def _replaced(value: Any, clean: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return clean.get(value, value)
    if isinstance(value, Mapping):
        return {_replaced(key, clean): _replaced(child, clean) for key, child in value.items()}
    if isinstance(value, list | tuple):
        return [_replaced(child, clean) for child in value]
    return value


def watch_logs() -> None:
    """Every log record of the process, of all loggers and for all handlers, is made without secrets, tracebacks too."""
    make = logging.getLogRecordFactory()
    if not isinstance(make, _Redacting):
        logging.setLogRecordFactory(_Redacting(make))


class _Redacting:
    """Makes log records as ``make`` does, without secrets."""

    def __init__(self, make: Callable[..., logging.LogRecord]) -> None:
        self._make = make

    def __call__(self, *args: Any, **kwargs: Any) -> logging.LogRecord:
        made = self._make(*args, **kwargs)
        try:
            said = made.getMessage()
        except Exception:  # arguments that do not fit: the handler would print them all
            said, made.args = f"{made.msg} {made.args!r}", ()
            made.msg = said
        if (clean := redacted(said)) != said:
            made.msg, made.args = clean, ()
        if made.exc_info and made.exc_info[0] is not None:
            raised = logging.Formatter().formatException(made.exc_info)
            if (clean := redacted(raised)) != raised:
                made.exc_text = clean  # what formatters take instead of formatting it themselves
                made.exc_info = (made.exc_info[0], None, None)  # type: ignore[assignment]  # the stubs want an error
        if made.stack_info:
            made.stack_info = redacted(made.stack_info)
        return made


def _masked(match: re.Match[str]) -> str:
    """Only the value goes: what it was the value of, and how the two were joined, stays."""
    kept = match["kept"]
    after = match[0][len(kept) :]
    joined = re.match(r"=|%3D", after, re.IGNORECASE)
    return kept + (joined[0] if joined else "") + MASK


def _known() -> tuple[str, ...]:
    """The secrets of this moment, the longest first: what is part of another must not break it."""
    found = set(_registered)
    for name, value in os.environ.items():
        if name == TOKEN:
            found.update(_forms(value))
        elif "@" in value and ("://" in value or name.upper().endswith("_PROXY")):
            found.update(_in_url(value, of_a_host=name == _BASE or name.upper().endswith("_PROXY")))
    return tuple(sorted(found, key=lambda secret: (-len(secret), secret)))


def _forms(secret: str) -> Iterator[str]:
    """``secret`` as given and as it may have been trimmed; a file with several lines line by line."""
    for form in (secret, secret.strip(), *secret.split(), *(part.strip("\ufeff\"'") for part in secret.split())):
        if len(form) >= SHORTEST:
            yield form


def _in_url(url: str, *, of_a_host: bool = False) -> Iterator[str]:
    """``user:password`` of an address, however badly it is written. One ``of_a_host`` has no @ in a path of its own, so
    that all before the last one is meant."""
    rest = url.partition("://")[2] or url
    host = re.split(r"[/?#]", rest, maxsplit=1)[0]
    users = {host.rpartition("@")[0]}
    if of_a_host or not ("@" in host or re.fullmatch(r"(?:\[.*\]|[^:]*)(?::\d*)?", host)):
        users.add(rest.rpartition("@")[0])
    for user in users:
        password = user.partition(":")[2]
        for secret in (user, unquote(user), password, unquote(password)) if password else ():
            yield from _forms(secret)


class _Finder:
    """A pattern with what decides quickly that it cannot match: the longest run of letters and digits in ``spelt``
    is there as it is, or else escaped from its first letter on.
    """

    def __init__(self, pattern: str, spelt: str) -> None:
        self.pattern = re.compile(pattern)
        self.core = max(re.findall(r"[A-Za-z0-9]*", spelt), key=len)
        self.escaped = re.compile("|".join(_escapes(self.core[0]))) if self.core else None

    def search(self, text: str) -> bool:
        possible = self.escaped is None or self.core in text or self.escaped.search(text)
        return bool(possible and self.pattern.search(text))

    def without(self, text: str) -> str:
        return self.pattern.sub(MASK, text) if self.search(text) else text


def _without(text: str, secrets: tuple[str, ...]) -> str:
    """All of every secret first: a half of one may be a part of another."""
    for finders in (_whole, _halves):
        for secret in secrets:
            for finder in finders(secret):
                text = finder.without(text)
    return text


@lru_cache(maxsize=256)
def _whole(secret: str) -> tuple[_Finder, ...]:
    raw = secret.encode("utf-8", "surrogatepass")
    found = [_Finder(_spelling(secret), secret)]
    found += [_Finder(digits, "") for digits in (raw.hex(), raw.hex().upper())]
    for shift in range(3):
        core = _base64_core(raw, shift)
        if len(core) >= SHORTEST:
            spelt = ({"+": "(?:[+-]|%2[bB])", "/": "(?:[/_]|%2[fF])"}.get(char, char) for char in core)
            found.append(_Finder(r"(?:\\r|\\n|\s){0,4}".join(spelt), ""))
    return tuple(found)


@lru_cache(maxsize=256)
def _halves(secret: str) -> tuple[_Finder, ...]:
    """What is left of a long secret where somebody cut a message short; the rest of the word goes with it."""
    if len(secret) < 16 or not strong(secret):
        return ()
    half = (len(secret) + 1) // 2
    head, tail = secret[:half], secret[-half:]
    return _Finder(_spelling(head) + r"[\w~+/=-]*", head), _Finder(_spelling(tail), tail)


def _base64_core(raw: bytes, shift: int) -> str:
    """The letters of base64 that ``raw`` alone decides when ``shift`` bytes (mod 3) stand before it."""
    encoded = base64.b64encode(bytes(shift) + raw).decode().rstrip("=")
    begin = (0, 2, 3)[shift]
    whole = (shift + len(raw)) * 8 // 6
    return encoded[begin:whole]


def _spelling(secret: str) -> str:
    """A pattern for ``secret`` in every spelling that keeps its characters apart: escaped for URLs, JSON, Python, HTML."""
    return "".join(f"(?:{'|'.join((re.escape(char), *_escapes(char)))})" for char in secret)


@cache
def _escapes(char: str) -> tuple[str, ...]:
    code, raw = ord(char), char.encode("utf-8", "surrogatepass")
    units = char.encode("utf-16-be", "surrogatepass").hex()
    some, zeros = r"\\{1,8}", "0{0,6}"  # bounded: a text of nothing else must not take for ever
    ways = [
        "".join("%(?:25){0,4}" + f"(?i:{byte:02x})" for byte in raw),
        "".join(f"{some}u(?i:{units[i : i + 4]})" for i in range(0, len(units), 4)),
        f"{some}U(?i:{code:08x})",
        "".join(f"{some}x(?i:{byte:02x})" for byte in raw),
        f"&(?:amp;)?#{zeros}{code};",
        f"&(?:amp;)?#[xX]{zeros}(?i:{code:x});",
    ]
    if code in _NAMED:
        ways.append(f"&(?:amp;)?{_NAMED[code]};")
    if 0x80 <= code <= 0xFF:
        ways.append(f"{some}x(?i:{code:02x})")
    if char in "\n\r\t":
        ways.append(some + {"\n": "n", "\r": "r", "\t": "t"}[char])
    if char == " ":
        ways.append(r"\+")
    if not char.isalnum():
        ways.append(some + re.escape(char))
    return tuple(ways)


_NAMED = {ord("&"): "amp", ord("<"): "lt", ord(">"): "gt", ord('"'): "quot", ord("'"): "apos"}
