"""Log lines count like any other output: what one configuration writes alone is a difference."""

from __future__ import annotations

from parity.check.comparer import with_logs
from parity.compare.difference import Comparison
from parity.pipeline.capture import STDERR, load
from rumiai_parity.log_lines import log_lines

TEXT = """\
2026-01-02 03:04:05,678 INFO rumiai_v2.sources.tiktok: downloading http://127.0.0.1:8000/1.mp4
2026-01-02 03:04:05,678 INFO rumiai_v2.runner: models run on the CPU
W0000 00:00:1795426511.273643    8248 face_landmarker_graph.cc:174] Sets FaceBlendshapesGraph
2026-01-02 03:04:06,678 WARNING rumiai_v2.media.container: .1.mp4.77.partial: 12 damaged video packets were skipped
2026-01-02 03:04:06,678 WARNING rumiai_v2.metrics: memory guard: 4.2 GiB in this process, collecting garbage
2026-01-02 03:04:07,678 ERROR rumiai_v2.runner: clip.mp4: no decodable video frame
Traceback (most recent call last):
"""


def captured(folder):
    (folder / STDERR).write_text(TEXT, encoding="utf-8")
    fields = {
        "format": "parity-capture/1",
        "case": "c",
        "configuration": "local",
        "run_id": "r",
        "argv": [],
        "exit_code": 0,
        "failure": None,
        "started": "",
        "seconds": 0.0,
        "files": {},
        "problems": [],
        "provenance": {},
    }
    import json

    (folder / "capture.json").write_text(json.dumps(fields), encoding="utf-8")
    return load(folder)


def test_lines_that_every_configuration_must_write_are_kept_without_what_changes(tmp_path):
    assert log_lines(captured(tmp_path)) == [
        "INFO rumiai_v2.runner: models run on the CPU",
        "WARNING rumiai_v2.media.container: <file>: # damaged video packets were skipped",
        "ERROR rumiai_v2.runner: <the error>",
    ]


def test_what_the_load_of_the_machine_decides_is_kept_where_the_load_is_arranged(tmp_path):
    (more,) = set(log_lines(captured(tmp_path), load=True)) - set(log_lines(captured(tmp_path)))
    assert more == "WARNING rumiai_v2.metrics: memory guard: # GiB in this process, collecting garbage"


def test_a_line_of_one_side_only_is_a_difference_and_equal_ones_are_counted():
    found = with_logs(Comparison(exact=5), ["a", "b"], ["b", "c"])
    assert [(d.path, d.kind, d.expected, d.actual) for d in found.differences] == [
        ("log", "missing", "a", None),
        ("log", "extra", None, "c"),
    ]
    assert (found.exact, found.differing) == (6, 2)
    assert found.differences[0].text(expected="web", actual="disk") == "log: missing; web 'a'; a log line"


def test_equal_logs_change_nothing_but_the_count():
    assert with_logs(Comparison(exact=1), ["a"], ["a"]) == Comparison(exact=2)
