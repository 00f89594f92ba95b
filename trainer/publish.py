"""Models in the bucket: versions written once, one pointer saying which is live.

Nothing here needs TensorFlow.
"""

import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from digitreader.bucket.base import Bucket
from digitreader.errors import (
    ArtifactMissing,
    DigitReaderError,
    ObjectMissing,
    PointerMissing,
    PreconditionFailed,
)
from digitreader.model.artifact import (
    ARTIFACT_FILE,
    MANIFEST_FILE,
    POINTER,
    Manifest,
    Pointer,
    object_name,
)
from trainer.model.folder import STATE, read_manifest


class PublishRefused(DigitReaderError):
    """The model was not made live, and why."""

    default_code = "publish_refused"


@dataclass(frozen=True, slots=True)
class Live:
    """The pointer as it was read; `generation` is 0 where there is none."""

    pointer: Pointer | None
    generation: int

    @property
    def version(self) -> str | None:
        return self.pointer.version if self.pointer else None


def live(bucket: Bucket) -> Live:
    """Which version is live.

    Raises:
        ArtifactCorrupt: the pointer is not one.
        BucketUnreachable: there is no answer.
    """
    try:
        stored = bucket.read(POINTER)
    except ObjectMissing:
        return Live(None, 0)
    return Live(Pointer.from_json(stored.data), stored.generation)


def publish(
    bucket: Bucket, folder: Path, *, force: bool = False, if_none_live: bool = False
) -> str:
    """Upload the trained model in `folder` and make it live; returns what was done, in words.

    With `if_none_live` it is uploaded, but a version that is live already stays so.

    Raises:
        PublishRefused: the live model is better on the same test and `force` is not given,
            another publisher was first, or the version exists with other contents.
        ArtifactMissing, ArtifactCorrupt: the folder holds no whole model.
    """
    manifest = read_manifest(folder)
    current = live(bucket)
    if current.pointer and current.pointer.manifest == manifest:
        return f"{manifest.version} is live already"
    if not force and not (if_none_live and current.pointer):
        _refuse_worse(manifest, current)
    _upload(bucket, folder, manifest)
    if if_none_live and current.pointer:
        return f"{manifest.version} uploaded; {current.version} stays live"
    _point_at(bucket, manifest, current)
    return f"{manifest.version} is live: {_score(manifest)}"


def promote(bucket: Bucket, version: str) -> str:
    """Make an uploaded version live (which is also how one rolls back); returns what was done.

    Raises:
        ArtifactMissing: the bucket has no such version.
        ArtifactCorrupt: its artifact is not the one its manifest describes.
        PublishRefused: another publisher was first.
    """
    current = live(bucket)
    try:
        manifest = Manifest.from_json(bucket.read(object_name(version, MANIFEST_FILE)).data)
        manifest.check(bucket.read(object_name(version, ARTIFACT_FILE)).data)
    except ObjectMissing:
        raise ArtifactMissing(
            f"version: expected one of {', '.join(_versions(bucket)) or 'none yet'}, got {version}"
        ) from None
    if current.version == version:
        return f"{version} is live already"
    _point_at(bucket, manifest, current)
    before = f", before it {current.version}" if current.version else ""
    return f"{version} is live{before}: {_score(manifest)}"


def describe(bucket: Bucket) -> Iterator[str]:
    """A line for each version in the bucket, oldest first, the live one marked with a star.

    Raises:
        PointerMissing: nothing was published yet.
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
            f"{manifest.version} has {_score(manifest)}, the live {other.version} has "
            f"{other.misses:,}: worse, so not published; --force publishes it all the same"
        )


def _upload(bucket: Bucket, folder: Path, manifest: Manifest) -> None:
    """Every file of the version, its manifest last: a listing shows whole versions only."""
    files = sorted(
        (file for file in folder.rglob("*") if file.is_file()),
        key=lambda file: (file.name == MANIFEST_FILE, file),
    )
    for file in files:
        path = file.relative_to(folder).as_posix()
        if path.startswith(f"{STATE}/"):
            continue
        name, data = object_name(manifest.version, path), file.read_bytes()
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        try:
            bucket.write(name, data, if_generation=0, content_type=kind)
        except PreconditionFailed:
            if path in (ARTIFACT_FILE, MANIFEST_FILE) and bucket.read(name).data != data:
                raise PublishRefused(
                    f"{name}: exists with other contents; a version is written once"
                ) from None


def _point_at(bucket: Bucket, manifest: Manifest, current: Live) -> None:
    promoted_at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    try:
        bucket.write(
            POINTER,
            Pointer(manifest, promoted_at).to_json(),
            if_generation=current.generation,
            content_type="application/json",
        )
    except PreconditionFailed:
        now = live(bucket).version
        raise PublishRefused(
            f"another publisher was first: live was {current.version or 'nothing'} and is now "
            f"{now}; {manifest.version} is uploaded, publish it again to compare it with {now}"
        ) from None
