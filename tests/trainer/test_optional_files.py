"""Publishing of versions with an index or a second network beside the artifact."""

from pathlib import Path

import pytest

from digitreader.bucket.base import Bucket
from digitreader.errors import ArtifactCorrupt, ArtifactMissing
from digitreader.model.artifact import OPTIONAL_FILES, object_name
from digitreader.model.pointer import POINTER, Pointer
from tests.trainer.samples import add_file, put_model
from trainer import publish
from trainer.publish import PublishRefused

pytestmark = pytest.mark.parametrize("file", OPTIONAL_FILES)


@pytest.fixture
def folder(file: str, tmp_path: Path) -> Path:
    """A model with the file."""
    return add_file(put_model(tmp_path / "a", "1", misses=20), file, b"of version 1")


def test_publish_uploads_the_file(bucket: Bucket, folder: Path, file: str) -> None:
    publish.publish(bucket, folder)
    live = Pointer.from_json(bucket.read(POINTER).data).manifest
    assert file in live.files
    live.check(bucket.read(object_name("1", file)).data, file)


@pytest.mark.parametrize(("data", "error"), [(None, ArtifactMissing), (b"x", ArtifactCorrupt)])
def test_publish_refuses_a_folder_with_a_broken_file(
    bucket: Bucket, folder: Path, file: str, data: bytes | None, error: type[Exception]
) -> None:
    (folder / file).unlink()
    if data is not None:
        (folder / file).write_bytes(data)
    with pytest.raises(error, match=f"{file} is missing|{OPTIONAL_FILES[file][0]} 1: expected"):
        publish.publish(bucket, folder)
    assert list(bucket.names("")) == []


def test_publish_refuses_another_file_under_the_same_version(
    bucket: Bucket, folder: Path, file: str
) -> None:
    bucket.write(object_name("1", file), b"another")
    with pytest.raises(PublishRefused, match=f"{file}: expected the same contents"):
        publish.publish(bucket, folder)


def test_promote_refuses_a_version_with_a_broken_file(
    bucket: Bucket, folder: Path, file: str
) -> None:
    publish.publish(bucket, folder)
    bucket.write(object_name("1", file), b"half")
    with pytest.raises(ArtifactCorrupt, match=OPTIONAL_FILES[file][0]):
        publish.promote(bucket, "1")


def test_version_without_the_file_stays_beside_one_with_it(
    bucket: Bucket, folder: Path, file: str, tmp_path: Path
) -> None:
    publish.publish(bucket, put_model(tmp_path / "b", "plain", misses=20))
    publish.publish(bucket, folder)
    publish.promote(bucket, "plain")
    live = publish.live(bucket).pointer
    assert live and live.version == "plain" and file not in live.manifest.files
