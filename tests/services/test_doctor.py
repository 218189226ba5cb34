"""Doctor: one row per service, and for whatever is missing the line that helps."""

import dataclasses

from rumiai_v2.services import doctor, registry
from rumiai_v2.services.base import ServiceInfo, WeightInfo

READY = ServiceInfo(
    "yolo", "ultralytics", "8.4", (WeightInfo("yolo.pt", "ab" * 32, "offline_pack", "/cache/yolo.pt"),), "cpu"
)


def describing(info):
    class Fake:
        def describe(self):
            if isinstance(info, Exception):
                raise info
            return info

    return Fake


def test_every_service_has_a_row_in_the_order_they_run():
    rows = doctor.rows()
    assert [row.service for row in rows] == list(registry.SERVICES)
    assert [row.service for row in rows if row.problem] == []
    table = doctor.render(rows)
    for text in ("whisper-base.bin", "offline_pack", "emotion_model.hdf5", "0.10.33", "scenedetect"):
        assert text in table
    assert table.splitlines()[0].split() == list(doctor.HEADINGS)


def test_the_table_shows_source_and_the_first_sixteen_of_the_hash():
    assert doctor.render([READY]).splitlines()[1].split() == [
        "yolo",
        "ultralytics",
        "8.4",
        "yolo.pt",
        "offline_pack",
        "ab" * 8,
        "cpu",
        "ready",
    ]


def test_missing_weights_are_named_with_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("RUMIAI_WEIGHTS_DIR", str(tmp_path))
    rows = doctor.rows({"whisper": registry.SERVICES["whisper"]})
    text = doctor.render(rows)
    assert "not ready" in text
    assert f"whisper-base.bin is missing in {tmp_path}. Run `python -m rumiai_v2 weights`" in text


def test_a_package_that_is_not_installed_is_named(monkeypatch):
    from rumiai_v2.services import environment

    real = environment.installed
    monkeypatch.setattr(environment, "installed", lambda name: None if name == "openai-whisper" else real(name))
    (row,) = doctor.rows({"whisper": registry.SERVICES["whisper"]})
    assert row.version is None and "openai-whisper is not installed" in row.problem


def test_a_service_that_cannot_describe_itself_is_a_row():
    rows = doctor.rows({"ocr": describing(ImportError("No module named 'torch'")), "yolo": describing(READY)})
    assert rows[0].problem == "ImportError: No module named 'torch'. Run `make setup`."
    assert rows[1] == READY


def test_missing_system_libraries_stop_mediapipe_and_give_the_install_line(monkeypatch):
    monkeypatch.setattr(doctor, "SYSTEM_LIBRARIES", {"libNoSuchThing.so.1": "libnosuchthing1"})
    info = dataclasses.replace(READY, service="mediapipe", problem="weights are missing")
    (row,) = doctor.rows({"mediapipe": describing(info)})
    assert row.problem == (
        "weights are missing\nthe system lacks libNoSuchThing.so.1: run `apt-get install -y libnosuchthing1`."
    )


def test_the_install_line_names_each_package():
    assert doctor.install_line(["libEGL.so.1", "libGLESv2.so.2"]) == "apt-get install -y libegl1 libgles2"
