"""Reading Python by its syntax tree: what rules ask of a module, and of expressions in it."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from typing import TypeVar

Node = TypeVar("Node", bound=ast.AST)
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Module:
    """One parsed file. ``path`` is where it stands in the project."""

    def __init__(self, path: str, tree: ast.Module) -> None:
        self.path = path
        self.tree = tree
        self._sorted: dict[type, list[ast.AST]] = {}

    @functools.cached_property
    def _walked(self) -> tuple[dict[type, list[ast.AST]], dict[ast.AST, ast.AST]]:
        """Nodes by type, and the node that each stands in, from one walk: it is most of the time that a check takes."""
        found: dict[type, list[ast.AST]] = {}
        parents: dict[ast.AST, ast.AST] = {}
        waiting: list[ast.AST] = [self.tree]
        while waiting:
            node = waiting.pop()
            found.setdefault(type(node), []).append(node)
            for value in node.__dict__.values():
                for child in value if type(value) is list else (value,):
                    if isinstance(child, ast.AST) and not isinstance(child, ast.expr_context):
                        parents[child] = node
                        waiting.append(child)
        return found, parents

    def nodes(self, kind: type[Node]) -> list[Node]:
        """Every node of exactly this type, in the order of the text."""
        if kind not in self._sorted:
            found = self._walked[0].get(kind, [])
            self._sorted[kind] = sorted(found, key=lambda n: (getattr(n, "lineno", 0), getattr(n, "col_offset", 0)))
        return self._sorted[kind]  # type: ignore[return-value]

    @functools.cached_property
    def calls(self) -> list[tuple[ast.Call, str]]:
        """Every call and the dotted name of what is called ("" where it has none), in the order of the text."""
        return [(call, called(call)) for call in self.nodes(ast.Call)]

    @functools.cached_property
    def attributes(self) -> list[tuple[ast.Attribute, str]]:
        """Every chain of attributes and its dotted name, in the order of the text."""
        return [(node, dotted(node)) for node in self.nodes(ast.Attribute)]

    def parents(self, node: ast.AST) -> Iterator[ast.AST]:
        """What ``node`` stands in, from the inside out."""
        while (node := self._walked[1].get(node)) is not None:  # type: ignore[assignment]
            yield node

    def scope(self, node: ast.AST) -> str:
        """Qualified name of the innermost class or function around ``node`` (itself included); "" at the top."""
        around = [node, *self.parents(node)]
        names = [n.name for n in around if isinstance(n, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)]
        return ".".join(reversed(names))

    @functools.cached_property
    def functions(self) -> dict[str, Function]:
        """Every function and method by its qualified name."""
        found: list[Function] = [*self.nodes(ast.FunctionDef), *self.nodes(ast.AsyncFunctionDef)]
        return {self.scope(node): node for node in found}

    @functools.cached_property
    def classes(self) -> dict[str, ast.ClassDef]:
        """Every class by its qualified name."""
        return {self.scope(node): node for node in self.nodes(ast.ClassDef)}

    def assigned(self, name: str) -> ast.expr | None:
        """What a name is bound to at the top of the module; None where it is not."""
        for statement in self.tree.body:
            if isinstance(statement, ast.Assign) and any(
                isinstance(t, ast.Name) and t.id == name for t in statement.targets
            ):
                return statement.value
            if (
                isinstance(statement, ast.AnnAssign)
                and dotted(statement.target) == name
                and statement.value is not None
            ):
                return statement.value
        return None

    @functools.cached_property
    def _docstrings(self) -> set[ast.AST]:
        functions: list[Function] = [*self.nodes(ast.FunctionDef), *self.nodes(ast.AsyncFunctionDef)]
        holders = [self.tree, *self.nodes(ast.ClassDef), *functions]
        first = [node.body[0] for node in holders if node.body]
        return {each.value for each in first if isinstance(each, ast.Expr) and text(each.value) is not None}

    def texts(self) -> Iterator[tuple[ast.Constant, str]]:
        """Every text in the code that is no docstring."""
        for node in self.nodes(ast.Constant):
            if isinstance(node.value, str) and node not in self._docstrings:
                yield node, node.value

    def imports(self) -> Iterator[tuple[ast.stmt, str, str]]:
        """Every absolute import: the statement, the dotted module, and the name taken from it ("" for the module itself)."""
        for node in self.nodes(ast.Import):
            for alias in node.names:
                yield node, alias.name, ""
        for taken in self.nodes(ast.ImportFrom):
            for alias in taken.names:
                yield taken, taken.module or "", alias.name


@functools.lru_cache(maxsize=2048)
def parse(path: str, content: bytes) -> Module:
    """Parse a file; equal content at the same place is parsed once. Raises ``SyntaxError``."""
    return Module(path, ast.parse(content, filename=path))


def text(node: ast.AST | None) -> str | None:
    """The value of a text constant, else None."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def dotted(node: ast.AST) -> str:
    """``a.b.c`` for a name or a chain of attributes, else ""."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        base = dotted(node.value)
        return f"{base}.{node.attr}" if base else ""
    return ""


def called(node: ast.Call) -> str:
    """The dotted name of what is called, else ""."""
    return dotted(node.func)


def argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    """An argument by its place or its name."""
    named = next((k.value for k in call.keywords if k.arg == name), None)
    return named if named is not None else (call.args[position] if len(call.args) > position else None)


def sequence(node: ast.AST | None) -> list[ast.expr]:
    """The items of a list, tuple or set display; empty for anything else."""
    return list(node.elts) if isinstance(node, ast.List | ast.Tuple | ast.Set) else []


def shown(node: ast.AST, limit: int = 90) -> str:
    """The node as one line of code, shortened for messages."""
    line = " ".join(ast.unparse(node).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
