"""The quick path for 784 whole numbers agrees with the general one."""

import json
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from digitreader.errors import DigitReaderError
from digitreader.http.requests import from_json

ODD = st.sampled_from([255, 256, -1, 0.5, True, False, None, "7", [7], 10**30])


def said(body: dict[str, Any], form: str) -> tuple[str, Any]:
    pixels = body["pixels"]
    sent = body | ({"pixels": pixels} if form == "one" else {"instances": [pixels]})
    if form == "batch":
        del sent["pixels"]
    try:
        (image,) = from_json(json.dumps(sent).encode(), "")[0].images
    except DigitReaderError as error:
        return error.code, error.message
    return "", np.asarray(image.content, float).tolist()


@given(
    numbers=st.binary(min_size=784, max_size=784).map(list),
    odd=st.lists(st.tuples(st.integers(0, 783), ODD), max_size=2),
    form=st.sampled_from(["one", "batch"]),
    rows=st.sampled_from([None, 28, 27]),
    odd_row=st.none() | ODD,
)
def test_flag_elsewhere_in_the_body_changes_no_array(
    numbers: list[Any], odd: list[tuple[int, Any]], form: str, rows: int | None, odd_row: Any
) -> None:
    for place, value in odd:
        numbers[place] = value
    if rows is not None:
        numbers = [numbers[start : start + rows] for start in range(0, 784, rows)]
        if odd_row is not None:
            numbers[-1] = odd_row
    assert said({"pixels": numbers}, form) == said({"pixels": numbers, "record": True}, form)
