"""The commands differ in their source and in nothing else."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from parity.tools.sync.code import Function, Module, called, shown
from parity.tools.sync.rules import Found, Rule
from parity.tools.sync.tree import Missing, Tree
from rumiai_parity.sync_rules.places import CLI, COMMANDS, PACKAGE, RUNNER, function, listed

#: The function of the command line that runs every configuration, and what it calls.
EXECUTE, CONFIG, RUN = "_execute", "RunnerConfig", "run"
#: Decorators that give a command the options all share. A replay runs no service, so it has no options for them.
SHARED_OPTIONS = {"production": {"_common", "_services"}, "local": {"_common", "_services"}, "replay": {"_common"}}
#: What a configuration may not choose for itself: without them every run has all services and all analyses.
REGISTRIES = {"services", "analyses"}


def one_path(tree: Tree) -> Iterator[Found]:
    cli = tree.module(CLI)
    for command in COMMANDS:
        yield from _command(cli, command, function(cli, command))
    yield from _one_run(tree)
    yield from _execute(cli, function(cli, EXECUTE))


def _command(cli: Module, command: str, body: Function) -> Iterator[Found]:
    """A command checks its arguments, makes its source and hands both over: there is no room for anything else."""
    factories, handed_over = set(), False
    for statement in body.body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue  # the docstring
        if _is_argument_check(statement):
            continue
        if isinstance(statement, ast.FunctionDef):
            factories.add(statement.name)
            yield from _factory(cli, command, statement)
        elif _hands_over(statement, factories):
            handed_over = True
        else:
            yield Found(
                CLI, statement.lineno, f"the command {command} does something of its own",
                f"argument checks, one function that makes the source, then {EXECUTE}(source, options)",
                shown(statement), f"move it into {EXECUTE}, where it counts for every configuration",
            )  # fmt: skip
    if not handed_over:
        yield Found(
            CLI, body.lineno, f"the command {command} does not go through {EXECUTE}",
            f"a last line {EXECUTE}(source, options)", shown(body.body[-1]), f"call {EXECUTE} with the source",
        )  # fmt: skip
    shared = {node.id for node in body.decorator_list if isinstance(node, ast.Name)}
    if shared != SHARED_OPTIONS[command]:
        yield Found(
            CLI, body.lineno, f"the command {command} has not the options that all share",
            f"the decorators {listed(SHARED_OPTIONS[command])}", listed(shared),
            "give both configurations the same options; one that only a source needs is an argument of its own",
        )  # fmt: skip


def _is_argument_check(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.If)
        and not statement.orelse
        and len(statement.body) == 1
        and isinstance(statement.body[0], ast.Raise)
        and isinstance(statement.body[0].exc, ast.Call)
        and called(statement.body[0].exc) == "click.UsageError"
    )


def _hands_over(statement: ast.stmt, factories: set[str]) -> bool:
    call = statement.value if isinstance(statement, ast.Expr) else None
    return (
        isinstance(call, ast.Call)
        and called(call) == EXECUTE
        and [a.id for a in call.args if isinstance(a, ast.Name)] == [*sorted(factories), "options"]
        and not call.keywords
    )


def _factory(cli: Module, command: str, factory: ast.FunctionDef) -> Iterator[Found]:
    made_of = {
        alias.name
        for node in factory.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{PACKAGE}.sources.")
        for alias in node.names
    }
    for statement in factory.body:
        if isinstance(statement, ast.ImportFrom) and (statement.module or "").startswith(f"{PACKAGE}.sources."):
            continue
        if (
            isinstance(statement, ast.Return)
            and isinstance(statement.value, ast.Call)
            and called(statement.value) in made_of
        ):
            continue
        yield Found(
            CLI, statement.lineno, f"the source of {command} is made with more than its class",
            f"an import from {PACKAGE}.sources and a return of what it makes", shown(statement),
            "let the source do it, or every configuration",
        )  # fmt: skip


def _one_run(tree: Tree) -> Iterator[Found]:
    """One place makes a configuration, one place runs it."""
    for name, what in ((CONFIG, "makes a runner configuration"), (RUN, "starts a run")):
        places = list(_calls(tree, name))
        if not any(module.path == CLI and module.scope(call) == EXECUTE for module, call in places):
            raise Missing(CLI, f"a call of {name} in {EXECUTE}")
        first = True
        for module, call in places:
            if module.path == CLI and module.scope(call) == EXECUTE and first:
                first = False
                continue
            yield Found(
                module.path, call.lineno, f"a second place {what}", f"one, in {EXECUTE} of {CLI}", shown(call),
                f"go through {EXECUTE}",
            )  # fmt: skip


def _calls(tree: Tree, name: str) -> Iterator[tuple[Module, ast.Call]]:
    """Calls of what runner.py calls ``name``, by whatever name a module has imported it."""
    for module in tree.modules(PACKAGE):
        local = {
            alias.asname or alias.name
            for node in module.nodes(ast.ImportFrom)
            if node.module == f"{PACKAGE}.runner"
            for alias in node.names
            if alias.name == name
        }
        if module.path == RUNNER:
            local.add(name)
        for call, said in module.calls:
            if said in local or said.endswith(f"runner.{name}"):
                yield module, call


def _execute(cli: Module, body: Function) -> Iterator[Found]:
    """What is run does not depend on which source it is."""
    for node in ast.walk(body):
        if isinstance(node, ast.Call) and called(node).rpartition(".")[2] == CONFIG:
            given = {keyword.arg: keyword for keyword in node.keywords}
            for name in sorted(REGISTRIES & set(given)):
                yield Found(
                    CLI, given[name].value.lineno, f"the runner configuration chooses its {name}",
                    f"no argument {name}: every configuration has the whole registry", shown(given[name].value),
                    f"leave {name} out",
                )  # fmt: skip
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in ("source", "make_source"):
            around = next(cli.parents(node))
            made = isinstance(around, ast.Call) and around.func is node
            if not made and not (isinstance(around, ast.keyword) and around.arg == "source"):
                yield Found(
                    CLI, node.lineno, f"{EXECUTE} depends on the source", "the same steps and values for every source",
                    shown(around), "decide it in the source, or for all",
                )  # fmt: skip


RULES = (
    Rule(
        "one-path",
        "every command makes a source and hands it to the one function that configures and runs",
        one_path,
        "two scripts, each with a copy of everything behind its source: D1, D7, D9 to D13, D19 to D21",
    ),
)
