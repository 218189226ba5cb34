"""What a run does to the world — files, stdout, exit codes, temporary files — is done in the places made for it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from parity.tools.sync.code import Module, argument, called, dotted, shown, text
from parity.tools.sync.rules import Found, Rule
from parity.tools.sync.tree import Missing, Tree
from rumiai_parity.sync_rules.places import (
    CLI,
    COMPILED,
    ENTRY,
    ERRORS,
    PACKAGE,
    RUNNER,
    function,
    line_of,
    listed,
    runner_class,
    standing,
    top,
)

FILES, JOURNAL, PUBLICATION = (f"{PACKAGE}/outputs/{name}.py" for name in ("files", "journal", "publication"))
CONSOLE = f"{PACKAGE}/console.py"
CRASH = f"{PACKAGE}/crash.py"
README = "README.md"
#: (file, function) → why it may write. Outputs go through Publication, which publishes all of a run or nothing.
WRITERS = {
    (FILES, "write_new"): "the one writer of outputs: partial files, and the journal that publishes them together",
    (FILES, "sync_folders"): "a folder is opened to be synced, nothing is written",
    (JOURNAL, "decide"): "the rename that publishes a run",
    (JOURNAL, "_put"): "the renaming of everything that was decided",
    (FILES, "write_atomically"): "one file that is no output of a run, written aside and renamed",
    (
        f"{PACKAGE}/outputs/return_file.py",
        "ReturnFile.write",
    ): "a device or a pipe; a file goes through write_atomically",
    (CONSOLE, "guard_streams"): "a closed standard stream is opened on nothing; no file",
    (CRASH, "_written"): "the traceback of an error nobody foresaw, written aside and renamed; no output of a run",
    (
        f"{PACKAGE}/sources/tiktok.py",
        "TikTok._download_once",
    ): "the partial file it was told, handed to Publication.adopt or removed",
    (
        f"{PACKAGE}/services/weights_pack.py",
        "_store",
    ): "model files in the cache, written aside and renamed; no output of a run",
    (
        f"{PACKAGE}/results.py",
        "_write",
    ): "results kept for other runs, written aside and renamed; no output of this run",
    (COMPILED, "ensure_compiled"): "an empty mark in the cache that code was compiled",
    (f"{PACKAGE}/services/text.py", "EasyOCR.__init__"): "links in a temporary folder that is gone afterwards",
}
WRITING_METHODS = {"write_text", "write_bytes", "symlink_to", "hardlink_to", "touch", "rename"}
WRITING_CALLS = {
    "json.dump", "pickle.dump", "os.rename", "os.replace", "os.link", "os.symlink", "os.open", "shutil.copy", "shutil.copy2",
    "shutil.copyfile", "shutil.copytree", "shutil.move", "np.save", "np.savez", "np.savetxt", "cv2.imwrite",
}  # fmt: skip
#: Files that may write to stdout or stderr → why.
PRINTERS = {
    CLI: "the end of a run, and commands that only print",
    ENTRY: "how the process ends",
    CRASH: "a traceback that no file could hold",
    CONSOLE: "the terminal side of a run",
    f"{PACKAGE}/progress.py": "what a run tells while it works",
}
ENDING_CALLS = {"sys.exit", "os._exit", "exit", "quit", "os.abort", "SystemExit"}
#: How a command tells the entry point which code the process ends with.
COMMAND_ENDS = {"Exit", "click.exceptions.Exit"}
#: What leaves a file or folder behind unless it is removed. (TemporaryFile has no name: the system removes it.)
TEMPORARY_CALLS = {"mkstemp", "mkdtemp", "NamedTemporaryFile", "TemporaryDirectory"}
REMOVERS = {"unlink", "remove", "rmtree", "rmdir", "cleanup"}
#: (file, function) → why what it puts there stays.
LEFT_BEHIND = {(CRASH, "_folders"): "the traceback of an error nobody foresaw stays until somebody has read it"}


def writes(tree: Tree) -> Iterator[Found]:
    writers = {(standing(tree, path), name) for path, name in WRITERS}
    for module in tree.modules(PACKAGE):
        modules = {item or name for _, name, item in module.imports()}
        for call, said in module.calls:
            if _writes(call, said, modules) and (module.path, module.scope(call)) not in writers:
                yield Found(
                    module.path, call.lineno, f"{module.scope(call) or 'the module'} writes a file itself",
                    f"Publication.stage of {PUBLICATION}, which leaves all of a run or nothing", shown(call),
                    "stage it, or say in the rule why this is no output",
                )  # fmt: skip


def _writes(call: ast.Call, name: str, modules: set[str]) -> bool:
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if name in WRITING_CALLS or method in WRITING_METHODS:
        return True
    if method == "replace" and len(call.args) == 1 and not call.keywords:
        return True  # of a path; that of a text has two arguments, that of a date has names
    if name in ("open", "os.fdopen", "io.open", "gzip.open"):
        mode = argument(call, 1, "mode")
    elif isinstance(call.func, ast.Attribute) and method == "open":  # Path.open(mode), but module.open(file, mode)
        mode = argument(call, 1 if dotted(call.func.value) in modules else 0, "mode")
    else:
        return False
    return mode is not None and (text(mode) is None or bool(set(str(text(mode))) & set("wax+")))


def exit_codes(tree: Tree) -> Iterator[Found]:
    codes = {0, *_of_errors(tree.module(ERRORS))}
    for module in tree.modules(PACKAGE):
        for call, said in module.calls:
            if said in ENDING_CALLS and module.path != ENTRY:
                yield Found(
                    module.path, call.lineno, f"{module.scope(call) or 'the module'} ends the process", f"only {ENTRY} does",
                    shown(call), f"raise an error of {ERRORS}, which carries its exit code",
                )  # fmt: skip
        if module.path != ERRORS:
            for defined in module.nodes(ast.ClassDef):
                yield from (
                    Found(
                        module.path, line, f"{defined.name} chooses an exit code", f"the table in {ERRORS}", str(code),
                        f"define the error in {ERRORS}",
                    )
                    for code, line in _class_codes(defined)
                )  # fmt: skip
    for path in (CLI, ENTRY):
        for call in tree.module(path).nodes(ast.Call):
            if called(call) in ENDING_CALLS | COMMAND_ENDS:
                for node in (n for argument in call.args for n in _values(argument)):
                    if node.value not in codes:
                        yield Found(
                            path, call.lineno, "ends with a code that no error has", listed(codes), str(node.value),
                            f"use a code of {ERRORS}, or add one there and to the tables",
                        )  # fmt: skip
    yield from _tables(tree, codes)


def _of_errors(errors: Module) -> set[int]:
    return {code for node in errors.nodes(ast.ClassDef) for code, _ in _class_codes(node)}


def _class_codes(node: ast.ClassDef) -> Iterator[tuple[Any, int]]:
    for statement in node.body:
        value = getattr(statement, "value", None)
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        if any(isinstance(t, ast.Name) and t.id == "exit_code" for t in targets) and isinstance(value, ast.Constant):
            yield value.value, statement.lineno


def _values(node: ast.expr) -> Iterator[ast.Constant]:
    """The whole numbers an exit code can be: of ``4 if … else 0`` both."""
    if isinstance(node, ast.IfExp):
        yield from _values(node.body)
        yield from _values(node.orelse)
    elif isinstance(node, ast.Constant) and type(node.value) is int:
        yield node


def _tables(tree: Tree, codes: set[int]) -> Iterator[Found]:
    """The help of the command line and the README list exactly the codes there are."""
    table = top(tree.module(CLI), "EXIT_CODES")
    in_help = {int(code) for code in re.findall(r"^\s+(\d+)\s", text(table) or "", re.MULTILINE)}
    readme = "\n".join(tree.lines(README))
    sentence = re.search(r"Exit codes: (0 .*?)(?:\n\n|\. )", readme, re.DOTALL)
    if sentence is None:
        raise Missing(README, "a sentence that begins with Exit codes: 0")
    in_readme = {int(code) for code in re.findall(r"(?:^|·\s)\s*(\d+) ", sentence[1])}
    places = ((CLI, table.lineno, in_help), (README, readme[: sentence.start()].count("\n") + 1, in_readme))
    for path, line, stated in places:
        if stated != codes:
            yield Found(
                path, line, "lists other exit codes than the errors have", listed(codes), listed(stated),
                f"bring the table and {ERRORS} together",
            )  # fmt: skip


def stdout(tree: Tree) -> Iterator[Found]:
    for module in tree.modules(PACKAGE):
        if module.path in PRINTERS:
            continue
        for node, what in (*_printing(module), *_logging(module)):
            yield Found(
                module.path, node.lineno, f"{module.scope(node) or 'the module'} {what}",
                f"progress through Progress, everything else through logging; stdout belongs to {CONSOLE}", shown(node),
                "use log, or Progress.note",
            )  # fmt: skip


def _printing(module: Module) -> Iterator[tuple[ast.expr, str]]:
    for call, said in module.calls:
        if said in ("print", "click.echo", "click.secho", "rich.print", "pprint.pprint"):
            yield call, "prints"
    for node, name in module.attributes:
        if name in ("sys.stdout", "sys.__stdout__", "sys.stderr", "sys.__stderr__"):
            yield node, f"uses {name}"


def _logging(module: Module) -> Iterator[tuple[ast.expr, str]]:
    for call, said in module.calls:
        if said in ("logging.basicConfig", "logging.config.dictConfig"):
            yield call, "sets up logging for the whole process"


def temporary(tree: Tree) -> Iterator[Found]:
    """What goes into the system's temporary folder is removed where it is made: in a with block, or in a handler."""
    for module in tree.modules(PACKAGE):
        for call, said in module.calls:
            name = said.rpartition(".")[2]
            if name == "gettempdir" and (module.path, module.scope(call)) not in LEFT_BEHIND:
                yield _temporary(module, call, "a name that tempfile makes unique and removes")
            elif name in TEMPORARY_CALLS and not _is_managed(module, call):
                yield _temporary(module, call, "in a with block, or followed by a try that removes it whatever happens")


def _temporary(module: Module, call: ast.Call, expected: str) -> Found:
    return Found(
        module.path, call.lineno, f"{module.scope(call) or 'the module'} makes a temporary file that nothing removes",
        expected, shown(call), "use `with tempfile.TemporaryDirectory()`",
    )  # fmt: skip


def _is_managed(module: Module, call: ast.Call) -> bool:
    statement = next((n for n in module.parents(call) if isinstance(n, ast.stmt)), None)
    if isinstance(statement, ast.With | ast.AsyncWith) and any(item.context_expr is call for item in statement.items):
        return not any(
            k.arg == "delete" and isinstance(k.value, ast.Constant) and not k.value.value for k in call.keywords
        )
    block = next((body for body in _blocks(module, statement) if statement in body), [])
    following = block[block.index(statement) + 1 :] if statement in block else []
    return bool(following) and isinstance(following[0], ast.Try) and _removes(following[0])


def _blocks(module: Module, statement: ast.stmt | None) -> Iterator[list[ast.stmt]]:
    outer = next(module.parents(statement), None) if statement is not None else None
    for name in ("body", "orelse", "finalbody"):
        yield getattr(outer, name, None) or []


def _removes(block: ast.Try) -> bool:
    """A finally, or a handler of everything, that calls something that removes."""
    handlers = [h for h in block.handlers if h.type is None or dotted(h.type) in ("BaseException", "Exception")]
    after = [*block.finalbody, *(statement for handler in handlers for statement in handler.body)]
    functions = [n.func for statement in after for n in ast.walk(statement) if isinstance(n, ast.Call)]
    return any((f.attr if isinstance(f, ast.Attribute) else dotted(f)) in REMOVERS for f in functions)


def cleaning(tree: Tree) -> Iterator[Found]:
    """A run takes back what it made wherever it ends: in a finally of the one function that executes it."""
    runner = tree.module(RUNNER)
    body = function(runner, f"{runner_class(tree)}.execute")
    finals = [statement for node in ast.walk(body) if isinstance(node, ast.Try) for statement in node.finalbody]
    done = {called(n) for statement in finals for n in ast.walk(statement) if isinstance(n, ast.Call)}
    for wanted, why in (
        ("self.publication.discard", "what is half published is taken back"),
        ("self.downloaded.unlink", "a download that is not kept is removed"),
    ):
        if wanted not in done:
            yield Found(
                RUNNER, body.lineno, f"a run does not clean up whatever happens: {why}", f"{wanted} in the finally of execute",
                listed(done), "put it back",
            )  # fmt: skip
    if line_of(tree, RUNNER, "self.publication.begin(") == 1:
        yield Found(
            RUNNER, 1, "a run does not clean what a killed run left", "a call of publication.begin", "none", "call it before saving",
        )  # fmt: skip


RULES = (
    Rule(
        "writes",
        "outputs are written by one atomic publication",
        writes,
        "plain writes, and half a set left behind, in one runner: D15",
    ),
    Rule(
        "exit-codes",
        "one table of exit codes: errors, command line, help and README",
        exit_codes,
        "a failure with exit code 0: D16, D28",
    ),
    Rule("stdout", "only the console writes to stdout and stderr", stdout, "third parties on stdout: D18"),
    Rule(
        "temporary",
        "temporary files are removed where they are made",
        temporary,
        "the audio file that one runner left behind: D21",
    ),
    Rule(
        "cleaning",
        "a run takes back what it made, in both configurations",
        cleaning,
        "a clean-up in one runner only: D15, D21, D22",
    ),
)
