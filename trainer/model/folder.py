"""The folder that a training run leaves: its file names and its manifest."""

import os
from pathlib import Path

from digitreader.errors import ArtifactMissing
from digitreader.model.artifact import ARTIFACT_FILE, MANIFEST_FILE, TOUCHING_FILE, Manifest
from digitreader.model.network import LiteRTNetwork

KERAS_FILE = "model.keras"
CARD_FILE = "MODEL_CARD.md"
REPORT_FOLDER = "report"

HELD_OUT_FILE = "held-out.tflite"
"""The artifact as it was before training on the held-out writers, on whom it is measured."""

CHECKPOINT_FOLDER = "state"
"""The checkpoint of an unfinished run; never published."""


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a model folder and check the files that it describes.

    Raises:
        ArtifactMissing: A file is missing.
        ArtifactCorrupt: A file is not the one that the manifest describes.
    """
    try:
        manifest = Manifest.from_json((folder / MANIFEST_FILE).read_bytes())
        manifest.check_files(lambda file: (folder / file).read_bytes())
    except FileNotFoundError as error:
        raise ArtifactMissing(
            f"{folder}: expected {MANIFEST_FILE} and {ARTIFACT_FILE}, as `train` leaves them: "
            f"{error.filename} is missing"
        ) from None
    return manifest


def read_networks(folder: Path) -> tuple[LiteRTNetwork, LiteRTNetwork]:
    """Return the networks of a model folder that read whole digits and cut digits.

    They are the same one if the model has none for cut digits.

    Raises:
        ArtifactMissing: A file is missing.
        ArtifactCorrupt: A file is not the one that the manifest describes, or no network.
    """
    manifest = read_manifest(folder)
    network = LiteRTNetwork((folder / ARTIFACT_FILE).read_bytes())
    if not manifest.touching:
        return network, network
    return network, LiteRTNetwork((folder / TOUCHING_FILE).read_bytes())


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest in one step, so that it is never seen incomplete."""
    fresh = folder / f"{MANIFEST_FILE}.new"
    fresh.write_bytes(manifest.to_json())
    os.replace(fresh, folder / MANIFEST_FILE)
