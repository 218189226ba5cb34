"""Documents that the code writes field by field have the fields of their schemas, in every configuration."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from parity.tools.sync.code import Function, Module, called, text
from parity.tools.sync.rules import Found, Rule
from parity.tools.sync.tree import Missing, Tree
from rumiai_parity.sync_rules.places import (
    ADAPTER,
    PACKAGE,
    RUNNER,
    SCHEMAS,
    function,
    line_of,
    listed,
    runner_class,
    schema_at,
    standing,
)


@dataclass(frozen=True)
class Written:
    """A function that writes a document: the dict it is built from is found by one of its fields."""

    path: str
    function: str
    field: str
    schema: str
    keys: tuple[str, ...] = ()
    #: Fields that another function adds.
    elsewhere: frozenset[str] = frozenset()


DOCUMENTS = (
    Written(f"{PACKAGE}/timeline/unified.py", "unified_document", "pipeline_status", "unified"),
    Written(f"{PACKAGE}/timeline/unified.py", "unified_document", "timeline_entries", "unified", ("processing_metadata",)),
    Written(f"{PACKAGE}/models/timeline.py", "Timeline.to_dict", "entry_count", "timeline"),
    Written(f"{PACKAGE}/outputs/report.py", "build_report", "prompts_total", "report"),
    Written(f"{PACKAGE}/outputs/report.py", "build_report", "feature_flags.ml_precompute", "report", ("feature_flags",)),
    Written(f"{PACKAGE}/outputs/report.py", "build_report", "video_metrics.total_videos", "report", ("video_metrics",)),
    Written(f"{PACKAGE}/metrics.py", "Metrics.snapshot", "uptime_seconds", "metrics"),
    Written(f"{PACKAGE}/metrics.py", "Metrics.memory_usage", "final_process_gb", "report", ("memory_usage",)),
    Written(RUNNER, "*._execute", "unified", "return_success", ("outputs",)),
    Written(RUNNER, "*._success", "outputs", "return_success"),
    Written(f"{PACKAGE}/failure.py", "failure", "error_type", "return_failure", elsewhere=frozenset({"failed_services"})),
)  # fmt: skip
FILE_SETS = f"{PACKAGE}/outputs/file_sets.py"
METADATA = f"{PACKAGE}/models/metadata.py"
MEDIA = f"{PACKAGE}/media/types.py"


def documents(tree: Tree) -> Iterator[Found]:
    for written in DOCUMENTS:
        name = written.function.replace("*", runner_class(tree)) if "*" in written.function else written.function
        module = tree.module(written.path)
        fields = _fields(module, function(module, name), written.field)
        schema = f"{written.schema}.schema.json"
        yield from _compare(tree, module.path, name, fields, schema, written.keys, written.elsewhere)
    yield from _media(tree)
    yield from _metadata(tree)
    yield from _complete(tree)


def _compare(
    tree: Tree,
    path: str,
    name: str,
    fields: dict[str, int],
    schema: str,
    keys: tuple[str, ...],
    elsewhere: frozenset[str],
) -> Iterator[Found]:
    known = schema_at(tree, schema, *keys)
    where = f"{SCHEMAS}/{schema}"
    for field, line in fields.items():
        if field not in known:
            yield Found(
                path, line, f"{name} writes {field!r}, which the schema does not have",
                f"a field of {where}{''.join(f' {key}' for key in keys)}", field,
                "correct the name, or describe the field in the schema",
            )  # fmt: skip
    for field in known:
        if field not in fields and field not in elsewhere:
            yield Found(
                where, line_of(tree, where, *(f'"{key}"' for key in keys), f'"{field}"'),
                f"the schema has {field!r}, which {name} does not write", f"the field in {path}", listed(fields),
                "write the field, or remove it from the schema",
            )  # fmt: skip


def _fields(module: Module, body: Function, field: str) -> dict[str, int]:
    """Fields of the document in ``body`` that has ``field``, with their lines; fields added to it later are counted.

    ``a.b`` means the document that stands under ``a`` and has ``b``.
    """
    outer, _, field = field.rpartition(".")
    for node in ast.walk(body):
        if not isinstance(node, ast.Dict) or field not in (keys := _keys(node)):
            continue
        if outer and not any(
            text(k) == outer and v is node for n in ast.walk(body) if isinstance(n, ast.Dict) for k, v in _items(n)
        ):
            continue
        bound = next(
            (
                target.id
                for n in ast.walk(body)
                if isinstance(n, ast.Assign | ast.AnnAssign) and n.value is node
                for target in (n.targets if isinstance(n, ast.Assign) else [n.target])
                if isinstance(target, ast.Name)
            ),
            None,
        )
        return keys | _added(body, bound) if bound else keys
    raise Missing(module.path, f"a document with {field!r} in {module.scope(body)}")


def _items(node: ast.Dict) -> list[tuple[ast.expr | None, ast.expr]]:
    return list(zip(node.keys, node.values, strict=True))


def _keys(node: ast.Dict) -> dict[str, int]:
    return {str(text(key)): key.lineno for key in node.keys if key is not None and text(key) is not None}


def _added(body: Function, name: str) -> dict[str, int]:
    """Fields set on a name: ``name["x"] = …``, ``name[f"{kind}Timeline"] = …`` in a loop over texts, ``name |= {…}``."""
    found: dict[str, int] = {}
    for node in ast.walk(body):
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name) and node.target.id == name:
            found |= _keys(node.value) if isinstance(node.value, ast.Dict) else {}
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name) and target.value.id == name:
                    found |= dict.fromkeys(_texts(body, target.slice), target.lineno)
    return found


def _texts(body: Function, key: ast.expr) -> list[str]:
    if text(key) is not None:
        return [str(text(key))]
    if not isinstance(key, ast.JoinedStr):
        return []
    made = [""]
    for part in key.values:
        values = [str(part.value)] if isinstance(part, ast.Constant) else _looped(body, part)
        made = [before + value for before in made for value in values]
    return made


def _looped(body: Function, part: ast.expr) -> list[str]:
    """The texts that a ``for`` around it gives to the name in an f-string."""
    name = part.value.id if isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.Name) else None
    for node in ast.walk(body):
        if isinstance(node, ast.For) and isinstance(node.target, ast.Name) and node.target.id == name:
            return [str(text(item)) for item in getattr(node.iter, "elts", ())]
    return []


def _media(tree: Tree) -> Iterator[Found]:
    """What is recorded of the media: the schema has it as one of several kinds, so it is looked up by its definition."""
    module = tree.module(MEDIA)
    facts = _fields(module, function(module, "Media.facts"), "sha256")
    path = f"{SCHEMAS}/unified.schema.json"
    known = ((tree.json(path).get("$defs") or {}).get("media") or {}).get("properties")
    if not known:
        raise Missing(path, "$defs.media")
    yield from _both(tree, MEDIA, "Media.facts", facts, path, list(known), '"media"')


def _metadata(tree: Tree) -> Iterator[Found]:
    """A model's fields under the names it is written with."""
    module = tree.module(METADATA)
    model = module.classes.get("VideoMetadata")
    if model is None:
        raise Missing(METADATA, "the class VideoMetadata")
    fields = {}
    for statement in model.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            value = statement.value
            named = value.keywords if isinstance(value, ast.Call) and called(value) == "Field" else ()
            alias = next((text(k.value) for k in named if k.arg == "alias"), None)
            fields[alias or statement.target.id] = statement.lineno
    path = f"{SCHEMAS}/metadata.schema.json"
    yield from _both(
        tree, METADATA, "VideoMetadata", fields, path, list(tree.json(path).get("properties") or ()), '"properties"'
    )


def _both(
    tree: Tree, file: str, name: str, fields: dict[str, int], schema: str, known: list[str], where: str
) -> Iterator[Found]:
    for field in fields.keys() - set(known):
        yield Found(
            file, fields[field], f"{name} has {field!r}, which the schema does not have", f"a field of {schema}", field,
            "correct the name, or describe the field in the schema",
        )  # fmt: skip
    for field in set(known) - fields.keys():
        yield Found(
            schema, line_of(tree, schema, where, f'"{field}"'), f"the schema has {field!r}, which {name} does not have",
            f"the field in {file}", listed(fields), "add the field to the model, or remove it from the schema",
        )  # fmt: skip


def _complete(tree: Tree) -> Iterator[Found]:
    """The wrapper of the complete file is stated a second time in the harness, twice: keys and constants agree."""
    sets, adapter = tree.module(FILE_SETS), tree.module(standing(tree, ADAPTER))
    wrapper = _wrapper(sets, "complete_form", lambda n: isinstance(n, ast.Return) and n.value)
    expected = _wrapper(adapter, "RumiAI.expected", lambda n: isinstance(n, ast.Return) and n.value)
    described = _wrapper(
        adapter, "_complete_schema", lambda n: isinstance(n, ast.keyword) and n.arg == "properties" and n.value
    )
    for other, name in ((expected, "RumiAI.expected"), (described, "_complete_schema")):
        for key in (*(k for k in wrapper if k not in other), *(k for k in other if k not in wrapper)):
            path, line = (FILE_SETS, wrapper[key].lineno) if key in wrapper else (adapter.path, other[key].lineno)
            yield Found(
                path, line, f"the complete file's field {key!r} stands in one of complete_form and {name} only",
                ", ".join(wrapper), ", ".join(other), "write the same fields in both",
            )  # fmt: skip
        for key in wrapper.keys() & other.keys():
            ours, theirs = wrapper[key], other[key]
            if isinstance(theirs, ast.Call) and called(theirs).endswith("constant") and theirs.args:
                theirs = theirs.args[0]
            if isinstance(ours, ast.Constant) and isinstance(theirs, ast.Constant) and ours.value != theirs.value:
                yield Found(
                    FILE_SETS, ours.lineno, f"the complete file's {key!r} is another constant than in {name} ({adapter.path})",
                    repr(theirs.value), repr(ours.value), "write the same constant in both",
                )  # fmt: skip


def _wrapper(module: Module, name: str, pick: Callable[[ast.AST], object]) -> dict[str, ast.expr]:
    for node in ast.walk(function(module, name)):
        value = pick(node)
        if isinstance(value, ast.Dict) and "analysis_type" in _keys(value):
            return {str(text(k)): v for k, v in _items(value)}
    raise Missing(module.path, f"the complete file's fields in {name}")


RULES = (
    Rule(
        "documents",
        "documents have the fields of their schemas, written once for every configuration",
        documents,
        "report, metrics, return structure and wrapper of another shape in one runner: D3, D23",
    ),
)
