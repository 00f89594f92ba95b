"""Models in the bucket: immutable versions, and one pointer to the live version.

This module does not need TensorFlow.
"""

import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from digitreader.bucket.base import Bucket
from digitreader.errors import (
    ArtifactCorrupt,
    ArtifactMissing,
    DigitReaderError,
    ObjectMissing,
    PointerMissing,
    PreconditionFailed,
)
from digitreader.model.artifact import (
    ARTIFACT_FILE,
    MANIFEST_FILE,
    OPTIONAL_FILES,
    SIGNATURE_FILE,
    Manifest,
    object_name,
)
from digitreader.model.pointer import POINTER, Pointer
from trainer.model.folder import CHECKPOINT_FOLDER, read_manifest
from trainer.sign import check_key, sign


class PublishRefused(DigitReaderError):
    """The model was not made live; the message says why."""

    default_code = "publish_refused"


@dataclass(frozen=True, slots=True)
class Live:
    """The live pointer as it was read.

    Attributes:
        pointer: The pointer, or None if there is none.
        generation: The pointer's generation, 0 if there is none.
    """

    pointer: Pointer | None
    generation: int

    @property
    def version(self) -> str | None:
        """Return the live version."""
        return self.pointer.version if self.pointer else None


def live(bucket: Bucket, force: bool = False) -> Live:
    """Read the live pointer; with `force`, a damaged one counts as none.

    Raises:
        ArtifactCorrupt: The object is not a pointer.
        BucketUnreachable: The bucket does not answer.
    """
    try:
        stored = bucket.read(POINTER)
    except ObjectMissing:
        return Live(None, 0)
    try:
        return Live(Pointer.from_json(stored.data), stored.generation)
    except ArtifactCorrupt as error:
        if force:
            return Live(None, stored.generation)
        raise ArtifactCorrupt(f"{error.message}; replace it with --force") from None


def publish(
    bucket: Bucket,
    folder: Path,
    *,
    force: bool = False,
    if_none_live: bool = False,
    sign_with: Path | None = None,
) -> str:
    """Upload the model in `folder`, make it live, and return a message about it.

    Args:
        bucket: The bucket to publish to.
        folder: The model folder.
        force: Whether to replace a better or otherwise signed live model, or a damaged pointer.
        if_none_live: Whether to leave a version live that is so already.
        sign_with: PEM file of an Ed25519 private key to sign the manifest with.

    Raises:
        SigningKeyError: `sign_with` holds no such key.
        PublishRefused: The live model is better on the same test set, or signed, and `force` is
            False; another publisher was first; or the version exists with other contents.
        ArtifactMissing: A file of the model is missing.
        ArtifactCorrupt: A file is not the one that the manifest describes.
    """
    manifest = read_manifest(folder)
    signature = sign(manifest, sign_with) if sign_with else ""
    current = live(bucket, force)
    if sign_with and current.pointer and not force:
        check_key(current.pointer, sign_with)
    if (
        current.pointer
        and current.pointer.manifest == manifest
        and (signature in ("", current.pointer.signature))
    ):
        return f"{manifest.version} is live already"
    if not force and not (if_none_live and current.pointer):
        _refuse_worse(manifest, current)
    _upload(bucket, folder, manifest, signature)
    if if_none_live and current.pointer:
        return f"{manifest.version} uploaded; {current.version} stays live"
    signature = signature or _signature(bucket, manifest.version)
    _point_at(bucket, manifest, current, signature, force)
    return f"{manifest.version} is live: {_score(manifest)}"


def promote(bucket: Bucket, version: str, force: bool = False) -> str:
    """Make an uploaded version live, and return a message about it.

    `force` is that of `publish`.

    Raises:
        ArtifactMissing: The bucket has no such version.
        ArtifactCorrupt: A file is not the one that the manifest describes.
        PublishRefused: Another publisher was first, or the live version is signed and this one
            is not.
    """
    current = live(bucket, force)
    try:
        manifest = Manifest.from_json(bucket.read(object_name(version, MANIFEST_FILE)).data)
        manifest.check_files(lambda file: bucket.read(object_name(version, file)).data)
    except ObjectMissing:
        raise ArtifactMissing(
            f"version: expected one of {', '.join(_versions(bucket)) or 'none yet'}, got {version}"
        ) from None
    if current.version == version:
        return f"{version} is live already"
    _point_at(bucket, manifest, current, _signature(bucket, version), force)
    before = f", before it {current.version}" if current.version else ""
    return f"{version} is live{before}: {_score(manifest)}"


def describe(bucket: Bucket) -> Iterator[str]:
    """Yield a line for each version, oldest first, the live one with a star.

    Raises:
        PointerMissing: The bucket holds no version.
    """
    current = live(bucket)
    versions = _versions(bucket)
    if not versions:
        raise PointerMissing("bucket: expected models/<version>/manifest.json, found none")
    for version in versions:
        manifest = Manifest.from_json(bucket.read(object_name(version, MANIFEST_FILE)).data)
        mark = "*" if version == current.version else " "
        yield (
            f"{mark} {version}  {manifest.trained_at}  {_score(manifest)}  "
            f"{manifest.quantisation}, {manifest.size:,} bytes"
        )


def _versions(bucket: Bucket) -> list[str]:
    suffix = f"/{MANIFEST_FILE}"
    names = bucket.names("models/")
    return [name.split("/")[1] for name in names if name.endswith(suffix) and name.count("/") == 2]


def _score(manifest: Manifest) -> str:
    return f"{manifest.misses:,} misses of {manifest.samples:,} on {manifest.test_set}"


def _refuse_worse(manifest: Manifest, current: Live) -> None:
    if current.pointer is None:
        return
    other = current.pointer.manifest
    same_test = (other.test_set, other.samples) == (manifest.test_set, manifest.samples)
    if same_test and manifest.misses > other.misses:
        raise PublishRefused(
            f"{manifest.version}: expected at most {other.misses:,} misses, as the live "
            f"{other.version} has, got {_score(manifest)}; publish it anyway with --force"
        )


def _signature(bucket: Bucket, version: str) -> str:
    """Return the signature that the version was published with, empty for none."""
    try:
        return bucket.read(object_name(version, SIGNATURE_FILE)).data.decode("ascii", "replace")
    except ObjectMissing:
        return ""


def _upload(bucket: Bucket, folder: Path, manifest: Manifest, signature: str) -> None:
    """Upload the version's files, its manifest last, so that listings are complete."""
    files = sorted(
        (file for file in folder.rglob("*") if file.is_file()),
        key=lambda file: (file.name == MANIFEST_FILE, file),
    )
    for file in files:
        path = file.relative_to(folder).as_posix()
        if path.startswith(f"{CHECKPOINT_FOLDER}/"):
            continue
        name, data = object_name(manifest.version, path), file.read_bytes()
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        try:
            bucket.write(name, data, if_generation=0, content_type=kind)
        except PreconditionFailed:
            if (
                path in (ARTIFACT_FILE, MANIFEST_FILE, *OPTIONAL_FILES)
                and bucket.read(name).data != data
            ):
                raise PublishRefused(
                    f"{name}: expected the same contents as in the bucket, got others; a version "
                    "is written once: train again to get a new one"
                ) from None
    if signature:  # last: a refused upload must not replace the signature of what is there
        name = object_name(manifest.version, SIGNATURE_FILE)
        bucket.write(name, signature.encode(), content_type="text/plain")


def _point_at(
    bucket: Bucket, manifest: Manifest, current: Live, signature: str, force: bool
) -> None:
    if current.pointer and current.pointer.signature and not signature and not force:
        raise PublishRefused(
            f"{manifest.version}: expected a signature, as the live {current.version} has, got "
            "none: functions with MODEL_PUBLIC_KEY would refuse it; publish it with --sign-with, "
            "or anyway with --force"
        )
    promoted_at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    try:
        bucket.write(
            POINTER,
            Pointer(manifest, promoted_at, signature).to_json(),
            if_generation=current.generation,
            content_type="application/json",
        )
    except PreconditionFailed:
        now = live(bucket).version
        raise PublishRefused(
            f"another publisher was first: expected {current.version or 'nothing'} to be live, "
            f"found {now}; {manifest.version} is uploaded, publish it again to compare the two"
        ) from None
