"""What RumiAI tells of its runs, and where the static check lets that stand."""

from __future__ import annotations

from parity.tools.sync.tree import Changed, Folder
from rumiai_parity.pipeline import PIPELINE
from rumiai_parity.sync_rules.goldens import goldens as rule
from tests.harness.conftest import ROOT


def test_the_static_check_takes_provenance_beside_goldens_and_no_other_file(tmp_path):
    beside = {f"golden/snapshots/minimal/{name}.json": b"{}" for name in ("provenance", "other")}
    found = {each.file for each in rule(Changed(Folder(ROOT), beside)) if "/minimal/" in each.file}
    assert found == {"golden/snapshots/minimal/other.json"}


def test_rumiai_tells_every_model_file_with_its_pinned_hash():
    from rumiai_v2.services import weights

    told = PIPELINE.weights()
    assert told == {name: weights.SPECS[name].sha256[0] for name in weights.default_names()}


def test_rumiai_tells_the_threads_that_its_runs_use_whatever_is_set_here(monkeypatch):
    from rumiai_v2.services import environment

    monkeypatch.delenv("RUMIAI_THREADS", raising=False)
    default = environment.threads()
    monkeypatch.setenv("RUMIAI_THREADS", "7")
    assert PIPELINE.threads == default
