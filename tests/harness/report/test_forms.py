"""JUnit, Markdown and annotations of one report, and `parity report` that makes them from the saved one."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree as etree

import jsonschema
import pytest
from markdown_it import MarkdownIt

from parity.pipeline import settings
from parity.report import annotations, junit, markdown
from parity.run import runs
from tests.harness.conftest import ROOT
from tests.harness.report.reports import ARTIFACTS, cause, report, result, rows

#: Element → its attributes (required ones marked) and its children, as CI systems read JUnit.
JUNIT = {
    "testsuites": ({"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": (
        {"name!", "tests!", "failures!", "errors!", "skipped", "time", "timestamp", "hostname", "id", "package"},
        {"testcase", "properties", "system-out", "system-err"},
    ),
    "testcase": ({"name!", "classname", "time"}, {"failure", "error", "skipped", "system-out", "system-err"}),
    "failure": ({"type", "message"}, set()),
    "error": ({"type", "message"}, set()),
    "system-out": (set(), set()),
}


def parsed(text):
    """The document, once it is one that CI systems can read."""
    root = etree.fromstring(text.encode("utf-8"))
    for element in root.iter():
        attributes, children = JUNIT[element.tag]
        assert set(element.attrib) <= {name.rstrip("!") for name in attributes}, element.tag
        assert set(element.attrib) >= {name[:-1] for name in attributes if name.endswith("!")}, element.tag
        assert {child.tag for child in element} <= children, element.tag
        if "time" in element.attrib:
            assert re.fullmatch(r"\d+\.\d{3}", element.attrib["time"]), element.attrib["time"]
    return root


def drift():
    return report(4, (cause(1, cases=["case_0", "case_1"], artifacts=("scores.result", "scores.full")),))


def test_there_is_one_test_case_per_case_and_artifact():
    root = parsed(junit.render(drift()))
    found = [(unit.get("classname"), unit.get("name")) for unit in root.iter("testcase")]
    expected = {(f"case_{number}", name) for number in range(4) for name in ARTIFACTS}
    assert {pair for pair in found if pair[0] != "project"} == expected
    assert len(found) == len(set(found))
    assert int(root.get("tests")) == len(found)


def test_a_failing_test_case_holds_cause_difference_and_every_check():
    root = parsed(junit.render(drift()))
    failed = {
        (unit.get("classname"), unit.get("name")): unit
        for unit in root.iter("testcase")
        if unit.find("failure") is not None
    }
    assert set(failed) == {(case, name) for case in ("case_0", "case_1") for name in ("scores.result", "scores.full")}
    assert root.get("failures") == "4"
    unit = failed["case_0", "scores.full"]
    assert unit.find("failure").get("message").startswith("drift: cause scoring1-scale-00000001: analysis scoring1: ")
    assert "Core.mean: golden 'half', disk 'more'" in unit.find("failure").text
    assert "golden disk ~ golden: drift; 10 exact, 4 differing" in unit.find("system-out").text
    assert "configurations disk = web: parity; 10 exact" in unit.find("system-out").text


def test_what_could_not_be_compared_is_an_error_and_no_case_is_green_when_the_verdict_is_not():
    made = report(1, crashes=["tests/parity: boom"], verdict="crash", exit_code=70, verdicts=["crash"])
    made["results"] += [
        result("run", "case_0", configuration="web", verdicts=["pipeline"], messages=["web: ended with exit code 5"])
    ]
    root = parsed(junit.render(made))
    errors = {
        (unit.get("classname"), unit.get("name")) for unit in root.iter("testcase") if unit.find("error") is not None
    }
    assert errors == {("case_0", "run"), ("project", "comparisons come to their end")}
    assert root.get("errors") == "2"


def html_of(text):
    return MarkdownIt("commonmark", {"html": True}).enable("table").render(text)


def test_the_job_summary_has_verdict_causes_cases_commands_and_folded_details():
    made = drift()
    text = markdown.render(made, rows(made))
    shown = html_of(text)
    assert text.startswith("## ❌ parity: drift (exit code 1)\n")
    heads = re.findall(r"<h3>(.*?)</h3>", shown)
    assert heads == ["1 cause", "Next", "Cases that are not clean"]
    assert '<code>parity accept --cause scoring1-scale-00000001 --run 0123 --reason "…"</code>' in shown.replace(
        "&quot;", '"'
    )
    assert "<td>case_1</td>\n<td>drift 16</td>" in shown
    assert "2 other cases clean" in shown
    details = re.findall(r"<details><summary>(.*?)</summary>(.*?)</details>", shown, re.DOTALL)
    assert [title for title, _ in details] == ["Cause 1&#58; analysis scoring1&#58; Core.mean × 1.5 in 2 cases"]
    assert "proof: the data are innocent: fed with" in details[0][1]
    assert details[0][1].count("Core.mean: golden 'half'") == 8


def test_the_job_summary_of_parity_has_no_cause_and_nothing_to_do():
    text = markdown.render(report(31))
    assert text.startswith("## ✅ parity: parity (exit code 0)\n")
    assert "All 31 cases are clean." in text
    assert "### Next" not in text and "<details>" not in text


def test_the_job_summary_stays_below_what_is_accepted_and_says_what_it_left_out():
    many = tuple(cause(number, cases=[f"case_{number}"], proof=["&" * 500] * 500) for number in range(8))
    text = markdown.render(report(8, many))
    assert len(text.encode()) < 1_000_000
    assert re.search(r"\n\d blocks? left out for their size", text)


def data_of(command):
    """(properties, message) of a workflow command, decoded as the runner does it."""
    told = re.fullmatch(r"::error (.*?)::(.*)", command)
    properties = dict(part.split("=", 1) for part in told[1].split(","))
    return {name: decoded(value, "%3A:", "%2C,") for name, value in properties.items()}, decoded(told[2])


def decoded(text, *more):
    for pair in ("%0D\r", "%0A\n", *more, "%25%"):
        text = text.replace(pair[:3], pair[3:])
    return text


def test_an_annotation_names_cause_file_line_numbers_and_command(tmp_path):
    golden = tmp_path / "snapshots/case_0/scores.json"
    golden.parent.mkdir(parents=True)
    golden.write_text(json.dumps({"A": [1, {"x": {}}], "Core": {"label": "a", "mean": 0.5}}, indent=1) + "\n")
    (command,) = annotations.render(drift(), tmp_path).splitlines()
    properties, message = data_of(command)
    assert properties == {
        "file": "snapshots/case_0/scores.json",
        "line": "10",
        "title": "parity drift: analysis scoring1: Core.mean × 1.5 in 2 cases",
    }
    assert golden.read_text().splitlines()[9] == '  "mean": 0.5'
    assert "0.25 ratio, allowed 0.001; a tolerance of 0.25 ratio would pass\n" in message
    assert message.endswith("parity run --case case_0")


def test_lines_of_real_goldens_are_found():
    file = ROOT / "golden/snapshots/tutorial/unified.json"
    line = annotations.line_of(file, "ml_data.ocr.textAnnotations[1].text")
    text = json.loads(file.read_text())["ml_data"]["ocr"]["textAnnotations"][1]["text"]
    assert (
        file.read_text().splitlines()[line - 1].strip().rstrip(",") == f'"text": {json.dumps(text, ensure_ascii=False)}'
    )


def test_a_line_is_found_behind_a_key_that_is_quoted_in_a_path(tmp_path):
    file = tmp_path / "x.json"
    file.write_text(json.dumps({"a": [1, {"b.c[0]": {"d": 2}}], '"': 3}, indent=1))
    for path, line in (('a[1]["b.c[0]"].d', '    "d": 2'), ('["\\""]', ' "\\"": 3')):
        assert file.read_text().splitlines()[annotations.line_of(file, path) - 1] == line, path


@pytest.mark.parametrize(
    ("text", "path"), [("{", "a"), ('{"a": {"b": 1}}', "a.b"), ('{\n "a": 1\n}', "b"), ('{\n "a": 1\n}', "a[0]")]
)
def test_no_line_is_told_where_none_can_be(tmp_path, text, path):
    (tmp_path / "x.json").write_text(text)
    assert annotations.line_of(tmp_path / "x.json", path) is None


def test_there_are_never_more_than_ten_annotations_and_none_at_parity(tmp_path):
    many = tuple(cause(number, cases=[f"case_{number}"]) for number in range(14))
    lines = annotations.render(report(14, many), tmp_path).splitlines()
    assert len(lines) == 10
    assert data_of(lines[-1])[1].startswith("5 more; ")
    assert annotations.render(report(3), tmp_path) == ""


def test_every_form_is_made_again_from_the_saved_report(project):
    made = drift()
    run = runs.begin(settings.load(project.root / "parity.toml"))
    (run.run / "parity.json").write_text(json.dumps(made, ensure_ascii=False), encoding="utf-8")
    kept = {"format": "parity-differences/1", "differences": rows(made)}
    (run.run / "differences.json").write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
    runs.publish(run)
    done = {
        form: project.parity("report", "--format", form)
        for form in ("text", "markdown", "junit", "annotations", "json")
    }
    assert {form: each.returncode for form, each in done.items()} == dict.fromkeys(done, 0)
    assert "\x1b" not in done["text"].stdout
    assert done["text"].stdout.startswith("parity: drift (exit code 1)")
    assert done["markdown"].stdout == markdown.render(made, rows(made))
    assert done["junit"].stdout == junit.render(made)
    assert done["annotations"].stdout == annotations.render(made, project.root, rows(made)) + "\n"
    schema = json.loads((ROOT / "harness/parity/schemas/parity-report.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(json.loads(done["json"].stdout))
    assert project.parity("report", "-q", "--out", "here.txt").stderr == "wrote here.txt\n"
    assert (project.root / "here.txt").read_text() == project.parity("report", "-q").stdout


def test_without_a_report_there_is_a_sentence_that_says_how_to_make_one(project):
    done = project.parity("report")
    assert done.returncode == 2
    assert "no run in reports" in done.stderr and "make one with `parity run`" in done.stderr
