"""Clients of TensorFlow Serving's tutorials work unchanged.

The code is from https://www.tensorflow.org/tfx/tutorials/serving/rest_simple, with another address
and model name.
"""

import json

import numpy as np
import pytest
import requests
from numpy.typing import NDArray

from tests.harness.server import Server

Sample = tuple[NDArray[np.uint8], NDArray[np.int64]]


@pytest.fixture(scope="module")
def tutorial_images(sample: Sample) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return one of each digit like the tutorial, after `x / 255.0` and `reshape`."""
    images, labels = sample
    chosen = [int(np.flatnonzero(labels == digit)[3]) for digit in range(10)]
    return images[chosen].reshape(-1, 28, 28, 1) / 255.0, labels[chosen]


@pytest.mark.parametrize("path", ["", "/versions/release"])
def test_tutorials_client_reads_every_digit(
    served: Server, tutorial_images: tuple[NDArray[np.float64], NDArray[np.int64]], path: str
) -> None:
    test_images, test_labels = tutorial_images
    data = json.dumps({"signature_name": "serving_default", "instances": test_images.tolist()})
    headers = {"content-type": "application/json"}
    json_response = requests.post(
        f"http://localhost:{served.port}/v1/models/digits{path}:predict",
        data=data,
        headers=headers,
        timeout=20,
    )
    predictions = json.loads(json_response.text)["predictions"]
    assert [np.argmax(prediction) for prediction in predictions] == test_labels.tolist()


def test_column_format_is_read(
    served: Server, tutorial_images: tuple[NDArray[np.float64], NDArray[np.int64]]
) -> None:
    images, labels = tutorial_images
    for inputs in (images.tolist(), {"conv2d_input": images.tolist()}):
        response = requests.post(
            f"http://localhost:{served.port}/v1/models/digits:predict",
            json={"inputs": inputs},
            timeout=20,
        )
        assert np.argmax(response.json()["outputs"], axis=1).tolist() == labels.tolist()


def test_client_finds_status_and_signature(served: Server) -> None:
    model = f"http://localhost:{served.port}/v1/models/digits"
    (status,) = requests.get(model, timeout=20).json()["model_version_status"]
    assert status["state"] == "AVAILABLE"
    version = f"{model}/versions/{status['version']}"
    assert requests.get(version, timeout=20).json()["model_version_status"] == [status]
    for address in (model, version):
        metadata = requests.get(f"{address}/metadata", timeout=20).json()
        assert metadata["model_spec"]["version"] == status["version"]
        signature = metadata["metadata"]["signature_def"]["signature_def"]["serving_default"]
        (image,) = signature["inputs"].values()
        sizes = [dimension["size"] for dimension in image["tensor_shape"]["dim"]]
        assert sizes == ["-1", "28", "28"]
