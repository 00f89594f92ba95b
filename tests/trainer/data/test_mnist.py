"""MNIST and its sample: loaded, checked, refused."""

from pathlib import Path

import numpy as np
import pytest

from trainer.data import mnist
from trainer.data.digits import DataError


def test_load_holds_a_hundred_of_each_sample_digit_out() -> None:
    sample = mnist.load("mnist-5k")
    assert (len(sample.train), len(sample.test)) == (4000, 1000)
    assert (np.bincount(sample.test.labels) == 100).all()


def test_load_knows_mnist_by_its_contents(mnist_npz: Path) -> None:
    dataset = mnist.load("mnist", mnist_npz)
    assert (len(dataset.train), len(dataset.test)) == (60_000, 10_000)


def test_load_refuses_an_archive_with_other_contents(tmp_path: Path) -> None:
    images, labels = np.zeros((1, 28, 28), np.uint8), np.zeros(1, np.uint8)
    path = tmp_path / "mnist.npz"
    np.savez(path, x_train=images, y_train=labels, x_test=images, y_test=labels)
    with pytest.raises(DataError, match=f"expected contents of sha256 {mnist.MNIST_SHA256}, got"):
        mnist.load("mnist", path)


@pytest.mark.parametrize("content", [None, b"", b"not an archive"])
def test_load_names_a_file_that_is_not_an_archive(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "mnist.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=r"mnist\.npz: expected an \.npz with x_train"):
        mnist.load("mnist", path)
