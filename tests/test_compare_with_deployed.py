"""The comparison with the deployed system: on a made-up pair, and the page that it reads."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from parity.contract import registry
from parity.contract.compiler import compile_schema
from parity.contract.nodes import Node
from rumiai_v2.analyses.registry import ANALYSES
from tests.schema_check import SCHEMAS

ROOT = Path(__file__).resolve().parent.parent
HEAD = "| field | before | now | why |\n|---|---|---|---|\n"


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "compare_with_deployed", ROOT / "scripts" / "compare_with_deployed.py"
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


script = load()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A recording of 6 s with two texts and one segment, and as expected outputs what a replay gives today."""
    texts = [
        {"text": word, "confidence": 0.9, "timestamp": t, "bbox": [60.0, 100.0, 200.0, 40.0], "frame_number": 0}
        for word, t in (("hello", 1.0), ("follow me", 4.0))
    ]
    segment = {"id": 0, "start": 0.5, "end": 2.5, "text": "one two three", "words": []}
    recording = {
        "video_id": "made_up",
        "metadata": {"id": "made_up", "description": "hello", "duration": 6, "views": 10, "hashtags": []},
        "ml_results": {
            "ocr": {"textAnnotations": texts, "stickers": [], "metadata": {"frames_analyzed": 30, "processed": True}},
            "whisper": {
                "text": segment["text"],
                "segments": [segment],
                "language": "en",
                "duration": 2.5,
                "metadata": {"processed": True, "success": True},
            },
        },
    }
    source = tmp_path / "tiny_INPUT.json"
    source.write_text(json.dumps(recording))
    got = script.replay(source)
    expected = {
        "temporal_markers": got["temporal_markers"],
        "processing_metadata": got["unified"]["processing_metadata"],
        "is_complete": got["report"]["ml_analyses_complete"],
        "completion_status": got["report"]["ml_completion_details"],
        "analyses": {a.name: got[a.name] for a in ANALYSES},
        "errors": {},
    }
    (tmp_path / "tiny_EXPECTED.json").write_text(json.dumps(expected))
    return tmp_path


@pytest.fixture
def change(folder: Path):
    """A function that lets the expected outputs differ at one place."""

    def differ(value: Any, output: str, *place: str | int) -> None:
        path = folder / "tiny_EXPECTED.json"
        document = json.loads(path.read_text())
        at = document["analyses"].get(output) or document[output]
        for key in place[:-1]:
            at = at[key]
        at[place[-1]] = value
        path.write_text(json.dumps(document))

    return differ


@pytest.fixture
def judge(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """A function that compares by a page of the given text and returns exit status and all that was printed."""

    def compare(page: str, *options: str) -> tuple[int, str]:
        path = tmp_path / "page.md"
        path.write_text(page)
        status = script.main([str(folder), "--page", str(path), *options])
        printed = capsys.readouterr()
        return status, printed.out + printed.err

    return compare


def test_equal_outputs_need_no_row(judge):
    status, printed = judge("")
    assert status == 0
    assert re.search(r"all: \d{3,} equal, 0 explained, 0 unexplained", printed)
    assert [line.split(":")[0] for line in printed.splitlines()] == [*script.OUTPUTS, "all"]


def test_a_leaf_that_differs_without_a_row_is_listed_and_fails(judge, change):
    change(9, "speech_analysis", "speechCoreMetrics", "totalWords")
    status, printed = judge("")
    assert status == 1
    assert "UNEXPLAINED tiny: speechCoreMetrics.totalWords: 9 → 3" in printed


def test_a_row_with_the_very_path_explains_it(judge, change):
    change("bonjour", "visual_overlay_analysis", "visualOverlayKeyEvents", "ctaMoments", 0, "textContent")
    row = "| `visualOverlayKeyEvents.ctaMoments[*].textContent` | French | as seen | test |\n"
    status, printed = judge(f"## visual_overlay_analysis\n{HEAD}{row}")
    assert status == 0
    assert "1 by line 4: visualOverlayKeyEvents.ctaMoments[*].textContent" in printed


@pytest.mark.parametrize(
    "page",
    [
        f"## emotional_journey\n{HEAD}| `speechCoreMetrics.totalWords` | a | b | c |\n",
        f"## Something else\n{HEAD}| `speechCoreMetrics.totalWords` | a | b | c |\n",
        f"## speech_analysis\n{HEAD}| `speechCoreMetrics` | a | b | c |\n",
        f"## speech_analysis\n{HEAD}| speechCoreMetrics.totalWords, `speechCoreMetrics.uniqueWords` | a | b | c |\n",
    ],
    ids=["another output's section", "no output's section", "path of the block", "not in a code span"],
)
def test_nothing_else_explains_it(judge, change, page: str):
    change(9, "speech_analysis", "speechCoreMetrics", "totalWords")
    assert judge(page)[0] == 1


@pytest.mark.parametrize(
    "row",
    [
        "| `speechCoreMetrics.*` | a | b | c |",
        "| `*.totalWords` | a | b | c |",
        "| words | a | b | c |",
        "| `speechCoreMetrics.totalWords` | a | | c |",
        "| `speechCoreMetrics.totalWords` | a | b |",
        "| `speechCoreMetrics.totalWords` | a | b | c |\n| `speechCoreMetrics.totalWords` | a | b | c |",
    ],
    ids=["wild field", "wild block", "no path", "empty cell", "three cells", "two rows"],
)
def test_an_ill_formed_row_is_refused_with_its_line(judge, row: str):
    status, printed = judge(f"## speech_analysis\n{HEAD}{row}\n")
    assert status == 2
    assert re.search(r"^line [45]: ", printed)


def test_rows_that_explain_nothing_are_listed_and_fail_when_strict(judge):
    page = f"## speech_analysis\n{HEAD}| `speechCoreMetrics.totalWords` | a | b | c |\n"
    status, printed = judge(page)
    assert (status, "unused row, line 4 (speech_analysis): speechCoreMetrics.totalWords" in printed) == (0, True)
    assert judge(page, "--strict")[0] == 1


def test_types_are_told_apart_and_the_last_bits_of_sums_are_not(judge, change):
    change(6.0 * (1 + 1e-6), "temporal_markers", "metadata", "duration")
    assert judge("")[0] == 1
    change(6.0 * (1 + 1e-12), "temporal_markers", "metadata", "duration")
    assert judge("")[0] == 0
    change(6, "temporal_markers", "metadata", "duration")
    assert "metadata.duration: 6 → 6.0" in judge("")[1]


def test_a_list_that_was_empty_is_a_leaf_of_its_own(judge, change):
    change([], "visual_overlay_analysis", "visualOverlayKeyEvents", "ctaMoments")
    printed = judge("")[1]
    assert "ctaMoments: [] → nothing" in printed
    assert 'ctaMoments[0].textContent: nothing → "follow me"' in printed


def test_values_are_shown_on_request(judge, change):
    change(9, "speech_analysis", "speechCoreMetrics", "totalWords")
    page = f"## speech_analysis\n{HEAD}| `speechCoreMetrics.totalWords` | a | b | c |\n"
    assert "9 → 3" not in judge(page)[1]
    assert "tiny: speechCoreMetrics.totalWords: 9 → 3" in judge(page, "--values")[1]


def test_a_recording_without_expected_outputs_is_an_error(folder: Path, judge):
    (folder / "tiny_EXPECTED.json").unlink()
    status, printed = judge("")
    assert (status, "expected tiny_EXPECTED.json beside it" in printed) == (2, True)


@pytest.fixture(scope="module")
def page() -> str:
    return script.PAGE.read_text(encoding="utf-8")


def roots() -> dict[str, tuple[str, Node]]:
    """Per section of the page the schema of its documents, and the prefix its paths have there."""
    schemas = registry.load(SCHEMAS)

    def node(name: str) -> Node:
        return compile_schema(schemas, f"{name}.schema.json")

    named = {a.name: (a.prefix, node(a.name)) for a in ANALYSES}
    return named | {name: ("", node(name)) for name in ("temporal_markers", "unified", "report")}


def places(node: Node, steps: list[str]) -> Iterator[Node]:
    """What a schema has at a path, in any of its alternatives."""
    for branch in node.branches:
        yield from places(branch, steps)
    if not steps:
        yield node
        return
    child = node.item(0) if steps[0] == "[*]" else node.child(steps[0])
    if child is not None:
        yield from places(child, steps[1:])


def test_the_page_names_fields_of_the_schemas_only(page: str):
    schemas = roots()
    unknown = []
    for row in script.rows_of(page):
        prefix, node = schemas[row.output]
        for path in row.paths:
            steps = re.findall(r"\w+|\[\*\]", path.removeprefix(prefix))
            if not any(places(node, steps)):
                unknown.append(f"line {row.line}: {path}")
    assert unknown == []


@pytest.mark.parametrize(
    ("section", "numbers"),
    [
        ("Known faults of the deployed system", [*map(str, range(1, 26)), *(f"A{n}" for n in range(1, 11))]),
        ("Differences between the two runners", [f"D{n}" for n in range(1, 29)]),
    ],
)
def test_the_page_settles_every_numbered_fault_and_difference(page: str, section: str, numbers: list[str]):
    table = page.split(f"\n## {section}\n")[1].split("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line[:1] == "|"][2:]
    assert [row[0] for row in rows] == numbers
    assert all(len(row) == 3 and all(row) for row in rows)
