"""The function through functions-framework's application, over the storage emulator."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
import requests
from numpy.typing import NDArray

from digitreader.bucket.google import GoogleBucket
from tests.harness.client import Client
from tests.harness.server import Server, serving
from tests.models import put_live

Start = Callable[..., Client]


@pytest.fixture(scope="module")
def seven(sample: tuple[NDArray[np.uint8], NDArray[np.int64]]) -> NDArray[np.uint8]:
    """Return a clear 7 of MNIST."""
    images, labels = sample
    chosen: NDArray[np.uint8] = images[labels == 7][3]
    return chosen


@pytest.fixture
def bucket(
    storage: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> GoogleBucket:
    """Return a separate bucket for the test."""
    name = f"digits-{abs(hash(request.node.nodeid)):x}"
    requests.post(f"{storage}/storage/v1/b", json={"name": name}, timeout=5).raise_for_status()
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", storage)
    return GoogleBucket(name, timeout=2)


@pytest.fixture
def start(bucket: GoogleBucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Return a function that starts a new, cold instance with settings."""
    monkeypatch.setenv("MODEL_BUCKET", bucket.name)
    monkeypatch.setenv("BUCKET_TIMEOUT_SECONDS", "2")
    monkeypatch.setenv("SQLITE_FILE", str(tmp_path / "results.sqlite"))
    monkeypatch.setenv("STORE_BUDGET_MS", "30000")  # a busy disk does not exceed it
    with ExitStack() as stack:

        def started(**settings: str) -> Client:
            for variable, value in settings.items():
                monkeypatch.setenv(variable, value)
            # Use one event loop for all requests of an instance, as the server does.
            client: Client = stack.enter_context(Client())
            return client

        yield started


@pytest.fixture
def client(start: Start, bucket: GoogleBucket) -> Client:
    """Start an instance with the release model and a separate store."""
    put_live(bucket, "release")
    return start()


@pytest.fixture
def served(bucket: GoogleBucket, storage: str, tmp_path: Path) -> Iterator[Server]:
    """Start the function as a process, with the release model."""
    put_live(bucket, "release")
    environment = {
        "STORAGE_EMULATOR_HOST": storage,
        "MODEL_BUCKET": bucket.name,
        "SQLITE_FILE": str(tmp_path / "results.sqlite"),
    }
    with serving(environment, tmp_path / "function.log") as server:
        yield server
