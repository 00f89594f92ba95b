"""Publishing: immutable versions, one pointer, concurrent publishers."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from digitreader.bucket.base import Bucket
from digitreader.bucket.memory import MemoryBucket
from digitreader.errors import ArtifactCorrupt, ArtifactMissing, PointerMissing
from digitreader.model.artifact import Manifest
from digitreader.model.pointer import POINTER, Pointer
from tests.trainer.samples import put_model
from trainer import publish
from trainer.publish import PublishRefused


def test_publish_points_at_the_model_with_its_manifest(bucket: Bucket, tmp_path: Path) -> None:
    folder = put_model(tmp_path / "a", "1", misses=20)
    assert publish.publish(bucket, folder) == "1 is live: 20 misses of 10,000 on mnist test"
    pointer = Pointer.from_json(bucket.read(POINTER).data)
    assert pointer.manifest == Manifest.from_json((folder / "manifest.json").read_bytes())
    assert sorted(bucket.names("models/1/")) == [
        "models/1/manifest.json",
        "models/1/model.tflite",
        "models/1/report/evaluation.json",
    ]


def test_publish_refuses_a_worse_model_with_both_scores(bucket: Bucket, tmp_path: Path) -> None:
    publish.publish(bucket, put_model(tmp_path / "a", "1", misses=20))
    worse = put_model(tmp_path / "b", "2", misses=21)
    with pytest.raises(PublishRefused, match="at most 20 misses, as the live 1 has, got 21"):
        publish.publish(bucket, worse)
    assert publish.live(bucket).version == "1"
    publish.publish(bucket, worse, force=True)
    assert publish.live(bucket).version == "2"


def test_publish_does_not_compare_different_test_sets(bucket: Bucket, tmp_path: Path) -> None:
    publish.publish(bucket, put_model(tmp_path / "a", "1", misses=20))
    publish.publish(bucket, put_model(tmp_path / "b", "2", misses=90, test_set="mnist-5k test"))
    assert publish.live(bucket).version == "2"


def test_publish_again_changes_nothing(bucket: Bucket, tmp_path: Path) -> None:
    folder = put_model(tmp_path / "a", "1", misses=20)
    publish.publish(bucket, folder)
    before = bucket.generation(POINTER)
    assert publish.publish(bucket, folder) == "1 is live already"
    assert bucket.generation(POINTER) == before


def test_if_none_live_keeps_the_live_version(bucket: Bucket, tmp_path: Path) -> None:
    publish.publish(bucket, put_model(tmp_path / "a", "1", misses=20), if_none_live=True)
    said = publish.publish(bucket, put_model(tmp_path / "b", "2", misses=10), if_none_live=True)
    assert said == "2 uploaded; 1 stays live"
    assert publish.live(bucket).version == "1"


def test_publish_refuses_to_overwrite_a_version(bucket: Bucket, tmp_path: Path) -> None:
    publish.publish(bucket, put_model(tmp_path / "a", "1", misses=20))
    with pytest.raises(PublishRefused, match="models/1/manifest.json: expected the same contents"):
        publish.publish(bucket, put_model(tmp_path / "b", "1", misses=10))


def test_one_of_many_concurrent_publishers_wins(bucket: Bucket, tmp_path: Path) -> None:
    publish.publish(bucket, put_model(tmp_path / "0", "0", misses=20))
    folders = [put_model(tmp_path / f"{i}", f"{i}", misses=20) for i in range(1, 7)]

    def outcome(folder: Path) -> str:
        try:
            return publish.publish(bucket, folder)
        except PublishRefused as error:
            return f"refused: {error}"

    with ThreadPoolExecutor(6) as pool:
        said = list(pool.map(outcome, folders))
    won = [line for line in said if "is live:" in line]
    assert publish.live(bucket).version in {line.split()[0] for line in won}
    assert all("another publisher was first" in line for line in said if line not in won)


class OvertakenBucket(MemoryBucket):
    """A bucket whose pointer another publisher moves before the first write."""

    def __init__(self, other: Path) -> None:
        super().__init__()
        self.other: Path | None = other

    def write(
        self,
        name: str,
        data: bytes,
        *,
        if_generation: int | None = None,
        content_type: str = "application/octet-stream",
    ) -> int:
        if name == POINTER and self.other:
            other, self.other = self.other, None
            publish.publish(self, other)
        return super().write(name, data, if_generation=if_generation, content_type=content_type)


def test_publish_refuses_after_another_publisher(tmp_path: Path) -> None:
    bucket = OvertakenBucket(put_model(tmp_path / "b", "2", misses=5))
    with pytest.raises(PublishRefused, match="expected nothing to be live, found 2; 1 is uploaded"):
        publish.publish(bucket, put_model(tmp_path / "a", "1", misses=20))
    assert publish.live(bucket).version == "2"


def test_promote_rolls_back_to_an_older_version(bucket: Bucket, tmp_path: Path) -> None:
    publish.publish(bucket, put_model(tmp_path / "a", "1", misses=20))
    publish.publish(bucket, put_model(tmp_path / "b", "2", misses=10))
    said = publish.promote(bucket, "1")
    assert said == "1 is live, before it 2: 20 misses of 10,000 on mnist test"
    assert [line[:3] for line in publish.describe(bucket)] == ["* 1", "  2"]


def test_promote_names_the_known_versions(bucket: Bucket, tmp_path: Path) -> None:
    publish.publish(bucket, put_model(tmp_path / "a", "1", misses=20))
    with pytest.raises(ArtifactMissing, match="expected one of 1, got 7"):
        publish.promote(bucket, "7")


def test_promote_refuses_a_corrupt_version(bucket: Bucket, tmp_path: Path) -> None:
    publish.publish(bucket, put_model(tmp_path / "a", "1", misses=20))
    publish.publish(bucket, put_model(tmp_path / "b", "2", misses=10))
    bucket.write("models/1/model.tflite", b"half")
    with pytest.raises(ArtifactCorrupt, match="artifact 1"):
        publish.promote(bucket, "1")
    assert publish.live(bucket).version == "2"


def test_publish_replaces_a_damaged_pointer_by_force(bucket: Bucket, tmp_path: Path) -> None:
    folder = put_model(tmp_path / "a", "1", misses=20)
    bucket.write(POINTER, b"{")
    with pytest.raises(ArtifactCorrupt, match="replace it with --force"):
        publish.publish(bucket, folder)
    publish.publish(bucket, folder, force=True)
    assert publish.live(bucket).version == "1"


def test_describe_refuses_an_empty_bucket() -> None:
    with pytest.raises(PointerMissing, match="found none"):
        list(publish.describe(MemoryBucket()))


@pytest.mark.parametrize("missing", ["model.tflite", "manifest.json"])
def test_publish_refuses_an_incomplete_folder(missing: str, tmp_path: Path) -> None:
    folder = put_model(tmp_path / "a", "1", misses=20)
    (folder / missing).unlink()
    bucket = MemoryBucket()
    with pytest.raises(ArtifactMissing, match=missing):
        publish.publish(bucket, folder)
    assert list(bucket.names("")) == []


def test_publish_imports_no_tensorflow() -> None:
    code = "import sys, trainer.__main__; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_main_prints_an_error_in_one_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "trainer", "publish", str(tmp_path / "nothing")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("trainer: ") and done.stderr.count("\n") == 1
