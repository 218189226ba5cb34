"""20,000 generated pairs through the functions behind every comparison, and 200 through the commands themselves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from parity.verdict import Verdict
from tests.harness.conftest import IMPORTS
from tests.harness.whole.oracle import judge
from tests.harness.whole.oracle.campaign import fault_of
from tests.harness.whole.oracle.drive import MODES, Driver, _keeps, _read
from tests.harness.whole.oracle.schema import ID, ROOT

SEED, PAIRS = "gate", 20_000


@pytest.mark.parametrize("mode", MODES)
def test_every_comparison_says_what_the_oracle_says(mode, tmp_path):
    driver = Driver(tmp_path)
    faults = [fault_of(driver, f"{SEED} {number}", mode) for number in range(PAIRS // len(MODES))]
    wrong = [fault for fault in faults if fault is not None]
    assert not wrong, f"{len(wrong)} of {len(faults)}, the first:\n{wrong[0]}"
    assert sum(count > len(faults) / 20 for count in driver.counts[mode].values()) >= 2  # neither all equal nor none


@pytest.mark.parametrize("number", [361_254])
def test_what_the_campaign_found_stays_mended(number, tmp_path):
    """Pairs of ``make oracle`` that came out wrong once: two partners of one moment that stand crosswise, to be accepted."""
    assert fault_of(Driver(tmp_path), f"1 {number}", MODES[number % len(MODES)]) is None


SMALLEST = {
    "an integer beyond 64 bits": ("count", "18446744073709551617", "18446744073709551616", Verdict.DRIFT),
    "a negative one": ("count", "-9223372036854775809", "-9223372036854775810", Verdict.DRIFT),
    "one of 5,000 digits": ("count", "7" * 5000, "7" * 4999 + "8", Verdict.DRIFT),
    "the same on both sides": ("count", "100000000000000000000", "100000000000000000000", Verdict.PARITY),
    "an integer of 400 digits within tolerance": ("about", "1" * 400, "1" * 399 + "3", Verdict.PARITY),
    "and beyond it": ("about", "1" * 400, "1" * 399 + "4", Verdict.DRIFT),
    "an integer against the real of equal value": (
        "near",
        "18446744073709551616",
        "18446744073709551616.0",
        Verdict.DRIFT,
    ),
    "a share of what no double can say": ("share", "1" + "0" * 400, "101" + "0" * 398, Verdict.PARITY),
    "minus nothing": ("real", "-0.0", "0.0", Verdict.PARITY),
    "no less of nothing": ("count", "-0", "0", Verdict.PARITY),
    "another way of writing": ("real", "1e2", "100.00", Verdict.PARITY),
    "a real beyond the doubles": ("real", "1e400", "1e400", Verdict.CONTRACT),
    "NaN on both sides": ("real", "NaN", "NaN", Verdict.CONTRACT),
}
BASE = {
    "count": "1",
    "real": "1.5",
    "near": "1.5",
    "share": "1.5",
    "about": "1",
    "text": '"t"',
    "flag": "true",
    "stamp": '"s"',
    "source": '"web:one"',
    "seen": "[]",
    "words": "[]",
    "box": "[1.0, 2.0, 3.0, 4.0]",
    "inside": '"{\\"a\\": 1, \\"b\\": [], \\"stamp\\": \\"s\\"}"',
}


def written(**changes: str) -> bytes:
    return ("{" + ", ".join(f'"{key}": {value}' for key, value in {**BASE, **changes}.items()) + "}").encode()


@pytest.mark.parametrize("name", SMALLEST)
@pytest.mark.parametrize("mode", ["run", "golden", "tolerances", "folders"])
def test_numbers_are_what_they_are_on_every_path(name, mode, tmp_path):
    key, left, right, expected = SMALLEST[name]
    if expected is Verdict.PARITY and left != right and key in ("about", "share") and mode in ("run", "folders"):
        expected = Verdict.DRIFT  # compared exactly
    source = '"web:one"' if mode == "tolerances" else '"disk:one"'
    driver = Driver(tmp_path)
    said = driver(mode, written(**{key: left}), written(source=source, **{key: right}))
    assert (said.is_right, expected in said.verdicts) == (True, True), said


def test_what_breaks_a_contract_is_named_by_place_and_text(tmp_path):
    driver = Driver(tmp_path)
    driver("run", written(), written(source='"disk:one"', map='{"a b": 1e999}', count='1, "count": 1'))
    outcome = driver.suite.contract(driver.case, "disk", driver.artifact)
    assert outcome.verdicts == (Verdict.CONTRACT,)
    for part in (
        "thing.json of disk cannot be compared",
        'map["a b"]: 1e999 is beyond the range of a double',
        'the key "count" stands twice in one object',
    ):
        assert part in outcome.messages[0]


def _commands(driver: Driver, number: int) -> tuple[list[str], bool | None, bool]:
    """One pair on disk, what compares it, and what the oracle says of it."""
    mode = ("schema", "none", "tolerances", "any contract")[number % 4]
    left, right = driver.pair(f"commands {number}", mode)
    for file, raw in zip(driver.files, (left, right), strict=True):
        file.write_bytes(raw)
    a, b = _read(left), _read(right)
    breach = None in (a, b)
    options = {
        "schema": ["--schema", ID],
        "none": ["--schema", "none"],
        "any contract": ["--schema", ID, "--any-contract"],
        "tolerances": ["--schema", ID, "--tolerances"],
    }[mode]
    if a is None or b is None:
        return options, False, breach
    if mode == "none":
        return options, judge.equal(a, b), breach
    if mode == "any contract":
        said = judge.agree(a, b, ROOT, "exact", lenient=True)
        return options, None if said and not (judge.is_clear(a) and judge.is_clear(b)) else said, breach
    how = "tolerant" if mode == "tolerances" else "exact"
    return options, _keeps(a) and _keeps(b) and judge.agree(a, b, ROOT, how), breach


def test_parity_diff_itself_says_so(tmp_path):
    from parity.cli.main import main

    driver = Driver(tmp_path)
    for number in range(160):
        options, expected, breach = _commands(driver, number)
        command = ["--config", str(tmp_path / "parity.toml"), "diff", *map(str, driver.files), *options]
        done = CliRunner().invoke(main, command, catch_exceptions=False)
        assert done.exit_code in (0, 1, 3), done.output
        assert not breach or done.exit_code == 3, done.output
        assert expected is None or (done.exit_code == 0) == expected, f"{number}: {done.output}"


def test_parity_run_itself_says_so(tmp_path):
    driver = Driver(tmp_path)
    expected = {}
    for number in range(40):
        case = f"case-{number}"
        (tmp_path / "corpus" / case).mkdir()
        left, right = driver.pair(f"run {number}", "run")
        a, b = _read(left), _read(right)
        expected[case] = bool(_keeps(a) and _keeps(b) and judge.agree(a, b, ROOT, "configurations"))
        for name, raw in (("web", left), ("disk", right)):
            folder = tmp_path / "saved" / case / name
            folder.mkdir(parents=True)
            (folder / "thing.json").write_bytes(raw)
            (folder / "capture.json").write_text(json.dumps(driver.manifest(case, name)))
    (tmp_path / "corpus/only/input.json").unlink()
    (tmp_path / "corpus/only").rmdir()
    environ = {k: v for k, v in os.environ.items() if k != "CI" and not k.startswith(("PYTEST_", "PARITY_", "GITHUB_"))}
    done = subprocess.run(
        [sys.executable, "-m", "parity", "run", "--from", "saved", "--jobs", "1"],
        cwd=tmp_path,
        text=True,
        capture_output=True,
        check=False,
        env={**environ, "PYTHONPATH": IMPORTS},
        timeout=300,
    )
    report = json.loads(next(Path(tmp_path, "reports").rglob("parity.json")).read_text())
    said = dict.fromkeys(expected, True)
    for each in report["results"]:
        if each["check"] in ("contract", "configurations"):
            said[each["case"]] &= each["verdicts"] == ["parity"]
    assert said == expected, done.stdout
