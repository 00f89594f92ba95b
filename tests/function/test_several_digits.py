"""A picture of several digits is reported and not identified."""

import io

import numpy as np
import pytest
from PIL import Image

from tests.drawings import ONE
from tests.harness.client import Client


def picture(count: int) -> bytes:
    """Return a PNG with several handwritten ones side by side."""
    one = np.array(ONE, np.uint8).reshape(28, 28).repeat(4, axis=0).repeat(4, axis=1)
    encoded = io.BytesIO()
    Image.fromarray(np.hstack([one] * count)).save(encoded, "PNG")
    return encoded.getvalue()


@pytest.mark.parametrize("count", [2, 3, 4])
def test_several_digits_are_counted_and_not_identified(client: Client, count: int) -> None:
    answer = client.post("/", files={"file": picture(count)}).json()
    assert (answer["digits_found"], answer["identified"]) == (count, False)


def test_one_digit_has_no_count(client: Client) -> None:
    answer = client.post("/", files={"file": picture(1)}).json()
    assert "digits_found" not in answer
    assert (answer["digit"], answer["identified"]) == (1, True)
