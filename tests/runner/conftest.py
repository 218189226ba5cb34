"""Fixtures: a small real clip as a case, and a world per runner configuration."""

import json
from pathlib import Path

import pytest

from rumiai_parity.platform import Platform
from tests.media_factory import numbered, render, times_at, tone
from tests.runner.world import World

VIDEO_ID = "7000000000000000042"
URL = f"https://www.tiktok.com/@tester/video/{VIDEO_ID}"


def make_case(folder: Path, *, seconds: float = 1.2, **media) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    times = times_at(10, seconds)
    media.setdefault("sound", tone(seconds))
    size = {name: media.pop(name) for name in ("width", "height") if name in media}
    render(folder / "clip.mp4", numbered(len(times), **size), times, **media)
    item = {"id": VIDEO_ID, "text": "a caption", "webVideoUrl": URL, "playCount": 10, "videoMeta": {"duration": 1}}
    (folder / "metadata.json").write_text(json.dumps(item))
    return folder


@pytest.fixture(scope="session")
def case(tmp_path_factory) -> Path:
    return make_case(tmp_path_factory.mktemp("case"))


@pytest.fixture
def make_world(tmp_path, monkeypatch):
    """``make_world(configuration, case, fault=…)``: a fresh working folder, the platform running where it is needed."""
    opened = []

    def make(configuration: str, case: Path, *, fault: str | None = None) -> World:
        folder = tmp_path / "work"
        folder.mkdir()
        monkeypatch.chdir(folder)
        platform = None
        environment = {}
        if configuration == "production":
            platform = Platform([case], faults=[fault] if fault else [])
            opened.append(platform)
            platform.__enter__()
            environment = {
                "APIFY_API_TOKEN": platform.token,
                "APIFY_API_BASE_URL": platform.api_url,
                "RUMIAI_APIFY_RETRIES": "1",
                "RUMIAI_APIFY_TIMEOUT": "20",
            }
            for name, value in environment.items():
                monkeypatch.setenv(name, value)
        return World(configuration, folder, case, platform, environment)

    yield make
    for platform in opened:
        platform.__exit__(None, None, None)


@pytest.fixture(params=["production", "local"])
def world(request, make_world, case) -> World:
    """The same situation under both runner configurations."""
    return make_world(request.param, case)


@pytest.fixture
def production(make_world, case) -> World:
    return make_world("production", case)


@pytest.fixture
def local(make_world, case) -> World:
    return make_world("local", case)
