"""Imports what the settings name: the pipeline under test, and the rules of its source."""

from __future__ import annotations

import copy
import importlib
import sys
from typing import Any

from parity.pipeline.parts import Pipeline
from parity.pipeline.settings import Config
from parity.verdict import UsageError


def named(config: Config, name: str, default: str) -> Any:
    """What stands in a module as ``package.module:NAME``, found from the folder of the settings first.

    Raises what importing raises, and ``AttributeError`` for a name that is not there.
    """
    if (root := str(config.root)) not in sys.path:
        sys.path.insert(0, root)
    return imported(name, default)


def imported(name: str, default: str) -> Any:
    """What stands in a module as ``package.module:NAME``; raises as ``named`` does."""
    module, _, attribute = name.partition(":")
    return getattr(importlib.import_module(module), attribute or default)


def load_pipeline(config: Config) -> Pipeline:
    """Import the pipeline under test, named as ``package.module:NAME``, with the configurations that are compared."""
    try:
        pipeline = named(config, config.pipeline, "PIPELINE")
    except (ImportError, AttributeError, ValueError, TypeError) as error:
        raise UsageError(f"{config.file}: pipeline {config.pipeline!r} cannot be imported: {error}") from error
    if lacking := [part for part in ("configurations", "reference", "artifacts", "job") if not hasattr(pipeline, part)]:
        raise UsageError(f"{config.file}: {config.pipeline!r} is no pipeline: it has no {lacking[0]}")
    return _choosing(pipeline, config)


def _choosing(pipeline: Pipeline, config: Config) -> Pipeline:
    chosen = config.configurations
    if chosen in ((), pipeline.configurations):
        return pipeline
    where, known = f"{config.file}: [parity] configurations", ", ".join(pipeline.configurations)
    if unknown := [name for name in chosen if name not in pipeline.configurations]:
        raise UsageError(f"{where}: pipeline {pipeline.name} has no configuration {unknown[0]!r}; known: {known}")
    if len(set(chosen)) != len(chosen) or len(chosen) < 2:
        raise UsageError(f"{where}: expected two different names or more out of {known}, got {list(chosen)}")
    if pipeline.reference not in chosen:
        raise UsageError(f"{where}: {pipeline.reference!r} must be among them: goldens are recorded from it")
    pipeline = copy.copy(pipeline)
    pipeline.configurations = chosen
    return pipeline
