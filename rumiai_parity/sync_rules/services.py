"""The services of the registry are those the schemas know."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from parity.tools.sync.code import called, text
from parity.tools.sync.rules import Found, Rule
from parity.tools.sync.tree import Missing, Tree
from rumiai_parity.sync_rules.places import PACKAGE, SCHEMAS, line_of, listed, resolved, schema_at, top

REGISTRY = f"{PACKAGE}/services/registry.py"
UNIFIED = f"{PACKAGE}/timeline/unified.py"
#: Schema, and the way to an object in it that has one field per service.
NAMED_IN = (
    ("unified", ("ml_data",)),
    ("unified", ("processing_metadata", "services")),
    ("report", ("services",)),
    ("report", ("ml_completion_details",)),
)


def registered(tree: Tree) -> dict[str, ast.Call]:
    """Service → the call that makes it, as the registry lists them."""
    table = top(tree.module(REGISTRY), "SERVICES")
    if not isinstance(table, ast.Dict):
        raise Missing(REGISTRY, "SERVICES as a table of names")
    return {str(text(k)): v for k, v in zip(table.keys, table.values, strict=True) if isinstance(v, ast.Call)}


def services(tree: Tree) -> Iterator[Found]:
    made = registered(tree)
    for name, call in made.items():
        path = f"{SCHEMAS}/services/{name}.schema.json"
        if path not in tree:
            yield Found(REGISTRY, call.lineno, f"the service {name} has no schema", path, "nothing", "write its schema")
        yield from _names_itself(tree, name, call)
    for path in tree.below(f"{SCHEMAS}/services", ".schema.json"):
        name = path.rpartition("/")[2].removesuffix(".schema.json")
        if name not in made:
            yield Found(
                path, 1, f"no service {name} is registered", f"an entry {name!r} in {REGISTRY}", listed(made),
                "register the service or remove the schema",
            )  # fmt: skip
    for file, keys in NAMED_IN:
        path = f"{SCHEMAS}/{file}.schema.json"
        fields = schema_at(tree, f"{file}.schema.json", *keys)
        for name in sorted(set(made) ^ set(fields)):
            yield Found(
                path, line_of(tree, path, *(f'"{key}"' for key in keys)),
                f"{'.'.join(keys)} " + (f"lacks the service {name}" if name in made else f"has {name}, which is no service"),
                listed(made), listed(fields), "name the services of the registry",
            )  # fmt: skip
    states = top(tree.module(UNIFIED), "STATUS_KEYS")
    named = zip(states.keys, states.values, strict=True) if isinstance(states, ast.Dict) else ()
    for key, service in {str(text(k)): v for k, v in named}.items():
        if text(service) not in made:
            yield Found(
                UNIFIED, service.lineno, f"the state {key!r} is of {text(service)!r}, which is no service", listed(made),
                str(text(service)), "name a service of the registry",
            )  # fmt: skip


def _names_itself(tree: Tree, name: str, call: ast.Call) -> Iterator[Found]:
    """The registry's key is the name the service puts on its results."""
    file, owner = (
        (text(argument) for argument in call.args)
        if called(call) == "_lazily" and len(call.args) == 2
        else (None, None)
    )
    if file is None or owner is None:
        raise Missing(REGISTRY, f"the module and class of {name}")
    module = tree.module(f"{PACKAGE}/services/{file}.py")
    body = module.classes.get(owner)
    if body is None:
        yield Found(
            REGISTRY, call.lineno, f"the service {name} is made of a class that is not there", f"class {owner} in {module.path}",
            listed(module.classes), "correct the class",
        )  # fmt: skip
        return
    for statement in body.body:
        if isinstance(statement, ast.Assign) and any(
            isinstance(t, ast.Name) and t.id == "name" for t in statement.targets
        ):
            own = resolved(module, statement.value)
            if own != name:
                yield Found(
                    module.path, statement.lineno, f"the service registered as {name} calls itself {own}", name, str(own),
                    "use one name",
                )  # fmt: skip


RULES = (
    Rule(
        "services",
        "every service has a schema and stands wherever the schemas list services",
        services,
        "a service that one list lacked, results under a second name: D25",
    ),
)
