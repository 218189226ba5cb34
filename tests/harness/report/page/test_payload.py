"""What the page gets to show: all of the report, every difference, nothing that could harm, never too much."""

from __future__ import annotations

import json
from typing import Any

import pytest

from parity.goldens import ledger
from parity.report.page import table
from parity.report.page.payload import payload
from tests.harness.conftest import ROOT
from tests.harness.report.page import made, toys

#: What a page may weigh.
MOST = 5_000_000


@pytest.fixture(scope="module")
def drift(tmp_path_factory) -> tuple[toys.World, dict[str, Any], list[dict[str, Any]], dict[str, Any]]:
    """A project in which the text in one case, and its label, became others: world, report, rows, page."""
    world = toys.world(tmp_path_factory.mktemp("drift"), "one", "two")
    texts = [{**toys.SEEN["Texts"][0], "text": "BUY NEVER"}]
    world.case("one", seen={"Texts": texts}, label="b")
    world.run()
    report, rows = world.compare()
    return world, report, rows, payload(world.config, report, rows)


def weight(page: Any) -> int:
    return len(json.dumps(page, ensure_ascii=False).encode())


def unpacked(page: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of the page's table with their texts."""
    found, numbers = page["differences"], {"magnitude", "allowed", "would_pass"}
    return [
        {
            name: cell if cell is None or name in numbers else found["strings"][cell]
            for name, cell in zip(found["columns"], row, strict=True)
        }
        for row in found["rows"]
    ]


def test_the_page_of_a_drift_keeps_its_schema_and_tells_verdict_stage_and_next_step(drift):
    _, report, _, page = drift
    toys.check_page(page)
    assert page["verdict"]["label"] == "drift"
    assert page["verdict"]["exit_code"] == 1
    assert page["title"] == "parity: drift"
    assert page["first_stage"]["stage"] == "scoring"
    assert [cause["id"] for cause in page["causes"]] == [cause["id"] for cause in report["causes"]]
    assert any("`parity accept --cause " in line for line in page["next"])


def test_the_page_of_parity_has_nothing_to_draw_and_says_that_all_is_the_same(tmp_path):
    page = toys.world(tmp_path, "one").page()
    assert page["verdict"] == {
        "label": "parity",
        "exit_code": 0,
        "others": [],
        "meaning": "the configurations agree with each other and with the goldens",
    }
    assert (page["curves"], page["frames"], page["causes"], page["next"]) == ([], [], [], [])
    assert {stage["state"] for stage in page["stages"]} == {"same"}
    assert {cell[3] for cell in page["matrix"]["cells"]} == {"parity"}


def test_what_the_tests_of_the_drawing_page_draw_keeps_the_schema_too():
    toys.check_page(made.payload())


def test_every_property_of_a_cause_in_the_report_stands_in_the_page_too():
    report, page = (
        json.loads((ROOT / f"harness/parity/schemas/parity-{name}.schema.json").read_text())
        for name in ("report", "page")
    )
    own = {"accept", "accepted_before", "curves", "frames"}
    assert (
        page["properties"]["causes"]["items"]["properties"].keys() - own
        == report["$defs"]["cause"]["properties"].keys()
    )


def test_each_comparison_is_a_cell_with_its_state_and_leaves(drift):
    _, report, _, page = drift
    matrix = page["matrix"]
    assert [column["title"] for column in matrix["columns"]] == ["disk ~ golden", "web ~ golden", "disk = web"]
    assert matrix["cases"] == ["one", "two"]
    cells = {
        (matrix["cases"][c], matrix["artifacts"][a], matrix["columns"][k]["title"]): (state, leaves)
        for c, a, k, state, *leaves in matrix["cells"]
    }
    state, leaves = cells["one", "scores", "disk ~ golden"]
    result = next(
        each
        for each in report["results"]
        if (each["check"], each["case"], each["configuration"], each["artifact"]) == ("golden", "one", "disk", "scores")
    )
    assert state == "drift"
    assert leaves == list(result["counts"].values())
    assert leaves[-1] == 2
    assert cells["two", "scores", "disk ~ golden"][0] == "parity"
    assert cells["one", "scores", "disk = web"][0] == "parity"
    assert len(cells) == 2 * 4 * 3


def test_a_broken_schema_is_a_column_of_its_own(tmp_path):
    world = toys.world(tmp_path, "one")
    world.case("one", seen={"Core/total": -1})
    page = world.page()
    titles = [column["title"] for column in page["matrix"]["columns"]]
    assert titles[-2:] == ["disk, schema", "web, schema"]
    column = len(titles) - 1
    assert {cell[3] for cell in page["matrix"]["cells"] if cell[2] == column} == {"contract"}
    assert any("-1 is less than the minimum of 0" in message["text"] for message in page["messages"])


def test_the_stage_that_began_is_told_from_those_that_follow_and_from_the_same(drift):
    *_, page = drift
    states = {stage["name"]: (stage["state"], stage["number"]) for stage in page["stages"]}
    assert states == {
        "input": ("same", None),
        "scoring": ("first", None),
        "return": ("same", None),
        "run": ("same", None),
    }
    assert next(stage["differences"] for stage in page["stages"] if stage["name"] == "scoring") == len(
        [row for row in unpacked(page) if row["stage"] == "scoring"]
    )


def test_stages_are_unknown_where_the_differences_could_not_be_explained(drift):
    world, report, _, _ = drift
    failed = {**report, "causes": [], "first_diverging_stage": None, "explanation_failed": "KeyError: 'x'"}
    page = payload(world.config, failed, [])
    assert {stage["state"] for stage in page["stages"]} == {"unknown"}
    assert page["messages"][0]["text"] == "the differences could not be explained: KeyError: 'x'"


def test_the_table_holds_every_difference_with_values_that_tell_their_type(drift):
    _, _, rows, page = drift
    found = unpacked(page)
    assert len(found) == len(rows) == page["differences"]["total"]
    assert {(row["case"], row["configuration"], row["artifact"], row["path"], row["kind"]) for row in found} == {
        (row["case"], row["configuration"], row["artifact"], row["path"], row["kind"]) for row in rows
    }
    text = next(row for row in found if row["path"] == "Texts[0].text" and row["configuration"] == "disk")
    assert (text["expected"], text["actual"]) == ('"BUY NOW"', '"BUY NEVER"')
    assert text["unit"] == "CER"
    assert text["magnitude"] == pytest.approx(4 / 7, rel=1e-5)


def test_what_one_side_does_not_have_is_empty_and_null_is_not():
    row = dict.fromkeys(table.COLUMNS) | {
        "role": "own",
        "path": "a",
        "kind": "missing",
        "expected": None,
        "actual": None,
    }
    packed = table.table([row, {**row, "kind": "extra", "actual": 1}, {**row, "kind": "type", "actual": "1"}])
    at = table.COLUMNS.index("expected")
    strings = [
        [None if cell is None else packed["strings"][cell] for cell in row[at : at + 2]] for row in packed["rows"]
    ]
    assert strings == [["null", None], [None, "1"], ["null", '"1"']]


def test_ten_thousand_differences_fit_into_a_page_that_is_still_small(drift):
    world, report, rows, _ = drift
    many = [{**rows[n % len(rows)], "path": f"Items[{n}].text", "actual": f"word {n} of many"} for n in range(10_000)]
    page = payload(world.config, report, many)
    toys.check_page(page)
    assert page["differences"]["total"] == len(page["differences"]["rows"]) == 10_000
    assert weight(page) < 2_500_000


def test_more_differences_than_there_is_room_for_are_counted_and_what_broke_is_kept(drift):
    world, report, rows, _ = drift
    long = "x" * 150
    many = [
        {**rows[0], "role": "own" if n >= 59_000 else "follows", "path": f"Items[{n}].{long}"} for n in range(60_000)
    ]
    page = payload(world.config, report, many)
    found = unpacked(page)
    assert page["differences"]["total"] == 60_000
    assert 1_000 < len(found) < 60_000
    assert [row["role"] for row in found[:1_001]] == ["own"] * 1_000 + ["follows"]
    assert weight(page) < MOST


HOSTILE = "<script>alert(1)</script>\x1b[31mred\x1b[0m\u202egnp.exe\u2066\x00\x9b2J" + "&amp;'\"`" * 3


def test_hostile_texts_are_cut_and_what_would_be_obeyed_is_shown(tmp_path):
    world = toys.world(tmp_path, "one")
    texts = [{**toys.SEEN["Texts"][0], "text": HOSTILE + "A" * 1_000_000}]
    faces = [{**face, "who": HOSTILE + "B" * 1_000_000} for face in toys.SEEN["Faces"]]
    spoken = [{"start": 0.5, "end": 2.0, "text": HOSTILE + "C" * 1_000_000}]
    world.case("one", seen={"Texts": texts, "Faces": faces, "Spoken": spoken}, label=HOSTILE + "D" * 1_000_000)
    page = world.page()
    found = list(strings(page))
    assert {letter for text in found for letter in text if letter in "\x1b\x00\x9b\u202e\u2066"} == set()
    assert max(len(text) for text in found if not text.startswith("data:image/jpeg")) <= 300
    assert any("<script>" in text and r"\x1b[31mred" in text and "⟨U+202E⟩" in text for text in found)
    assert any("characters)" in text for text in found)
    assert page["frames"], "the moment is drawn all the same"
    assert weight(page) < 1_000_000


def strings(value: Any) -> Any:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield name
            yield from strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)


def test_what_goldens_were_recorded_with_stands_beside_the_run_or_is_said_to_be_unknown(drift):
    *_, page = drift
    told = page["provenance"]
    assert [side["title"] for side in told["sides"]] == ["disk and web, saved run", "golden of one, two"]
    facts = {row["name"]: (row["values"], row["differs"]) for row in told["rows"]}
    (run, golden), differs = facts["packages: pytest"]
    assert run == pytest.__version__
    assert (golden, differs) == ("not recorded", False)
    assert {"python", "cpus", "cpu: class"} <= facts.keys()


def test_a_library_of_another_version_than_the_goldens_is_marked(tmp_path):
    world = toys.world(tmp_path, "one", "two")
    known = json.loads((ROOT / "golden/snapshots/minimal/provenance.json").read_text(encoding="utf-8"))
    told = {**known, "python": "3.11.0", "packages": {"pytest": "1.0"}}
    world.project.write("snapshots/one/provenance.json", told)
    page = world.page()
    assert [side["title"] for side in page["provenance"]["sides"]][1:] == ["golden of one", "golden of two"]
    rows = {row["name"]: row for row in page["provenance"]["rows"]}
    assert rows["packages: pytest"]["values"] == [pytest.__version__, "1.0", "not recorded"]
    assert rows["packages: pytest"]["differs"]
    assert not rows["system"]["differs"]
    assert "recorded" not in rows


def test_a_cause_that_was_accepted_before_says_when_by_whom_and_why(drift):
    world, report, rows, _ = drift
    cause = report["causes"][0]["id"]
    record = ledger.make(
        date="2026-02-03T04:05:06+00:00",
        author="Ann",
        commit=None,
        reason="the text changed",
        fingerprints=[cause],
        title="texts",
        selection={},
        run_id=None,
        changes={"one/scores.json": ledger.Recorded("update", "0" * 16, "1" * 16, ())},
    )
    file = world.project.root / "parity.toml"
    without = file.read_text()
    try:
        file.write_text(without + 'ledger = "acceptances.jsonl"\n')
        ledger.append(world.config.ledger, record)
        page = payload(world.config, report, rows)
    finally:
        file.write_text(without)
    toys.check_page(page)
    assert page["causes"][0]["accepted_before"] == [
        {"record": record.id, "date": "2026-02-03T04:05:06+00:00", "author": "Ann", "reason": "the text changed"}
    ]
