"""Pictures as text, and JSON and pictures as bodies of several types."""

import gzip
import json
from urllib.parse import quote

from tests.function.envelopes.pictures import (
    Digit,
    data_url,
    picture,
    text_with_plus_and_slash,
)
from tests.function.envelopes.row import (
    JSON,
    Row,
    raw,
    sent_json,
)

BOM = b"\xef\xbb\xbf"


def texts(seven: Digit) -> dict[str, Row]:
    """Return the rows of base64, data URLs and JSON texts."""
    file = picture(seven)
    text = text_with_plus_and_slash(seven)
    body = json.dumps({"pixels": seven.tolist()}).encode()
    lines = "\r\n".join(text[at : at + 76] for at in range(0, len(text), 76))
    variants = {
        "base64": text,
        "base64 with line breaks": lines,
        "base64 with line feeds": lines.replace("\r", ""),
        "base64 with folded lines": lines.replace("\r\n", " "),
        "URL-safe base64": text.replace("+", "-").replace("/", "_"),
        "base64 without padding": text.rstrip("="),
        "URL-safe base64 without padding": text.replace("+", "-").replace("/", "_").rstrip("="),
        "base64 with blanks for plus signs": text.replace("+", " "),
        "base64 as Python writes bytes": f"b'{text}'",
        "data URL": f"data:image/png;base64,{text}",
        "data URL of another type": f"data:application/octet-stream;base64,{text}",
        "data URL without a type": f"data:;base64,{text}",
        "data URL with parameters": f"data:image/png;name=a.png;base64,{text}",
        "data URL in capitals": f"DATA:image/png;BASE64,{text}",
        "data URL with escapes": quote(data_url(file), safe=""),
        "data URL with line breaks": f"data:image/png;base64,{lines}",
    }
    return {
        **{f"image: {name}": Row(sent_json({"image": each})) for name, each in variants.items()},
        "b64 object": Row(sent_json({"image": {"b64": text}})),
        "b64 object under any key": Row(sent_json({"image_bytes": {"b64": text}})),
        "b64 alone": Row(sent_json({"b64": text})),
        "imageBase64 as JSON": Row(sent_json({"imageBase64": data_url(file)})),
        "base64 as JSON text": Row(sent_json(text)),
        "base64 as plain text": Row(raw(text, "text/plain")),
        "data URL as plain text": Row(raw(data_url(file), "text/plain;charset=UTF-8")),
        "data URL that curl -d sends": Row(
            raw(data_url(file), "application/x-www-form-urlencoded")
        ),
        "JSON with a byte-order mark": Row(raw(BOM + body, JSON)),
        "JSON as plain text": Row(raw(body, "text/plain")),
        "JSON as plain text with a mark": Row(raw(BOM + body, "text/plain; charset=utf-8")),
        "JSON as text/json": Row(raw(body, "text/json")),
        "JSON that curl -d sends": Row(raw(body, "application/x-www-form-urlencoded")),
        "JSON without a type": Row({"content": body}),
        "JSON within JSON text": Row(sent_json(body.decode())),
    }


def bodies(seven: Digit) -> dict[str, Row]:
    """Return the rows of whole bodies."""
    file = picture(seven)
    body = json.dumps({"pixels": seven.tolist()}).encode()
    formats = {
        "PNG": "png",
        "JPEG": "jpeg",
        "WEBP": "webp",
        "BMP": "bmp",
        "GIF": "gif",
        "TIFF": "tiff",
        "AVIF": "avif",
    }
    return {
        **{
            f"{format} body": Row(raw(picture(seven, format), f"image/{kind}"))
            for format, kind in formats.items()
        },
        "picture of a wrong type": Row(raw(file, "image/jpeg")),
        "octets": Row(raw(file, "application/octet-stream")),
        "picture without a type": Row({"content": file}),
        "picture that curl --data-binary sends": Row(
            raw(file, "application/x-www-form-urlencoded")
        ),
        "picture as plain text": Row(raw(file, "text/plain")),
        "chunked JSON": Row(raw(iter([body[:99], body[99:]]), JSON)),
        "chunked picture": Row(raw(iter([file[:99], file[99:]]), "image/png")),
        "gzipped JSON": Row(raw(gzip.compress(body), JSON, **{"Content-Encoding": "gzip"})),
        "gzipped picture": Row(
            raw(gzip.compress(file), "application/octet-stream", **{"Content-Encoding": "gzip"})
        ),
        "chunked and gzipped": Row(
            raw(iter([gzip.compress(body)]), JSON, **{"Content-Encoding": "x-gzip"})
        ),
    }
