"""A module uses what it imports: it changes no other module, and does not look at who calls it or what else is loaded."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from parity.tools.sync.code import Module, dotted, shown
from parity.tools.sync.rules import Found, Rule
from parity.tools.sync.tree import Tree
from rumiai_parity.sync_rules.places import PACKAGE

#: (file, function) → why it may look at what is loaded, or load something by a name put together.
ALLOWED = {
    (f"{PACKAGE}/analyses/registry.py", ""): "the import of what discovers the analyses",
    (f"{PACKAGE}/analyses/registry.py", "discover"): "every module of the package may be an analysis",
    (f"{PACKAGE}/services/registry.py", ""): "the import of what loads the services",
    (f"{PACKAGE}/services/registry.py", "_lazily.make"): "a service is loaded when a run needs it",
    (f"{PACKAGE}/console.py", "guard_streams"): "the standard streams are replaced by some that never fail",
    (f"{PACKAGE}/console.py", "claim_stdout"): "what others print goes to stderr",
    (f"{PACKAGE}/crash.py", ""): "the import of what formats a traceback",
    (f"{PACKAGE}/services/torchcodec_stand_in.py", "install"): "a library that cannot be loaded gets a stand-in",
    (f"{PACKAGE}/services/torchvision_ops.py", "install"): "it has to come before the library's first import",
}
#: Names, of functions or attributes, that lead to other modules and to callers whatever object they are asked of.
LOOKING = {
    "__import__", "import_module", "_getframe", "_current_frames", "f_back", "currentframe", "get_objects", "get_referrers",
    "globals",
}  # fmt: skip
LOOKING_MODULES = {"inspect", "traceback", "unittest"}
SETTERS = {"setattr", "delattr", "__setattr__", "__delattr__"}
MUTATORS = {"append", "extend", "insert", "remove", "pop", "clear", "update", "setdefault", "add", "discard"}


def reach(tree: Tree) -> Iterator[Found]:
    for module in tree.modules(PACKAGE):
        for find, what, expected, remedy in _KINDS:
            for node in find(module):
                scope = module.scope(node)
                if (module.path, scope) not in ALLOWED:
                    where = f"{scope or 'the module'} {what}"
                    yield Found(module.path, node.lineno, where, expected, shown(node), remedy)


def _looks(module: Module) -> Iterator[ast.expr | ast.stmt]:
    for node, name, item in module.imports():
        if name.partition(".")[0] in LOOKING_MODULES or item in LOOKING or (name, item) == ("sys", "modules"):
            yield node
    yield from (use for use in module.nodes(ast.Name) if use.id in LOOKING)
    for part in module.nodes(ast.Attribute):
        if part.attr in LOOKING or (part.attr == "modules" and not _is_own_module(next(module.parents(part)), part)):
            yield part


def _is_own_module(around: ast.AST, node: ast.Attribute) -> bool:
    """``sys.modules[__name__]``; ``model.modules()`` is something else altogether."""
    own = isinstance(around, ast.Subscript) and dotted(around.slice) == "__name__"
    return own or (isinstance(around, ast.Call) and around.func is node)


def _changes(module: Module) -> Iterator[ast.expr]:
    statements: list[ast.Import | ast.ImportFrom] = [*module.nodes(ast.Import), *module.nodes(ast.ImportFrom)]
    aliases = [(node, alias) for node in statements for alias in node.names]
    imported = {alias.asname or alias.name.partition(".")[0] for _, alias in aliases}
    ours = {
        alias.asname or alias.name.partition(".")[0]
        for node, alias in aliases
        if (node.module or "" if isinstance(node, ast.ImportFrom) else alias.name).partition(".")[0] == PACKAGE
    }
    parts: list[ast.Attribute | ast.Subscript] = [*module.nodes(ast.Attribute), *module.nodes(ast.Subscript)]
    yield from (part for part in parts if not isinstance(part.ctx, ast.Load) and _root(part) in imported)
    for call, said in module.calls:
        name = said.rpartition(".")[2]
        if name in SETTERS or (isinstance(call.func, ast.Attribute) and name in MUTATORS and _root(call.func) in ours):
            yield call


def _root(node: ast.expr) -> str:
    """The name that a chain of attributes and subscripts begins with."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return dotted(node)


#: What finds places; what such a place does, what is expected instead, and what to do.
_KINDS = (
    (
        _looks, "looks at what is loaded or who calls it",
        "imports by name, at which the other rules look", "import what it needs, or take it as an argument",
    ),
    (
        _changes, "changes what it has imported",
        "modules that mean the same whatever else is loaded", "change it where it is defined, or pass an argument",
    ),
)  # fmt: skip

RULES = (
    Rule(
        "reach",
        "no module changes another, or looks at who calls it or what else is loaded",
        reach,
        "none yet: a source that patches what stands behind it keeps all other rules",
    ),
)
