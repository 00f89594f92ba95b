"""Single values out of a request, each checked where it enters."""

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
    """A UUID in its canonical form of 36 characters (RFC 9562, section 4); raises WrongValue."""
    if isinstance(sent, str) and _UUID.fullmatch(sent):
        return UUID(sent)
    raise WrongValue(f"{field}: expected a UUID, got {quoted(sent)}", field=field)


def session_of(sent: Any) -> str:
    """A session's name: 128 random bits as 32 lower-case hexadecimal digits; raises WrongValue."""
    if isinstance(sent, str) and is_session(sent):
        return sent
    raise WrongValue(
        f"session: expected 32 lower-case hexadecimal digits, got {quoted(sent)}",
        field="session",
    )


def label_of(sent: Any) -> int | Literal["none"] | None:
    """Return a digit, where 3.0 is 3 as in JSON Schema, or `none`; null takes a label back.

    Raises:
        WrongValue: it is none of these.
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
    """How many rows a page may have; raises WrongValue."""
    if sent is None:
        return default
    if sent.isascii() and sent.isdecimal() and len(sent) < 6 and 1 <= int(sent) <= most:
        return int(sent)
    raise WrongValue(f"limit: expected 1 to {most}, got {quoted(sent)}", field="limit")


def switch_of(sent: str | None, field: str) -> bool:
    """`1` or `0` of a query, off when it is not there; raises WrongValue."""
    if sent in (None, "0", "1"):
        return sent == "1"
    raise WrongValue(f"{field}: expected 0 or 1, got {quoted(sent)}", field=field)


def flag(sent: Any, field: str) -> bool:
    """True or false; raises WrongValue."""
    if isinstance(sent, bool):
        return sent
    raise WrongValue(f"{field}: expected true or false, got {quoted(sent)}", field=field)


def filename_of(sent: Any) -> str | None:
    """A file's name, to be shown and nothing else: its end, without what cannot be printed.

    None for an empty one; raises WrongValue for anything but text.
    """
    if not isinstance(sent, str):
        raise WrongValue(f"filename: expected text, got {kind_of(sent)}", field="filename")
    return _UNPRINTABLE.sub("", sent[-LONGEST_NAME:]) or None


def number_of(sent: Any) -> float | None:
    """The number, or None for anything else (true and false are no numbers)."""
    return sent if type(sent) in (int, float) else None


def key_name(key: str) -> str:
    """A key that a client chose, as an error message shows it: itself when it is plain."""
    return key if _PLAIN.fullmatch(key) else quoted(key)


def quoted(sent: Any) -> str:
    """What was sent, as an error message shows it: escaped, and at most 40 characters."""
    if isinstance(sent, (list, dict)):
        return kind_of(sent)
    text = repr(sent[:41] if isinstance(sent, str) else sent)
    return text if len(text) <= 40 else text[:39] + "…"


def kind_of(sent: Any) -> str:
    """What kind of JSON value was sent, in words."""
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false"}
    return "null" if sent is None else names.get(type(sent), "a number")
