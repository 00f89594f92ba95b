"""Descriptions of the service: an overview and the OpenAPI document."""

from pathlib import Path
from typing import Any

from digitreader.http import json_text
from digitreader.settings import Settings

OPENAPI = Path(__file__).parent / "openapi.json"


def document(settings: Settings) -> Any:
    """Return the OpenAPI document, where keys are mandatory if any are configured."""
    document = json_text.parse(OPENAPI.read_bytes())
    for operations in document["paths"].values() if settings.api_keys else ():
        for operation in operations.values():
            if keys := operation.get("security"):
                keys.remove({})
    return document


def about_body(settings: Settings) -> dict[str, Any]:
    """Return a description of the service, with links to page, document and health."""
    pages = [origin for origin in settings.allowed_origins if origin != "*"]
    return {
        "about": "Reads handwritten digits: POST a drawing, a picture or a batch here.",
        "page": pages[0] if pages else None,
        "document": "/openapi.json",
        "health": "/health",
    }
