"""The summary: the verdict first, everything on one screen, readable without colours and at any width."""

from __future__ import annotations

import io
import json
import re
import shlex

import jsonschema
import pytest
from rich.cells import cell_len

from parity.report import summary
from parity.report.summary import Detail, Files
from parity.report.terminal.lines import ansi_of, coloured, folded, text_of
from parity.verdict import Verdict
from tests.harness.conftest import ROOT
from tests.harness.report.reports import ARTIFACTS, cause, report, result, rows

CASES = [f"case_{number}" for number in range(3)]


def shown(found, width=100, **more):
    return text_of(summary.lines(found, files=Files(page="reports/latest/parity.html"), width=width, **more))


def drift(causes=3, cases=31):
    names = [f"case_{number}" for number in range(cases)]
    found = tuple(cause(number, cases=names[number : number + 3]) for number in range(causes))
    return report(cases, found)


def test_the_reports_of_these_tests_are_reports():
    schema = json.loads((ROOT / "harness/parity/schemas/parity-report.schema.json").read_text(encoding="utf-8"))
    for each in (report(), drift()):
        jsonschema.Draft202012Validator(schema).validate(each)


@pytest.mark.parametrize("causes", [1, 2, 3, 5, 20])
def test_a_drift_fits_a_screen_and_names_the_heaviest_cause_with_numbers_and_what_to_do(causes):
    lines = shown(drift(causes)).splitlines()
    assert len(lines) <= 45, "\n".join(lines)
    assert lines[0] == "parity: drift (exit code 1): a difference beyond tolerance, or a missing or extra artifact"
    text = "\n".join(lines)
    assert " 1. analysis scoring0: Core.mean × 1.5 in 3 cases\n" in text
    assert "largest  0.25 ratio, allowed 0.001; a tolerance of 0.25 ratio would pass\n" in text
    assert "proof    the data are innocent: " in text
    assert 'parity accept --cause scoring0-scale-00000000 --run 0123 --reason "…"\n' in text
    assert lines[-1] == "report  reports/latest/parity.html · reports/latest/parity.json"


def test_parity_is_short():
    lines = shown(report(31)).splitlines()
    assert len(lines) <= 24
    assert lines[0].startswith("parity: parity (exit code 0)")
    assert "31 cases clean: each artifact in each configuration, 527 checks" in lines
    assert not any(line.startswith("next") for line in lines)


def test_the_lighter_causes_lose_their_details_before_the_heavier_ones():
    text = shown(drift(5))
    assert text.count("largest") > 1
    first, last = text.index("analysis scoring0"), text.index("analysis scoring4")
    assert "look" in text[first:last] or "where" in text[first:last]
    assert "proof" not in text[last : text.index("next ")]


def test_cases_that_are_not_clean_stand_in_the_matrix_and_the_others_are_counted():
    text = shown(drift(1))
    assert re.search(r"^case +scores +in$", text, re.MULTILINE)
    assert re.search(r"^case_0  drift 8  disk and web ~ golden$", text, re.MULTILINE)
    assert "28 other cases clean; 3 other kinds of artifact clean everywhere" in text


def test_a_case_whose_run_failed_is_one_cell_not_a_row_of_them():
    made = report(2)
    for each in made["results"]:
        if each["case"] == "case_1":
            each.update(verdicts=["pipeline"], messages=["web: ended with exit code 5"])
    text = shown({**made, "verdict": "pipeline", "exit_code": 4, "verdicts": ["pipeline"]})
    assert re.search(r"^case +all artifacts +in$", text, re.MULTILINE)
    assert re.search(r"^case_1  pipeline ", text, re.MULTILINE)


def test_columns_that_do_not_fit_become_letters_with_a_legend():
    artifacts = tuple(f"analysis_with_a_long_name_{number}.result" for number in range(6))
    made = report(2, (cause(1, cases=CASES[:1], artifacts=artifacts),), artifacts=[*ARTIFACTS, *artifacts])
    made["results"] += [
        result(
            "golden",
            "case_0",
            configuration="disk",
            against="golden",
            artifact=name,
            verdicts=["drift"],
            counts={"differing": 2},
        )
        for name in artifacts[1:]
    ]
    made["results"].append(
        result("contract", "case_0", configuration="disk", artifact=artifacts[0], verdicts=["contract"])
    )
    text = shown(made)
    assert re.search(r"^case    a  +b  +c  +d  +e  +f$", text, re.MULTILINE)
    assert re.search(r"^case_0  C  +D2  D2  D2  D2  D2$", text, re.MULTILINE)
    joined = " ".join(text.split())
    assert "a analysis_with_a_long_name_0 · b analysis_with_a_long_name_1" in joined
    assert "D drift · C contract · the number: leaves" in joined


@pytest.mark.parametrize("width", [60, 72, 80, 100, 120, 160])
@pytest.mark.parametrize("detail", list(Detail))
def test_no_line_is_wider_than_the_terminal(width, detail):
    made = drift(3)
    made["causes"][0]["title"] = "analysis x: " + "日本語の字" * 30
    text = shown(made, width, detail=detail, differences=rows(made))
    assert max(cell_len(line) for line in text.splitlines()) <= width


@pytest.mark.parametrize(("asked", "got"), [(20, 60), (60, 60), (500, 160)])
def test_the_width_is_kept_between_60_and_160(asked, got):
    made = drift(1)
    made["causes"][0]["title"] = "word " * 200
    assert got - 6 <= max(cell_len(line) for line in shown(made, asked).splitlines()) <= got


def test_a_command_that_is_broken_is_still_one_command():
    made = drift(1)
    made["causes"][0]["next"] = f"parity diff {' '.join(f'folder/number_{n}' for n in range(12))} --field '*mean'"
    text = shown(made, 80, detail=Detail.VERBOSE)
    begin = text.index("parity diff")
    command = text[begin : text.index("'*mean'") + 7]
    assert " \\\n" in command
    assert shlex.split(command.replace("\\\n", "")) == shlex.split(made["causes"][0]["next"])


def test_quiet_is_the_verdict_the_titles_and_what_to_do():
    lines = shown(drift(2), detail=Detail.QUIET).splitlines()
    assert [line[:27] for line in lines] == [
        "parity: drift (exit code 1)",
        " 1. analysis scoring0: Core",
        " 2. analysis scoring1: Core",
        "next    mend the cause, the",
        "        or, if it is meant,",
        "        or here: parity acc",
    ]


def test_verbose_has_every_cause_every_message_and_every_difference():
    made = drift(20)
    made["results"] += [
        result("run", "case_0", configuration="disk", verdicts=["drift"], messages=[f"message {number}"])
        for number in range(30)
    ]
    text = shown(made, detail=Detail.VERBOSE, differences=rows(made))
    assert all(f"{number:>2}. analysis scoring{number - 1}:" in text for number in range(1, 21))
    assert text.count("look     parity diff") == 20
    assert all(f"message {number}\n" in text for number in range(30))
    assert " ".join(text.split()).count("Core.mean: golden 'half'") == len(rows(made))
    normal = shown(made)
    assert "message 29" not in normal and "`parity report -v --run 0123` shows all" in normal


@pytest.mark.parametrize(
    ("check", "name"), [("ignored", "ignored leaves, over all cases"), ("stale", "goldens"), ("ledger", "the ledger")]
)
def test_a_finding_of_no_one_case_has_a_name(check, name):
    made = report(1)
    made["results"].append(result(check, None, verdicts=["contract"], messages=["5 of 9 are"]))
    for detail in (Detail.NORMAL, Detail.VERBOSE):
        assert f"  1. {name}\n     5 of 9 are\n" in shown(made, detail=detail)


def test_differences_between_the_configurations_cannot_be_accepted():
    made = report(2)
    made["results"].append(
        result("configurations", "case_0", configuration="disk", against="web", artifact="words", verdicts=["drift"])
    )
    text = shown({**made, "verdict": "drift", "exit_code": 1, "verdicts": ["drift"]})
    assert "parity accept" not in text
    assert "what differs between the configurations cannot be accepted" in text


@pytest.mark.parametrize("verdict", ["usage", "contract", "stale", "crash"])
@pytest.mark.parametrize(
    ("detail", "where"), [(Detail.QUIET, "that `parity report --run 0123` shows"), (Detail.NORMAL, "shown above")]
)
def test_what_to_do_points_at_findings_where_they_are(verdict, detail, where):
    code = int(Verdict[verdict.upper()])
    message = {"crashes": ["a test ended"]} if verdict == "crash" else {}
    made = {**report(1), **message, "verdict": verdict, "exit_code": code, "verdicts": [verdict]}
    made["results"].append(result("golden", "case_0", artifact="words", verdicts=[verdict], messages=["what is wrong"]))
    text = " ".join(shown(made, detail=detail).split())
    assert where in text.partition(" next ")[2]
    assert ("what is wrong" in text) == (detail is Detail.NORMAL)


@pytest.mark.parametrize(
    ("given", "said"), [(None, "reports/captures"), ("/elsewhere/runs", "/elsewhere/runs"), ("my runs", "'my runs'")]
)
def test_what_breaks_a_contract_is_compared_again_from_the_folder_that_was_given(given, said):
    made = {**report(1), "from": given, "verdict": "contract", "exit_code": 3, "verdicts": ["contract"]}
    assert f"parity run --from {said}\n" in shown(made)


def test_what_is_blocked_is_not_offered_to_be_accepted_and_the_next_steps_say_why():
    made = drift(2)
    first, second = (each["id"] for each in made["causes"])
    made["pending"]["blocked"]["causes"][first] = "web and disk disagree"
    assert f"parity accept --cause {second} " in shown(made)
    made["pending"]["blocked"]["causes"][second] = "web and disk disagree"
    text = shown(made)
    assert "parity accept" not in text and "parity review" not in text
    assert f"{first} cannot be accepted: web and disk disagree; mend that first\n" in text


def test_what_waits_for_a_decision_is_said_with_its_command():
    assert "pending 1 golden with changes to decide on: parity status --run 0123\n" in shown(drift(1))
    broken = drift(1)
    broken["pending"] |= {"goldens": None, "failed": "ledger.jsonl, line 3: is not JSON"}
    assert "ledger.jsonl, line 3: is not JSON" in shown(broken)


def test_a_page_that_could_not_be_drawn_is_said():
    text = shown({**report(), "page_failed": "OSError: disk full"})
    assert "the page could not be drawn: OSError: disk full; the files hold everything\n" in text


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("stream", "environ", "no_color", "expected"),
    [
        (Terminal(), {}, False, True),
        (Terminal(), {"NO_COLOR": "1"}, False, False),
        (Terminal(), {"NO_COLOR": ""}, False, True),
        (Terminal(), {"TERM": "dumb"}, False, False),
        (Terminal(), {}, True, False),
        (Terminal(), {"FORCE_COLOR": "0"}, False, False),
        (io.StringIO(), {}, False, False),
        (io.StringIO(), {"FORCE_COLOR": "1"}, False, True),
        (io.StringIO(), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False),
    ],
)
def test_colours_where_they_are_wanted(stream, environ, no_color, expected):
    assert coloured(stream, environ=environ, no_color=no_color) is expected


def test_colours_change_nothing_but_colours():
    lines = summary.lines(drift(3), files=Files(), width=100)
    ansi = ansi_of(lines)
    assert "\x1b[1;31mdrift\x1b[0m" in ansi
    stripped = re.sub(r"\x1b\[[\d;]*m", "", ansi)
    assert [line.rstrip() for line in stripped.splitlines()] == text_of(lines).splitlines()


@pytest.mark.parametrize(
    ("text", "room", "parts"),
    [
        ("one two three", 7, ["one two", "three"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("a abcdefgh b", 4, ["a", "abcd", "efgh", "b"]),
        ("日本語", 4, ["日本", "語"]),
        ("", 4, [""]),
    ],
)
def test_text_is_broken_at_spaces_and_by_cells(text, room, parts):
    assert folded(text, room) == parts
