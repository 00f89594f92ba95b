"""TensorFlow Serving's addressing of a model by version, and its metadata."""

import re
from typing import Any

from digitreader.errors import NotFound
from digitreader.http.fields import quoted
from digitreader.model.artifact import Manifest

PATH = "/v1/models/digits/versions/{version}"

_PATH = re.compile(r"/v1/models/digits/versions/([^/:]+)(:predict|/metadata)?")


def route_of(path: str) -> tuple[str, str | None]:
    """Return the path's route and the version in the path, if there is one."""
    found = _PATH.fullmatch(path)
    return (path, None) if found is None else (PATH + (found[2] or ""), found[1])


def check(version: str, live: str) -> None:
    """Raise NotFound unless `version` is the live version."""
    if version != live:
        raise NotFound(f"version: expected {live}, the live one, got {quoted(version)}")


def metadata_body(manifest: Manifest) -> dict[str, Any]:
    """Return the model's signature in TensorFlow Serving's format."""
    signature = {
        "inputs": {"image": _tensor("image:0", -1, 28, 28)},
        "outputs": {"probabilities": _tensor("probabilities:0", -1, 10)},
        "method_name": "tensorflow/serving/predict",
    }
    return {
        "model_spec": {"name": "digits", "signature_name": "", "version": manifest.version},
        "metadata": {"signature_def": {"signature_def": {"serving_default": signature}}},
    }


def _tensor(name: str, *sizes: int) -> dict[str, Any]:
    """Return a tensor's description; in protobuf's JSON, 64-bit numbers are strings."""
    dimensions = [{"size": str(size), "name": ""} for size in sizes]
    shape = {"dim": dimensions, "unknown_rank": False}
    return {"dtype": "DT_FLOAT", "tensor_shape": shape, "name": name}
