"""Requests of TensorFlow Serving's and Vertex AI's clients."""

from typing import Any

from tests.function.envelopes.pictures import Digit, base64_of, data_url, picture
from tests.function.envelopes.row import (
    Row,
    argmax_of,
    only_prediction,
    sent_json,
)

BATCH = "/v1/models/digits:predict"


def serving_clients(seven: Digit) -> dict[str, Row]:
    """Return the rows of batches."""
    b64 = {"b64": base64_of(picture(seven))}
    rows = seven.tolist()
    unit = (seven[None, ..., None] / 255).tolist()
    signed = {"signature_name": "serving_default"}
    bare = {"probabilities_only": True}
    row, column = argmax_of("predictions"), argmax_of("outputs")
    instances: dict[str, Any] = {
        "array": rows,
        "784 numbers": seven.ravel().tolist(),
        "one channel": seven[..., None].tolist(),
        "0 to 1": (seven / 255).tolist(),
        "pixels": {"pixels": rows},
        "image and b64": {"image": b64},
        "image_bytes and b64": {"image_bytes": b64},
        "b64 alone": b64,
        "array under any key": {"conv2d_input": seven[..., None].tolist()},
        "array under image": {"image": rows},
        "base64 text": b64["b64"],
        "data URL": data_url(picture(seven)),
        "data URL under any key": {"photo": data_url(picture(seven))},
    }
    return {
        **{
            f"instance: {name}": Row(sent_json({"instances": [each]}), BATCH, only_prediction)
            for name, each in instances.items()
        },
        "instances at the root": Row(sent_json({"instances": [rows]}), read=only_prediction),
        "instances with a signature": Row(sent_json({**signed, "instances": unit}), BATCH, row),
        "instances with an empty signature": Row(
            sent_json({"signature_name": "", "instances": unit}), BATCH, row
        ),
        "inputs": Row(sent_json({"inputs": unit}), BATCH, column),
        "inputs with a signature": Row(sent_json({**signed, "inputs": [rows]}), BATCH, column),
        "named inputs": Row(sent_json({"inputs": {"images": unit}}), BATCH, column),
        "named inputs of base64": Row(sent_json({"inputs": {"bytes": [b64]}}), BATCH, column),
        "one named input alone": Row(sent_json({"inputs": {"bytes": b64}}), BATCH, column),
        "probabilities only": Row(sent_json({"instances": [rows], "parameters": bare}), BATCH, row),
        "answers with a signature": Row(
            sent_json({**signed, "instances": [rows], "parameters": {"probabilities_only": False}}),
            BATCH,
            only_prediction,
        ),
        "answers to inputs": Row(
            sent_json({"inputs": [rows], "parameters": {"probabilities_only": False}}),
            BATCH,
            lambda answer: answer["outputs"][0]["digit"],
        ),
        "scale beside instances": Row(
            sent_json({"instances": [rows], "scale": 255}), BATCH, only_prediction
        ),
        "a version's path": Row(
            sent_json({"instances": [rows]}),
            "/v1/models/digits/versions/release:predict",
            only_prediction,
        ),
    }
