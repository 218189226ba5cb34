"""The outcome of ``parity diff`` for people at a terminal, and as Markdown for a job summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from parity import plain, tables
from parity.compare.difference import describe
from parity.english import many
from parity.verdict import Verdict

COLUMNS = ("exact", "within_tolerance", "flip", "ignored", "uncompared", "differing")
_HEADS = ("exact", "within", "flip", "ignored", "uncompared", "differing")
#: The columns of a table that hold numbers.
NUMBERS = range(1, 1 + len(_HEADS))
_STATES = {
    "missing": "missing",
    "extra": "extra",
    "unreadable": "unreadable",
    "absent": "on neither side",
    "impossible": "not compared",
}

#: Violations, uncompared leaves and notes of one pair that are shown.
SHOWN = 8

#: Pairs of two corpora that are shown in full.
PAIRS_SHOWN = 3

#: Letters of a validator's message that are shown; it may quote a whole document.
LONGEST = 160


def head(report: Mapping[str, Any]) -> str:
    """The verdict, one line."""
    verdict = Verdict(report["exit_code"])
    others = [name for name in report["verdicts"] if name != verdict.label]
    also = f"; also {', '.join(others)}" if others else ""
    # Not the meaning of a whole comparison of a project: here are two sides, and nothing else was looked at.
    meaning = "the two sides agree" if verdict is Verdict.PARITY else verdict.meaning
    return f"parity diff: {verdict.label} (exit code {int(verdict)}): {meaning}{also}"


def render(report: Mapping[str, Any], following: Sequence[str]) -> str:
    """The whole as text; control characters in anything that was read are shown, not sent to the terminal."""
    lines = [head(report)]
    for each in report["only"]:
        place = "/".join(part for part in (each["case"], each["configuration"]) if part)
        lines.append(f"only in {each['side']}: {place}")
    if report["corpora"]:
        lines += ["", *tables.text(corpus_rows(report), right=NUMBERS)]
    shown, more = in_detail(report)
    for pair in shown:
        lines += ["", *_pair(pair, titled=report["corpora"])]
    lines += ["", more] if more else []
    if following:
        lines += ["", f"next: {following[0]}", *(f"      {line}" for line in following[1:])]
    return plain.lines("\n".join(lines))


def in_detail(report: Mapping[str, Any]) -> tuple[list[Mapping[str, Any]], str]:
    """The pairs to be shown in full, of two corpora those in which most differs; and what is said of the others."""
    if not report["corpora"]:
        return list(report["pairs"]), ""
    unclean = [pair for pair in report["pairs"] if pair["verdict"] != "parity"]
    unclean.sort(key=lambda pair: (-pair["counts"]["differing"], -pair["counts"]["uncompared"]))
    more = len(unclean) - PAIRS_SHOWN
    return unclean[:PAIRS_SHOWN], f"… and {many(more, 'pair')} more; --case NAME shows one" if more > 0 else ""


def _pair(pair: Mapping[str, Any], *, titled: bool) -> Iterator[str]:
    if titled:
        yield f"== {_title(pair)}: {pair['verdict']}"
    yield from facts(pair)
    for note in pair["notes"][:SHOWN]:
        yield f"note   {note}"
    if (more := len(pair["notes"]) - SHOWN) > 0:
        yield f"note   … and {more} more"
    yield ""
    yield from tables.text(rows(pair), right=NUMBERS)
    for title, lines in blocks(pair):
        yield ""
        yield title
        yield from (f"  {line}" for line in lines)


def facts(pair: Mapping[str, Any]) -> Iterator[str]:
    """What is compared, what must be said first, and how it is compared."""
    if pair["contract"]["text"]:
        yield f"first  {pair['contract']['text']}"
    if pair["media"]["state"] == "different":
        yield f"first  media: {pair['media']['text']}"
    for label in ("a", "b"):
        yield f"{label.upper():<6} {_side(pair[label])}"
    if pair["media"]["state"] != "different":
        yield f"media  {pair['media']['text']}"
    expected = "" if pair["expected"] == "a" else "; B is what is expected"
    mode = {"exact": "exactly", "tolerances": "within tolerance", "encodings": "within tolerance"}[
        pair["compared"]["mode"]
    ]
    yield f"by     {mode}: {pair['compared']['why']}{expected}"


def _side(side: Mapping[str, Any]) -> str:
    what = {"capture": "capture", "outputs": "folder of outputs", "golden": "golden", "file": "file"}[side["what"]]
    details = [what, *([side["configuration"]] if side["configuration"] else [])]
    if side["contract"]:
        details.append(f"contract {' and '.join(side['contract'])}")
    if side["stamps"]:
        details.append(f"stamp {side['stamps'][0]}" if len(side["stamps"]) == 1 else f"{len(side['stamps'])} stamps")
    return f"{side['path']} ({', '.join(details)})"


def rows(pair: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """The table artifact × counts, heads first, a line of totals last."""
    yield ("artifact", *_HEADS, "verdict")
    for part in pair["artifacts"]:
        state = _STATES.get(part["state"])
        verdict = ", ".join(part["verdicts"])
        said = verdict if state is None else state if verdict == "parity" else f"{verdict}: {state}"
        note = "" if part["schema"] or part["state"] != "compared" else " (no schema)"
        yield (part["artifact"], *(str(part["counts"][name]) for name in COLUMNS), said + note)
    total = pair["counts"]
    yield ("all", *(str(total[name]) for name in COLUMNS), "")


def corpus_rows(report: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """The table pair × counts."""
    yield ("pair", *_HEADS, "verdict")
    for pair in report["pairs"]:
        yield (_title(pair), *(str(pair["counts"][name]) for name in COLUMNS), ", ".join(pair["verdicts"]))
    yield ("all", *(str(report["counts"][name]) for name in COLUMNS), "")


def _title(pair: Mapping[str, Any]) -> str:
    return " · ".join(part for part in (pair["case"], pair["configuration"]) if part)


def causes(pair: Mapping[str, Any]) -> tuple[str, list[str]] | None:
    """Title and lines of the named causes; None where nothing differs."""
    if pair["explanation_failed"]:
        return "causes: none could be named", [pair["explanation_failed"]]
    if not pair["causes"]:
        return None
    lines = []
    for number, cause in enumerate(pair["causes"][:SHOWN], start=1):
        lines.append(f"{number:>3}. {cause['title']}")
        if cause["follows"]:
            led = ", ".join(f"{each['stage']} ({many(each['differences'], 'difference')})" for each in cause["follows"])
            lines.append(f"     follows from it, by the order of the stages: {led}")
    if (more := len(pair["causes"]) - SHOWN) > 0:
        lines.append(f"… and {more} more; --format json lists all")
    return f"{many(len(pair['causes']), 'cause')}:", lines


def blocks(pair: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Titles and lines of what was found: causes, differences, violations, uncompared leaves, flips."""
    labels = ("A", "B") if pair["expected"] == "a" else ("B", "A")
    if (named := causes(pair)) is not None:
        yield named
    if pair["findings"]:
        total, shown = pair["findings_total"], len(pair["findings"])
        count = f"{many(pair['differences_total'], 'difference')}, {many(total, 'finding')}, heaviest first"
        title = f"{count}:" if shown == total else f"{count}, the first {shown}:"
        yield title, [line for n, each in enumerate(pair["findings"], 1) for line in finding(n, each, labels)]
    yield from _more("breach of today's schemas", "breaches of today's schemas", pair["violations"], _violation)
    yield from _more("leaf is compared by no schema", "leaves are compared by no schema", pair["uncompared"], _place)
    yield from _more("flip", "flips", pair["flips"], _flip)


def _more(one: str, several: str, found: Sequence[Any], line: Any) -> Iterator[tuple[str, list[str]]]:
    if not found:
        return
    lines = [line(each) for each in found[:SHOWN]]
    if (more := len(found) - SHOWN) > 0:
        lines.append(f"… and {more} more; --format json lists all")
    yield f"{len(found)} {one if len(found) == 1 else several}:", lines


def finding(number: int, each: Mapping[str, Any], labels: tuple[str, str]) -> Iterator[str]:
    """One difference: where, what, by how much, what would pass, and where the same stands again."""
    yield f"{number:>3}. {each['artifact']}  {difference(each, labels)}"
    if each["also"]:
        yield f"     also in {', '.join(_also(each['also']))}"


def difference(each: Mapping[str, Any], labels: tuple[str, str]) -> str:
    """The line of one difference; a file that cannot be read is named by what is wrong with it."""
    if each["path"] == "" and each["kind"] == "schema":
        return str(each["note"])
    return describe(each, expected=labels[0], actual=labels[1])


def _also(places: Sequence[Mapping[str, str]]) -> list[str]:
    counted = Counter(place["artifact"] for place in places)
    return [artifact if number == 1 else f"{artifact} ({number}×)" for artifact, number in counted.items()]


def _violation(each: Mapping[str, Any]) -> str:
    sides = " and ".join(each["sides"]).upper().replace(" AND ", " and ")
    artifact, *more = each["artifacts"]
    also = f" (and {', '.join(more)})" if more else ""
    message = each["message"] if len(each["message"]) <= LONGEST else f"{each['message'][:LONGEST]}…"
    return f"{sides} {artifact}  {each['path'] or '(the whole document)'}: {message}{also}"


def _place(each: Mapping[str, str]) -> str:
    return f"{each['artifact']}  {each['path'] or '(the whole document)'}"


def _flip(each: Mapping[str, Any]) -> str:
    return (
        f"{each['artifact']}  {each['path']}: {each['kind']}; its score {each['score']:.6g} lies within "
        f"{each['margin']:.6g} of the threshold {each['threshold']:.6g}"
    )
