"""Settings are read in one place, mean the same everywhere and stand in the docs."""

from __future__ import annotations

import ast
import re
from collections.abc import Container, Iterator
from dataclasses import dataclass

from parity.tools.sync.code import Module, argument, called, shown, text
from parity.tools.sync.rules import Found, Rule
from parity.tools.sync.tree import Missing, Tree
from rumiai_parity.sync_rules.places import CLI, COMPILED, ENTRY, PACKAGE, SETTINGS, listed, resolved

PAGE = "docs/settings.md"
#: Files that may use the environment → why settings.py does not do it for them.
READERS = {
    f"{PACKAGE}/redact.py": "secrets are known before a setting is read, or what cannot be read would be shown with them",
    f"{PACKAGE}/services/environment.py": "what the ML libraries read at their import has to be set before it, per process",
    COMPILED: "what the compiler was told and where it keeps its code is asked of the process",
    f"{PACKAGE}/services/weights.py": "where models are is no matter of a run: `doctor` and `weights` ask too",
    f"{PACKAGE}/services/speech.py": "which model a service uses belongs to its weights",
    f"{PACKAGE}/services/expressions.py": "which model a service uses belongs to its weights",
}
#: (file, function) → why it may.
ARGUMENTS = {(ENTRY, "main"): "how wrong arguments are reported depends on --json, which could not be parsed"}
DOTENV = {(CLI, "_load_env_file"): "the one place that reads .env, for every command"}
FOLDER = {(CLI, "_load_env_file"): "the .env file is the working folder's"}


@dataclass(frozen=True)
class Setting:
    """A variable as the code reads it; ``default`` is None where the code has none, or none that is a literal."""

    name: str
    default: str | None
    path: str
    line: int


def environment(tree: Tree) -> Iterator[Found]:
    """Nothing outside reads the environment or the arguments."""
    for module in tree.modules(PACKAGE):
        for node, what, allowed in _reads(module):
            scope = module.scope(node)
            if module.path in allowed or (module.path, scope) in allowed:
                continue
            yield Found(
                module.path, node.lineno, f"{scope or 'the module'} {what}", f"a field of Settings in {SETTINGS}", shown(node),
                "make it a setting, which is the same in every configuration",
            )  # fmt: skip


def _reads(module: Module) -> Iterator[tuple[ast.expr | ast.stmt, str, Container[object]]]:
    for node in module.nodes(ast.Attribute):  # of whatever they are asked: `import os as o`, `psutil.Process()`
        if node.attr in ("environ", "environb", "getenv"):
            yield node, "reads the environment", READERS
        elif node.attr in ("argv", "orig_argv", "cmdline"):
            yield node, "reads the arguments of the process", ARGUMENTS
    for call, said in module.calls:
        if said in ("Path.cwd", "os.getcwd", "os.chdir"):
            yield call, "depends on the working folder", FOLDER
    for statement, name, item in module.imports():
        if name == "os" and item in ("environ", "environb", "getenv"):
            yield statement, "reads the environment", READERS
        elif name == "sys" and item in ("argv", "orig_argv"):
            yield statement, "reads the arguments of the process", ARGUMENTS
        elif name.partition(".")[0] == "dotenv":
            yield statement, "reads .env", DOTENV


def folders(tree: Tree) -> Iterator[Found]:
    """Where outputs go is a setting: no path is built from the default's name."""
    defaults = {s.default: s for s in _fields(tree) if s.name.endswith("_DIR") and s.default}
    if not defaults:
        raise Missing(SETTINGS, "settings of folders (…_DIR)")
    for module in tree.modules(PACKAGE):
        if module.path == SETTINGS:
            continue
        for node in _path_parts(module):
            first = (text(node) or "").partition("/")[0]
            if first in defaults or (text(node) or "").startswith("/tmp"):
                wanted = (
                    defaults[first].name
                    if first in defaults
                    else "a folder of the settings, or tempfile in a with block"
                )
                yield Found(
                    module.path, node.lineno, f"{module.scope(node) or 'the module'} names a folder itself", wanted,
                    repr(text(node)), f"take the folder from {SETTINGS}",
                )  # fmt: skip


def _path_parts(module: Module) -> Iterator[ast.expr]:
    """Texts that become paths: arguments of Path, open and join, sides of ``/``, starts of f-strings in them."""
    for call, said in module.calls:
        if said in ("Path", "pathlib.Path", "open", "os.path.join", "os.makedirs", "os.mkdir"):
            yield from (_start(argument) for argument in call.args)
    for node in module.nodes(ast.BinOp):
        if isinstance(node.op, ast.Div):
            yield from (_start(node.left), _start(node.right))


def _start(node: ast.expr) -> ast.expr:
    return node.values[0] if isinstance(node, ast.JoinedStr) and node.values else node


def settings(tree: Tree) -> Iterator[Found]:
    """The page and the code name the same variables with the same defaults."""
    rows, removed, ineffective = _page(tree)
    read = [*_fields(tree), *_named(tree)]
    for setting in read:
        wildcard = any(name.endswith("…") and setting.name.startswith(name[:-1]) for name in rows)
        if setting.name in removed or setting.name in ineffective:
            yield Found(
                setting.path, setting.line, f"reads {setting.name}, which {PAGE} calls removed or without effect",
                "a variable of the page's table", setting.name, "do not read it, or document it",
            )  # fmt: skip
        elif setting.name not in rows and not wildcard:
            yield Found(
                setting.path, setting.line, f"reads {setting.name}, which stands nowhere in {PAGE}", "a row of its table", "none",
                "add a row, or remove the setting",
            )  # fmt: skip
        elif not wildcard and setting.default is not None:
            stated, line = rows[setting.name]
            if stated is not None and stated != setting.default:
                yield Found(
                    PAGE, line, f"states another default of {setting.name} than {setting.path}:{setting.line}",
                    setting.default or "–", stated or "–", "correct one of them",
                )  # fmt: skip
    names = {setting.name for setting in read}
    for name, (_, line) in rows.items():
        if not name.endswith("…") and name not in names:
            yield Found(
                PAGE, line, f"documents {name}, which nothing reads", f"a field in {SETTINGS}", listed(names),
                "remove the row, or read the setting",
            )  # fmt: skip
    first: dict[str, Setting] = {}
    for setting in read:
        before = first.setdefault(setting.name, setting)
        if setting.default != before.default:
            yield Found(
                setting.path, setting.line, f"{setting.name} has another default than at {before.path}:{before.line}",
                str(before.default), str(setting.default), "read it in one place",
            )  # fmt: skip


def _fields(tree: Tree) -> list[Setting]:
    """The fields of ``Settings``."""
    module = tree.module(SETTINGS)
    owner = module.classes.get("Settings")
    if owner is None:
        raise Missing(SETTINGS, "the class Settings")
    found = []
    for statement in owner.body:
        if (
            isinstance(statement, ast.AnnAssign)
            and isinstance(statement.value, ast.Call)
            and called(statement.value) == "Field"
        ):
            call = statement.value
            name = text(argument(call, 9, "validation_alias"))
            if name is not None:
                found.append(Setting(name, _default(argument(call, 0, "default")), module.path, statement.lineno))
    return found


def _default(node: ast.expr | None) -> str | None:
    if isinstance(node, ast.Call) and called(node) == "Path":
        return text(node.args[0]) if node.args else None
    if isinstance(node, ast.Constant):
        value = node.value
        if value is None:
            return ""
        if isinstance(value, bool):
            return str(value).lower()
        return f"{value:g}" if isinstance(value, int | float) else str(value)
    return None


def _named(tree: Tree) -> list[Setting]:
    """Variables that other modules read by name, and those that tables of models name."""
    found = []
    for module in tree.modules(PACKAGE):
        for call, said in module.calls:
            if said in ("os.environ.get", "os.getenv") and call.args:
                name = resolved(module, call.args[0])
                if name is not None:
                    found.append(Setting(name, _default(argument(call, 1, "default")), module.path, call.lineno))
        if module.path in READERS:
            for node, value in module.texts():
                if re.fullmatch(r"RUMIAI_WEIGHTS_[A-Z]+", value) and value != "RUMIAI_WEIGHTS_DIR":
                    found.append(Setting(value, None, module.path, node.lineno))
    return found


def _page(tree: Tree) -> tuple[dict[str, tuple[str | None, int]], set[str], set[str]]:
    """Rows of the table (default, line; None: described in words), removed variables, variables without effect."""
    rows: dict[str, tuple[str | None, int]] = {}
    removed: set[str] = set()
    ineffective: set[str] = set()
    section = ""
    for number, line in enumerate(tree.lines(PAGE), start=1):
        if line.startswith("## "):
            section = line[3:].strip()
        if line.startswith("Accepted without effect"):
            ineffective |= set(re.findall(r"`([A-Z_]+)`", line))
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        name = re.fullmatch(r"`([A-Z_]+…?)`", cells[0]) if cells else None
        if name and section == "Removed":
            removed.add(name[1])
        elif name:
            quoted = re.fullmatch(r"`(.*)`", cells[1])
            rows[name[1]] = (quoted[1] if quoted else "" if cells[1] == "–" else None, number)
    if not rows:
        raise Missing(PAGE, "a table of variables")
    return rows, removed, ineffective


RULES = (
    Rule(
        "environment",
        "only the settings read the environment, .env and the arguments",
        environment,
        "settings that one runner read: D1, D7, D8, D19",
    ),
    Rule(
        "folders",
        "where files go is a setting, never a name in the code",
        folders,
        "folders fixed in one runner: D5, D6, D22",
    ),
    Rule(
        "settings",
        "the settings in the code are those on their page, with the same defaults",
        settings,
        "variables that nothing read, or that no page named: D8, D19",
    ),
)
