"""Single values out of a request, each checked where it enters."""

import json
from typing import Any
from uuid import UUID

from digitreader.errors import MalformedRequest, WrongValue
from digitreader.results.store import is_session


def parsed_json(body: bytes) -> Any:
    """A JSON document (RFC 8259); NaN and Infinity pass too, so that their field can be named.

    Raises MalformedRequest.
    """
    import orjson

    if not body:
        raise MalformedRequest("body: expected JSON, got nothing")
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        if b"NaN" not in body and b"Infinity" not in body:
            raise MalformedRequest(f"body: expected JSON, got {error}") from None
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MalformedRequest(f"body: expected JSON, got {error}") from None


def uuid_of(sent: Any, field: str) -> UUID:
    """A UUID in its canonical form of 36 characters (RFC 9562, section 4); raises WrongValue."""
    if isinstance(sent, str) and len(sent) == 36:
        try:
            return UUID(sent)
        except ValueError:
            pass
    raise WrongValue(f"{field}: expected a UUID, got {quoted(sent)}", field=field)


def session_of(sent: Any) -> str:
    """A session's name: 128 random bits as 32 lower-case hexadecimal digits; raises WrongValue."""
    if isinstance(sent, str) and is_session(sent):
        return sent
    raise WrongValue(
        f"session: expected 32 lower-case hexadecimal digits, got {quoted(sent)}",
        field="session",
    )


def label_of(sent: Any) -> int:
    """A digit, 0 to 9; raises WrongValue."""
    if type(sent) is int and 0 <= sent <= 9:
        return sent
    raise WrongValue(f"label: expected a digit from 0 to 9, got {quoted(sent)}", field="label")


def limit_of(sent: str | None, default: int = 50, most: int = 500) -> int:
    """How many rows a page may have; raises WrongValue."""
    if sent is None:
        return default
    if sent.isascii() and sent.isdecimal() and len(sent) < 6 and 1 <= int(sent) <= most:
        return int(sent)
    raise WrongValue(f"limit: expected 1 to {most}, got {quoted(sent)}", field="limit")


def flag(sent: Any, field: str) -> bool:
    """True or false; raises WrongValue."""
    if isinstance(sent, bool):
        return sent
    raise WrongValue(f"{field}: expected true or false, got {quoted(sent)}", field=field)


def number_of(sent: Any) -> float | None:
    """The number, or None for anything else (true and false are no numbers)."""
    return sent if type(sent) in (int, float) else None


def quoted(sent: Any) -> str:
    """What was sent, as an error message shows it: escaped, and at most 40 characters."""
    text = repr(sent)
    return text if len(text) <= 40 else text[:39] + "…"
