"""Known secrets leave in no form: as they are, quoted, escaped, encoded; and nothing else is taken out."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

import pytest

from parity import plain, redact

SECRETS = {
    "APIFY_API_TOKEN": "tok/+en 0123ü",
    "DB_PASSWORD": 'pass"word\\9',
    "MY_API_KEY": "plain-key-42",
    "CLIENT_SECRET": "line\nbreak\n1",
}


@pytest.fixture
def known(monkeypatch):
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SHORT_TOKEN", "abc")
    monkeypatch.setenv("EMPTY_TOKEN", "")
    monkeypatch.setenv("HARMLESS", "a harmless value")
    redact.look_again()
    yield
    monkeypatch.undo()
    redact.look_again()


FORMS = {
    "plain": str,
    "quoted for a path": quote,
    "quoted": lambda value: quote(value, safe=""),
    "quoted for a form": quote_plus,
    "JSON": lambda value: json.dumps({"a": value}),
    "JSON with letters": lambda value: json.dumps({"a": value}, ensure_ascii=False),
    "repr": repr,
    "bytes": lambda value: repr(value.encode()),
    "base64": lambda value: base64.b64encode(value.encode()).decode(),
    "base64 for URLs": lambda value: base64.urlsafe_b64encode(value.encode()).decode(),
    "behind one letter": lambda value: base64.b64encode(f"u{value}".encode()).decode(),
    "as a user's password": lambda value: base64.b64encode(f"me:{value}".encode()).decode(),
    "before a colon": lambda value: base64.b64encode(f"{value}:".encode()).decode(),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_taken_out_in_every_form(known, name, form):
    written = FORMS[form](SECRETS[name])
    text = redact.redacted(f"before {written} behind")
    assert text.startswith("before ") and text.endswith(" behind") and redact.MARK in text
    left = text.removeprefix("before ").removesuffix(" behind").replace(redact.MARK, "")
    assert not any(left[at : at + 6] in written and left[at : at + 6].isalnum() for at in range(len(left) - 5)), left


@pytest.mark.parametrize(
    "shown",
    [
        plain.line,
        plain.block,
        plain.lines,
        plain.markdown,
        lambda text: plain.json_text(json.dumps(text)),
        lambda text: plain.printed(text).decode(),
        lambda text: plain.encoded(text).decode(),
    ],
)
def test_whatever_prints_takes_them_out(known, shown):
    text = shown("a plain-key-42 and https://x/?token=tok%2F%2Ben%200123%C3%BC")
    assert "plain-key" not in text and "0123" not in text


def test_what_is_no_secret_stays(known):
    text = "abc, a harmless value, plain-key-43, before and behind"
    assert redact.redacted(text) == text


def test_without_secrets_nothing_is_looked_for(monkeypatch):
    for name in SECRETS:
        monkeypatch.delenv(name, raising=False)
    redact.look_again()
    assert redact.redacted("x" * 100) == "x" * 100
