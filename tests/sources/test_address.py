"""Addresses that nobody can read are refused before anything is asked, with the reason."""

import os
import subprocess
import sys

import pytest

from rumiai_v2.errors import UsageError
from rumiai_v2.settings import load_settings
from rumiai_v2.sources.address import why_unreadable
from rumiai_v2.sources.tiktok import TikTok

UNREADABLE = [
    "http://[x", "http://[::1", "http://x:99999/", "http://x:abc/", "http://x:-1/", "http://x:0/", "http://", "http:///x",
    "https://?q", "http:x", "http:/x", "http:\\\\x", "//x/", "x/y", "", " http://x/", "http://x/\n", "http://x/a b",
    "http://a b/", "http://x/\0", "http://\u2028/", "http://xn--/", "http://x/\udcff", "http://\udcff/", "ftp://x/",
    "http://1.2.3.4.5/", "http://a%00/", "http://" + "a" * 70_000, "http://x/" + "a" * 9_000,
]  # fmt: skip
READABLE = [
    "https://www.tiktok.com/@user/video/7000000000000000001?lang=de&q=%20#top",
    "http://127.0.0.1:8000/api",
    "http://[::1]:80/",
    "HTTPS://EXAMPLE.org",
    "http://bücher.example/ä",
    "http://user:word@host/",
    "https://x/" + "a" * 1_500,
]


@pytest.mark.parametrize("address", UNREADABLE, ids=lambda address: repr(address[:20]))
def test_what_cannot_be_read_is_refused(address):
    settings = load_settings()
    with pytest.raises(UsageError, match=r"^video URL: expected") as caught:
        TikTok(address, settings).describe()
    assert len(str(caught.value)) < 600
    with pytest.raises(UsageError, match=r"^APIFY_API_BASE_URL: expected"):
        TikTok("https://www.tiktok.com/", settings.model_copy(update={"apify_base_url": address})).describe()


@pytest.mark.parametrize("address", READABLE, ids=lambda address: address[:20])
def test_what_can_be_read_is_not(address):
    assert why_unreadable(address) is None


def test_an_argument_of_any_bytes_ends_with_2(tmp_path):
    finished = subprocess.run(
        [sys.executable, "-m", "rumiai_v2", "production", b"http://x/\xff", "--json"],
        cwd=tmp_path,
        capture_output=True,
        env={**os.environ, "APIFY_API_TOKEN": "x"},
        timeout=120,
    )
    assert finished.returncode == 2 and b'"exit_code": 2' in finished.stdout
