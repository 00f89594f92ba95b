"""Parsing of an image in JSON or a form: an array, or a picture as text."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from digitreader.errors import WrongValue
from digitreader.http import json_text
from digitreader.http.base64_text import decode_picture, is_data_url
from digitreader.http.fields import flag, key_name, kind_of
from digitreader.http.file_types import check_picture
from digitreader.http.json_text import LongList
from digitreader.http.pixel_arrays import is_text_of_numbers, pixels_of, text_numbers
from digitreader.images import Picture

OPTIONS = frozenset(
    ("id", "session", "source", "filename", "record", "show_pixels", "explain")
    + ("scale", "transposed", "parameters", "signature_name")
)
"""Keys that never hold an image."""

IMAGE_KEYS = ("pixels", "image")

SHORTEST_TEXT = 64
"""Fewest characters of a text that may be an image under a key of any name."""

_MOST_LEVELS = 3  # objects nested around an image


@dataclass(frozen=True, slots=True)
class ArrayOptions:
    """Options for parsing arrays; `scale` is 1, 255, or None to detect the scale."""

    scale: Any = None
    transposed: bool = False
    may_hold_flags: bool = True

    def within(self, sent: Mapping[str, Any]) -> "ArrayOptions":
        """Return the options with those of an object that holds one image."""
        if "scale" not in sent and "transposed" not in sent:
            return self
        scale, transposed = sent.get("scale"), sent.get("transposed")
        return ArrayOptions(
            self.scale if scale is None else scale,
            self.transposed if transposed is None else flag(transposed, "transposed"),
            self.may_hold_flags,
        )


WITH_FLAGS, WITHOUT_FLAGS = ArrayOptions(), ArrayOptions(may_hold_flags=False)


def image_of(
    sent: Any, key: str, options: ArrayOptions, place: str = "", levels: int = 1
) -> Picture:
    """Parse an image: an array, a text, `{"b64": …}` or an object with one of these.

    Args:
        sent: The value.
        key: The value's key, which error messages name.
        options: Options for arrays.
        place: The image's position in a batch, or "".
        levels: Number of objects around the value.

    Raises:
        WrongValue, MalformedRequest, TooLarge: The value is no image.
    """
    if isinstance(sent, LongList):
        options = replace(options, may_hold_flags=sent.may_hold_flags)
        sent = list(sent.elements)
    if isinstance(sent, list):
        name = key if key in IMAGE_KEYS else key_name(key)
        return Picture(
            pixels_of(sent, options.scale, options.may_hold_flags, options.transposed, name),
            name,
            place,
        )
    if isinstance(sent, str):
        return text_image(sent, key, options, place, levels)
    if isinstance(sent, dict) and levels < _MOST_LEVELS:
        inner = find_image(sent, key_name(key))
        name = key if inner == "b64" else inner
        return image_of(sent[inner], name, options.within(sent), place, levels + 1)
    raise WrongValue(
        f"{key_name(key)}: expected 784 numbers, 28 rows of 28, or a picture as data URL, "
        f"got {kind_of(sent)}",
        field=key_name(key),
    )


def text_image(
    text: str, key: str, options: ArrayOptions, place: str = "", levels: int = 1
) -> Picture:
    """Parse the image in a text: a data URL, base64, numbers or JSON.

    Raises:
        WrongValue, MalformedRequest, TooLarge: The text is no image.
    """
    start = text[:64].lstrip()[:1]
    if start and start in "[{":
        sent = json_text.parse(text.encode(errors="replace"))
        return image_of(sent, key, options, place, levels)
    if is_text_of_numbers(text):
        return image_of(text_numbers(text, key_name(key)), key, options, place)
    if key == "pixels" and len(text) < SHORTEST_TEXT:
        return image_of(text_numbers(text, key), key, options, place)
    content = check_picture(decode_picture(text, key_name(key)), key_name(key))
    return Picture(content, key_name(key), place, options.transposed)


def find_image(sent: Mapping[str, Any], field: str, keys: tuple[str, ...] = IMAGE_KEYS) -> str:
    """Return the key of the object's image.

    The key is one of `keys`, or else the only key that is no option and holds an array or picture.

    Raises:
        WrongValue: No key, or more than one, may hold an image.
    """
    given = [key for key in keys if key in sent]
    if not given:
        others = {key: value for key, value in sent.items() if key not in OPTIONS}
        given = [key for key, value in others.items() if key == "b64" or _is_image(value)]
        if len(given) != 1:
            given = [key for key, value in others.items() if _may_hold_image(value)]
        if not given and others:
            raise _no_image(field, keys, list(others))
    if len(given) != 1:
        raise _no_image(field, keys, given)
    return given[0]


def _is_image(value: Any) -> bool:
    """Return whether the value looks like an image."""
    if isinstance(value, dict):
        return isinstance(value.get("b64"), str)
    return isinstance(value, (list, LongList)) or isinstance(value, str) and is_data_url(value)


def _may_hold_image(value: Any) -> bool:
    is_text = isinstance(value, str)
    return len(value) >= SHORTEST_TEXT if is_text else isinstance(value, (list, dict, LongList))


def _no_image(field: str, keys: tuple[str, ...], given: list[str]) -> WrongValue:
    got = " and ".join(map(key_name, given[:4])) or "none of them"
    return WrongValue(
        f"{field}: expected one of {', '.join(keys[:-1])} and {keys[-1]}, got {got}",
        field=None if field == "body" else field,
    )
