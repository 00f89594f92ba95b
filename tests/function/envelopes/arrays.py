"""Arrays of numbers: shapes, keys and ranges."""

import numpy as np

from tests.function.envelopes.pictures import Digit, data_url, picture
from tests.function.envelopes.row import (
    Row,
    only_prediction,
    sent_json,
)


def arrays(seven: Digit) -> dict[str, Row]:
    """Return the rows of arrays."""
    bicubic = (np.clip(seven / 255 * 1.2 - 0.1, -0.09, 1.09)).tolist()
    shapes = [(28, 28), (28, 28, 1), (1, 28, 28), (1, 28, 28, 1), (784,), (1, 784), (784, 1)]
    larger = np.pad(seven.repeat(4, 0).repeat(4, 1), ((10, 40), (30, 30)))
    cut = seven[4:24, 6:22]
    return {
        **{
            f"pixels of shape {shape}": Row(sent_json({"pixels": seven.reshape(shape).tolist()}))
            for shape in shapes
        },
        **{
            f"bare array of shape {shape}": Row(sent_json(seven.reshape(shape).tolist()))
            for shape in shapes
        },
        "array under image": Row(sent_json({"image": seven.tolist()})),
        "array under any key": Row(sent_json({"x": seven.tolist()})),
        "array in an object": Row(sent_json({"data": {"ndarray": seven.tolist()}})),
        "array beside a size": Row(sent_json({"width": 28, "img": seven.ravel().tolist()})),
        "a bare rectangle of many numbers": Row(
            sent_json(np.pad(seven.repeat(12, 0).repeat(12, 1), 40).tolist())
        ),
        "a rectangle": Row(sent_json({"pixels": larger.tolist()})),
        "a rectangle of 16 × 20": Row(sent_json({"pixels": np.pad(cut, 2).tolist()})),
        "0 to 1": Row(sent_json({"pixels": (seven / 255).tolist()})),
        "0 or 1": Row(sent_json({"pixels": (seven > 100).astype(int).tolist()})),
        "0 to 1 with overshoot": Row(sent_json({"pixels": bicubic})),
        "0 to 1, black on white": Row(sent_json({"pixels": (1 - seven / 255).tolist()})),
        "0 to 1 with scale": Row(sent_json({"pixels": (seven / 255).tolist(), "scale": 1})),
        "0 to 255 with overshoot": Row(sent_json({"pixels": (seven * 1.09 - 12).tolist()})),
        "0 to 255 as floats": Row(sent_json({"pixels": seven.astype(float).tolist()})),
        "transposed": Row(sent_json({"pixels": seven.T.tolist(), "transposed": True})),
        "transposed 784 numbers": Row(
            sent_json({"pixels": seven.T.ravel().tolist(), "transposed": True})
        ),
        "transposed beside instances": Row(
            sent_json({"instances": [seven.T.tolist()], "transposed": True}),
            read=only_prediction,
        ),
        "transposed picture": Row(
            sent_json({"image": data_url(picture(seven.T)), "transposed": True})
        ),
        "black on white": Row(sent_json({"pixels": (255 - seven).tolist()})),
    }
