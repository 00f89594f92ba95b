"""Publication of models for tests."""

import dataclasses
from pathlib import Path

from digitreader.bucket.base import Bucket
from digitreader.model.artifact import (
    ARTIFACT_FILE,
    INDEX_FILE,
    MANIFEST_FILE,
    OPTIONAL_FILES,
    Manifest,
    object_name,
    sha256_of,
)
from digitreader.model.neighbours import Index
from digitreader.model.pointer import POINTER, Pointer
from emulation.system import RELEASE

PROMOTED_AT = "2026-01-01T00:00:00Z"


def released() -> tuple[bytes, Manifest]:
    """Return the committed release model."""
    manifest = Manifest.from_json((Path(RELEASE) / MANIFEST_FILE).read_bytes())
    return (Path(RELEASE) / ARTIFACT_FILE).read_bytes(), manifest


def released_index() -> Index:
    """The committed index of training digits."""
    return Index.from_bytes((Path(RELEASE) / INDEX_FILE).read_bytes())


def put_live(bucket: Bucket, version: str, data: bytes | None = None) -> Manifest:
    """Upload an artifact (by default the release's, with what is beside it) and point at it."""
    artifact, manifest = released()
    artifact = data if data is not None else artifact
    manifest = dataclasses.replace(
        manifest, version=version, size=len(artifact), sha256=sha256_of(artifact)
    )
    if data is None:
        for file in manifest.files:
            bucket.write(object_name(version, file), (Path(RELEASE) / file).read_bytes())
    else:
        manifest = dataclasses.replace(manifest, index={}, touching={})
        bucket.write(object_name(version, ARTIFACT_FILE), artifact)
    point_at(bucket, manifest)
    return manifest


def add_file(bucket: Bucket, manifest: Manifest, file: str, data: bytes) -> Manifest:
    """Give the live version one of OPTIONAL_FILES, and return its new manifest."""
    entry = {"sha256": sha256_of(data), "size": len(data)}
    given = Manifest.from_dict(manifest.to_dict() | {OPTIONAL_FILES[file][0]: entry})
    bucket.write(object_name(manifest.version, file), data)
    point_at(bucket, given)
    return given


def point_at(bucket: Bucket, manifest: Manifest) -> None:
    bucket.write(POINTER, Pointer(manifest, PROMOTED_AT).to_json())
