"""JSON parsing: short documents at once, the longest list of others in pieces.

A parser holds the interpreter lock until it returns. Between two pieces, which are parsed in a
worker thread, the event loop can run.
"""

import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from digitreader.errors import MalformedRequest, TooLarge

MOST_NUMBERS = 4_194_304  # 1,024 images of 64 × 64
MOST_LISTS = 262_144  # lists and objects: 1,024 images of 255 rows
MOST_KEYS = 16_384
SHORT = 131_072
"""Most bytes of a document that is parsed at once, in about a millisecond."""

_MOST_WHOLE = 65_536  # values outside the longest list, parsed at once
_PIECE = 65_536  # bytes
_SCANNED = 131_072  # bytes scanned at a time, to fit into the processor's cache
_LONGEST_WITH_NAN = 1_000_000  # bytes; the standard library's parser is slower
_QUOTE, _COMMA = b'",'
_LIST = re.compile(rb"\s*\[")
_NESTING = bytes(
    {**dict.fromkeys(b"[{", 1), **dict.fromkeys(b"]}", 255)}.get(n, 0) for n in range(256)
)
"""Change of the nesting depth by byte, as int8."""


@dataclass(frozen=True, slots=True)
class LongList:
    """A list whose elements are parsed piece by piece."""

    count: int
    elements: Iterator[Any]
    """Single use; raises MalformedRequest where an element is not JSON."""
    may_hold_flags: bool
    """False if the list contains neither true nor false."""


def parse(body: bytes) -> Any:
    """Parse a JSON document (RFC 8259).

    NaN and Infinity are parsed, so that a later error can name their field.

    Raises:
        MalformedRequest: The body is not JSON, or is nested a thousand levels deep.
        TooLarge: The document has too many numbers, lists or keys. In memory, these take up to
            thirty times their size in bytes.
    """
    if not body:
        raise MalformedRequest("body: expected JSON, got nothing")
    _check_count(body, b",", "numbers", MOST_NUMBERS)
    _check_count(body, b"[{", "lists and objects", MOST_LISTS)
    _check_count(body, b":", "keys", MOST_KEYS)
    if len(body) <= SHORT:
        return _parsed(body)
    longest = _longest_list(body, 1 if _LIST.match(body) else 2)
    if longest is not None and body[longest[0]] != ord("["):  # an object, perhaps with a list
        longest = _longest_list(body, 3)
    if longest is None or longest[1] - longest[0] < SHORT or body[longest[0]] != ord("["):
        return _parsed_whole(body)
    start, end, commas = longest
    if not len(commas) and not body[start + 1 : end - 1].strip():
        return _parsed_whole(body)
    mark = secrets.token_hex(16)
    rest = _parsed_whole(b'%b"%b"%b' % (body[:start], mark.encode(), body[end:]))
    # One byte is found a hundred times as fast as a word.
    flags = any(
        body.find(flag[:1], start, end) >= 0 and body.find(flag, start, end) >= 0
        for flag in (b"true", b"false")
    )
    found = LongList(len(commas) + 1, _elements(body, start, end, commas), flags)
    if rest == mark:
        return found
    if _replace(rest, mark, found):
        return rest
    raise MalformedRequest("body: expected JSON, got something else")


def _replace(document: Any, mark: str, found: LongList) -> bool:
    """Replace the mark by the list, in an object or in one of its objects."""
    for key, value in document.items() if isinstance(document, dict) else ():
        if value == mark:
            document[key] = found
            return True
        if isinstance(value, dict) and _replace(value, mark, found):
            return True
    return False


def _elements(body: bytes, start: int, end: int, commas: NDArray[np.int64]) -> Iterator[Any]:
    """Yield the elements between the brackets at `start` and `end - 1`.

    Each piece, in brackets, must be a JSON list. A comma that separates no elements leaves an empty
    or malformed piece.
    """
    at = start + 1
    while at < end - 1:
        number = int(np.searchsorted(commas, at + _PIECE))
        stop = int(commas[number]) if number < len(commas) else end - 1
        piece = _parsed(b"[%b]" % body[at:stop], at - 1)
        if not piece:
            raise MalformedRequest("body: expected JSON, got a comma without a value")
        yield from piece
        at = stop + 1
        if at == end - 1 and stop != end - 1:
            raise MalformedRequest("body: expected JSON, got a comma without a value")


def _longest_list(body: bytes, level: int) -> tuple[int, int, NDArray[np.int64]] | None:
    """Return the start, end and commas of the longest list or object on a level.

    Args:
        body: The document.
        level: Nesting level; 1 is the outermost.
    """
    text = body
    if b"\\" in body:  # an escaped quote does not end a string
        text = body.replace(b"\\\\", b"__").replace(b'\\"', b"__")
    opened: list[NDArray[np.int64]] = []
    closed: list[NDArray[np.int64]] = []
    commas: list[NDArray[np.int64]] = []
    depth, quotes = 0, 0
    for start in range(0, len(text), _SCANNED):
        piece = text[start : start + _SCANNED]
        part = np.frombuffer(piece, np.uint8)
        nesting = np.frombuffer(piece.translate(_NESTING), np.int8)
        unquoted: NDArray[np.bool_] | bool = True
        if quotes or _QUOTE in piece:
            quoted = (quotes + np.cumsum(part == _QUOTE)) & 1
            quotes = int(quoted[-1])
            unquoted = quoted == 0
            nesting = nesting * unquoted
        places = np.flatnonzero(nesting != 0)  # of booleans, which is faster
        steps = nesting[places]
        depths = depth + np.concatenate(([0], np.cumsum(steps, dtype=np.int32)))
        opened.append(places[(steps > 0) & (depths[1:] == level)] + start)
        closed.append(places[(steps < 0) & (depths[1:] == level - 1)] + start)
        # The depth is constant between two brackets, which are few.
        lengths = np.diff(places, prepend=0, append=len(part))
        inside = np.repeat(depths == level, lengths)
        commas.append(np.flatnonzero((part == _COMMA) & inside & unquoted) + start)
        depth = int(depths[-1])
    if depth or quotes:
        raise MalformedRequest("body: expected JSON, got brackets or quotes without their ends")
    begins, ends = np.concatenate(opened), np.concatenate(closed) + 1
    if not len(begins) or len(begins) != len(ends):
        return None
    longest = int((ends - begins).argmax())
    start, end = int(begins[longest]), int(ends[longest])
    every = np.concatenate(commas)
    return start, end, every[np.searchsorted(every, start) : np.searchsorted(every, end)]


def _parsed_whole(body: bytes) -> Any:
    """Parse the document at once, unless that takes too long."""
    if len(body) > _MOST_WHOLE and (count := body.count(b",")) > _MOST_WHOLE:
        raise TooLarge(
            f"body: expected one list of images and at most {_MOST_WHOLE} other values, got {count}"
        )
    return _parsed(body)


def _parsed(text: bytes, offset: int = 0) -> Any:
    """Parse `text`, which begins at `offset` in the body."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        if error.msg.startswith("Not enough memory"):
            raise MemoryError from None
        if len(text) > _LONGEST_WITH_NAN or (b"NaN" not in text and b"Infinity" not in text):
            at = f"line {error.lineno}, column {error.colno}"
            if offset:
                at = f"character {offset + error.pos}"
            raise MalformedRequest(f"body: expected JSON, got something else at {at}") from None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise MalformedRequest("body: expected JSON, got something else") from None


def _check_count(body: bytes, marks: bytes, of_what: str, most: int) -> None:
    """Raise TooLarge if the body contains more than `most` of the bytes in `marks`."""
    if len(body) <= most:
        return
    count = 0
    text = np.frombuffer(body, np.uint8)
    for start in range(0, len(body), _SCANNED):
        part = text[start : start + _SCANNED]
        count += sum(int(np.count_nonzero(part == mark)) for mark in marks)
    if count > most:
        raise TooLarge(f"body: expected at most {most} {of_what}, got {count}")
