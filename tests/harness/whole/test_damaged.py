"""Every file of the harness damaged in many ways, seeded: named in one sentence, never a traceback, a crash or a verdict."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from parity import reading
from parity.cli.main import main
from parity.explain.settle import SettlingSuite
from parity.pipeline import cases, settings
from parity.pipeline.load import load_pipeline
from parity.run.captures import Captures
from parity.verdict import ParityError, Verdict, decide
from tests.harness.conftest import ROOT, Project, every_outcome, fill

#: The comparison itself; a comparison of everything with itself; one of the two configurations.
SUITE, SAME = "suite", "diff reports/captures reports/captures"
APART = "diff reports/captures/plain/web reports/captures/plain/disk"
USAGE, CONTRACT, DRIFT = int(Verdict.USAGE), int(Verdict.CONTRACT), int(Verdict.DRIFT)
_REPORT = dict.fromkeys(("report", "report -v", "report --format html", "report --format markdown"), USAGE)
#: File → the commands that read it → what each ends with where it holds nothing that can be used: one code, or two, for
#: what is no document at all and for a document of another form (of which leaves are counted like those of any other).
READ = {
    "parity.toml": {"status": USAGE, "report": USAGE, "corpus list": USAGE, "schema leaves": USAGE},
    "acceptances.jsonl": {"status": CONTRACT, "accept --all --reason x": CONTRACT, SUITE: CONTRACT},
    "reports/latest/pending/pending.json": {"status": USAGE, "accept --all --reason x": USAGE, "reject --all": USAGE},
    ".deciding.json": {"status": CONTRACT, "accept --all --reason x": CONTRACT},
    "reports/latest/parity.json": {**_REPORT, "review --no-open": USAGE, "accept --all --reason x": USAGE},
    "reports/latest/differences.json": {
        "report -v": USAGE,
        "report --format html": USAGE,
        "report --format annotations": USAGE,
    },
    "declared.jsonl": {SUITE: CONTRACT, APART: CONTRACT},
    "schemas/tolerances.json": {SUITE: CONTRACT, SAME: CONTRACT},
    "schemas/scores.schema.json": {SUITE: CONTRACT, "schema leaves": CONTRACT, SAME: CONTRACT},
    "snapshots/plain/provenance.json": {SUITE: CONTRACT},
    "snapshots/plain/scores.json": {
        SUITE: CONTRACT,
        "schema leaves": (CONTRACT, DRIFT),
        "diff snapshots reports/captures": CONTRACT,
    },
    "reports/captures/plain/disk/capture.json": {SUITE: USAGE, "expect": USAGE, SAME: USAGE},
    "reports/captures/plain/disk/run.json": {SUITE: CONTRACT, SAME: CONTRACT},
    "reports/captures/plain/disk/return.json": {SUITE: CONTRACT, SAME: CONTRACT},
}
#: Damages that leave no document; those that leave one that none of these files could be.
NO_DOCUMENT = ("zero", "binary", "deep", "deep and closed")
OTHER_FORM = ("a text", "a number", "null", "a list", "an object")
#: Codes that say that something is wrong with a file; those of commands that compare may say that it differs.
TOLD = {0, 2, 3}
COMPARING = ("schema leaves", "diff", "expect", SUITE)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A project with a ledger, goldens, captures, a report with differences, and something that waits."""
    made = fill(tmp_path_factory.mktemp("whole"))
    text = (made.root / "parity.toml").read_text(encoding="utf-8")
    made.write("parity.toml", text + 'ledger = "acceptances.jsonl"\n')
    assert made.parity("golden", "--reason", "first", "--author", "A", "--jobs", "1").returncode == 0
    made.case("plain", mean=0.75)
    assert made.parity("run", "--jobs", "1").returncode == 1
    journal = {
        "format": "parity-journal/1",
        "files": {"snapshots/plain/new.json": "{}\n"},
        "record": None,
        "before": {},
    }
    made.write(".deciding.json", journal)
    return made


def damages(content: bytes, rng: random.Random):
    """(what, bytes or None where the file goes) of many damages to a file that holds ``content``."""
    yield from (
        ("missing", None),
        ("empty", b""),
        ("blank", b" \n"),
        ("zero", b"\0" * 40),
        ("binary", rng.randbytes(200)),
    )
    yield from (("a text", b'"x"'), ("a number", b"1"), ("null", b"null"), ("a list", b"[]"), ("an object", b"{}"))
    yield "deep", b"[" * 100_000
    yield "deep and closed", b'{"a":' * 5_000 + b"1" + b"}" * 5_000
    yield "a long number", content.replace(b"1", b"1" * 5_000, 1)
    yield "no number", content.replace(b"1", b"NaN", 1)
    yield "a huge real", content.replace(b"1", b"1e999", 1)
    yield "half a pair", content.replace(b'": "', b'": "\\ud83d', 1)
    yield "a key twice", content.replace(b"{", b'{"format": 1, "format": 2, ', 1)
    yield "not UTF-8", content.replace(b"a", b"\xff", 1)
    for _ in range(3):
        yield "cut", content[: rng.randrange(len(content))]
    for _ in range(3):
        at = rng.randrange(len(content))
        yield "one byte", content[:at] + bytes([rng.randrange(256)]) + content[at + 1 :]
    try:
        lines = [json.loads(line) for line in content.splitlines()]
    except ValueError:
        try:
            lines = [json.loads(content)]
        except ValueError:
            return
    places = [place for place in _places(lines[0]) if place]
    for place in rng.sample(places, min(len(places), 6)):
        for value in rng.sample([None, True, -1, 0.5, 10**30, "", "x", "\0", "../x", [], [1], {}, {"a": 1}], 2):
            first = _with(lines[0], place, value)
            yield f"{place}: {value!r}", "\n".join(json.dumps(each) for each in [first, *lines[1:]]).encode()


def _places(value, place=()):
    yield place
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        yield from _places(each, (*place, key))


def _with(document, place, value):
    made = json.loads(json.dumps(document))
    inside = made
    for key in place[:-1]:
        inside = inside[key]
    inside[place[-1]] = value
    return made


def outcome_of(project: Project, command: str) -> tuple[int, str]:
    """What a command ends with and says; of the comparison, the worst that any check says."""
    if command == "suite":
        try:
            config = settings.load(project.root / "parity.toml")
            pipeline = load_pipeline(config)
            suite = SettlingSuite.of(Captures(config, pipeline, "saved", config.captures))
            outcomes = every_outcome(suite, cases.discover(config))
        except ParityError as error:
            return int(error.verdict), str(error)
        for each in outcomes:
            json.dumps(each.to_json())
        found = decide([verdict for each in outcomes for verdict in each.verdicts])
        return int(found), "told by each check"
    done = CliRunner().invoke(main, ["--config", str(project.root / "parity.toml"), *command.split()])
    return done.exit_code, done.stderr


@pytest.mark.parametrize("name", READ)
def test_a_damaged_file_is_named_and_nothing_breaks(whole, tmp_path, monkeypatch, name):
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr("parity.tools.review.serve.uvicorn.Server", lambda _: SimpleNamespace(run=lambda **_: None))
    root = tmp_path / "p"
    shutil.copytree(whole.root, root, symlinks=True)
    project = Project(root)
    monkeypatch.chdir(root)
    rng = random.Random(f"20261130 {name}")
    content = (root / name).read_bytes()
    journal = root / ".deciding.json"
    if name != journal.name:
        journal.unlink()
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    commands = list(READ[name].items())
    for number, (what, damaged) in enumerate(damages(content, rng)):
        command, expected = commands[number % len(commands)]
        (root / name).unlink(missing_ok=True)
        if damaged is not None:
            (root / name).write_bytes(damaged)
        code, said = outcome_of(project, command)
        crashes = [file.read_text() for file in root.rglob("crash-*")]
        assert crashes == [], (name, what, command, crashes[0][-1500:])
        no_document, other_form = expected if isinstance(expected, tuple) else (expected, expected)
        if what in NO_DOCUMENT + OTHER_FORM:
            wanted = no_document if what in NO_DOCUMENT else other_form
            assert code == wanted, (name, what, command, code, said)
        assert code in TOLD or (code in (1, 4, 6) and command.startswith(COMPARING)), (name, what, command, code, said)
        if code:
            assert "Traceback" not in said and len(said) < 2_000, (name, what, command, said)
        for path, kept in before.items():
            if not path.is_file() or path.read_bytes() != kept:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(kept)


@pytest.mark.parametrize("name", READ)
def test_a_folder_in_its_place_is_named(whole, tmp_path, monkeypatch, name):
    monkeypatch.delenv("CI", raising=False)
    shutil.copytree(whole.root, tmp_path / "p", symlinks=True)
    project = Project(tmp_path / "p")
    (project.root / name).unlink()
    (project.root / name).mkdir()
    for command in READ[name]:
        code, said = outcome_of(project, command)
        assert list(project.root.rglob("crash-*")) == [], (command, said)
        assert code in TOLD or (code == 1 and command.startswith(COMPARING)), (command, said)


@pytest.mark.parametrize("target", [None, "runs/nowhere", "latest", "/etc", "../corpus"])
def test_what_waits_is_never_taken_for_nothing(whole, tmp_path, monkeypatch, target):
    monkeypatch.delenv("CI", raising=False)
    shutil.copytree(whole.root, tmp_path / "p", symlinks=True)
    project = Project(tmp_path / "p")
    (project.root / ".deciding.json").unlink()
    run_id = Path(project.run).name
    if target is None:
        (project.root / "reports/latest/pending/pending.json").unlink()
    else:
        (project.root / "reports/latest").unlink()
        (project.root / "reports/latest").symlink_to(target)
        assert outcome_of(project, f"status --check --run {run_id}")[0] == 1
    for command in ("status", "status --check", "accept --all --reason x", "reject --all"):
        code, said = outcome_of(project, command)
        assert (code, "`parity run`" in said) == (2, True), (command, said)
        assert ("pending.json: is gone" if target is None else run_id) in said


@pytest.mark.parametrize(
    ("reader", "before", "after"),
    [(reading.json_file, '{"a": ', "}"), (reading.toml_file, "a = ", "\n"), (reading.yaml_file, "a: ", "\n")],
)
def test_a_number_that_takes_minutes_to_read_is_refused(tmp_path, reader, before, after):
    file = tmp_path / "file"
    file.write_text(f"{before}{'7' * 3_900_000}{after}")
    with pytest.raises(reading.Unfit, match="digits"):
        reader(file)


def test_the_committed_files_fit():
    """Whatever is refused is refused for what it holds, not for what it is."""
    for file in sorted(Path(ROOT, "golden/snapshots").glob("*/provenance.json"))[:5]:
        assert reading.json_file(file, schema="provenance")
    with pytest.raises(reading.Unfit, match=r"^code\.changed: .*provenance.schema.json"):
        reading.json_text(
            json.dumps({**json.loads(file.read_text()), "code": {"commit": None, "changed": 3}}), schema="provenance"
        )
