"""The result of one check on one artifact: what a test reports and a report is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from parity.check.keys import Check, Key
from parity.compare.difference import Comparison, Difference
from parity.verdict import Verdict, in_order

#: Differences of one comparison that a report lists; the rest is counted.
LISTED = 50


@dataclass(frozen=True)
class Outcome:
    """``verdicts`` holds parity alone when all is well. ``against`` names whose values were expected."""

    check: Check
    case: str | None = None
    configuration: str | None = None
    artifact: str | None = None
    file: str | None = None
    against: str | None = None
    verdicts: tuple[Verdict, ...] = (Verdict.PARITY,)
    messages: tuple[str, ...] = ()
    comparison: Comparison | None = None
    data: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def unusable(
        cls, key: Key, verdict: Verdict, message: str, *, against: str | None = None, file: str | None = None
    ) -> Self:
        """The outcome of a check that could not be made: ``message`` says why."""
        return cls(*key, file=file, against=against, verdicts=(verdict,), messages=(message,))

    @classmethod
    def too_deep(cls, key: Key) -> Self:
        """The outcome of a check of a document that no parser or comparison can follow down."""
        return cls.unusable(
            key, Verdict.CONTRACT, "a document is nested too deep to be compared; expected a few dozen levels"
        )

    @property
    def key(self) -> Key:
        """Which check this is the outcome of."""
        return Key(self.check, self.case, self.configuration, self.artifact)

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return self.verdicts == (Verdict.PARITY,)

    def to_json(self) -> dict[str, Any]:
        """One entry of a report's ``results``."""
        comparison = self.comparison or Comparison()
        return {
            "check": self.check,
            "case": self.case,
            "configuration": self.configuration,
            "artifact": self.artifact,
            "file": self.file,
            "against": self.against,
            "verdicts": [verdict.label for verdict in self.verdicts],
            "messages": list(self.messages),
            "counts": comparison.counts(),
            "differences_total": len(comparison.differences),
            "differences": [difference.to_json() for difference in comparison.differences[:LISTED]],
            "uncompared": comparison.uncompared[:LISTED],
            "ignored": [{"path": leaf.path, "by": leaf.by, "reason": leaf.reason} for leaf in comparison.ignored],
            **({"data": self.data} if self.data else {}),
        }

    def text(self) -> str:
        """Everything that is wrong, for people."""
        lines = list(self.messages)
        if self.comparison is not None:
            expected, actual = self.against or "expected", self.configuration or "actual"
            shown = self.comparison.differences[:LISTED]
            lines += [difference.text(expected=expected, actual=actual) for difference in shown]
            if more := len(self.comparison.differences) - len(shown):
                lines.append(f"… and {more} more differences")
            lines += [f"{path}: compared by no schema" for path in self.comparison.uncompared[:LISTED]]
        head = " · ".join(part for part in (self.case, self.artifact, self.file) if part)
        return "\n".join([f"{head}:", *(f"  {line}" for line in lines)])


def judge(comparison: Comparison) -> tuple[Verdict, ...]:
    """The verdicts that a comparison leads to."""
    found = []
    if comparison.uncompared or any(difference.kind == "schema" for difference in comparison.differences):
        found.append(Verdict.CONTRACT)
    if any(difference.kind != "schema" for difference in comparison.differences):
        found.append(Verdict.DRIFT)
    return tuple(in_order(found))


def absent(*, expected: bool, note: str) -> Comparison:
    """The comparison of an artifact that only one side has: ``expected`` says whether it should be there."""
    document = "a document"
    found = (
        Difference("", "missing", document, None, note=note)
        if expected
        else Difference("", "extra", None, document, note=note)
    )
    return Comparison(differing=1, differences=[found])
