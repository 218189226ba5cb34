"""Schemas on disk → documents by id and one registry in which references resolve."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jsonschema.exceptions import SchemaError
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from parity import reading
from parity.contract import fast
from parity.contract.reference import check_schema, without_dialect
from parity.verdict import ContractError

#: The schema of how a run ended and what it left behind; a project may have its own.
RUN = Path(__file__).parents[1] / "schemas/run.schema.json"


@dataclass(frozen=True)
class Schemas:
    """``documents``: schema id → schema; ``registry``: the same, for reference resolution."""

    documents: Mapping[str, dict[str, Any]]
    registry: Registry[Any]

    @cached_property
    def fast_registry(self) -> Any:
        """The same for the fast validator."""
        try:
            return fast.registry(self.documents)
        except ValueError as error:
            raise ContractError(f"the schemas do not fit together: {error}") from error

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of all schemas."""
        return hashlib.sha256(json.dumps(self.documents, sort_keys=True).encode()).hexdigest()

    def get(self, schema_id: str) -> dict[str, Any]:
        """The schema called ``schema_id``."""
        try:
            return self.documents[schema_id]
        except KeyError:
            known = ", ".join(sorted(self.documents)) or "none"
            raise ContractError(f"no schema {schema_id!r}; known: {known}") from None

    def with_documents(self, schemas: Iterable[Mapping[str, Any]]) -> Schemas:
        """These schemas and ``schemas``, which refer to each other by id."""
        return collect([*self.documents.values(), *schemas])


def collect(schemas: Iterable[Mapping[str, Any]]) -> Schemas:
    """Schemas as one set; each needs an ``$id`` of its own and must be a valid draft 2020-12 schema."""
    documents: dict[str, dict[str, Any]] = {}
    for schema in schemas:
        schema_id = schema.get("$id")
        if not isinstance(schema_id, str) or not schema_id:
            raise ContractError(f"schema {schema.get('title', '')!r} has no $id: give it its file name")
        if schema_id in documents:
            raise ContractError(f"two schemas have the $id {schema_id!r}: each needs its own")
        _check(schema, schema_id)
        documents[schema_id] = dict(schema)
    registry: Registry[Any] = Registry().with_resources(
        (schema_id, Resource.from_contents(without_dialect(schema), default_specification=DRAFT202012))
        for schema_id, schema in documents.items()
    )
    return Schemas(documents, registry)


#: Fingerprints of the schemas that this process has found valid: each is looked through once, for that takes long.
_VALID: set[bytes] = set()


def _check(schema: Mapping[str, Any], schema_id: str) -> None:
    fingerprint = hashlib.sha256(json.dumps(schema, sort_keys=True).encode()).digest()
    if fingerprint in _VALID:
        return
    try:
        check_schema(schema)
    except SchemaError as error:
        raise ContractError(f"{schema_id}: not a valid schema at {error.json_path}: {error.message[:300]}") from error
    _VALID.add(fingerprint)


def read(file: Path) -> dict[str, Any]:
    """The schema in ``file``, unchecked but for being an object."""
    try:
        schema = reading.json_file(file)
    except (OSError, reading.Unfit) as error:
        raise ContractError(
            f"{file}: cannot be read as JSON: {error}; write it anew, or restore it from git"
        ) from error
    if not isinstance(schema, dict):
        raise ContractError(f"{file}: must hold a schema, which is an object; got {json.dumps(schema)[:40]}")
    return schema


def load(folder: Path) -> Schemas:
    """Every ``*.schema.json`` at or below ``folder``, whose ``$id`` must be its path from there, and the harness' own of
    how a run ended."""
    schemas = [] if (folder / RUN.name).exists() else [read(RUN)]
    for file in sorted(folder.rglob("*.schema.json")):
        schema = read(file)
        name = file.relative_to(folder).as_posix()
        if schema.get("$id") != name:
            raise ContractError(f"{file}: $id is {schema.get('$id')!r}, expected {name!r}")
        schemas.append(schema)
    if len(schemas) == 1 and schemas[0]["$id"] == RUN.name:
        raise ContractError(f"{folder}: holds no *.schema.json; expected one per artifact")
    return collect(schemas)
