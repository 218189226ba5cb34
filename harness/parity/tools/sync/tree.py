"""The files of a project as rules see them: a folder, the same folder with some files changed, or a commit."""

from __future__ import annotations

import functools
import json
import os
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from parity import reading
from parity.tools.sync.code import Module, parse


class Missing(Exception):
    """What a rule needs is not in the tree, so the rule cannot judge it. ``what`` names it, after its file."""

    def __init__(self, file: str, what: str = "the file") -> None:
        super().__init__(f"{file}: {what}")
        self.file = file
        self.what = what


class Broken(Exception):
    """A file that cannot be parsed."""

    def __init__(self, file: str, line: int, problem: str) -> None:
        super().__init__(f"{file}:{line}: {problem}")
        self.file = file
        self.line = line
        self.problem = problem


class Tree(ABC):
    """Paths are POSIX, from the project's root. Subclasses say which files there are and what they hold."""

    @abstractmethod
    def names(self, folder: str) -> Iterable[str]:
        """Every file below ``folder``, in any order."""

    @abstractmethod
    def bytes_of(self, path: str) -> bytes | None:
        """The content, None where there is no such file."""

    def below(self, folder: str, suffix: str = "") -> list[str]:
        """Files below ``folder`` (at any depth) that end in ``suffix``, sorted."""
        return sorted(name for name in self.names(folder) if name.endswith(suffix))

    def folders(self, folder: str) -> list[str]:
        """Names of the folders directly in ``folder``, sorted; a folder without a file is none."""
        depth = len(PurePosixPath(folder).parts)
        return sorted(
            {parts[depth] for name in self.names(folder) if len(parts := PurePosixPath(name).parts) > depth + 1}
        )

    def __contains__(self, path: str) -> bool:
        return self.bytes_of(path) is not None

    def read(self, path: str) -> bytes:
        """The content; raises ``Missing``."""
        content = self.bytes_of(path)
        if content is None:
            raise Missing(path)
        return content

    def lines(self, path: str) -> list[str]:
        """The lines of a text; raises ``Missing``."""
        return self.read(path).decode("utf-8", "replace").splitlines()

    def json(self, path: str) -> Any:
        """A JSON document; raises ``Missing`` and ``Broken``."""
        try:
            return _load(self.read(path))
        except reading.Unfit as unfit:
            why = unfit.__cause__
            raise Broken(path, why.lineno if isinstance(why, json.JSONDecodeError) else 1, str(unfit)) from None

    def json_line(self, path: str, number: int, line: str) -> Any:
        """One line of a file of JSON documents; raises ``Broken``."""
        try:
            return reading.json_text(line)
        except reading.Unfit as unfit:
            raise Broken(path, number, str(unfit)) from None

    def module(self, path: str) -> Module:
        """The syntax tree of a Python file; raises ``Missing`` and ``Broken``."""
        try:
            return parse(path, self.read(path))
        except SyntaxError as error:
            raise Broken(path, error.lineno or 1, f"is not Python: {error.msg}") from None

    def modules(self, folder: str) -> list[Module]:
        """The syntax trees of all Python files below ``folder``; raises ``Missing`` where there are none."""
        paths = self.below(folder, ".py")
        if not paths:
            raise Missing(folder, "a Python file below it")
        return [self.module(path) for path in paths]


@functools.lru_cache(maxsize=512)
def _load(content: bytes) -> Any:
    return reading.json_bytes(content)


class Folder(Tree):
    """A folder on disk. Hidden and cache folders are not looked into."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._read: dict[str, bytes | None] = {}
        self._listed: dict[str, list[str]] = {}

    def names(self, folder: str) -> Iterable[str]:
        if folder not in self._listed:
            found = []
            for place, folders, files in os.walk(self.root / folder):
                folders[:] = [name for name in folders if not name.startswith(".") and name != "__pycache__"]
                found += [(Path(place) / name).relative_to(self.root).as_posix() for name in files]
            self._listed[folder] = found
        return self._listed[folder]

    def bytes_of(self, path: str) -> bytes | None:
        if path not in self._read:
            file = self.root / path
            self._read[path] = file.read_bytes() if file.is_file() else None
        return self._read[path]


class Changed(Tree):
    """Another tree in which some files have another content, or (None) are gone."""

    def __init__(self, base: Tree, files: Mapping[str, bytes | None]) -> None:
        self.base = base
        self.files = files

    def names(self, folder: str) -> Iterable[str]:
        inside = {name for name in self.files if name.startswith(f"{folder}/")}
        kept = {name for name in inside if self.files[name] is not None}
        return ({*self.base.names(folder)} - inside) | kept

    def bytes_of(self, path: str) -> bytes | None:
        return self.files[path] if path in self.files else self.base.bytes_of(path)
