"""The page itself: one HTML document that holds its data, style and script, and loads nothing."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from parity.check.suite import Suite
from parity.files import write_atomically
from parity.pipeline.settings import Config
from parity.redact import redacted
from parity.report.page.payload import payload
from parity.run import runs

FILE_NAME = "parity.html"

#: The parts of the script in the order they run in; they share one scope.
SCRIPTS = (
    "base",
    "data",
    "search",
    "review",
    "detail",
    "table",
    "curves",
    "frames",
    "stages",
    "matrix",
    "causes",
    "sections",
    "main",
)

#: What could end the element that holds the data, or a line of it, written so that JSON reads the same.
_ESCAPES = str.maketrans({char: f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"})
#: Letters of the title and of what stands there without the script.
_LONGEST = 300
_HIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


def html(contents: Mapping[str, Any], review: Mapping[str, Any] | None = None) -> str:
    """The page that shows ``contents`` (``parity-page/1``).

    ``review``: what a page that decides needs, ``{"token", "run_id"}``; None for a page that only shows.
    """
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    verdict = contents["verdict"]
    return environment.from_string(_read("page.html.j2")).render(
        policy=policy(deciding=review is not None),
        title=_visible(contents["title"]),
        verdict=_visible(f"{verdict['label']} (exit code {verdict['exit_code']}): {verdict['meaning']}"),
        style=Markup(_read("style.css")),
        script=Markup(_script()),
        payload=Markup(embedded(contents)),
        review=Markup(embedded(review)) if review is not None else None,
    )


def write(
    config: Config, report: Mapping[str, Any], differences: Sequence[Mapping[str, Any]], suite: Suite | None = None
) -> Path:
    """Draw the page of ``report`` and return where it lies."""
    file = runs.folder(config) / FILE_NAME
    write_atomically(file, redacted(html(payload(config, report, differences, suite))))
    return file


def drawn(
    config: Config, report: Mapping[str, Any], differences: Sequence[Mapping[str, Any]], suite: Suite | None = None
) -> str | None:
    """Draw the page; why that failed, None where it did not: what was compared is worth more than a page of it."""
    try:
        write(config, report, differences, suite)
    except Exception as error:
        if (old := runs.folder(config) / FILE_NAME).is_file():
            old.unlink()  # it would be taken for the page of this run
        return f"{type(error).__name__}: {error}"
    return None


def policy(*, deciding: bool) -> str:
    """The content security policy: this style, this script, pictures inside the file, and nothing else.

    ``deciding``: the page may also ask the server that it came from.
    """
    style, script = _digest(_read("style.css")), _digest(_script())
    rules = [
        "default-src 'none'",
        "img-src data:",
        f"style-src '{style}'",
        f"script-src '{script}'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    return "; ".join(rules + ["connect-src 'self'"] * deciding)


def embedded(value: Any) -> str:
    """JSON that can stand inside a script element: whatever its texts say, they neither end it nor begin another."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).translate(_ESCAPES)
    # A lone surrogate is no valid UTF-8, but a valid escape.
    return re.sub("[\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", text)


@functools.cache
def _read(*name: str) -> str:
    """A file of this package."""
    return resources.files(__package__).joinpath(*name).read_text(encoding="utf-8")


def _script() -> str:
    parts = [_read("script", f"{name}.js") for name in SCRIPTS]
    return '"use strict";\n(() => {\n' + "\n".join(parts) + "})();\n"


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _visible(text: str) -> str:
    """A text whose hidden characters can be seen, for the few places that are drawn without the script; no longer than those."""
    cut = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    return _HIDDEN.sub(lambda found: _sign(ord(found[0])), cut)


def _sign(code: int) -> str:
    """A sign for a character that cannot be seen, the same as the script's."""
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"⟨U+{code:04X}⟩"
