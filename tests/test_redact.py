"""Secrets are taken out of whatever leaves the process, in every spelling, and nothing else is."""

import base64
import json
import logging

import pytest

from rumiai_v2 import redact
from rumiai_v2.redact import redacted, redacted_document, register, register_url, strong, watch_logs
from tests.planted import PLANTED, spellings

HARD = 'p@ss/w0rd+quo"ted&<ütf> 😀 ~end='
#: Of base64 the spellings are the inner letters only: what was encoded as a whole has a test of its own.
ENCODINGS = [name for name in spellings(PLANTED) if not name.startswith("base64")]


@pytest.fixture(autouse=True)
def forgetful(monkeypatch):
    """What a test registers is forgotten after it; the environment has the planted token."""
    monkeypatch.setattr(redact, "_registered", set())
    monkeypatch.setenv("APIFY_API_TOKEN", PLANTED)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("secret", [PLANTED, HARD])
def test_a_secret_is_found_in_every_spelling(secret, encoding):
    register(secret)
    spelt = spellings(secret)[encoding]
    for before, after in (("", ""), ("the server said: ", " (try again)"), ("'", "'"), ('{"a": "', '"}')):
        clean = redacted(before + spelt + after)
        assert spelt not in clean and "***" in clean
        assert clean.startswith(before) and clean.endswith(after)
        assert spelt not in redacted_document({"a": [spelt]})["a"][0]


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode, base64.encodebytes])
@pytest.mark.parametrize("before", range(6))
def test_base64_is_found_wherever_the_secret_begins_in_it(before, encode):
    clean = redacted(encode(b"user:x"[:before] + PLANTED.encode() + b" and more").decode())
    assert "***" in clean
    # What is left of it are the neighbours, and at most a letter or two of the secret's ends.
    assert sum(c.isalnum() for c in clean) <= 8 + 14


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("GET http://me:pa55@host:1/x?a=1", "GET http://***@host:1/x?a=1"),
        ("http://only-a-name@host/", "http://***@host/"),
        ("https://h/v.mp4?token=abc&w=1", "https://h/v.mp4?token=***&w=1"),
        (
            "https://h/v?w=1&X-Amz-Signature=abc&X-Amz-Credential=a/b",
            "https://h/v?w=1&X-Amz-Signature=***&X-Amz-Credential=***",
        ),
        ("https://h/v?x-expires=17&x-signature=a%3D", "https://h/v?x-expires=***&x-signature=***"),
        ("u=https%3A%2F%2Fa%3Ab%40h%2Fx%3Ftoken%3Dabc%26w%3D1", "u=https%3A%2F%2F***%40h%2Fx%3Ftoken%3D***%26w%3D1"),
        ("Authorization: Bearer abcdef", "Authorization: Bearer ***"),
        ("{'authorization': b'Basic dXNlcjpwdw=='}", "{'authorization': b'Basic ***'}"),
        ("sent Bearer a1b2c3d4e5f6", "sent Bearer ***"),
        ("apify_api_AbCdEf0123456789AbCd", "apify_api_***"),
    ],
)
def test_what_is_a_secret_by_its_place_goes_although_nobody_knew_it(given, says):
    assert redacted(given) == says
    assert redacted(says) == says


@pytest.mark.parametrize(
    "text",
    [
        "https://www.tiktok.com/@user/video/7000000000000000001?lang=en&is_copy_url=1",
        "https%3A%2F%2Fwww.tiktok.com%2F%40user%2Fvideo%2F7000000000000000001",
        "write to me@example.com: Basic authentication required, Bearer of good news",
        "token: expected one, got none; what key? key=5",
        "model.pt: expected SHA-256 0123456789abcdef, got fedcba9876543210",
    ],
)
def test_what_is_no_secret_stays(text):
    assert redacted(text) == text
    assert redacted_document({text: text}) == {text: text}


def test_what_the_environment_holds_is_known_whatever_its_form(monkeypatch):
    monkeypatch.setenv("APIFY_API_TOKEN", "\ufeff 'qUOt3d-Secret' \r\n")
    monkeypatch.setenv("APIFY_API_BASE_URL", "http://me:sl/as@h7@host")
    monkeypatch.setenv("https_proxy", "you:pr0xy%21pass@proxy:1")
    monkeypatch.setenv("SOME_PAGE", "http://127.0.0.1:8080/@some.one/video/1")
    assert redacted("127.0.0.1:8080/") == "127.0.0.1:8080/"
    clean = redacted("qUOt3d-Secret; sl/as@h7; pr0xy%21pass or pr0xy!pass; me:sl/as@h7 and you")
    assert clean == "***; ***; *** or ***; *** and you"


@pytest.mark.parametrize(
    ("address", "gone", "kept"),
    [
        ("https://me:hu5h-hush@www.tiktok.com/@some.one/video/7", ["hu5h-hush"], ["www.tiktok.com/", "me", "some.one"]),
        ("http://me:sl/as5-h@host", ["sl/as5-h"], ["host"]),
        ("http://127.0.0.1:8080/@some.one/video/7?x=a@b", [], ["127.0.0.1:8080/", "some.one/video/7", "8080/"]),
        ("http://[::1]:8080/@some.one", [], ["8080/", "[::1]"]),
        ("me:hu5h-hush@host:80", ["hu5h-hush", "me:hu5h-hush"], ["host:80"]),
    ],
)
def test_of_an_address_the_password_is_a_secret_and_nothing_else(address, gone, kept):
    register_url(address)
    assert [redacted(text) for text in gone] == ["***"] * len(gone)
    assert [redacted(text) for text in kept] == kept


def test_what_an_address_holds_is_known_from_then_on():
    register_url("https://me:hu5h-hush@host/v?token=t0ken-of-mine&signature=s1gned%2Fso&page=pag3-number")
    assert redacted("hu5h-hush t0ken-of-mine s1gned/so pag3-number") == "*** *** *** pag3-number"


@pytest.mark.parametrize("secret", ["", "x", "abc"])
def test_a_secret_of_under_four_letters_goes_by_its_place_only(secret, monkeypatch):
    monkeypatch.setenv("APIFY_API_TOKEN", secret)
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:{secret or 'pw'}@proxy")
    assert redacted("xabc: an expected text") == "xabc: an expected text"
    assert redacted(f"http://me:{secret or 'pw'}@proxy Authorization: Bearer {secret or 'pw'}").count("***") == 2


@pytest.mark.parametrize("word", ["duration", "video_id", "20240101", "timestamp"])
def test_a_secret_that_is_a_word_changes_no_document(word):
    register(word)
    assert not strong(word)
    assert redacted(f"the server knows {word}") == "the server knows ***"
    document = {word: [f"of {word}", 1.5, None, True], "url": f"http://me:{word}@host/"}
    assert redacted_document(document) == {word: [f"of {word}", 1.5, None, True], "url": "http://***@host/"}


def test_of_a_document_keys_and_texts_at_every_depth_are_cleaned_and_signed_addresses_kept():
    signed = "https://cdn/cover.jpg?x-expires=17&x-signature=abc"
    document = {f"key {PLANTED}": ({"a": [f"{PLANTED}!"]},), "cover": signed, "n": 3}
    assert redacted_document(document) == {"key ***": [{"a": ["***!"]}], "cover": signed, "n": 3}


def test_the_longest_secret_goes_first():
    register("s3cret-one")
    register("s3cret-one:and-m0re")
    assert redacted("s3cret-one:and-m0re s3cret-one") == "*** ***"


def test_a_message_that_was_cut_shows_no_half_of_a_secret():
    for cut in range(len(PLANTED) // 2 + 1, len(PLANTED)):
        assert redacted(f"got {PLANTED[:cut]}…") == "got ***…"
        assert "***" in redacted(f"…{PLANTED[-cut:]} is what")


@pytest.fixture
def logs(monkeypatch):
    monkeypatch.setattr(logging, "_logRecordFactory", logging.getLogRecordFactory())
    watch_logs()
    watch_logs()  # once is enough


def test_no_logger_of_anybody_writes_a_secret(logs, caplog):
    log = logging.getLogger("some.library")
    log.warning("header %r and %s", f"Bearer {PLANTED}", json.dumps(PLANTED))
    log.warning(f"wrong number of arguments %s %s {PLANTED}", PLANTED)
    try:
        raise ValueError(f"bad header {PLANTED!r}") from KeyError(PLANTED)
    except ValueError:
        log.exception("it failed with %s", PLANTED, stack_info=True)
    assert PLANTED not in caplog.text and "***" in caplog.text
    assert "ValueError: bad header '***'" in caplog.text and "KeyError: '***'" in caplog.text
    assert "Traceback (most recent call last)" in caplog.text


def test_a_log_without_secrets_is_untouched(logs, caplog):
    logging.getLogger("some.library").warning("%s of %d", "one", 2)
    assert caplog.records[-1].args == ("one", 2)
    try:
        raise ValueError("plain")
    except ValueError:
        logging.getLogger("some.library").exception("failed")
    assert caplog.records[-1].exc_info[1].args == ("plain",)
