"""The one reader of the harness' own files: whatever a file holds, there is a document that fits, or a sentence why not.

Size, depth, numbers and texts are limited; what has a schema in ``parity/schemas`` or a class of its own is held against
it before anybody uses it.
"""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from parity.digits import too_long
from parity.keys import repeated

if TYPE_CHECKING:
    from pydantic import TypeAdapter

Model = TypeVar("Model")

#: Bytes of a file; of one that people write by hand.
_BYTES, _WRITTEN = 512_000_000, 4_000_000
#: Objects and lists inside each other, letters of one text.
_DEPTH, _LETTERS = 100, 50_000_000
#: What is no number that anybody writes by hand; reading a longer one takes minutes.
_LONG_NUMBER = re.compile(r"[0-9_]{5000}")
_SCHEMAS = Path(__file__).parent / "schemas"
_SHOWN = 160


class Unfit(Exception):
    """Why a file cannot be used: where in it, what was expected, what stands there. Whoever reads adds what to do."""


def json_file(file: Path, *, schema: str | None = None, halves: bool = False) -> Any:
    """The JSON in ``file``, which keeps ``schemas/<schema>.schema.json``; ``FileNotFoundError`` where none is.

    ``halves``: whether a text may hold half of a surrogate pair, as values of a run that are shown may.
    """
    return json_text(_text(file, _BYTES), schema=schema, halves=halves)


def json_text(text: str, *, schema: str | None = None, halves: bool = False) -> Any:
    """The same of a text."""
    if not text.strip():
        raise Unfit("is empty; expected JSON")
    document = _parsed("JSON", lambda: _json(text))
    _check(document, halves=halves)
    if schema is not None:
        _keeps(document, schema)
    return document


def json_bytes(raw: bytes) -> Any:
    """The same of the bytes of a file."""
    return json_text(_decoded(raw))


def toml_file(file: Path) -> dict[str, Any]:
    """The TOML in ``file``."""
    text = _written(file)
    document: dict[str, Any] = _parsed("TOML", lambda: tomllib.loads(text))
    _check(document, zeros=False)
    return document


def yaml_file(file: Path) -> Any:
    """The YAML in ``file``: data alone, each key once, nothing that stands for something else (``*name``)."""
    import yaml

    text = _written(file)

    class Loader(yaml.SafeLoader):
        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.AliasEvent):
                alias: Any = self.peek_event()  # type: ignore[no-untyped-call]  # the stubs leave this method open
                raise ValueError(f"*{alias.anchor} stands for something else; write it out")
            return super().compose_node(parent, index)

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            if twice := repeated(key.value for key, _ in node.value if isinstance(key.value, str)):
                raise ValueError(f"key {twice[0]!r} stands twice")
            return super().construct_mapping(node, deep=deep)

    document = _parsed("YAML", lambda: yaml.load(text, Loader=Loader))
    _check(document)
    return document


def model(kind: type[Model], value: Any, *, place: str = "") -> Model:
    """``value``, which stands at ``place``, as an instance of a class, its fields as the class says (``parity.typed``)."""
    from pydantic import ValidationError

    adapter: TypeAdapter[Model] = _adapter(kind)
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        first = error.errors()[0]
        inside = ".".join(str(step) for step in first["loc"] if step != "[key]")
        at, what = ": ".join(filter(None, (place, inside))), first["msg"].removeprefix("Value error, ")
        joint = "" if not at else " " if what.startswith("must ") else ": "
        raise Unfit(f"{at}{joint}{what}, got {_shown(first['input'])}") from error


_adapters: dict[Any, Any] = {}


def _adapter(kind: Any) -> Any:
    """What validates values as ``kind``, made once."""
    from pydantic import TypeAdapter

    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


def _text(file: Path, most: int) -> str:
    try:
        if (size := file.stat().st_size) > most:
            raise Unfit(f"has {size:,} bytes; expected at most {most:,}")
        return _decoded(file.read_bytes())
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Unfit(f"cannot be read: {error.strerror}") from error


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unfit(f"is no UTF-8 text: byte 0x{error.object[error.start]:02x} at {error.start}") from error


def _written(file: Path) -> str:
    """The text of a file that people write by hand."""
    text = _text(file, _WRITTEN)
    _check_brackets(text)
    if long := _LONG_NUMBER.search(text):
        raise Unfit(f"holds a number of thousands of digits, from letter {long.start():,} on: {_shown(long[0])}")
    return text


def _json(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number, parse_int=_integer)


def _integer(text: str) -> int:
    if (why := too_long(text)) is not None:
        raise ValueError(why)
    return int(text)


def _parsed(form: str, parse: Callable[[], Any]) -> Any:
    try:
        return parse()
    except RecursionError as error:
        raise Unfit(f"is nested too deep; expected at most {_DEPTH} levels") from error
    except Exception as error:  # parsers fail in many ways on what is no document of theirs
        raise Unfit(f"is not {form}: {' '.join(str(error).split())[:_SHOWN]}") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError(f"key {repeated(name for name, _ in pairs)[0]!r} stands twice")
    return made


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def _check_brackets(text: str) -> None:
    """Brackets inside each other, wherever they stand: parsers of what people write take long over many."""
    depth = deepest = 0
    for char in text:
        if char in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "]}":
            depth = max(0, depth - 1)
    if deepest > _DEPTH:
        raise Unfit(f"is nested too deep; expected at most {_DEPTH} levels")


def _check(document: Any, *, halves: bool = False, zeros: bool = True) -> None:
    """Depth, texts and numbers, wherever they stand."""
    for path, value, depth in _walk(document):
        place = path or "(top)"
        if depth > _DEPTH:
            raise Unfit(f"{place[:_SHOWN]}: is nested too deep; expected at most {_DEPTH} levels")
        if isinstance(value, str):
            if len(value) > _LETTERS:
                raise Unfit(f"{place}: has {len(value):,} letters; expected at most {_LETTERS:,}")
            if not halves and any("\ud800" <= char <= "\udfff" for char in value):
                raise Unfit(f"{place}: holds half of a surrogate pair; expected text that a file can hold")
            if not zeros and "\0" in value:
                raise Unfit(f"{place}: holds the character zero; expected text")
        elif isinstance(value, float) and not math.isfinite(value):
            raise Unfit(f"{place}: expected a number that can be held, got {value}")


def _walk(document: Any) -> Iterator[tuple[str, Any, int]]:
    """(path, value, depth) of everything, keys too; without recursion, so that it can say how deep something is."""
    open_: list[tuple[str, Any, int]] = [("", document, 0)]
    while open_:
        path, value, depth = open_.pop()
        yield path, value, depth
        if depth > _DEPTH:
            return
        if isinstance(value, dict):
            for key, inside in value.items():
                yield path, key, depth
                open_.append((f"{path}.{key}".lstrip("."), inside, depth + 1))
        elif isinstance(value, list):
            open_ += [(f"{path}[{number}]", inside, depth + 1) for number, inside in enumerate(value)]


def _keeps(document: Any, schema: str) -> None:
    try:
        error = next(iter(_validator(schema).iter_errors(document)), None)
    except (
        ValueError,
        OverflowError,
    ):  # half of a surrogate pair, an integer of any length: what this library cannot hold
        return _keeps_slowly(document, schema)
    if error is not None:
        raise Unfit(f"{_place(error.instance_path)}: {error.message[:_SHOWN]} ({schema}.schema.json)")
    return None


def _keeps_slowly(document: Any, schema: str) -> None:
    from jsonschema import Draft202012Validator

    for error in Draft202012Validator(_read_schema(schema)).iter_errors(document):
        raise Unfit(f"{_place(list(error.absolute_path))}: {error.message[:_SHOWN]} ({schema}.schema.json)")


@cache
def _validator(schema: str) -> Any:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(_read_schema(schema))


@cache
def _read_schema(schema: str) -> Any:
    return json.loads((_SCHEMAS / f"{schema}.schema.json").read_bytes())


def _place(path: Any) -> str:
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.lstrip(".")[:_SHOWN] or "(top)"


def _shown(value: Any) -> str:
    return repr(value)[:_SHOWN]
