"""The OpenAPI document has exactly the supported paths and methods."""

import json
from typing import Any

import pytest

from tests.drawings import ONE
from tests.harness.client import Client

METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture
def document(client: Client) -> dict[str, Any]:
    answered = client.get("/openapi.json")
    assert answered.status_code == 200
    parsed: dict[str, Any] = answered.json()
    assert parsed["openapi"].startswith("3.1")
    return parsed


def test_methods_allowed_are_those_documented(client: Client, document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        documented = {method.upper() for method in METHODS if method in operations}
        allowed = {part.strip() for part in client.options(path).headers["Allow"].split(",")}
        assert allowed == documented | {"OPTIONS"}, path


def test_every_supported_path_is_documented(client: Client, document: dict[str, Any]) -> None:
    known = client.get("/nowhere").json()["error"]["message"]
    named = known.removeprefix("path: expected one of ").split(", got ")[0].split(", ")
    assert set(named) == set(document["paths"])


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def references(value: Any) -> list[str]:
        if isinstance(value, dict):
            own = [value["$ref"]] if "$ref" in value else []
            return own + [each for part in value.values() for each in references(part)]
        if isinstance(value, list):
            return [each for part in value for each in references(part)]
        return []

    for reference in references(document):
        _, components, kind, name = reference.split("/")
        assert name in document[components][kind]


def keys_of(schema: dict[str, Any], document: dict[str, Any]) -> tuple[set[str], set[str]]:
    """Return an object's required and optional keys."""
    if "$ref" in schema:
        return keys_of(document["components"]["schemas"][schema["$ref"].split("/")[-1]], document)
    required, known = set(schema.get("required", [])), set(schema.get("properties", {}))
    for part in schema.get("allOf", []):
        others = keys_of(part, document)
        required, known = required | others[0], known | others[1]
    return required, known


def test_answers_have_the_documented_keys(client: Client, document: dict[str, Any]) -> None:
    session = "a" * 32
    schemas = document["components"]["schemas"]
    answer = client.post("/", json={"pixels": ONE, "session": session}).json()
    (row,) = client.get(f"/results?session={session}").json()["results"]
    health = client.get("/health").json()
    for name, body in (("Answer", answer), ("Result", row), ("Health", health)):
        required, known = keys_of(schemas[name], document)
        assert required <= set(body) <= known


def test_document_has_no_duplicate_parts(document: dict[str, Any]) -> None:
    def bodies(value: Any) -> list[str]:
        if isinstance(value, dict):
            own = (
                [json.dumps(value)]
                if "properties" in value and len(value["properties"]) > 2
                else []
            )
            return own + [each for part in value.values() for each in bodies(part)]
        return [each for part in value for each in bodies(part)] if isinstance(value, list) else []

    every = bodies(document)
    assert len(every) > 10 and len(set(every)) == len(every)
