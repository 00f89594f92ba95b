"""The function through functions-framework's own application, over the storage emulator."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from functions_framework import create_app

from digitreader.bucket.google import GoogleBucket
from emulation.system import ROOT
from tests.function.serving import served
from tests.models import put_live

__all__ = ["bucket", "client", "served", "start"]

Start = Callable[..., FlaskClient]


@pytest.fixture
def bucket(
    storage: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> GoogleBucket:
    """A bucket of this test's own."""
    name = f"digits-{abs(hash(request.node.nodeid)):x}"
    requests.post(f"{storage}/storage/v1/b", json={"name": name}, timeout=5).raise_for_status()
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", storage)
    return GoogleBucket(name, timeout=2)


@pytest.fixture
def start(bucket: GoogleBucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Start the function with settings; each call is a new, cold instance."""
    monkeypatch.setenv("MODEL_BUCKET", bucket.name)
    monkeypatch.setenv("BUCKET_TIMEOUT_SECONDS", "2")
    monkeypatch.setenv("SQLITE_FILE", str(tmp_path / "results.sqlite"))

    def started(**settings: str) -> FlaskClient:
        for variable, value in settings.items():
            monkeypatch.setenv(variable, value)
        application: Flask = create_app("digits", str(ROOT / "function" / "main.py"))  # type: ignore[no-untyped-call]
        return application.test_client()

    yield started


@pytest.fixture
def client(start: Start, bucket: GoogleBucket) -> FlaskClient:
    """A function with the release model live and a store of its own."""
    put_live(bucket, "release")
    return start()
