"""Nothing behind the sources knows which configuration it serves."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from parity.tools.sync.code import Module, called, dotted, shown, text
from parity.tools.sync.rules import Found, Rule
from parity.tools.sync.tree import Tree
from rumiai_parity.sync_rules.places import (
    CLI,
    COMMANDS,
    PACKAGE,
    RUNNER,
    SOURCES,
    WEIGHT_FILE,
    function,
    source_classes,
    standing,
)

#: (file, function or class, name used there or the code around it) → why it may. Everything else is a finding.
ALLOWED = {
    (RUNNER, "", "Source"): "the type of RunnerConfig.source",
    (RUNNER, "", "Recording"): "the other type of RunnerConfig.source",
    (RUNNER, "RunnerConfig", "Recording"): "the type of RunnerConfig.source",
    (RUNNER, "_Run._gather", "Recording"): "a recording has results and no media: nothing to fetch, decode or analyse",
    (RUNNER, "_Run._gather", "isinstance"): "the same place",
    (
        RUNNER,
        "_Run._gather",
        "if source.owns_file: self._make_temp_folder()",
    ): "a file the source makes needs a folder, one that was given has its own",
    (
        RUNNER,
        "_Run._gather",
        "kept = self._keep(path, described.video_id) if source.owns_file else path",
    ): "a file the source made is published or removed, one that was given never",
    (RUNNER, "_Run._gather", "str(kept)"): "where the video is kept stands in the outputs",
    (RUNNER, "_Run._gather", "video=str(kept) if kept else None"): "the same place",
    (RUNNER, "_Run.execute", "self.downloaded is not None"): "a download that nothing keeps is removed",
    (RUNNER, "_Run.execute", "self.downloaded.unlink(missing_ok=True)"): "the same place",
    (RUNNER, "_Run._gather_recorded", "Recording"): "the type of its argument",
    (RUNNER, "_Run._is_its_own_recording", "Recording"): "a replay must not overwrite the recording it reads",
    (RUNNER, "_Run._is_its_own_recording", "isinstance"): "the same place",
    (RUNNER, "_Run._service_infos", "Recording"): "no service ran in a replay, so there is none to describe",
    (RUNNER, "_Run._service_infos", "isinstance"): "the same place",
    (RUNNER, "_Run._device", "Recording"): "no model ran in a replay, so there is no device",
    (RUNNER, "_Run._device", "isinstance"): "the same place",
    (RUNNER, "_Run._machine", "Recording"): "no model ran in a replay, so the machine had no part in the results",
    (RUNNER, "_Run._machine", "isinstance"): "the same place",
    (RUNNER, "_Run._check_id_is_free", "reference"): "an id belongs to the source it was first recorded from",
    (f"{PACKAGE}/results.py", "Recorded.begin", "media.path"): "a message names the file",
    (
        f"{PACKAGE}/results.py",
        "Recorded.__init__",
        "read_recorded",
    ): "any run may take its services' results from a recording",
}
PROBES = {"isinstance", "issubclass", "type", "hasattr", "getattr"}
LEDGER = "golden/ledger/runner-differences.jsonl"
#: Where the outputs are computed and written.
BEHIND = (*(f"{PACKAGE}/{folder}/" for folder in ("services", "timeline", "analyses", "outputs")), RUNNER, CLI)
#: What is one thing in one configuration and another in the other: attributes, and names of the runner.
TELLTALES = {
    "owns_file": "asks whether the source made its file",
    "downloaded": "asks whether the video was downloaded",
    "kept": "asks where the video is kept",
    "reference": "decides by where the video came from",
    "evidence.video": "decides by where the video is",
    "media.path": "decides by where the video is",
}
#: (file, function, field) → why it may read a field that is declared to differ.
ALLOWED_READS = {
    (f"{PACKAGE}/timeline/unified.py", "origin_of", "source"): "an id belongs to the source it was first recorded from",
    (WEIGHT_FILE, "recorded_source", "source"): "another document: the note beside a model file",
}


def unaware(tree: Tree) -> Iterator[Found]:
    classes = source_classes(tree)
    for module in tree.modules(PACKAGE):
        if module.path.startswith(f"{SOURCES}/"):
            continue
        uses = (*_references(module, classes), *_texts(module, classes), *_probes(module), *_telltales(module))
        for node, used, what in (*uses, *_own_options(module)):
            scope, around = module.scope(node), _around(module, node)
            if {(module.path, scope, used), (module.path, scope, around)} & ALLOWED.keys():
                continue
            if module.path == CLI and scope in _factories():
                continue
            yield Found(
                module.path, node.lineno, f"{scope or 'the module'} {what}",
                "nothing that knows a configuration outside the sources, the commands and RunnerConfig", around,
                "decide by what the data say, or in the source",
            )  # fmt: skip


def _factories() -> set[str]:
    return {f"{command}.source" for command in COMMANDS}


def _references(module: Module, classes: dict[str, str]) -> Iterator[tuple[ast.expr | ast.stmt, str, str]]:
    for node, name, item in module.imports():
        if name.startswith(f"{PACKAGE}.sources") or (name == PACKAGE and item == "sources"):
            yield node, item or name, f"imports {item or name} of the sources"
    uses: list[ast.Name | ast.Attribute] = [*module.nodes(ast.Name), *module.nodes(ast.Attribute)]
    for use in uses:
        name = use.id if isinstance(use, ast.Name) else use.attr
        if name in classes:
            yield use, name, f"uses the source class {name} (of {classes[name]})"


def _texts(module: Module, classes: dict[str, str]) -> Iterator[tuple[ast.expr | ast.stmt, str, str]]:
    for node, value in module.texts():
        if value in COMMANDS or value in classes:
            yield node, value, f"holds the name of a configuration, {value!r}"


def _probes(module: Module) -> Iterator[tuple[ast.expr | ast.stmt, str, str]]:
    for call, said in module.calls:
        if said in PROBES and call.args and _is_source(call.args[0]):
            yield call, said, f"asks what kind of source it has ({said})"


def _telltales(module: Module) -> Iterator[tuple[ast.expr, str, str]]:
    """What only one configuration has, or has otherwise, wherever it is more than handed on."""
    for node in module.nodes(ast.Attribute):
        name = next((name for name in (node.attr, ".".join(dotted(node).split(".")[-2:])) if name in TELLTALES), None)
        if name is not None and isinstance(node.ctx, ast.Load) and not _handed_on(module, node, node.attr):
            yield node, name, TELLTALES[name]
        elif node.attr.startswith("apify_"):
            yield node, node.attr, "reads a setting of one source"
    for use in module.nodes(ast.Name) if module.path == RUNNER else ():
        if use.id in TELLTALES and isinstance(use.ctx, ast.Load) and not _handed_on(module, use, use.id):
            yield use, use.id, TELLTALES[use.id]


def _handed_on(module: Module, node: ast.expr, name: str) -> bool:
    """As an argument of the same name or of a method of the run, as the value of a field, or in a message."""
    around = next(module.parents(node))
    return (
        isinstance(around, ast.Dict | ast.FormattedValue)
        or (isinstance(around, ast.keyword) and around.arg == name)
        or (isinstance(around, ast.Call) and around.func is not node and called(around).startswith("self._"))
    )


def _own_options(module: Module) -> Iterator[tuple[ast.expr, str, str]]:
    """Arguments that one command alone has, outside the commands."""
    if module.path != CLI:
        return
    own = {arg.arg for command in COMMANDS for arg in function(module, command).args.args}
    for node, name in (*((n, n.id) for n in module.nodes(ast.Name)), *module.texts()):
        if name in own and module.scope(node).partition(".")[0] not in COMMANDS:
            yield node, name, f"asks for {name}, which one command alone has"


def _is_source(node: ast.expr) -> bool:
    return (isinstance(node, ast.Name) and node.id in ("source", "make_source")) or (
        isinstance(node, ast.Attribute) and node.attr == "source"
    )


def declared(tree: Tree) -> Iterator[Found]:
    """What the ledger lets differ must not be computed with, else everything made of it differs too."""
    fields = {}
    for number, line in enumerate(tree.lines(LEDGER), start=1):
        if line.strip():
            record = tree.json_line(LEDGER, number, line)
            if "cases" in record:
                continue  # how broken inputs end: nothing is computed from that
            fields[re.sub(r"\[.*?\]", "", record["path"]).rpartition(".")[2]] = f"{record['artifact']} {record['path']}"
    allowed = {(standing(tree, path), name, field) for path, name, field in ALLOWED_READS}
    for module in tree.modules(PACKAGE):
        for node, field in _reads(module) if module.path.startswith(BEHIND) else ():
            if field in fields and (module.path, module.scope(node), field) not in allowed:
                yield Found(
                    module.path, node.lineno, f"{module.scope(node)} reads {field!r}, which differs between the configurations",
                    f"nothing computed from what {LEDGER} declares ({fields[field]})", shown(node),
                    "compute it from something both configurations have",
                )  # fmt: skip


def _reads(module: Module) -> Iterator[tuple[ast.expr, str]]:
    """``x["fieldName"]``, ``x.get("fieldName")`` and ``x.field_name``."""
    for node in module.nodes(ast.Subscript):
        if isinstance(node.ctx, ast.Load) and text(node.slice) is not None:
            yield node, str(text(node.slice))
    for call in module.nodes(ast.Call):
        if (
            isinstance(call.func, ast.Attribute)
            and call.func.attr in ("get", "pop")
            and call.args
            and text(call.args[0])
        ):
            yield call, str(text(call.args[0]))
    for use in module.nodes(ast.Attribute):
        camel = re.sub(r"_([a-z])", lambda match: match[1].upper(), use.attr)
        if camel != use.attr:  # one word may be anything's; a field of the metadata with two is that field
            yield use, camel


def _around(module: Module, node: ast.AST) -> str:
    """The expression or statement that a name stands in, for the message."""
    for outer in (node, *module.parents(node)):
        if isinstance(outer, ast.stmt):
            return shown(outer)
        if isinstance(outer, ast.Compare | ast.Call | ast.keyword | ast.match_case | ast.Dict):
            return shown(outer)
    return shown(node)


RULES = (
    Rule(
        "unaware",
        "nothing behind the sources knows which configuration it serves",
        unaware,
        "values that differed by runner: D3, D4, D8, D14, D23",
    ),
    Rule(
        "declared",
        "nothing is computed from what is declared to differ",
        declared,
        "D3: a caption and counts that one runner only had",
    ),
)
