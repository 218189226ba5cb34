#!/usr/bin/env bash
# jsonschema 4.26.0: an error of the subschema `false` does not say where in the document it happened.
#
# Expected: as for any other error, `absolute_path` is the place of the value, and `schema_path` names the keyword's step.
# Seen: the value of a property or an item that `false` forbids is reported with an empty path, which is the whole
# document, while {"not": {}}, which means the same, is reported at its place. Inside anyOf the error's
# `relative_schema_path` is empty too, so nothing says of which alternative it is: code that groups the errors in `context` by
# their first step gets an IndexError.
#
# Output seen:
#   {'properties': {'b': False}}: path [], schema path ['properties']
#   {'properties': {'b': {'not': {}}}}: path ['b'], schema path ['properties', 'b', 'not']
#   {'prefixItems': [True, False]}: path [], schema path ['prefixItems']
#   {'anyOf': [False]}: alternative []
#   {'anyOf': [{'not': {}}]}: alternative [0, 'not']
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check jsonschema==4.26.0
"$folder/venv/bin/python" - <<'PYTHON'
import sys

from jsonschema import Draft202012Validator

seen = []
for schema, document in [
    ({"properties": {"b": False}}, {"b": 1}),
    ({"properties": {"b": {"not": {}}}}, {"b": 1}),
    ({"prefixItems": [True, False]}, [1, 2]),
]:
    (error,) = Draft202012Validator(schema).iter_errors(document)
    seen.append((list(error.absolute_path), list(error.absolute_schema_path)))
    print(f"{schema}: path {seen[-1][0]}, schema path {seen[-1][1]}")
for schema in ({"anyOf": [False]}, {"anyOf": [{"not": {}}]}):
    (error,) = Draft202012Validator(schema).iter_errors(1)
    seen.append(list(error.context[0].relative_schema_path))
    print(f"{schema}: alternative {seen[-1]}")
claimed = [
    ([], ["properties"]), (["b"], ["properties", "b", "not"]), ([], ["prefixItems"]), [], [0, "not"],
]  # fmt: skip
sys.exit(0 if seen == claimed else 1)
PYTHON
