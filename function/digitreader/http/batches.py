"""Parsing of batches in the formats of TensorFlow Serving and Vertex AI."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from digitreader.errors import MalformedRequest, TooLarge, WrongValue
from digitreader.http.fields import key_name, kind_of, quoted, uuid_of
from digitreader.http.image_values import ArrayOptions, image_of
from digitreader.http.json_text import LongList
from digitreader.images import Picture, at_place
from digitreader.service import Question

MOST_INSTANCES = 1024


def from_instances(instances: Any, options: ArrayOptions) -> Question:
    """Parse TensorFlow Serving's row format.

    Raises:
        WrongValue, MalformedRequest, TooLarge: An image is missing or cannot be parsed.
    """
    return _from_elements(instances, "instances", options)


def from_inputs(inputs: Any, options: ArrayOptions) -> Question:
    """Parse TensorFlow Serving's column format: a list, or an object with one list.

    Raises:
        WrongValue, MalformedRequest, TooLarge: An image is missing or cannot be parsed.
    """
    if isinstance(inputs, dict) and "b64" not in inputs:
        if len(inputs) != 1:
            got = ", ".join(map(key_name, list(inputs)[:4])) or "an empty object"
            raise WrongValue(
                f"inputs: expected a list, or an object with one list, got {got}", field="inputs"
            )
        (inputs,) = inputs.values()
    if isinstance(inputs, (dict, str)):
        inputs = [inputs]
    return _from_elements(inputs, "inputs", options)


def _from_elements(sent: Any, key: str, options: ArrayOptions) -> Question:
    elements: Iterable[Any] = ()
    count = 0
    if isinstance(sent, LongList):
        elements, count = sent.elements, sent.count
        options = replace(options, may_hold_flags=sent.may_hold_flags)
    elif isinstance(sent, list):
        elements, count = sent, len(sent)
    if not count:
        got = "an empty list" if isinstance(sent, list) else kind_of(sent)
        raise WrongValue(f"{key}: expected a list of 1 to {MOST_INSTANCES}, got {got}", field=key)
    if count > MOST_INSTANCES:
        raise TooLarge(f"{key}: expected at most {MOST_INSTANCES}, got {count}", field=key)
    images: list[Picture] = []
    ids: list[UUID | None] = []
    for index, element in enumerate(elements):
        place = f"{key}[{index}]"
        try:
            images.append(_image(element, options, place))
            own = element.get("id") if isinstance(element, dict) else None
            ids.append(None if own is None else uuid_of(own, "id"))
        except (MalformedRequest, WrongValue, TooLarge) as error:
            raise at_place(error, place) from None
    return Question(images=tuple(images), ids=tuple(ids))


def _image(element: Any, options: ArrayOptions, place: str) -> Picture:
    if isinstance(element, list):
        return image_of(element, "pixels", options, place)
    if isinstance(element, (dict, str)):
        return image_of(element, "image", options, place)
    raise WrongValue(
        f"expected an image (784 numbers, rows of numbers, or a picture as data URL), "
        f"got {quoted(element)}"
    )
