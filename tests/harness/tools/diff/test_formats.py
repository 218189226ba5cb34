"""What is printed: the table, the ranking, JSON by its schema, and that no value can do more than be shown."""

from __future__ import annotations

import json
import re
import shlex

import pytest
from jsonschema import Draft202012Validator

from parity.compare.difference import Difference
from parity.contract.check import Violation
from parity.pipeline import settings
from parity.pipeline.load import load_pipeline
from parity.pipeline.reading import Told
from parity.pipeline.stages import Graph
from parity.tools.diff.markdown import plain
from parity.tools.diff.media import Media, Strictness
from parity.tools.diff.pair import Pair, Part
from parity.tools.diff.rank import ranked, weight
from parity.tools.diff.sides import Side
from parity.verdict import Verdict
from tests.harness.tools.diff.conftest import ROOT
from tests.harness.tools.diff.deployed import Folder, write

ANY = "--any-contract"
SCHEMA = json.loads((ROOT / "harness/parity/schemas/parity-diff.schema.json").read_text())


@pytest.fixture
def changed(tmp_path) -> Folder:
    made = Folder(tmp_path / "changed", local=True)
    made.results["creative_density"]["densityCoreMetrics"]["avgDensity"] = 5.6
    made.results["speech_analysis"]["speechCoreMetrics"]["totalWords"] = "twenty"
    del made.results["person_framing"]["personFramingQuality"]
    made.save()
    (made.path / "scene_pacing" / f"scene_pacing_ml_{made.stamp}.json").unlink()
    return made


def test_json_is_described_by_its_schema(diff_json, local, production, changed, tmp_path):
    Draft202012Validator.check_schema(SCHEMA)
    files = write(tmp_path / "a.json", {"a": [1, float("nan")]}), write(tmp_path / "b.json", {"a": [2]})
    for pair in ((local.path, changed.path), (production.path, local.path), files):
        for more in ((), (ANY,), ("--media", "different")):
            Draft202012Validator(SCHEMA).validate(diff_json(*pair, *more).report)


def test_the_schema_is_closed_everywhere():
    def objects(schema):
        if isinstance(schema, dict):
            if schema.get("type") == "object":
                yield schema
            for value in schema.values():
                yield from objects(value)
        elif isinstance(schema, list):
            for value in schema:
                yield from objects(value)

    found = list(objects(SCHEMA))
    assert len(found) > 10
    assert all(each["additionalProperties"] is False for each in found)


def test_the_text_tells_what_is_compared_then_a_table_then_causes_then_differences_then_what_next(diff, local, changed):
    text = diff(local.path, changed.path, ANY).text
    words = (
        "parity diff: drift",
        "\nA  ",
        "\nB  ",
        "\nmedia ",
        "\nby  ",
        "\nartifact ",
        "\nall  ",
        "causes:",
        "findings,",
    )
    places = [text.index(word) for word in (*words, "next:")]
    assert places == sorted(places)


def test_the_heaviest_comes_first(diff_json, local, changed):
    found = diff_json(local.path, changed.path, ANY).pair["findings"]
    assert [each["weight"] for each in found] == sorted((each["weight"] for each in found), reverse=True)
    order = [(each["artifact"].partition(".")[0], each["kind"]) for each in found]
    assert order == [
        ("scene_pacing", "missing"),
        ("speech_analysis", "type"),
        ("person_framing", "missing"),
        ("creative_density", "value"),
    ]


@pytest.mark.parametrize(
    ("heavier", "lighter"),
    [
        (Difference("", "missing", {"a": 1}, None), Difference("a", "type", 1, "1")),
        (Difference("a", "type", 1, "1"), Difference("a", "missing", {"a": 1, "b": 2}, None)),
        (Difference("a", "missing", {"a": 1, "b": 2}, None), Difference("a", "missing", 1, None)),
        (Difference("a", "extra", None, 1), Difference("a", "value", "x", "y")),
        (Difference("a", "value", "x", "y"), Difference("a", "value", 1.0, 9.0, magnitude=8.0, allowed=0.0)),
        (
            Difference("a", "value", 1.0, 9.0, magnitude=8.0, allowed=0.1),
            Difference("a", "value", 1.0, 2.0, magnitude=1.0, allowed=0.1),
        ),
        (
            Difference("a", "value", 1.0, 2.0, magnitude=1.0, allowed=0.0),
            Difference("a", "value", 1000.0, 1001.0, magnitude=1.0, allowed=0.0),
        ),
        (Difference("a", "value", 0.0, 1e-9, magnitude=1e-9, allowed=0.0), Difference("a", "order", [1, 2], [2, 1])),
    ],
)
def test_weight_orders_by_what_a_difference_says(heavier, lighter):
    assert weight(heavier) > weight(lighter)


def test_a_number_without_a_scale_has_a_weight():
    assert weight(Difference("a", "value", 0.0, 0.0, magnitude=0.0, allowed=0.0)) == 2


def test_the_same_value_in_several_artifacts_is_one_finding():
    graph = Graph(load_pipeline(settings.load(ROOT / "parity.toml")).stages)
    places = {
        "creative_density.ml": "CoreMetrics.avgDensity",
        "creative_density.result": "densityCoreMetrics.avgDensity",
        "creative_density.complete": "result(json).densityCoreMetrics.avgDensity",
    }
    differences = [
        (artifact, Difference(path, "value", 1.0, 2.0, magnitude=1.0, allowed=0.0)) for artifact, path in places.items()
    ]
    (finding,) = ranked(differences, graph)
    assert {finding.artifact, *(artifact for artifact, _ in finding.also)} == set(places)
    other = [
        *differences,
        ("creative_density.complete", Difference("parsed_response.CoreMetrics.avgDensity", "value", 1.0, 3.0)),
    ]
    assert len(ranked(other, graph)) == 2


def test_limit_cuts_the_list_but_not_the_count(diff, diff_json, local, changed):
    done = diff(local.path, changed.path, ANY, "--limit", "1", "--format", "json")
    assert (len(done.pair["findings"]), done.pair["findings_total"]) == (1, 4)
    text = diff(local.path, changed.path, ANY, "--limit", "1").text
    assert "4 findings, heaviest first, the first 1:" in text
    assert len(diff_json(local.path, changed.path, ANY).pair["findings"]) == 4


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_quiet_is_one_line_and_the_exit_code(diff, local, changed, form):
    done = diff(local.path, changed.path, ANY, "--quiet", "--format", form)
    assert (done.code, done.text) == (
        1,
        "parity diff: drift (exit code 1): a difference beyond tolerance, or a missing or extra artifact\n",
    )


def test_parity_says_that_the_two_agree_and_nothing_to_do(diff, local):
    text = diff(local.path, local.path, ANY).text
    assert text.startswith("parity diff: parity (exit code 0): the two sides agree\n")
    assert "next:" not in text


@pytest.mark.parametrize(
    "chosen",
    [
        ["--stamp-b", "20250811"],
        ["--stamp", "20250811", "--media", "different"],
        ["--tolerances", "--schema", "none"],
        ["--exact", "--any-contract"],
        [
            "--analysis",
            "creative_density",
            "--analysis",
            "speech_analysis.ml",
            "--field",
            "*Words",
            "--field",
            "*Density",
        ],
    ],
    ids=" ".join,
)
def test_what_next_compares_the_same_again(diff, local, changed, chosen):
    done = diff(local.path, changed.path, *chosen, "--format", "json", "--limit", "1")
    again = shlex.join(["parity", "diff", str(local.path), str(changed.path)])
    assert done.report["next"]
    for line in done.report["next"]:
        command = shlex.split(line.partition("    ")[0])
        assert command[:4] == shlex.split(again)
        assert [word for word in command if word in chosen] == chosen


BREACH = "breaches of today's do not count"


def test_a_comparison_of_any_contract_is_offered_for_breaches_of_todays(diff, local):
    local.change("scene_pacing", "ml", "CoreMetrics", value={"totalScenes": "many"})
    only = (local.path, local.path, "--analysis", "scene_pacing.ml")
    assert BREACH in diff(*only).text
    assert BREACH not in diff(*only, ANY).text


@pytest.mark.parametrize("content", ["", "{", "[" * 100_000, '{"a": NaN}'])
def test_a_comparison_of_any_contract_is_not_offered_for_what_no_contract_allows(diff, production, local, content):
    local.file("scene_pacing", "ml").write_text(content)
    file = local.file("scene_pacing", "ml")
    pair = (file, file, "--schema", "none") if "NaN" in content else (production.path, local.path)
    only = () if "NaN" in content else ("--analysis", "scene_pacing.ml")
    done = diff(*pair, *only)
    assert done.code == 3
    assert BREACH not in done.text


@pytest.mark.parametrize(
    ("what", "versions", "offered"),
    [
        (("capture", "capture"), ("2.0.0", "2.0.0"), False),
        (("golden", "capture"), ("2.0.0", "2.0.0"), False),
        (("capture", "capture"), ("1.0.0", "2.0.0"), True),
        (("outputs", "outputs"), ("1.0.0", "1.0.0"), True),
    ],
)
def test_runs_that_name_the_same_contract_are_of_no_older_one(tmp_path, what, versions, offered):
    sides = [
        Side(each, tmp_path, {}, {}, told=Told(contracts=(named,))) for each, named in zip(what, versions, strict=True)
    ]
    part = Part("a", "compared", (Verdict.CONTRACT,), violations=(("B", Violation("x", "is wrong")),))
    pair = Pair(*sides, False, Media("same", ""), Strictness("exact", ""), (part,), (), (Verdict.CONTRACT,))
    assert pair.may_be_older == offered


EVIL = "<img src=x onerror=alert(1)> | `rm -rf` **x** [a](javascript:1) @someone\n# head \x1b[31mred\x1b[0m \u202egnp &amp; www.x.example"


@pytest.fixture
def evil(tmp_path):
    first = write(tmp_path / "a.json", {"text": "fine", EVIL: 1, "deep": {"a|b": [1]}})
    return first, write(tmp_path / "b.json", {"text": EVIL, EVIL: 2, "deep": {"a|b": [2]}})


def test_values_in_markdown_are_text_whatever_they_hold(diff, evil):
    from markdown_it import MarkdownIt

    source = diff(*evil, "--format", "markdown").text
    html = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough").render(source)
    tags = set(re.findall(r"</?([a-z0-9]+)", html))
    assert tags <= {"h3", "ul", "li", "p", "strong", "table", "thead", "tbody", "tr", "th", "td"}
    assert html.count("<strong>") == source.count("**") // 2
    assert "&lt;img src=x onerror=alert(1)&gt; | `rm -rf` **x** [a](javascript:1) @\u2060someone" in html
    rows = [line for line in source.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in rows} == {9}


@pytest.mark.parametrize("sign", [*"<>&|`*_[]#~\\@!\"':;{}$^", "\x1b", "\u202e"])
def test_no_sign_stands_for_itself_in_markdown(sign):
    assert sign not in re.sub(r"&#\d+;", "", plain(f"a{sign}b")) or sign == "\\"
    assert plain("a\nb") == "a b"
    assert plain("- x") == "&#45; x"
    assert plain("12. x") == "&#49;&#50;. x"


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_no_control_character_reaches_the_terminal(diff, evil, form):
    printed = diff(*evil, "--format", form).text
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", printed)
    if form != "json":
        assert "\u202e" not in printed


def test_half_a_surrogate_pair_is_printed_as_its_escape(diff, tmp_path):
    first, second = write(tmp_path / "a.json", '{"a": "\\ud83d"}'), write(tmp_path / "b.json", '{"a": "x"}')
    for form in ("text", "json", "markdown"):
        assert diff(first, second, "--format", form).code == 1
    assert diff(first, second, "--format", "json").pair["findings"][0]["expected"] == "\ud83d"


def test_a_distance_beyond_any_number_is_no_crash(diff_json, tmp_path):
    first, second = write(tmp_path / "a.json", {"a": -1.7e308}), write(tmp_path / "b.json", {"a": 1.7e308})
    assert diff_json(first, second).finding("a")["magnitude"] is None


def test_help_shows_examples_and_exit_codes(diff):
    from click.testing import CliRunner

    from parity.cli.main import main

    text = CliRunner().invoke(main, ["diff", "--help"]).output
    assert "parity diff golden/snapshots/tutorial reports/captures/tutorial/local" in text
    assert "3 a file breaks its schema" in text
