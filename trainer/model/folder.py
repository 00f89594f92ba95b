"""The folder that a training run leaves: its files, and its manifest."""

import os
from pathlib import Path

from digitreader.errors import ArtifactMissing
from digitreader.model.artifact import ARTIFACT_FILE, MANIFEST_FILE, Manifest

KERAS_FILE = "model.keras"
CARD_FILE = "MODEL_CARD.md"
HELD_OUT_FILE = "held-out.tflite"
"""The artifact of the network before it learnt the held-out writers, whom it was measured on."""

STATE = "state"
"""The folder of an unfinished run beside its results; not published."""


def read_manifest(folder: Path) -> Manifest:
    """The manifest in `folder`, whose artifact was found whole.

    Raises:
        ArtifactMissing: a file is not there.
        ArtifactCorrupt: the artifact is not the one the manifest describes.
    """
    try:
        manifest = Manifest.from_json((folder / MANIFEST_FILE).read_bytes())
        manifest.check((folder / ARTIFACT_FILE).read_bytes())
    except FileNotFoundError as error:
        raise ArtifactMissing(
            f"{folder}: expected {MANIFEST_FILE} and {ARTIFACT_FILE}, as `train` leaves them: "
            f"{error.filename} is missing"
        ) from None
    return manifest


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """The manifest into `folder`, all of it at once."""
    fresh = folder / f"{MANIFEST_FILE}.new"
    fresh.write_bytes(manifest.to_json())
    os.replace(fresh, folder / MANIFEST_FILE)
