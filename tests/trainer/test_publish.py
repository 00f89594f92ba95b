"""Publishing: versions written once, one pointer moved by one publisher at a time."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from digitreader.bucket.base import Bucket
from digitreader.bucket.memory import MemoryBucket
from digitreader.errors import ArtifactCorrupt, ArtifactMissing, PointerMissing
from digitreader.model.artifact import POINTER, Manifest, Pointer
from tests.trainer.samples import put_model
from trainer import publish
from trainer.publish import PublishRefused


def test_a_published_model_is_live_with_its_manifest_in_the_pointer(
    bucket: Bucket, tmp_path: Path
) -> None:
    folder = put_model(tmp_path / "a", "1", misses=20)
    assert publish.publish(bucket, folder) == "1 is live: 20 misses of 10,000 on mnist test"
    pointer = Pointer.from_json(bucket.read(POINTER).data)
    assert pointer.manifest == Manifest.from_json((folder / "manifest.json").read_bytes())
    assert sorted(bucket.names("models/1/")) == [
        "models/1/manifest.json",
        "models/1/model.tflite",
        "models/1/report/evaluation.json",
    ]


def test_a_worse_model_is_refused_with_both_figures(bucket: Bucket, tmp_path: Path) -> None:
    publish.publish(bucket, put_model(tmp_path / "a", "1", misses=20))
    worse = put_model(tmp_path / "b", "2", misses=21)
    with pytest.raises(PublishRefused, match="2 has 21 misses of 10,000 .* the live 1 has 20"):
        publish.publish(bucket, worse)
    assert publish.live(bucket).version == "1"
    publish.publish(bucket, worse, force=True)
    assert publish.live(bucket).version == "2"


def test_models_measured_on_different_tests_are_not_compared(
    bucket: Bucket, tmp_path: Path
) -> None:
    publish.publish(bucket, put_model(tmp_path / "a", "1", misses=20))
    publish.publish(bucket, put_model(tmp_path / "b", "2", misses=90, test_set="mnist-5k test"))
    assert publish.live(bucket).version == "2"


def test_publishing_the_live_version_again_changes_nothing(bucket: Bucket, tmp_path: Path) -> None:
    folder = put_model(tmp_path / "a", "1", misses=20)
    publish.publish(bucket, folder)
    before = bucket.generation(POINTER)
    assert publish.publish(bucket, folder) == "1 is live already"
    assert bucket.generation(POINTER) == before


def test_a_live_version_stays_live_where_asked(bucket: Bucket, tmp_path: Path) -> None:
    publish.publish(bucket, put_model(tmp_path / "a", "1", misses=20), if_none_live=True)
    said = publish.publish(bucket, put_model(tmp_path / "b", "2", misses=10), if_none_live=True)
    assert said == "2 uploaded; 1 stays live"
    assert publish.live(bucket).version == "1"


def test_a_version_is_written_once(bucket: Bucket, tmp_path: Path) -> None:
    publish.publish(bucket, put_model(tmp_path / "a", "1", misses=20))
    with pytest.raises(PublishRefused, match="models/1/manifest.json: exists with other contents"):
        publish.publish(bucket, put_model(tmp_path / "b", "1", misses=10))


def test_of_many_publishers_at_once_the_pointer_names_a_winner_and_each_loser_is_told(
    bucket: Bucket, tmp_path: Path
) -> None:
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
    """In which another publisher moves the pointer just before one does."""

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


def test_a_publisher_that_was_overtaken_does_not_win(tmp_path: Path) -> None:
    bucket = OvertakenBucket(put_model(tmp_path / "b", "2", misses=5))
    with pytest.raises(PublishRefused, match="live was nothing and is now 2; 1 is uploaded"):
        publish.publish(bucket, put_model(tmp_path / "a", "1", misses=20))
    assert publish.live(bucket).version == "2"


def test_promoting_an_older_version_rolls_back(bucket: Bucket, tmp_path: Path) -> None:
    publish.publish(bucket, put_model(tmp_path / "a", "1", misses=20))
    publish.publish(bucket, put_model(tmp_path / "b", "2", misses=10))
    said = publish.promote(bucket, "1")
    assert said == "1 is live, before it 2: 20 misses of 10,000 on mnist test"
    assert [line[:3] for line in publish.describe(bucket)] == ["* 1", "  2"]


def test_promoting_an_unknown_version_names_the_known(bucket: Bucket, tmp_path: Path) -> None:
    publish.publish(bucket, put_model(tmp_path / "a", "1", misses=20))
    with pytest.raises(ArtifactMissing, match="expected one of 1, got 7"):
        publish.promote(bucket, "7")


def test_a_corrupt_version_cannot_be_promoted(bucket: Bucket, tmp_path: Path) -> None:
    publish.publish(bucket, put_model(tmp_path / "a", "1", misses=20))
    publish.publish(bucket, put_model(tmp_path / "b", "2", misses=10))
    bucket.write("models/1/model.tflite", b"half")
    with pytest.raises(ArtifactCorrupt, match="artifact 1"):
        publish.promote(bucket, "1")
    assert publish.live(bucket).version == "2"


def test_an_empty_bucket_has_nothing_to_list() -> None:
    with pytest.raises(PointerMissing, match="found none"):
        list(publish.describe(MemoryBucket()))


@pytest.mark.parametrize("missing", ["model.tflite", "manifest.json"])
def test_half_a_folder_is_not_published(missing: str, tmp_path: Path) -> None:
    folder = put_model(tmp_path / "a", "1", misses=20)
    (folder / missing).unlink()
    bucket = MemoryBucket()
    with pytest.raises(ArtifactMissing, match=missing):
        publish.publish(bucket, folder)
    assert list(bucket.names("")) == []


def test_publishing_needs_no_tensorflow() -> None:
    code = "import sys, trainer.__main__; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_command_line_says_what_is_wrong_in_a_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "trainer", "publish", str(tmp_path / "nothing")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("trainer: ") and done.stderr.count("\n") == 1
