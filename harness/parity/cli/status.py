"""``parity status``: what waits for a decision."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Any

import click

from parity import plain
from parity.cli.common import json_text, run_option, settings_of_any
from parity.english import many
from parity.run.runs import option
from parity.verdict import Verdict

#: Goldens and records listed, and letters of a reason; `--json` gives all.
_SHOWN, _LETTERS = 12, 120


@click.command(
    epilog="\b\nExamples:\n  parity status\n  parity status --check    ends 1 while something waits, 3 when the ledger is broken\n"
    "  parity status --json"
)
@click.option("--json", "as_json", is_flag=True, help="Everything, as one JSON document.")
@click.option("--check", is_flag=True, help="Say by the exit code whether something waits or the ledger is broken.")
@run_option
@click.pass_obj
def status(file: str | None, as_json: bool, check: bool, run_id: str | None) -> None:
    """Show the goldens that the last run (or that of --run) would have otherwise, by cause, and what was decided last."""
    from parity.decide import state as decisions

    config = settings_of_any(file, run_id)
    state = decisions.state(config)
    problems = decisions.problems(config)
    if as_json:
        click.echo(json_text({**state, "problems": problems}))
    else:
        click.echo(plain.printed("\n".join(_lines(state, problems))))
    waits = any(each["open"] for each in state["changes"])
    if check and (problems or waits):
        sys.exit(int(Verdict.CONTRACT if problems else Verdict.DRIFT))


def _lines(state: Mapping[str, Any], problems: list[str]) -> Iterator[str]:
    changes = state["changes"]
    waiting = [each for each in changes if each["open"]]
    if not changes:
        yield f"nothing is pending (run {state['run_id']})" if state["run_id"] else "nothing is pending"
    else:
        yield f"{len(waiting)} of {len(changes)} changed goldens wait for a decision (run {state['run_id']})"
    for name, cause in state["causes"].items():
        yield f"  {cause['state']:<8}  {name}"
        yield f"            {cause['title']}"
        yield f"            {many(len(cause['goldens']), 'golden')}" + (
            f"; {cause['blocked']}" if cause["blocked"] else ""
        )
        yield from (f"            {_decided(each)}" for each in cause["decided"])
    rest = [each for each in changes if not each["causes"]]
    for each in rest[:_SHOWN]:
        why = f"; {each['blocked']}" if each["blocked"] else ""
        yield f"  {each['state']:<8}  {each['category']:<6}  {each['file']}{why}"
    if len(rest) > _SHOWN:
        yield f"  … and {len(rest) - _SHOWN} more (--json lists all)"
    if problems:
        yield ""
        yield f"the ledger is broken in {many(len(problems), 'place')}:"
        yield from (f"  {each}" for each in problems[:_SHOWN])
    if state["records"]:
        yield ""
        yield "accepted last:"
        for r in state["records"][:3]:
            yield f"  {r['id']}  {r['date'][:10]}  {plain.line(r['author'], _LETTERS)}: {plain.line(r['reason'], _LETTERS)}"
    if waiting and all(each["blocked"] for each in waiting):
        yield ""
        yield "next: nothing of it can be accepted: mend what stands beside it, then `parity run`"
    elif waiting:
        yield ""
        run = option(state["run_id"])
        yield (
            f'next: `parity review{run}` shows them; `parity accept --cause ID{run} --reason "…"` or '
            f"`parity reject --cause ID{run}`"
        )


def _decided(each: Mapping[str, Any]) -> str:
    reason = f": {plain.line(each['reason'], _LETTERS)}" if each["reason"] else ""
    return f"{each['action']} by {plain.line(each['by'], _LETTERS)}, {each['when']}{reason}"
