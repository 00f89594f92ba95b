"""Error messages name what was received and what to send."""

import io
import re
from typing import Any

import numpy as np
import pytest

from tests.drawings import ONE
from tests.function.envelopes.pictures import base64_of, data_url, picture
from tests.function.envelopes.row import FORM, JSON, raw, sent_json, text_fields
from tests.harness.client import Client

DIGIT = np.array(ONE).reshape(28, 28)
LINE = ",".join(map(str, ONE))
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64)
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>'
GREY, HALVED, SAVE = "one number a pixel", r"\(x \+ 1\) / 2", "PNG or JPEG"
BYTES, UNIT = "from 0 to 255", "from 0 to 1"
BATCH = {"instances": [{"photo": data_url(HEIC)}]}


def npy() -> bytes:
    file = io.BytesIO()
    np.save(file, DIGIT)
    return file.getvalue()


def curl_data(picture: bytes) -> bytes:
    """Return what `curl -d @picture` sends of a picture."""
    return picture.translate(None, b"\0\r\n")


def pixels(array: Any) -> dict[str, Any]:
    return sent_json({"pixels": array.tolist()})


def instance(array: Any) -> dict[str, Any]:
    return sent_json({"instances": [array.tolist()]})


def rgb(channels: int = 3) -> Any:
    return np.repeat(DIGIT[..., None], channels, axis=2)


Refusal = tuple[dict[str, Any], int, str, str]
"""By name: request, status, pattern of the received value, pattern of the advice."""

FILES: dict[str, Refusal] = {
    "CSV body": (raw(LINE, "text/csv"), 415, "'text/csv'", "send numbers as pixels"),
    "CSV as plain text": (
        raw(LINE, "text/plain"),
        400,
        "other content in text/plain",
        "send numbers as pixels",
    ),
    "CSV file": ({"files": {"file": ("7.csv", LINE)}}, 400, r"file: .* \(CSV\)", "as pixels"),
    "CSV with a head": (raw("label,p0,p1\n7,0,0", "text/csv"), 415, "'text/csv'", "as pixels"),
    ".npy body": (raw(npy(), "application/octet-stream"), 400, r"NumPy's \.npy", r"tolist\(\)"),
    ".npy file": ({"files": {"file": ("7.npy", npy())}}, 400, r"file: .* NumPy's \.npy", "tolist"),
    ".npy as base64": (sent_json({"x": base64_of(npy())}), 400, r"x: .* NumPy's \.npy", "tolist"),
    "HEIC body": (raw(HEIC, "image/heic"), 400, "image: .* HEIC", SAVE),
    "HEIC file": ({"files": {"photo": ("a.heic", HEIC)}}, 400, "file: .* HEIC", SAVE),
    "HEIC data URL": (sent_json({"image": data_url(HEIC)}), 400, "image: .* HEIC", SAVE),
    "HEIC in a form": (text_fields(image=data_url(HEIC)), 400, "image: .* HEIC", SAVE),
    "HEIC in a batch": (sent_json(BATCH), 400, r"instances\[0\]: photo: .* HEIC", SAVE),
    "SVG body": (raw(SVG, "image/svg+xml"), 400, "SVG", "PNG"),
    "SVG data URL": (sent_json({"image": data_url(SVG, "image/svg+xml")}), 400, "SVG", "PNG"),
    "PDF body": (raw(b"%PDF-1.7", "image/png"), 400, "PDF", SAVE),
    "PDF by its type": (raw(b"%PDF-1.7", "application/pdf"), 415, "application/pdf", "PNG"),
    "ZIP file": ({"files": {"file": ("a.npz", b"PK\x03\x04" + bytes(99))}}, 400, "ZIP", "array"),
    "IDX file": (raw(b"\0\0\x08\x03" + bytes(99), ""), 400, "IDX", "tolist"),
    "PNG by curl -d": (
        raw(curl_data(picture(DIGIT.astype(np.uint8))), FORM),
        400,
        "line breaks",
        "--data-binary",
    ),
    "JPEG by curl -d": (
        raw(curl_data(picture(DIGIT.astype(np.uint8), "JPEG")), FORM),
        400,
        "line breaks",
        "--data-binary",
    ),
    "JSON file": ({"files": {"file": ("a.json", "[1, 2]")}}, 400, "file: .* JSON", "as the body"),
    "XML": (raw("<digit>7</digit>", "application/xml"), 415, "application/xml", "application/json"),
}
ARRAYS: dict[str, Refusal] = {
    "RGB array": (pixels(rgb()), 422, "pixels: .* colours .*28 × 28 × 3", GREY),
    "RGBA array": (
        sent_json({"image": rgb(4).tolist()}),
        422,
        r"image: .* colours \(28 × 28 × 4\)",
        GREY,
    ),
    "RGB array in a batch of one": (sent_json({"x": [rgb().tolist()]}), 422, "x: .* colours", GREY),
    "RGB instance": (instance(rgb()), 422, r"instances\[0\].* colours", GREY),
    "channels first": (pixels(rgb().transpose(2, 0, 1)), 422, "3 × 28 × 28", "instances"),
    "-1 to 1": (pixels(DIGIT / 127.5 - 1), 422, "pixels: .* -1 to 1", HALVED),
    "-1 to 1 in a batch": (
        instance(DIGIT / 127.5 - 1),
        422,
        r"instances\[0\]: .* -1 to 1",
        HALVED,
    ),
    "-0.5 to 0.5": (pixels(DIGIT / 255 - 0.5), 422, "-0.5 to 0.5", UNIT),
    "standardised": (pixels((DIGIT / 255 - 0.1307) / 0.3081), 422, "-0.42.* to 2.82", UNIT),
    "-128 to 127": (pixels(DIGIT - 128), 422, "-128 to 127", BYTES),
    "0 to 65535": (pixels(DIGIT * 257), 422, "0 to 65535", BYTES),
    "bare batch": (sent_json([DIGIT.tolist()] * 5), 422, "body: .* 5 × 28 × 28", "instances"),
    "bare batch with channels": (
        sent_json(np.stack([DIGIT] * 5)[..., None].tolist()),
        422,
        "5 × 28 × 28",
        "instances",
    ),
    "bare batch of 784 numbers": (sent_json([ONE] * 12), 422, "12 images of 784", "instances"),
    "large bare batch of 784 numbers": (
        sent_json([ONE] * 200),
        422,
        "200 images of 784",
        "instances",
    ),
    "bare batch of texts": (
        sent_json([data_url(b"x" * 99)] * 2),
        422,
        "a list of text",
        "instances",
    ),
    "bare batch of objects": (sent_json([{"pixels": ONE}]), 422, "a list of object", "instances"),
    "batch in pixels": (
        sent_json({"pixels": [DIGIT.tolist()] * 2}),
        422,
        "pixels: .* 2 × 28 × 28",
        "instances",
    ),
    "one image as instances": (
        sent_json({"instances": ONE}),
        422,
        r"instances\[0\]: .* got 0",
        "784 numbers",
    ),
    "one image's rows as instances": (
        sent_json({"instances": DIGIT.tolist()}),
        422,
        r"instances\[0\]: .* got 28$",
        "784 numbers",
    ),
    "several named inputs": (
        sent_json({"inputs": {"a": [ONE], "b": [ONE]}}),
        422,
        "inputs: .* a, b",
        "one list",
    ),
    "instances and inputs": (
        sent_json({"instances": [ONE], "inputs": [ONE]}),
        422,
        "instances and inputs",
        "one of",
    ),
    "two images": (sent_json({"a": ONE, "b": ONE}), 422, "a and b", "pixels, image"),
    "a key without an image": (sent_json({"digit": "seven"}), 422, "got digit", "pixels, image"),
}
OPTIONS: dict[str, Refusal] = {
    "parameters that are no object": (
        sent_json({"instances": [ONE], "parameters": 1}),
        422,
        "parameters: .* a number",
        "an object",
    ),
    "a switch that is none": (
        sent_json({"instances": [ONE], "parameters": {"probabilities_only": 1}}),
        422,
        "probabilities_only: .* 1",
        "true or false",
    ),
    "transposed that is no switch": (
        sent_json({"pixels": ONE, "transposed": "yes"}),
        422,
        "transposed: .* 'yes'",
        "true or false",
    ),
    "a form without a picture": (raw("name=x", FORM), 422, "'name'", "imageBase64"),
    "a form's text that is no picture": (
        raw("filedata=%21", FORM),
        400,
        "filedata: .* '!'",
        "data URL or base64",
    ),
    "form text as JSON without one": (raw("name=x", JSON), 422, "'name'", "imageBase64"),
    "a data URL of no base64": (
        sent_json({"image": "data:image/png,abc"}),
        400,
        "image: .* 'data:image/png,abc'",
        "base64",
    ),
    "base64 cut short": (sent_json({"image": "iVBORw0KG"}), 400, "image: .* 'iVBORw0KG'", "base64"),
    "a strange key": (sent_json({"\n" * 99: {"b64": "!"}}), 400, r"^'(\\n)+…: expected", "base64"),
}
REFUSALS = FILES | ARRAYS | OPTIONS


@pytest.mark.parametrize("name", REFUSALS)
def test_refusal_names_the_received_value_and_the_advice(client: Client, name: str) -> None:
    sent, status, came, expected = REFUSALS[name]
    response = client.post("/", **sent)
    assert response.status_code == status, response.text
    message = response.json()["error"]["message"]
    assert re.search(came, message) and re.search(expected, message), message
    assert ". " not in message and len(message) < 300


def test_version_that_is_not_live_is_not_found(client: Client) -> None:
    for method, rest in (("GET", ""), ("GET", "/metadata"), ("POST", ":predict")):
        response = client.request(method, "/v1/models/digits/versions/7" + rest)
        assert response.status_code == 404
        assert (
            response.json()["error"]["message"]
            == "version: expected release, the live one, got '7'"
        )
