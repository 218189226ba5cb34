"""A hook of mkdocs (``mkdocs.yml``): a page for the public face, and one for each room with all of its modules."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "harness"


def layers() -> list[list[str]]:
    """The rooms from the ground up, as the contract of the imports has them; modules side by side are one room."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = (each for each in settings["tool"]["importlinter"]["contracts"] if each["id"] == "rooms")
    return [[name.strip() for name in layer.split(":")] for layer in reversed(contract["layers"])]


def modules(name: str) -> Iterator[str]:
    """``parity.NAME`` and everything below it."""
    folder = SOURCE / "parity" / name
    for file in sorted(folder.rglob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]:
        parts = file.relative_to(SOURCE).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def pages() -> dict[str, str]:
    """Title → text, the public face first."""
    rooms = {
        names[0] if len(names) == 1 else "the ground": [module for name in names for module in modules(name)]
        for names in layers()
    }
    of_nobody = {"api", "__main__"}
    found = {"api": ["parity.api"], **{title: names for title, names in rooms.items() if title not in of_nobody}}
    return {
        title: "\n\n".join([f"# {title}", *(f"::: {name}" for name in names)]) + "\n" for title, names in found.items()
    }


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """The pages in their order."""
    config.nav = [{"about": "index.md"}, *({title: _file(title)} for title in pages())]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """The pages themselves."""
    for title, text in pages().items():
        files.append(File.generated(config, _file(title), content=text))
    return files


def _file(title: str) -> str:
    return f"{title.replace(' ', '-')}.md"
