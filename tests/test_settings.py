"""Settings come from the environment; what cannot be read is named."""

import pytest

from rumiai_v2.cli import _load_env_file
from rumiai_v2.errors import UsageError
from rumiai_v2.settings import load_settings
from tests.planted import PLANTED, found_in


def test_defaults_are_the_documented_ones(monkeypatch):
    for name in ("APIFY_API_BASE_URL", "RUMIAI_MAX_VIDEO_DURATION", "RUMIAI_CLEANUP_VIDEO", "LOG_LEVEL"):
        monkeypatch.delenv(name, raising=False)
    settings = load_settings()
    assert (settings.max_duration, settings.cleanup_video, settings.log_level) == (300.0, False, "INFO")
    assert settings.apify_base_url == "https://api.apify.com"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RUMIAI_MAX_VIDEO_DURATION", "long"),
        ("RUMIAI_APIFY_RETRIES", "-1"),
        ("RUMIAI_APIFY_TIMEOUT", "inf"),
        ("RUMIAI_APIFY_TIMEOUT", "1e300"),
        ("LOG_LEVEL", "LOUD"),
        ("RUMIAI_CLEANUP_VIDEO", "perhaps"),
    ],
)
def test_an_unreadable_value_is_named_with_its_variable(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match=f"{name}='{value}'") as caught:
        load_settings()
    assert caught.value.exit_code == 2


def test_the_token_is_not_shown(monkeypatch):
    monkeypatch.setenv("APIFY_API_TOKEN", "very-secret")
    assert "very-secret" not in repr(load_settings())


def test_python_only_processing_is_accepted_and_changes_nothing(monkeypatch):
    monkeypatch.delenv("USE_PYTHON_ONLY_PROCESSING", raising=False)
    before = load_settings()
    monkeypatch.setenv("USE_PYTHON_ONLY_PROCESSING", "true")
    assert load_settings() == before


@pytest.mark.parametrize("name", ["RUMIAI_SHARED_RESULTS", "RUMIAI_RECORDED_RESULTS"])
def test_an_empty_place_of_results_is_none(monkeypatch, name):
    monkeypatch.setenv(name, "")
    settings = load_settings()
    assert (settings.shared_results, settings.recorded_results) == (None, None)


@pytest.mark.plants(".env")
@pytest.mark.parametrize(
    "line", ["{}\r\n", "\ufeffLOG_LEVEL=INFO\r\nAPIFY_API_TOKEN={}", '"{}\\n"', "' {} '  # mine", "{}"]
)
def test_the_token_of_a_dot_env_file_is_trimmed(monkeypatch, tmp_path, line):
    text = line.format(PLANTED)
    (tmp_path / ".env").write_text(text if "APIFY" in text else f"APIFY_API_TOKEN={text}", newline="")
    monkeypatch.chdir(tmp_path)
    for name in ("APIFY_API_TOKEN", "LOG_LEVEL"):
        monkeypatch.setenv(name, "")  # set, so that it is restored
        monkeypatch.delenv(name)
    _load_env_file()
    assert load_settings().apify_token == PLANTED


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RUMIAI_APIFY_TIMEOUT", PLANTED),
        ("RUMIAI_MAX_VIDEO_DURATION", f"http://me:{PLANTED}@host"),
        ("LOG_LEVEL", "apify_api_0123456789abcdefghijABCDEFGHIJ"),
        ("RUMIAI_APIFY_RETRIES", "https://host/?token=0123456789abcdefghij"),
    ],
)
def test_a_secret_in_a_setting_that_cannot_be_read_is_not_shown(monkeypatch, name, value):
    monkeypatch.setenv("APIFY_API_TOKEN", PLANTED)
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match=name) as caught:
        load_settings()
    assert "***" in str(caught.value)
    assert not found_in(str(caught.value).encode()) and "0123456789abcdefghij" not in str(caught.value)
