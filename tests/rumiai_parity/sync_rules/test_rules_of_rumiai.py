"""Each rule is kept by the real tree and broken, with file and line, by the drift it is there for."""

from __future__ import annotations

import pytest

from parity.tools.sync.rules import check, judge
from parity.tools.sync.tree import Changed
from rumiai_parity.sync_rules import RULES, effects, reach, settings, unaware
from rumiai_parity.sync_rules.places import ADAPTER, BEFORE, HARNESS, KNOWLEDGE, LAYOUT
from tests.rumiai_parity.sync_rules.drifts import CLI, DRIFTS, RUNNER, Drift
from tests.rumiai_parity.sync_rules.trees import REAL, findings, line


def test_the_real_tree_keeps_every_rule():
    judged = check(REAL, RULES)
    assert [f"{f.rule}: {f.file}:{f.line}: {f.what}" for f in judged.findings] == []
    assert judged.kept == [rule.id for rule in RULES]


@pytest.mark.parametrize("drift", DRIFTS, ids=lambda drift: f"{drift.rule}: {drift.name}")
def test_a_drift_breaks_its_rule_at_its_place(drift: Drift):
    files = drift.edit()
    found = [f for f in findings(files, drift.rule) if f.file == drift.file and drift.says in f.what]
    assert len(found) == 1, [f"{f.file}:{f.line}: {f.what}" for f in findings(files, drift.rule)]
    [finding] = found
    assert finding.rule == drift.rule
    assert drift.expected in finding.expected
    assert finding.got and finding.remedy
    if drift.at:
        assert drift.at in line(files, drift.file, finding.line)


def test_every_rule_has_a_drift_that_breaks_it():
    assert {rule.id for rule in RULES} == {drift.rule for drift in DRIFTS}


def test_the_page_has_a_row_for_every_rule_as_it_stands_in_code():
    rows = [line for line in REAL.lines("docs/sync.md") if line.startswith("| `") and "--" not in line]
    assert rows == [f"| `{rule.id}` | {rule.title} | {rule.catches} |" for rule in RULES]


@pytest.mark.parametrize(
    ("file", "rule"),
    [
        ("docs/settings.md", "settings"),
        (CLI, "one-path"),
        ("rumiai_v2/progress.py", "stages"),
        ("parity.toml", "goldens"),
        ("golden/ledger/runner-differences.jsonl", "declared"),
        ("docs/leaves.md", "leaves"),
    ],
)
def test_a_rule_whose_file_is_gone_is_broken_not_silent(file: str, rule: str):
    [finding] = findings({file: None}, rule)
    assert (finding.file, finding.what) == (file, "the rule cannot be checked without the file")


def test_a_file_that_is_no_python_breaks_the_rules_that_read_it():
    [finding] = findings({RUNNER: b"def run(:\n"}, "writes")
    assert (finding.file, finding.line) == (RUNNER, 1)
    assert finding.what.startswith("is not Python")


def test_a_schema_that_is_no_json_breaks_the_rules_that_read_it():
    [finding] = findings({"schemas/report.schema.json": b'{\n"a": }'}, "services")
    assert (finding.file, finding.line) == ("schemas/report.schema.json", 2)


@pytest.mark.parametrize(
    ("table", "rule"),
    [
        (unaware.ALLOWED, "unaware"),
        (unaware.ALLOWED_READS, "declared"),
        (reach.ALLOWED, "reach"),
        (effects.WRITERS, "writes"),
        (settings.READERS, "environment"),
        (settings.ARGUMENTS, "environment"),
        (settings.DOTENV, "environment"),
        (settings.FOLDER, "environment"),
    ],
    ids=[
        "knows a source",
        "reads a declared field",
        "looks at what is loaded",
        "writes",
        "reads the environment",
        "reads arguments",
        "reads .env",
        "working folder",
    ],
)
def test_every_exception_is_needed_and_says_why(table: dict, rule: str, monkeypatch: pytest.MonkeyPatch):
    needless = []
    for key, reason in list(table.items()):
        assert len(reason.split()) > 2, key
        monkeypatch.delitem(table, key)
        if not findings({}, rule):
            needless.append(key)
        monkeypatch.setitem(table, key, reason)
    assert needless == []


@pytest.mark.parametrize(
    ("text", "what", "at"),
    [
        ('{\n"a": 1,\n}', "is not JSON", 3),
        ('{"a": 1, "a": 2}', "key 'a' stands twice", 1),
        ("[" * 100_000, "nested too deep", 1),
        ("\xff", "is no UTF-8 text", 1),
    ],
)
def test_a_file_that_no_reader_takes_is_named_whatever_is_wrong_with_it(text, what, at):
    schema, ledger = "schemas/metadata_analysis.schema.json", "golden/ledger/runner-differences.jsonl"
    raw = text.encode("latin-1")
    found = [each for each in findings({schema: raw}) if each.file == schema and what in each.what]
    assert found and {each.line for each in found} == {at}
    if text.isascii() and "\n" not in text:
        kept = REAL.read(ledger)
        found = findings({ledger: kept + raw + b"\n"}, "goldens")
        assert [(each.file, each.line, what in each.got) for each in found] == [(ledger, kept.count(b"\n") + 1, True)]


def test_a_tree_of_the_older_layout_is_judged_as_it_stood():
    """What stands in ``harness/parity`` and ``rumiai_parity`` today stood in ``harness`` before."""
    moved: dict[str, bytes | None] = {}
    for folder, before in ((HARNESS, "harness"), (KNOWLEDGE, "harness/pipelines/rumiai")):
        for path in REAL.below(folder):
            moved[path] = None
            old = f"{before}/{path.removeprefix(f'{folder}/')}"
            moved[old.replace("harness/cli/main.py", "harness/cli.py").replace("harness/cli/", "harness/commands/")] = (
                REAL.read(path)
            )
    moved[BEFORE[LAYOUT]] = REAL.read(LAYOUT) + b"\n" + REAL.read(ADAPTER)
    assert findings(moved) == []
    assert not judge(Changed(REAL, moved), RULES).unjudged

    moved["harness/verdict.py"] = REAL.read(f"{HARNESS}/verdict.py") + b"\nfrom rumiai_v2 import runner\n"
    moved["harness/commands/expect.py"] = None
    found = {(each.rule, each.file) for each in findings(moved)}
    assert found == {("layers", "harness/verdict.py"), ("commands", "harness/cli.py")}
