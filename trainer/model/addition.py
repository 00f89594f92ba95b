"""A further file in the folder of a trained model, which gets a new version."""

import dataclasses
from pathlib import Path
from typing import Any

from digitreader.model.artifact import OPTIONAL_FILES, Manifest
from trainer.evaluate.model_card import model_card
from trainer.evaluate.report import read_evaluation
from trainer.model.folder import CARD_FILE, REPORT_FOLDER, write_manifest


def add_entry(folder: Path, manifest: Manifest, file: str, entry: dict[str, Any]) -> Manifest:
    """Write manifest and card with the entry of a file that was put into the folder.

    A version is written once, so that one that was published without the file stays as it is. The
    new name is the old one with the beginning of the file's SHA-256.

    Args:
        folder: The model folder.
        manifest: The model's manifest so far.
        file: One of OPTIONAL_FILES.
        entry: What the manifest says of the file: at least `sha256` and `size`.

    Returns:
        The manifest that was written.
    """
    key, _ = OPTIONAL_FILES[file]
    former = f"-{manifest.entry(file).get('sha256', '')[:8]}"
    version = f"{manifest.version.removesuffix(former)}-{entry['sha256'][:8]}"
    changes: dict[str, Any] = {"version": version, key: entry}
    written = dataclasses.replace(manifest, **changes)
    write_manifest(folder, written)
    card = model_card(written, read_evaluation(folder / REPORT_FOLDER))
    (folder / CARD_FILE).write_text(card, encoding="utf-8")
    return written
