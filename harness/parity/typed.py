"""How a class says what an object of a file must be, in the words of messages; ``reading.model`` holds values against it.

pydantic does the work. It takes long to import, so that it comes with the first value, not with the classes.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeGuard

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

#: Metadata of a field that stands in no file: its reader fills it in.
UNREAD = {"unread": True}


@dataclass(frozen=True)
class Must:
    """In ``Annotated[kind, Must("be …", check)]``: what a value must be, and whether it is, asked before its kind is.

    Where ``check`` raises ``ValueError``, its text is the reason.
    """

    words: str
    check: Callable[[Any], object]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import PydanticCustomError, core_schema

        def held(value: Any) -> Any:
            if not self.check(value):
                raise PydanticCustomError("must", "must {words}", {"words": self.words})
            return value

        return core_schema.no_info_before_validator_function(held, handler(source))


class Closed:
    """A dataclass whose object in a file has its fields as keys: no other, and each that has no default."""

    #: How a message begins that lists the keys.
    keys_said: ClassVar[str] = "expected an object with the keys"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import PydanticCustomError, core_schema

        read = [field for field in fields(source) if not field.metadata.get("unread")]
        known = {field.name for field in read}
        needed = {field.name for field in read if (field.default, field.default_factory) == (MISSING, MISSING)}
        more = f" and at most {', '.join(sorted(known - needed))} beside them" if known - needed else ""

        def keyed(value: Any) -> Any:
            keys = set(value) if isinstance(value, dict) else set()
            if not isinstance(value, dict) or not needed <= keys <= known:
                odd = [f"without {key}" for key in sorted(needed - keys)] if keys else []
                odd += [f"{key} is unknown" for key in sorted(keys - known)]
                words = f"{cls.keys_said} {sorted(needed)}{more}" + (f" ({', '.join(odd)})" if odd else "")
                raise PydanticCustomError("keys", "{words}", {"words": words})
            return value

        return core_schema.no_info_before_validator_function(keyed, handler(source))


def is_string(value: object) -> bool:
    """Whether it is a text."""
    return isinstance(value, str)


def is_text(value: object) -> bool:
    """Whether it is a text that says something."""
    return isinstance(value, str) and bool(value.strip())


def is_number(value: object) -> TypeGuard[float]:
    """Whether it is a number, which true and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_amount(value: object) -> bool:
    """Whether it is a number from 0 on that can be held."""
    return is_number(value) and 0 <= value <= sys.float_info.max


def is_object(value: object) -> bool:
    """Whether it is an object of JSON."""
    return isinstance(value, dict)


def matching(pattern: str) -> Callable[[object], bool]:
    """Whether a value is a text that has ``pattern`` as a whole."""
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def are_texts(value: object) -> TypeGuard[list[str]]:
    """Whether it is a list of texts."""
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def are_different_texts(value: object) -> bool:
    """Whether it is a list of texts, each once."""
    return are_texts(value) and len(set(value)) == len(value)


Text = Annotated[str, Must("be a text", is_string)]
Amount = Annotated[int | float, Must("be a number from 0", is_amount)]
