"""Hands a pair of texts to the functions behind every comparison, and holds what they say against the oracle."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from parity.decide.patch import Change, Entangled, patched
from parity.documents import parse
from parity.explain.settle import SettlingSuite
from parity.files import write_atomically
from parity.goldens import store
from parity.goldens.form import canonical, masked
from parity.pipeline import settings
from parity.pipeline.capture import Capture
from parity.pipeline.case import Case
from parity.pipeline.load import load_pipeline
from parity.run.captures import Captures
from parity.tools.diff import sides
from parity.tools.diff.pair import Options
from parity.tools.diff.pairs import Comparer
from parity.verdict import ParityError, Verdict
from tests.harness.whole.oracle import generate, judge
from tests.harness.whole.oracle.judge import Breach, Value
from tests.harness.whole.oracle.schema import CLASSES, DECLARED, DOCUMENT, ID, ROOT

MODES = ("run", "golden", "schema", "tolerances", "none", "any contract", "accept", "folders")
#: Modes that are handed documents of any shape too.
_ANY_SHAPE = ("none",)
#: Modes in which the sides are two configurations.
_APART = ("run", "golden", "accept", "folders")

REPOSITORY = Path(__file__).parents[4]


def fill(root: Path) -> Path:
    """A project in ``root``; its settings."""
    (root / "schemas").mkdir(parents=True)
    (root / "schemas" / ID).write_text(json.dumps(DOCUMENT))
    (root / "schemas/tolerances.json").write_text(json.dumps(CLASSES))
    (root / "declared.jsonl").write_text(json.dumps(DECLARED) + "\n")
    (root / "corpus/only").mkdir(parents=True)
    (root / "corpus/only/input.json").write_text("{}")
    given = {
        "pipeline": "tests.harness.whole.oracle.pipeline:PIPELINE",
        "corpus": "corpus",
        "schemas": "schemas",
        "tolerances": "schemas/tolerances.json",
        "snapshots": "snapshots",
        "declared": "declared.jsonl",
        "reports": "reports",
        "captures": "reports/captures",
    }
    file = root / "parity.toml"
    file.write_text("[parity]\n" + "".join(f'{key} = "{value}"\n' for key, value in given.items()))
    return file


@dataclass(frozen=True)
class Said:
    """What one comparison ended with, and what the oracle says: True agrees, False does not, None either."""

    mode: str
    verdicts: tuple[Verdict, ...]
    expected: bool | None
    breach: bool

    @property
    def is_right(self) -> bool:
        """Whether they are of one mind; a text without one value is a broken contract, whatever else."""
        parity = set(self.verdicts) == {Verdict.PARITY}
        if Verdict.CRASH in self.verdicts:
            return False
        if self.breach and Verdict.CONTRACT not in self.verdicts:
            return False
        return self.expected is None or parity == self.expected


@dataclass
class Driver:
    """One project, in which pair after pair is compared."""

    root: Path
    counts: dict[str, dict[str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.config = settings.load(fill(self.root))
        self.pipeline = load_pipeline(self.config)
        self.artifact = self.pipeline.artifacts[0]
        self.case = Case("only", self.root / "corpus/only")
        self.suite = SettlingSuite.of(Captures(self.config, self.pipeline, "made", self.root))
        self.comparers: dict[Options, Comparer] = {}
        self.files = [self.root / f"{name}.json" for name in "ab"]
        for name in ("web", "disk"):
            (self.root / name).mkdir()

    def pair(self, seed: str, mode: str) -> tuple[bytes, bytes]:
        """The pair of ``seed``."""
        rng = generate.Chance(seed)
        root = None if mode in _ANY_SHAPE and rng.random() < 0.7 else ROOT
        return generate.pair(rng, root, apart=mode in _APART)

    def __call__(self, mode: str, left: bytes, right: bytes) -> Said:
        """Compare one pair."""
        documents = [_read(left), _read(right)]
        said: Said = getattr(self, f"_{mode.replace(' ', '_')}")(left, right, *documents)
        kind = {True: "agree", False: "differ", None: "either"}[said.expected]
        counted = self.counts.setdefault(mode, {"agree": 0, "differ": 0, "either": 0})
        counted[kind] += 1
        return said

    def _fresh(self, left: bytes, right: bytes) -> None:
        """Captures of both configurations that left these bytes behind."""
        self.suite.done.clear(), self.suite.compared.clear(), self.suite.media.clear()
        for name, raw in (("web", left), ("disk", right)):
            (self.root / name / "thing.json").write_bytes(raw)
            self.suite.captures.loaded["only", name] = Capture(
                folder=self.root / name,
                case="only",
                configuration=name,
                run_id="made",
                argv=(),
                exit_code=0,
                failure=None,
                started="",
                seconds=0.0,
                files={"thing": "thing.json"},
                problems=(),
                provenance={},
            )

    def _run(self, left: bytes, right: bytes, a: Value | None, b: Value | None) -> Said:
        self._fresh(left, right)
        outcomes = [self.suite.contract(self.case, name, self.artifact) for name in ("web", "disk")]
        outcomes.append(self.suite.configurations(self.case, self.artifact))
        kept = [_keeps(a), _keeps(b)]
        assert [each.passed for each in outcomes[:2]] == kept, "the contract"
        found = tuple(verdict for each in outcomes for verdict in each.verdicts)
        return Said("run", _only(found), all(kept) and judge.agree(a, b, ROOT, "configurations"), None in (a, b))

    def _golden(self, left: bytes, right: bytes, a: Value | None, b: Value | None) -> Said:
        if a is None or not judge.is_clear(a) or a[0] != "object":
            return Said("golden", (Verdict.CONTRACT,), False, True)
        file = self.config.golden("only", "thing.json")
        node = self.suite.rules.contracts["thing"].node
        golden = masked(parse(left), node, self.suite.rules.declared_for(self.case, "thing"))
        write_atomically(file, canonical(golden))
        assert judge.equal(judge.read(file.read_bytes()), judge.read(json.dumps(golden))), "the golden's text"
        self._fresh(right, right)
        outcomes = [check(self.case, "disk", self.artifact) for check in (self.suite.contract, self.suite.golden)]
        found = tuple(verdict for each in outcomes for verdict in each.verdicts)
        expected = _keeps(b) and judge.agree(a, b, ROOT, "golden")
        if expected and not _keeps(a):
            expected = None  # a golden that breaks its contract
        return Said("golden", _only(found), expected, b is None)

    def _accept(self, left: bytes, right: bytes, a: Value | None, b: Value | None) -> Said:
        """All differences accepted: then the golden agrees with the run they were accepted from."""
        if not (_keeps(a) and _keeps(b) and judge.agree(b, b, ROOT, "golden")):
            return Said("accept", (Verdict.CONTRACT,), None, False)
        self._golden(left, right, a, b)
        outcome = self.suite.golden(self.case, "disk", self.artifact)
        assert outcome.comparison is not None
        golden, candidate = store.read(self.config.golden("only", "thing.json")), self._candidate()
        changes = [Change(each.kind, each.path, each.expected_path) for each in outcome.comparison.differences]
        try:
            accepted = canonical(patched(golden, parse(candidate), changes))
        except Entangled:
            accepted = candidate
        write_atomically(self.config.golden("only", "thing.json"), accepted)
        self.suite.done.clear()
        found = self.suite.golden(self.case, "disk", self.artifact).verdicts
        now = judge.agree(judge.read(accepted), b, ROOT, "golden")
        assert now is not False, "what was accepted does not stand in the golden"
        return Said("accept", _only(found), now, False)

    def _candidate(self) -> str:
        return self.suite.golden_text(self.case, self.artifact)

    def _schema(self, left: bytes, right: bytes, a: Value | None, b: Value | None) -> Said:
        expected = _keeps(a) and _keeps(b) and judge.agree(a, b, ROOT, "exact")
        return Said("schema", self._diff(left, right, Options(schema=ID)), expected, None in (a, b))

    def _tolerances(self, left: bytes, right: bytes, a: Value | None, b: Value | None) -> Said:
        expected = _keeps(a) and _keeps(b) and judge.agree(a, b, ROOT, "tolerant")
        found = self._diff(left, right, Options(schema=ID, tolerances=True))
        return Said("tolerances", found, expected, None in (a, b))

    def _none(self, left: bytes, right: bytes, a: Value | None, b: Value | None) -> Said:
        expected = a is not None and b is not None and judge.equal(a, b)
        return Said("none", self._diff(left, right, Options(schema="none")), expected, None in (a, b))

    def _any_contract(self, left: bytes, right: bytes, a: Value | None, b: Value | None) -> Said:
        found = self._diff(left, right, Options(schema=ID, any_contract=True))
        expected: bool | None = False
        if a is not None and b is not None:
            expected = judge.agree(a, b, ROOT, "exact", lenient=True)
            if not (judge.is_clear(a) and judge.is_clear(b)) and expected:
                expected = None
        return Said("any contract", found, expected, None in (a, b))

    def _folders(self, left: bytes, right: bytes, a: Value | None, b: Value | None) -> Said:
        """Two captures, as ``parity diff`` reads them."""
        self._fresh(left, right)
        for name in ("web", "disk"):
            (self.root / name / "capture.json").write_text(json.dumps(self.manifest("only", name)))
        places = [self.root / name for name in ("web", "disk")]
        expected = _keeps(a) and _keeps(b) and judge.agree(a, b, ROOT, "configurations")
        return Said("folders", self._compared(places, Options()), expected, None in (a, b))

    def manifest(self, case: str, configuration: str) -> dict[str, object]:
        """What stands in a capture's ``capture.json``."""
        return {
            "format": "parity-capture/1",
            "case": case,
            "configuration": configuration,
            "run_id": "made",
            "argv": [],
            "exit_code": 0,
            "failure": None,
            "started": "",
            "seconds": 0.0,
            "files": {"thing": "thing.json"},
            "problems": [],
            "provenance": {},
        }

    def _comparer(self, options: Options) -> Comparer:
        if options not in self.comparers:
            self.comparers[options] = Comparer(self.suite.rules, options)
        return self.comparers[options]

    def _diff(self, left: bytes, right: bytes, options: Options) -> tuple[Verdict, ...]:
        for file, raw in zip(self.files, (left, right), strict=True):
            file.write_bytes(raw)
        return self._compared(self.files, options)

    def _compared(self, places: Sequence[Path], options: Options) -> tuple[Verdict, ...]:
        try:
            read = [sides.read(place, self.config, self.pipeline, schema=options.schema) for place in places]
            return self._comparer(options).pair(*read).verdicts
        except ParityError as error:
            return (error.verdict,)


def _read(raw: bytes) -> Value | None:
    try:
        return judge.read(raw)
    except Breach:
        return None


def _keeps(value: Value | None) -> bool:
    return value is not None and judge.is_clear(value) and judge.fits(value, ROOT)


def _only(found: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
    rest = tuple(dict.fromkeys(verdict for verdict in found if verdict is not Verdict.PARITY))
    return rest or (Verdict.PARITY,)
