"""What the pages point at is there: files, headings, pictures, options, and a page for every subcommand."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import click
import pytest

from tests.docs.pages import ROOT, pages

PAGES = {name: file.read_text(encoding="utf-8") for name, file in pages().items()}
#: Pages that somebody opens in order to do something.
_TASKS = (
    "first-run",
    "analyse-a-video",
    "parity-failed",
    "change-an-analysis",
    "goldens",
    "add-an-analysis",
    "add-a-case",
    "add-a-service",
    "upgrade",
    "compare-folders",
    "tolerances",
    "glossary",
)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
_NAMED = re.compile(r"(?<![\w/.-])parity((?: [^\s`|·;,)]+)+)")


def _prose(text: str) -> str:
    return re.sub(r"`[^`\n]*`", "", _CODE.sub("", text))


def _anchors(text: str) -> set[str]:
    """The names that headings get on the usual forges."""
    found = set()
    for heading in re.findall(r"^#+ (.+)$", _CODE.sub("", text), re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").lower()
        kept = "".join(c for c in plain if c in " -_" or unicodedata.category(c)[0] in "LN")
        found.add(kept.strip().replace(" ", "-"))
    return found


@pytest.mark.parametrize("name", PAGES)
def test_every_relative_link_and_picture_of_the_page_is_there(name):
    missing = []
    for target in _LINK.findall(_prose(PAGES[name])):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (ROOT / name).parent / path if path else ROOT / name
        if not file.exists():
            missing.append(f"{target}: no such file")
        elif anchor and anchor not in _anchors(file.read_text(encoding="utf-8")):
            missing.append(f"{target}: no such heading")
    assert missing == []


def test_every_page_stands_in_the_index():
    listed = set(_LINK.findall(PAGES["docs/README.md"]))
    there = {str(Path(name).relative_to("docs")) for name in PAGES if name.startswith("docs/")} - {"README.md"}
    assert there - listed == set()


def test_every_subcommand_is_named_on_a_page():
    text = "\n".join(PAGES.values())
    assert [name for name in _tree() if not re.search(rf"\bparity {name}\b", text)] == []


@pytest.mark.parametrize("name", PAGES)
def test_every_option_that_the_page_names_is_one_of_its_command(name):
    wrong = []
    for command, options in _named(PAGES[name]):
        known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        wrong += [f"parity {command.name} {option}" for option in options if option not in known | {"-h", "--help"}]
    assert wrong == []


@pytest.mark.parametrize("name", _TASKS)
def test_a_page_of_a_task_begins_with_its_commands(name):
    head = PAGES[f"docs/{name}.md"].splitlines()[:20]
    assert head[0].startswith("# ")
    assert any(line in ("```sh", "```text") for line in head)


def _tree() -> dict[str, click.Command]:
    """``run``, ``corpus add``, … → the command."""
    from parity.cli.main import main

    context = click.Context(main)
    found = {name: main.get_command(context, name) for name in main.list_commands(context)}
    below = {
        f"{name} {each}": command.commands[each]
        for name, command in found.items()
        if isinstance(command, click.Group)
        for each in command.commands
    }
    return {**found, **below}


def _named(text: str) -> list[tuple[click.Command, list[str]]]:
    """Every command line of ``parity`` on a page, in blocks and in the running text, with the options that it names."""
    tree, found = _tree(), []
    for match in _NAMED.finditer(text.replace("\\\n", " ")):
        words = match[1].split()
        name = " ".join(words[:2]) if " ".join(words[:2]) in tree else words[0]
        if name in tree:
            found.append((tree[name], [word.partition("=")[0] for word in words if re.match(r"--[a-z]", word)]))
    return found
