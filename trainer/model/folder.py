"""The folder that a training run leaves: its file names and its manifest."""

import os
from pathlib import Path

from digitreader.errors import ArtifactMissing
from digitreader.model.artifact import ARTIFACT_FILE, INDEX_FILE, MANIFEST_FILE, Manifest

KERAS_FILE = "model.keras"
CARD_FILE = "MODEL_CARD.md"
REPORT_FOLDER = "report"

HELD_OUT_FILE = "held-out.tflite"
"""The artifact as it was before training on the held-out writers, on whom it is measured."""

CHECKPOINT_FOLDER = "state"
"""The checkpoint of an unfinished run; never published."""


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a model folder and check the artifact and the index beside it.

    Raises:
        ArtifactMissing: A file is missing.
        ArtifactCorrupt: The artifact or the index is not the one that the manifest describes.
    """
    try:
        manifest = Manifest.from_json((folder / MANIFEST_FILE).read_bytes())
        manifest.check((folder / ARTIFACT_FILE).read_bytes())
        if manifest.index:
            manifest.check_index((folder / INDEX_FILE).read_bytes())
    except FileNotFoundError as error:
        raise ArtifactMissing(
            f"{folder}: expected {MANIFEST_FILE} and {ARTIFACT_FILE}, as `train` leaves them: "
            f"{error.filename} is missing"
        ) from None
    return manifest


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest in one step, so that it is never seen incomplete."""
    fresh = folder / f"{MANIFEST_FILE}.new"
    fresh.write_bytes(manifest.to_json())
    os.replace(fresh, folder / MANIFEST_FILE)
