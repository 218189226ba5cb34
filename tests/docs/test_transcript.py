"""The recorded session shows what the page on changing an analysis tells, and comes to its end."""

from __future__ import annotations

import re

from tests.docs.pages import ROOT, steps

PAGE = "docs/change-an-analysis.md"
TRANSCRIPT = (ROOT / "docs/transcripts/change-a-formula.md").read_text(encoding="utf-8")
STEPS = steps(PAGE, (ROOT / PAGE).read_text(encoding="utf-8"))


def test_the_transcript_makes_the_edit_and_the_accept_of_the_page():
    edit = next(step.text for step in STEPS if step.kind == "edit")
    changed = [line for line in edit.splitlines() if re.match(r"[+-](?![+-])", line)]
    assert all(line in TRANSCRIPT for line in changed)
    accept = next(step.text for step in STEPS if step.text.startswith("parity accept"))
    assert f"$ {accept}\n" in TRANSCRIPT


def test_one_run_finds_the_change_and_after_one_accept_the_next_is_at_parity():
    commands = [line[2:] for line in TRANSCRIPT.splitlines() if line.startswith("$ ") and line != "$ echo $?"]
    runs = [n for n, command in enumerate(commands) if command.startswith(("make parity", "parity run"))]
    accepts = [n for n, command in enumerate(commands) if command.startswith("parity accept")]
    assert (len(runs), len(accepts)) == (2, 1)
    assert runs[0] < accepts[0] < runs[1]
    ends = [int(code) for code in re.findall(r"^\$ echo \$\?\n(\d+)$", TRANSCRIPT, re.MULTILINE)]
    assert ends[runs[0]] != 0
    assert [ends[accepts[0]], ends[runs[1]]] == [0, 0]
    assert "1 cause:" in TRANSCRIPT


def test_the_transcript_names_no_machine():
    assert re.findall(r"(?<![~\w.])/(?:tmp|home|root|work)/\S*", TRANSCRIPT) == []
