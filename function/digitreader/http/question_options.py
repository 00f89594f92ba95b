"""Parsing of the options beside an image, such as id, session and record."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from digitreader.errors import WrongValue
from digitreader.http.fields import filename_of, flag, kind_of, quoted, session_of, uuid_of
from digitreader.service import Question

SOURCES = ("draw", "upload", "api")

_SWITCHES = ("record", "show_pixels", "explain", "transposed")
_OF_FORMS = {"true": True, "1": True, "false": False, "0": False}
_SCALES = {"1": 1, "255": 255}


def with_options(question: Question, sent: Mapping[str, Any], many: bool = False) -> Question:
    """Return the question with the options of a request.

    Args:
        question: The question.
        sent: The request's keys and values.
        many: Whether the request is a batch, where each image may have an id.

    Raises:
        WrongValue: An option has an invalid value.
    """
    changes: dict[str, Any] = {}
    if sent.get("id") is not None:
        if many:
            raise WrongValue("id: expected inside each instance, got one for all", field="id")
        changes["ids"] = (uuid_of(sent["id"], "id"),)
    if sent.get("session") is not None:
        changes["session"] = session_of(sent["session"])
    if (source := sent.get("source")) is not None:
        if source not in SOURCES:
            raise WrongValue(
                f"source: expected one of {', '.join(SOURCES)}, got {quoted(source)}",
                field="source",
            )
        changes["source"] = source
    if sent.get("filename") is not None:
        changes["filename"] = filename_of(sent["filename"])
    for key in ("record", "show_pixels", "explain"):
        if key in sent:
            changes[key] = flag(sent[key], key)
    if many and changes.get("explain"):
        raise WrongValue("explain: expected one image, got a batch", field="explain")
    return replace(question, **changes) if changes else question


def typed(fields: Mapping[str, str]) -> dict[str, Any]:
    """Return a form's fields, with switches as booleans and the scale as a number."""
    values: dict[str, Any] = dict(fields)
    for key in _SWITCHES:
        if key in values:
            values[key] = _OF_FORMS.get(values[key], values[key])
    if "scale" in values:
        values["scale"] = _SCALES.get(values["scale"], values["scale"])
    return values


def probabilities_only(sent: Mapping[str, Any]) -> bool | None:
    """Return the parameter `probabilities_only`; None if it is absent.

    Raises:
        WrongValue: `parameters` is no object, or the parameter is no boolean.
    """
    parameters = sent.get("parameters")
    if parameters is None:
        return None
    if not isinstance(parameters, dict):
        raise WrongValue(
            f"parameters: expected an object, got {kind_of(parameters)}", field="parameters"
        )
    asked = parameters.get("probabilities_only")
    return None if asked is None else flag(asked, "probabilities_only")


def signature_name(sent: Mapping[str, Any]) -> str | None:
    """Return the signature that TensorFlow Serving's clients name, or None.

    Every name is accepted, because the model has only one signature.

    Raises:
        WrongValue: The name is no text.
    """
    name = sent.get("signature_name")
    if name is None or isinstance(name, str):
        return name
    raise WrongValue(f"signature_name: expected text, got {kind_of(name)}", field="signature_name")
