"""JSON of manifests and pointers, whose values the function can also return in a response."""

import json
from typing import Any

import orjson

from digitreader.errors import ArtifactCorrupt


def dump(values: dict[str, Any]) -> bytes:
    """Return the values as indented JSON that ends with a line break."""
    return json.dumps(values, indent=2, ensure_ascii=False).encode() + b"\n"


def parse(data: bytes, what: str) -> Any:
    """Parse JSON that the function can also return in a response.

    orjson rejects lone surrogates and parses integers beyond 64 bits as floats, which then have the
    wrong type. Dumping rejects values that are nested too deeply.

    Raises:
        ArtifactCorrupt: The bytes are no such JSON; the message names them as `what`.
    """
    try:
        values = orjson.loads(data)
        orjson.dumps(values)
    except (ValueError, TypeError) as error:
        raise ArtifactCorrupt(f"{what}: expected JSON, got {error}") from None
    return values
