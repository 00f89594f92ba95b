"""Parsing of forms: multipart (RFC 7578) with python-multipart, and URL-encoded."""

import logging
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import Field, File, FormParser, parse_options_header

from digitreader.cancellation import check_wanted
from digitreader.errors import TooLarge

MOST_FIELDS = 100

_PIECE = 65_536  # bytes
_IN_MEMORY = {"MAX_MEMORY_FILE_SIZE": 2**31}  # the body's size is limited already

# The library's warnings quote the body, which must not be in the log.
logging.getLogger("python_multipart").setLevel(logging.CRITICAL)


@dataclass(slots=True)
class Form:
    """A form's fields and its first file."""

    fields: dict[str, str] = field(default_factory=dict)
    file: bytes | None = None
    filename: str = ""


def parse_urlencoded(body: bytes) -> Form:
    """Parse a URL-encoded form; of two fields with the same name, the first counts.

    Raises:
        TooLarge: The form has more than MOST_FIELDS fields.
    """
    if (count := body.count(b"&") + 1) > MOST_FIELDS:
        raise TooLarge(f"form: expected at most {MOST_FIELDS} fields, got {count}")
    pairs = parse_qsl(body.decode("latin-1"), keep_blank_values=True, errors="replace")
    return Form(dict(reversed(pairs)))


def parse_multipart(body: bytes, content_type: str) -> Form:
    """Parse a multipart form; return an empty form if it is damaged or incomplete.

    Raises:
        TooLarge: The form has more than MOST_FIELDS fields and files.
    """
    form, count = Form(), 0

    def counted() -> None:
        nonlocal count
        count += 1
        if count > MOST_FIELDS:
            raise TooLarge(f"form: expected at most {MOST_FIELDS} fields, got more")

    def on_field(found: Field) -> None:
        counted()
        form.fields.setdefault(_text(found.field_name), _text(found.value))

    def on_file(found: File) -> None:
        counted()
        if form.file is None:
            found.file_object.seek(0)
            form.file = found.file_object.read()
            form.filename = _text(found.file_name)

    _, options = parse_options_header(content_type)
    try:
        parser = FormParser(
            "multipart/form-data",
            on_field,
            on_file,
            boundary=options.get(b"boundary"),
            config=_IN_MEMORY,
        )
        for start in range(0, len(body), _PIECE):
            check_wanted()
            parser.write(body[start : start + _PIECE])
        parser.finalize()
    except FormParserError:
        return Form()
    return form


def _text(name: bytes | None) -> str:
    """Decode a name or value: UTF-8, or Latin-1 from older browsers."""
    try:
        return (name or b"").decode()
    except UnicodeDecodeError:
        return (name or b"").decode("latin-1")
