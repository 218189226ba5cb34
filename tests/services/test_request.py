"""What a service is asked: every part of it tells requests apart, and nothing else does."""

import dataclasses
import json
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from rumiai_v2.media.types import Audio, DecodedVideo, Media
from rumiai_v2.services import objects, stickers, text_regions
from rumiai_v2.services.base import ServiceInfo, WeightInfo, constants
from rumiai_v2.services.registry import SERVICES
from rumiai_v2.services.request import request_for

VIDEO = DecodedVideo(360, 640, 1.0, 30.0, 90, 3.0, (), 0.2, "f" * 64, "d" * 64)
AUDIO = Audio(np.zeros(48_000, np.float32), 16_000, "a" * 64)
MEDIA = Media(Path("clip.mp4"), "0" * 64, VIDEO, AUDIO)


class Asked:
    """A service with any of its properties set."""

    name = "some"
    needs = ()

    def __init__(self, *, reads=("frames",), weights=("0" * 64,), library="lib", parameters=None):
        self.reads = reads
        self._info = ServiceInfo(
            "some",
            library,
            "1",
            tuple(WeightInfo("model.bin", sha, "cache", "/there/model.bin") for sha in weights),
            "cpu",
        )
        self._parameters = parameters or {"limit": 0.5}

    def describe(self):
        return self._info

    def parameters(self):
        return self._parameters


def key(service=None, media=MEDIA):
    return request_for(service or Asked(), media, {}).key


def digest(service=None, media=MEDIA, upstream=None):
    return request_for(service or Asked(), media, upstream or {}).digest


def with_video(**changes):
    return dataclasses.replace(MEDIA, video=dataclasses.replace(VIDEO, **changes))


@pytest.mark.parametrize(
    "other",
    [
        {"service": Asked(weights=("1" * 64,))},
        {"service": Asked(library="other")},
        {"service": Asked(parameters={"limit": 0.6})},
        {"upstream": {"people": "1" * 64}},
        {"media": with_video(fingerprint="e" * 64)},
        {"media": with_video(duration=3.5)},
        {"media": with_video(scale=2.0)},
    ],
    ids=["weights", "library", "parameters", "upstream", "frames", "duration", "scale"],
)
def test_whatever_changes_a_result_makes_another_request(other):
    assert digest(**other) != digest()


def test_threads_versions_device_and_code_are_the_same_request_of_another_machine(monkeypatch):
    asked, keys = digest(), {key()}
    monkeypatch.setenv("RUMIAI_THREADS", "2")
    keys.add(key())
    monkeypatch.setattr("rumiai_v2.services.environment.device_or_unknown", lambda: "cuda:0")
    keys.add(key())
    monkeypatch.setattr("rumiai_v2.services.environment.installed", lambda name: "0.0.1")
    keys.add(key())
    monkeypatch.setattr("rumiai_v2.services.request.code", lambda: "1" * 64)
    keys.add(key())
    assert len(keys) == 5
    assert digest() == asked


def test_where_the_file_lies_and_what_else_it_holds_do_not_matter():
    moved = dataclasses.replace(MEDIA, path=Path("elsewhere/other.mp4"), sha256="9" * 64)
    assert digest(media=moved) == digest()


@pytest.mark.parametrize(
    ("reads", "change", "matters"),
    [
        (("audio",), {"fingerprint": "e" * 64}, False),
        (("frames",), {"decoded_fingerprint": "e" * 64}, False),
        (("every_frame",), {"decoded_fingerprint": "e" * 64}, True),
        (("every_frame",), {"fingerprint": "e" * 64}, False),
    ],
)
def test_a_service_is_asked_about_what_it_reads_only(reads, change, matters):
    service = Asked(reads=reads)
    assert (digest(service, with_video(**change)) != digest(service)) == matters


def test_a_video_without_sound_asks_something_else_of_who_listens():
    silent = dataclasses.replace(MEDIA, audio=None)
    listening = Asked(reads=("audio",))
    assert digest(listening, silent) != digest(listening)
    assert digest(media=silent) == digest()


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_states_its_parameters_as_json_without_places_of_this_machine(name):
    parameters = SERVICES[name]().parameters()
    assert parameters
    assert str(Path.home()) not in json.dumps(parameters)


@pytest.mark.parametrize(
    ("service", "module", "constant"),
    [("yolo", objects, "CONFIDENCE"), ("ocr", text_regions, "BUSY"), ("ocr", stickers, "SATURATION")],
)
def test_a_constant_that_is_changed_while_the_program_runs_makes_another_request(
    monkeypatch, service, module, constant
):
    before = SERVICES[service]().parameters()
    monkeypatch.setattr(module, constant, 0.123)
    assert SERVICES[service]().parameters() != before


def test_what_a_module_imports_is_none_of_its_parameters(tmp_path, monkeypatch):
    (tmp_path / "limits.py").write_text("LONGEST = 3\n")
    (tmp_path / "listening.py").write_text(
        "from typing import TYPE_CHECKING\nfrom limits import LONGEST\nLEAST: float = 0.5\nLOW, HIGH = 1, 2\nlater = LONGEST\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    listening, limits = import_module("listening"), import_module("limits")
    assert constants(listening) == {"listening.HIGH": 2, "listening.LEAST": 0.5, "listening.LOW": 1}
    assert constants(listening, limits) == {**constants(listening), "limits.LONGEST": 3}
