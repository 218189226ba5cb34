"""The document: its data cannot end it, its policy allows its own script and style and nothing else."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

from parity.report.page import render
from tests.harness.report.page import made

ROOT = Path(__file__).parents[4]
PAGE = ROOT / "harness/parity/report/page"


def element(text: str, opening: str) -> str:
    """What stands between the first ``opening`` and the end of that element."""
    name = re.match(r"<(\w+)", opening)[1]
    return text.split(opening, 1)[1].split(f"</{name}>", 1)[0]


def digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_the_policy_allows_this_style_and_this_script_only():
    text = render.html(made.payload())
    rules = re.search(r'Content-Security-Policy" content="([^"]+)"', text)[1]
    given = dict(rule.split(" ", 1) for rule in rules.replace("&#39;", "'").split("; "))
    assert given == {
        "default-src": "'none'",
        "img-src": "data:",
        "style-src": digest(element(text, "<style>")),
        "script-src": digest(element(text, "<script>")),
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def test_only_a_page_that_decides_may_ask_its_server():
    assert "connect-src" not in render.html(made.payload())
    deciding = render.html(made.payload(), {"token": "t0ken", "run_id": "r1"})
    assert "connect-src &#39;self&#39;" in deciding
    assert json.loads(element(deciding, '<script type="application/json" id="review">')) == {
        "token": "t0ken",
        "run_id": "r1",
    }
    assert 'id="review"' not in render.html(made.payload())


@pytest.mark.parametrize("text", [*made.HOSTILE, "plain", "ü 漢字 😀", "</SCRIPT ", "<!--<script>"])
def test_data_come_back_as_they_were_and_hold_no_markup(text: str):
    written = render.embedded({text: [text, 1.5, None]})
    assert json.loads(written) == {text: [text, 1.5, None]}
    assert not set("<>&\u2028\u2029") & set(written)
    written.encode()  # a lone surrogate would not go into a file


def test_hostile_texts_do_not_change_the_document():
    document = render.html(
        made.payload(say=made.HOSTILE[0] + made.HOSTILE[3]), {"token": made.HOSTILE[0], "run_id": ""}
    )
    assert document.count("<script") == 3
    assert document.count("</script>") == 3
    assert "<title>&lt;/script&gt;&lt;script&gt;window.broken=1&lt;/script&gt;abc⟨U+202E⟩dcba⟨U+202C⟩" in document


def test_numbers_that_are_none_are_refused():
    with pytest.raises(ValueError, match="not JSON compliant"):
        render.embedded({"magnitude": float("nan")})


def test_every_file_of_the_page_is_packed():
    settings = tomllib.loads((ROOT / "harness/pyproject.toml").read_text(encoding="utf-8"))
    patterns = settings["tool"]["setuptools"]["package-data"]["parity.report.page"]
    files = [
        file.relative_to(PAGE).as_posix()
        for file in PAGE.rglob("*")
        if file.is_file() and file.suffix not in (".py", ".pyc")
    ]
    assert {f"script/{name}.js" for name in render.SCRIPTS} | {"style.css", "page.html.j2"} == set(files)
    assert [file for file in files if not any(fnmatch(file, pattern) for pattern in patterns)] == []


def test_ten_thousand_differences_stay_far_below_five_megabytes():
    assert len(render.html(made.payload(10_000)).encode()) < 2_500_000
