"""The bucket with the released model, and the Cassandra node, that the sides use."""

import dataclasses
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.sides import Side, all_sides
from digitreader.model.artifact import MANIFEST_FILE, OPTIONAL_FILES, Manifest
from digitreader.results.cassandra.migrate import migrate
from digitreader.settings import Settings
from emulation import bucket
from emulation.cassandra.node import Node, free_ports
from emulation.process import free_port
from emulation.system import RELEASE, publish

KEYSPACE = "bench"


@dataclass(frozen=True, slots=True)
class Laboratory:
    """The services that run beside the sides."""

    sides: list[Side]
    settings: Settings  # with which Cassandra is reached
    state: Path

    def named(self, *names: str) -> list[Side]:
        """Return the sides of these names, where they exist."""
        return [side for side in self.sides if side.name in names]


@contextmanager
def open_laboratory() -> Iterator[Laboratory]:
    """Start the services, with their state in a temporary folder."""
    with ExitStack() as stack:
        state = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        bucket_port, (port, storage_port) = free_port(), free_ports(2)
        bucket_url = f"http://127.0.0.1:{bucket_port}"
        stack.callback(bucket.start(state / "bucket", bucket_port).stop)
        publish(_release_without_optional_files(state / "release"), bucket_url)
        node = Node(state / "cassandra", port=port, storage_port=storage_port)
        stack.callback(node.stop)
        node.start()
        settings = Settings(
            results_store="cassandra", cassandra_port=port, cassandra_keyspace=KEYSPACE
        )
        migrate(settings, log=lambda line: None)
        with_bucket = {
            "STORAGE_EMULATOR_HOST": bucket_url,
            "MODEL_BUCKET": bucket.BUCKET,
            "OUTBOX_BUCKET": bucket.BUCKET,
        }
        with_cassandra = {"CASSANDRA_PORT": str(port), "CASSANDRA_KEYSPACE": KEYSPACE}
        sides = all_sides(with_bucket, with_cassandra, state)
        for side in sides:
            side.compile()
        yield Laboratory(sides, settings, state)


def _release_without_optional_files(folder: Path) -> Path:
    """Copy the release with a manifest that the previous release accepts."""
    shutil.copytree(RELEASE, folder)
    for file in OPTIONAL_FILES:
        (folder / file).unlink(missing_ok=True)
    manifest = folder / MANIFEST_FILE
    released = Manifest.from_json(manifest.read_bytes())
    manifest.write_bytes(dataclasses.replace(released, index={}, touching={}).to_json())
    return folder
