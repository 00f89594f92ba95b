"""Fixture with every kind of bucket, imported by conftest files."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import requests

from digitreader.bucket import open_bucket
from digitreader.bucket.base import Bucket
from digitreader.bucket.memory import MemoryBucket


@pytest.fixture(params=["memory", "folder", "google"])
def bucket(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Bucket]:
    """Return an empty bucket: in memory, in a folder, and in Cloud Storage's emulator."""
    if request.param == "memory":
        yield MemoryBucket()
    elif request.param == "folder":
        yield open_bucket(f"file:{tmp_path / 'bucket'}", 5)
    else:
        storage: str = request.getfixturevalue("storage")
        name = f"digits-{uuid4().hex}"
        requests.post(f"{storage}/storage/v1/b", json={"name": name}, timeout=5).raise_for_status()
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", storage)
        yield open_bucket(name, 5)
