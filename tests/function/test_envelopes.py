"""All formats of digit services' clients get the same answer."""

import numpy as np
import pytest

from tests.function.envelopes.arrays import arrays
from tests.function.envelopes.older import older_clients
from tests.function.envelopes.pictures import Digit
from tests.function.envelopes.row import Row
from tests.function.envelopes.serving import serving_clients
from tests.function.envelopes.texts import bodies, texts
from tests.harness.client import Client


def table(seven: Digit) -> dict[str, Row]:
    return (
        older_clients(seven) | serving_clients(seven) | arrays(seven) | texts(seven) | bodies(seven)
    )


@pytest.fixture(scope="module")
def envelopes(seven: Digit) -> dict[str, Row]:
    return table(seven)


A_SHAPE = np.zeros((28, 28), np.uint8)
A_SHAPE[4:24, 13:16] = 255


@pytest.mark.parametrize("name", table(A_SHAPE))
def test_envelope_gets_the_answer_to_its_image(
    client: Client, envelopes: dict[str, Row], name: str
) -> None:
    row = envelopes[name]
    response = client.post(row.path, **row.sent)
    assert response.status_code == 200, response.text
    assert row.read(response.json()) == 7
