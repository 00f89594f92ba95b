"""Requests of older digit services' pages and programs."""

import json
from urllib.parse import quote, urlencode

from tests.function.envelopes.pictures import Digit, base64_of, data_url, picture
from tests.function.envelopes.row import (
    FORM,
    JSON,
    Row,
    guess,
    prediction,
    raw,
    sent_json,
    status_and_data,
    text_fields,
)


def older_clients(seven: Digit) -> dict[str, Row]:
    """Return the rows of forms, and of the paths and keys of older services."""
    url = data_url(picture(seven))
    jpeg = data_url(picture(seven, "JPEG"), "image/jpeg")
    numbers = ",".join(map(str, seven.ravel().tolist()))
    form_text = "filedata=" + quote(jpeg, safe="")
    named = ("imageBase64", "image", "file", "filedata", "data")
    return {
        "784 numbers in a text": Row(sent_json({"image": numbers}), read=prediction),
        "784 numbers in a text with blanks": Row(
            sent_json({"image": numbers.replace(",", ", ")}), read=prediction
        ),
        "form text as JSON at upload3": Row(raw(form_text, JSON), "/upload3", status_and_data),
        "form text as JSON with charset": Row(
            raw(form_text, "application/json;charset=UTF-8"), "/upload3", status_and_data
        ),
        "form text as JSON elsewhere": Row(raw(form_text, JSON)),
        "form at upload3": Row(raw(form_text, FORM), "/upload3", status_and_data),
        "multipart text at upload3": Row(text_fields(filedata=url), "/upload3", status_and_data),
        "filedata as JSON": Row(sent_json({"filedata": url}), "/upload3", status_and_data),
        "image as JSON at upload3": Row(sent_json({"image": url}), "/upload3", status_and_data),
        "data URL as JSON text": Row(sent_json(url), "/upload3", status_and_data),
        "file at upload": Row(
            {"files": {"file": ("two.png", picture(seven))}}, "/upload", prediction
        ),
        "form field at upload": Row(raw(urlencode({"image": url}), FORM), "/upload", prediction),
        **{
            f"form field {name}": Row(raw(urlencode({name: url}), FORM), read=guess)
            for name in named
        },
        **{
            f"multipart field {name}": Row(text_fields(**{name: url}), read=guess) for name in named
        },
        "form field with an unescaped plus": Row(
            raw("imageBase64=" + url, "application/x-www-form-urlencoded"), read=guess
        ),
        "form field of another name": Row(raw(urlencode({"snapshot": url}), FORM), read=guess),
        "form field of base64": Row(
            raw(urlencode({"image": base64_of(picture(seven))}), FORM), read=guess
        ),
        "form field of numbers": Row(raw(urlencode({"image": numbers}), FORM), read=guess),
        "form field of a JSON array": Row(
            raw(urlencode({"pixels": json.dumps(seven.tolist())}), FORM), read=guess
        ),
        "multipart file of another name": Row({"files": {"upload": ("x", picture(seven))}}),
        "multipart with an empty file beside": Row(
            {"files": {"file": ("", b""), "imageBase64": (None, url)}}, read=guess
        ),
    }
