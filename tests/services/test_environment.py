"""The process environment: set before the libraries read it, the user's own values untouched."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from rumiai_v2.errors import UsageError
from rumiai_v2.services import environment


def in_new_process(code, **variables):
    set_here = {
        "OMP_NUM_THREADS",
        "MKL_NUM_THREADS",
        "RUMIAI_THREADS",
        "NUMBA_CACHE_DIR",
        "YOLO_CONFIG_DIR",
        "YOLO_OFFLINE",
        "HF_HUB_OFFLINE",
    }
    env = {name: value for name, value in os.environ.items() if name not in set_here}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env | variables, capture_output=True, text=True, check=True, timeout=120
    )
    return done.stdout.split()


def test_preparing_twice_sets_one_thread_and_imports_no_library():
    code = (
        "import os, sys; from rumiai_v2.services import environment as e; e.prepare(); e.prepare();"
        "print(os.environ['OMP_NUM_THREADS'], os.environ['YOLO_OFFLINE'], os.environ['HF_HUB_OFFLINE'],"
        "sum(type(finder).__module__.endswith('torchvision_ops') for finder in sys.meta_path),"
        "any(m in sys.modules for m in ('torch', 'torchvision', 'mediapipe', 'ultralytics', 'cv2')))"
    )
    assert in_new_process(code) == ["1", "true", "1", "1", "False"]


def test_values_of_the_user_stay():
    code = (
        "import os; from rumiai_v2.services import environment as e; e.prepare();"
        "print(os.environ['OMP_NUM_THREADS'], os.environ['MKL_NUM_THREADS'])"
    )
    assert in_new_process(code, RUMIAI_THREADS="2", OMP_NUM_THREADS="3") == ["3", "2"]


@pytest.mark.parametrize("value", ["0", "-1", "two", ""])
def test_a_wrong_thread_count_names_setting_and_value(monkeypatch, value):
    monkeypatch.setenv("RUMIAI_THREADS", value)
    with pytest.raises(UsageError, match=f"RUMIAI_THREADS: expected a whole number of at least 1, got '{value}'"):
        environment.prepare()


def test_caches_lie_in_the_cache_folder(tmp_path):
    code = (
        "import os; from rumiai_v2.services import environment as e; e.prepare();"
        "print(os.environ['NUMBA_CACHE_DIR'], os.environ['YOLO_CONFIG_DIR'])"
    )
    folders = in_new_process(code, RUMIAI_CACHE_DIR=str(tmp_path))
    assert folders == [str(tmp_path / "numba"), str(tmp_path / "ultralytics")]


def test_threads_changed_by_a_library_are_reset(monkeypatch):
    monkeypatch.delenv("RUMIAI_THREADS", raising=False)
    environment.prepare()
    import torch

    torch.set_num_threads(2)
    environment.pin_threads()
    assert torch.get_num_threads() == 1


def test_the_device_is_what_torch_can_use():
    import torch

    summary = environment.device_summary()
    if torch.cuda.is_available():
        assert environment.device() == "cuda:0"
        assert summary["kind"] == "cuda" and summary["memory_bytes"] > 0
    else:
        assert environment.device() == "cpu"
        assert summary == {"name": "cpu", "kind": "cpu", "memory_bytes": None}


@pytest.mark.parametrize(("build", "device"), [("2.13.0+cpu", "cpu"), ("2.13.0", "cuda:0"), ("2.13.0+cu126", "cuda:0")])
def test_a_build_for_the_cpu_alone_need_not_be_imported(monkeypatch, build, device):
    monkeypatch.setattr(environment, "installed", lambda package: build)
    usable = SimpleNamespace(cuda=SimpleNamespace(is_available=lambda: True))
    monkeypatch.setitem(sys.modules, "torch", None if device == "cpu" else usable)
    assert environment.device() == device


def test_an_absent_package_has_no_version():
    assert environment.installed("no-such-package") is None
    assert "no-such-package is not installed" in environment.missing_package("no-such-package")


def test_a_cache_folder_that_cannot_be_made_is_named(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "file" / "numba"))
    with pytest.raises(UsageError, match=r"NUMBA_CACHE_DIR: cannot create the folder .*Set RUMIAI_CACHE_DIR"):
        environment.prepare()
