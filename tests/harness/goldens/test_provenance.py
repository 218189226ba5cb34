"""One provenance.json per case: where and with what its goldens were recorded."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator

from parity.files import write_atomically
from parity.goldens import provenance, store
from parity.pipeline import capture as captures
from parity.pipeline import cases, settings
from parity.run import cpu
from parity.run.record import origin, record
from parity.verdict import ContractError
from tests.harness.conftest import ROOT, fill
from tests.harness.toy.pipeline import PIPELINE, Toy

SCHEMA = Draft202012Validator(
    json.loads((ROOT / "harness/parity/schemas/provenance.schema.json").read_text()),
    format_checker=Draft202012Validator.FORMAT_CHECKER,
)


class Telling(Toy):
    """The toy with a model file."""

    threads = 3

    def weights(self):
        return {"toy.bin": "ab" * 32}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return fill(tmp_path_factory.mktemp("provenance"))


@pytest.fixture(scope="module")
def config(project):
    return settings.load(project.root / "parity.toml")


@pytest.fixture(scope="module")
def made(project):
    """A run of the toy that tells of its model file and its threads."""
    case = cases.Case("plain", project.root / "corpus/plain")
    return record(Telling(), case, "disk", destination=project.root / "made/disk", run_id="run-7")


def test_the_file_says_what_the_run_depended_on(config, made):
    told = provenance.document(config, made, agreed=2, commit="0123456789ab")
    SCHEMA.validate(told)
    assert told["run_id"] == "run-7" and told["recorded"] == made.started and told["configuration"] == "disk"
    assert told["code"] == {"commit": "0123456789ab", "changed": False}
    assert told["packages"] == {"pytest": pytest.__version__}
    assert (told["weights"], told["threads"], told["agreed"]) == ({"toy.bin": "ab" * 32}, 3, 2)
    assert told["cpu"] == cpu.cpu()


@pytest.mark.parametrize(
    ("commit", "code"),
    [
        ("0123456789ab+", {"commit": "0123456789ab", "changed": True}),
        ("unknown", {"commit": None, "changed": None}),
        (None, {"commit": None, "changed": None}),  # the project lies in no repository
    ],
)
def test_code_that_is_in_no_commit_says_so(config, made, commit, code):
    told = provenance.document(config, made, agreed=1, commit=commit)
    SCHEMA.validate(told)
    assert told["code"] == code


def test_a_capture_of_an_earlier_day_still_loads_and_what_it_does_not_tell_is_null(config, made, tmp_path):
    import shutil

    shutil.copytree(made.folder, tmp_path / "old")
    manifest = json.loads((tmp_path / "old" / captures.MANIFEST).read_text())
    for name in ("cpu", "threads", "weights"):
        del manifest["provenance"][name]
    (tmp_path / "old" / captures.MANIFEST).write_text(json.dumps(manifest))
    told = provenance.document(config, captures.load(tmp_path / "old"), agreed=1)
    SCHEMA.validate(told)
    assert (told["cpu"], told["threads"], told["weights"]) == (None, None, {})


def test_a_pipeline_that_says_nothing_of_weights_and_threads_has_none():
    told = origin(PIPELINE)
    assert (told["weights"], told["threads"]) == ({}, None)


def test_what_is_written_is_read_and_what_is_broken_is_named(config, made, tmp_path):
    config = replace(config, snapshots=tmp_path)
    assert provenance.read(config, "plain") is None
    file = provenance.path_of(config, "plain")
    assert file == tmp_path / "plain/provenance.json"
    write_atomically(file, provenance.text(provenance.document(config, made, agreed=2)))
    assert provenance.read(config, "plain") == provenance.document(config, made, agreed=2)
    file.write_text("{")
    with pytest.raises(ContractError, match=r"plain/provenance\.json: cannot be read as provenance.*from git"):
        provenance.read(config, "plain")
    file.write_text("{}")
    with pytest.raises(
        ContractError, match=r"provenance\.json: cannot be read as provenance: .top.: \"format\" is a required"
    ):
        provenance.read(config, "plain")


def test_provenance_is_stale_where_its_case_is_gone_and_nowhere_else(config, made, tmp_path):
    config = replace(config, snapshots=tmp_path)
    for case in ("plain", "gone"):
        write_atomically(provenance.path_of(config, case), "{}\n")
    assert store.stale(config, cases.discover(config), PIPELINE) == [tmp_path / "gone/provenance.json"]


# ── the class of a CPU ───────────────────────────────────────────────────────────────────────────────────────────────

V2 = {"cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3"}
V3 = V2 | {"abm", "avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "movbe", "xsave"}
V4 = V3 | {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}
CPUINFO = "processor\t: 0\nvendor_id\t: {vendor}\nmodel name\t: {model}\nflags\t\t: {flags}\n\nprocessor\t: 1\nflags\t\t: none\n"


@pytest.mark.parametrize(
    ("features", "level"),
    [
        (set(), "x86-64-v1"),
        (V2, "x86-64-v2"),
        (V3, "x86-64-v3"),
        (V4, "x86-64-v4"),
        (V3 - {"fma"}, "x86-64-v2"),
        (V4 - {"avx512vl"}, "x86-64-v3"),
        (V4 - {"popcnt"}, "x86-64-v1"),
    ],
)
def test_a_level_is_reached_with_all_of_its_features(monkeypatch, features, level):
    monkeypatch.setattr(cpu.platform, "machine", lambda: "x86_64")
    assert cpu.level(features) == level


def test_a_level_is_told_from_what_a_calibration_notes_down():
    noted = set(cpu.INSTRUCTION_SETS)
    assert cpu.level({"sse4_2", "avx", "avx2", "fma", "f16c"}, known=noted) == "x86-64-v3"
    assert cpu.level(noted - {"amx_tile"}, known=noted) == "x86-64-v4"


def test_another_architecture_is_its_own_level(monkeypatch):
    monkeypatch.setattr(cpu.platform, "machine", lambda: "aarch64")
    assert cpu.level({"asimd", "fphp"}) == "aarch64"


@pytest.mark.parametrize(
    ("vendor", "features", "expected"),
    [
        ("AuthenticAMD", V4, "x86-64-v4 AMD"),
        ("GenuineIntel", V3, "x86-64-v3 Intel"),
        ("Somebody", V2, "x86-64-v2 Somebody"),
    ],
)
def test_the_class_of_a_cpu_is_level_and_vendor(monkeypatch, tmp_path, vendor, features, expected):
    file = tmp_path / "cpuinfo"
    file.write_text(CPUINFO.format(vendor=vendor, model="Some CPU @ 2 GHz", flags=" ".join(sorted(features))))
    monkeypatch.setattr(cpu, "_CPUINFO", file)
    monkeypatch.setattr(cpu.platform, "machine", lambda: "x86_64")
    told = cpu.cpu.__wrapped__()
    assert (told["class"], told["model"]) == (expected, "Some CPU @ 2 GHz")
    assert told["instruction_sets"] == [name for name in cpu.INSTRUCTION_SETS if name in features]


def test_a_machine_without_cpuinfo_still_has_a_class(monkeypatch, tmp_path):
    monkeypatch.setattr(cpu, "_CPUINFO", tmp_path / "none")
    monkeypatch.setattr(cpu.platform, "machine", lambda: "arm64")
    assert cpu.cpu.__wrapped__()["class"] == "arm64 unknown"
