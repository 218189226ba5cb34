"""What the pages say can be run or read is there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from parity.tools.sync.code import text
from parity.tools.sync.rules import Found, Rule
from parity.tools.sync.tree import Missing, Tree
from rumiai_parity.sync_rules.analyses import defined
from rumiai_parity.sync_rules.places import HARNESS, line_of, listed, standing, top

README, LEAVES, DOCS = "README.md", "docs/leaves.md", "docs"
MAKEFILE, COMMANDS = "Makefile", f"{HARNESS}/cli/main.py"
#: Artifacts that are no analysis, as the table of leaves names them.
OTHERS = ("unified", "return", "report", "run")


def leaves(tree: Tree) -> Iterator[Found]:
    """The table of leaves has a section for every artifact, and no other."""
    headings = {
        line[3:].strip(): number for number, line in enumerate(tree.lines(LEAVES), start=1) if line.startswith("## ")
    }
    wanted = {**dict.fromkeys(OTHERS, ""), **{f"{a.name}.result": a.module.path for a in defined(tree)}}
    for name, path in wanted.items():
        if name not in headings:
            yield Found(
                LEAVES, 1, f"has no section on {name}" + (f" ({path})" if path else ""), f"a heading ## {name}",
                listed(headings), "make it anew with `make leaves`",
            )  # fmt: skip
    for name in headings.keys() - wanted.keys():
        if "." in name and name.rpartition(".")[2] == "result":
            yield Found(
                LEAVES, headings[name], f"has a section on {name}, which nothing writes", listed(wanted), name,
                "make it anew with `make leaves`",
            )  # fmt: skip


def commands(tree: Tree) -> Iterator[Found]:
    """Every ``make`` target and ``parity`` command that a page or a script names is there."""
    where = standing(tree, COMMANDS)
    table = top(tree.module(where), "COMMANDS")
    known = {str(text(key)) for key in table.keys if key is not None} if isinstance(table, ast.Dict) else set()
    if not known:
        raise Missing(where, "a table of commands")
    targets = set(re.findall(r"^([a-z][a-z-]*):", "\n".join(tree.lines(MAKEFILE)), re.MULTILINE))
    for path in (README, *tree.below(DOCS, ".md"), ".ci/run"):
        lines = tree.lines(path) if path in tree else []
        for number, line in enumerate(lines, start=1):
            if "parity " not in line and "make " not in line:
                continue
            for kind, pattern, names in (
                ("parity", r"(?:`|^\s*|\|\s*)parity ([a-z]+)", known),
                ("make", r"(?:`|^\s*|\bwithout_network )make ([a-z][a-z-]*)", targets),
            ):
                for name in re.findall(pattern, line):
                    if name not in names:
                        yield Found(
                            path, number, f"names the command `{kind} {name}`, which there is not", listed(names), name,
                            "correct the page, or add the command",
                        )  # fmt: skip
    folder = standing(tree, f"{HARNESS}/cli")
    for name in sorted(known):
        if f"{folder}/{name}.py" not in tree:
            yield Found(
                where, line_of(tree, where, f'"{name}"'), f"the command {name} has no module",
                f"{folder}/{name}.py", "nothing", "write it, or remove the line",
            )  # fmt: skip


RULES = (
    Rule("leaves", "the table of leaves names every artifact", leaves, "pages that describe other outputs"),
    Rule("commands", "the pages name commands that there are", commands, "tools and scripts that do not exist"),
)
