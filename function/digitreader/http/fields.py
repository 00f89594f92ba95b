"""Parsing and checking of a request's fields."""

import re
from typing import Any, Literal
from uuid import UUID

from digitreader.errors import WrongValue
from digitreader.session import is_session

LONGEST_NAME = 255

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_PLAIN = re.compile(r"\w[\w.\-]{0,39}", re.ASCII)
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def uuid_of(sent: Any, field: str) -> UUID:
    """Parse a UUID in canonical form (RFC 9562, section 4), or raise WrongValue."""
    if isinstance(sent, str) and _UUID.fullmatch(sent):
        return UUID(sent)
    raise WrongValue(f"{field}: expected a UUID, got {quoted(sent)}", field=field)


def session_of(sent: Any) -> str:
    """Return a session's 32 lower-case hexadecimal digits, or raise WrongValue."""
    if isinstance(sent, str) and is_session(sent):
        return sent
    raise WrongValue(
        f"session: expected 32 lower-case hexadecimal digits, got {quoted(sent)}",
        field="session",
    )


def label_of(sent: Any) -> int | Literal["none"] | None:
    """Return the label: a digit, `none`, or None to remove a label.

    As in JSON Schema, 3.0 is the digit 3.

    Raises:
        WrongValue: The value is no label.
    """
    if sent is None:
        return None
    if sent == "none":
        return "none"
    if type(sent) in (int, float) and sent in range(10):
        return int(sent)
    raise WrongValue(
        f'label: expected a digit from 0 to 9, "none" or null, got {quoted(sent)}', field="label"
    )


def limit_of(sent: str | None, default: int = 50, most: int = 500) -> int:
    """Return the largest number of rows of a page, or raise WrongValue."""
    if sent is None:
        return default
    if sent.isascii() and sent.isdecimal() and len(sent) < 6 and 1 <= int(sent) <= most:
        return int(sent)
    raise WrongValue(f"limit: expected 1 to {most}, got {quoted(sent)}", field="limit")


def switch_of(sent: str | None, field: str) -> bool:
    """Return whether a query parameter is `1`, or raise WrongValue; absent means `0`."""
    if sent in (None, "0", "1"):
        return sent == "1"
    raise WrongValue(f"{field}: expected 0 or 1, got {quoted(sent)}", field=field)


def flag(sent: Any, field: str) -> bool:
    """Return a boolean of JSON, or raise WrongValue."""
    if isinstance(sent, bool):
        return sent
    raise WrongValue(f"{field}: expected true or false, got {quoted(sent)}", field=field)


def filename_of(sent: Any) -> str | None:
    """Return the end of a file's name, without unprintable characters, for display.

    Returns:
        At most LONGEST_NAME characters, or None for an empty name.

    Raises:
        WrongValue: The value is no text.
    """
    if not isinstance(sent, str):
        raise WrongValue(f"filename: expected text, got {kind_of(sent)}", field="filename")
    return _UNPRINTABLE.sub("", sent[-LONGEST_NAME:]) or None


def number_of(sent: Any) -> float | None:
    """Return the number, or None for any other value, including booleans."""
    return sent if type(sent) in (int, float) else None


def key_name(key: str) -> str:
    """Return a client's key for an error message, quoted unless it is a plain word."""
    return key if _PLAIN.fullmatch(key) else quoted(key)


def quoted(sent: Any) -> str:
    """Return a client's value for an error message, escaped and cut to 40 characters."""
    if isinstance(sent, (list, dict)):
        return kind_of(sent)
    if sent is None or isinstance(sent, bool):
        return {None: "nothing", True: "true", False: "false"}[sent]
    text = repr(sent[:41] if isinstance(sent, str) else sent)
    return text if len(text) <= 40 else text[:39] + "…"


def kind_of(sent: Any) -> str:
    """Return the type of a JSON value in words."""
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false"}
    return "null" if sent is None else names.get(type(sent), "a number")
