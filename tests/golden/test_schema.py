"""The schema and the field tables of src/report/fields.c say the same: every key, and what may be null."""
import json
import os
import pathlib
import subprocess

import jsonschema
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "results" / "report.schema.json").read_text())
FULL_REPORT = os.environ.get("FETCHBENCH_FULL_REPORT")


def written(*arguments):
    if not FULL_REPORT:
        pytest.skip("FETCHBENCH_FULL_REPORT does not name the program full_report")
    done = subprocess.run([FULL_REPORT, *arguments], stdout=subprocess.PIPE, check=True, timeout=60)
    return json.loads(done.stdout)


def resolved(schema):
    while "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]
    for choice in schema.get("anyOf", []):
        if choice.get("type") != "null":
            return resolved(choice)
    return schema


def keys_of_schema(schema, path=""):
    """Every fixed key, as a path: runs[].exit.reason."""
    schema = resolved(schema)
    found = set()
    for key, value in schema.get("properties", {}).items():
        found |= {f"{path}.{key}"} | keys_of_schema(value, f"{path}.{key}")
    if "items" in schema:
        found |= keys_of_schema(schema["items"], path + "[]")
    if not schema.get("properties") and isinstance(schema.get("additionalProperties"), dict):
        found |= keys_of_schema(schema["additionalProperties"], path + ".*")
    return found


def keys_of_report(value, schema, path=""):
    schema = resolved(schema)
    found = set()
    if isinstance(value, dict):
        is_map = not schema.get("properties")
        for key, member in value.items():
            below = f"{path}.*" if is_map else f"{path}.{key}"
            inner = schema.get("additionalProperties") if is_map else schema["properties"].get(key, {})
            found |= (set() if is_map else {below})
            found |= keys_of_report(member, inner if isinstance(inner, dict) else {}, below)
    elif isinstance(value, list):
        for item in value:
            found |= keys_of_report(item, schema.get("items", {}), path + "[]")
    return found


def fixed_objects(schema):
    if isinstance(schema, dict):
        if "properties" in schema:
            yield schema
        for value in schema.values():
            yield from fixed_objects(value)


def validator():
    return jsonschema.validators.validator_for(SCHEMA)(SCHEMA)


def test_the_schema_is_a_schema():
    jsonschema.validators.validator_for(SCHEMA).check_schema(SCHEMA)


def test_every_key_is_described():
    for schema in fixed_objects(SCHEMA):
        for key, value in schema["properties"].items():
            assert value.get("description"), key


def test_every_fixed_key_is_required():
    for schema in fixed_objects(SCHEMA):
        assert sorted(schema["required"]) == sorted(schema["properties"])


def test_a_report_with_every_key_filled_is_valid():
    validator().validate(written())


def test_a_report_of_which_all_is_unknown_that_may_be_is_valid():
    validator().validate(written("unknown"))


def test_schema_and_field_tables_have_the_same_keys():
    assert keys_of_report(written(), SCHEMA) == keys_of_schema(SCHEMA)


def test_what_the_schema_lets_be_null_is_null_in_an_unknown_report():
    """Where the writer never writes null, neither may the schema say that it can."""
    unknown = written("unknown")

    def check(value, schema, path):
        schema = resolved(schema)
        if isinstance(value, dict):
            for key, below in schema.get("properties", {}).items():
                nullable = "null" in below.get("type", []) or None in below.get("enum", []) or \
                    {"type": "null"} in below.get("anyOf", [])
                assert nullable == (value[key] is None), f"{path}.{key}"
                check(value[key], below, f"{path}.{key}")
        elif isinstance(value, list):
            for item in value:
                check(item, schema.get("items", {}), path + "[]")

    check(unknown, SCHEMA, "")


@pytest.mark.parametrize("report", sorted(pathlib.Path(__file__).parent.glob("*.json")), ids=lambda path: path.stem)
def test_the_golden_reports_are_valid(report):
    validator().validate(json.loads(report.read_text()))
