"""Parsing in pieces agrees with the standard library's parser."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitreader.errors import MalformedRequest, TooLarge
from digitreader.http import json_text
from digitreader.http.json_text import LongList

numbers = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
texts = st.text('ab"\\[]{},: \n\té', max_size=12)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)
FILLER = [[0] * 28] * 2_500  # makes the document long


def whole(body: bytes) -> Any:
    """Return the document with its long list reassembled."""
    return joined(json_text.parse(body))


def joined(value: Any) -> Any:
    """Return the value with the elements of a long list inserted."""
    if isinstance(value, LongList):
        elements = list(value.elements)
        assert len(elements) == value.count
        return elements
    if isinstance(value, dict):
        return {key: joined(each) for key, each in value.items()}
    return value


@settings(deadline=None, max_examples=150)
@given(
    elements=st.lists(values, max_size=30),
    at=st.integers(0, len(FILLER)),
    others=st.dictionaries(texts, values, max_size=3),
    indent=st.sampled_from([None, 1]),
    depth=st.integers(1, 3),
)
def test_long_list_has_the_same_elements(
    elements: list[Any], at: int, others: dict[str, Any], indent: int | None, depth: int
) -> None:
    document: Any = FILLER[:at] + elements + FILLER[at:]
    for _ in range(depth - 1):
        document = others | {"instances": document}
    body = json.dumps(document, indent=indent, ensure_ascii=False).encode()
    assert len(body) > json_text.SHORT
    assert whole(body) == document


@settings(deadline=None, max_examples=150)
@given(data=st.data(), noise=st.sampled_from([*'",[]{}:\\0-e ', "", ",,", "],[", '"[', "nul"]))
def test_damaged_json_is_refused(data: st.DataObject, noise: str) -> None:
    text = json.dumps({"a": 'b"\\', "instances": FILLER, "c": {"d": [1, "]", {}]}})
    edges = [0, 5, 30, len(text) - 40, len(text) - 5, len(text)]
    at = data.draw(st.sampled_from(edges) | st.integers(0, len(text)))
    cut = data.draw(st.integers(0, 2))
    damaged = text[:at] + noise + text[at + cut :]
    try:
        expected = json.loads(damaged)
    except ValueError:
        with pytest.raises(MalformedRequest):
            whole(damaged.encode())
    else:
        assert whole(damaged.encode()) == expected


def test_document_may_have_one_long_list_and_few_other_numbers() -> None:
    many = [0] * 70_000
    assert whole(json.dumps({"pixels": many, "few": many[:9]}).encode())["pixels"] == many
    with pytest.raises(TooLarge, match="65536 other values"):
        whole(json.dumps({"pixels": many + many, "others": many}).encode())


@pytest.mark.parametrize("inside", ["", " " * 200_000, "\n" * 200_000])
def test_blank_long_list_is_empty(inside: str) -> None:
    padding = " " * 200_000
    assert whole(f'{padding}{{"instances": [{inside}]}}'.encode()) == {"instances": []}
