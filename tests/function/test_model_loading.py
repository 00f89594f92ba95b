"""A model that cannot be loaded is a 503 until repaired, and is logged."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from digitreader.bucket.google import GoogleBucket
from digitreader.model.artifact import ARTIFACT_FILE, object_name
from digitreader.model.pointer import POINTER
from tests.drawings import ONE
from tests.harness.client import Client
from tests.models import point_at, put_live, released

QUESTION = {"pixels": ONE}
ARTIFACT = object_name("one", ARTIFACT_FILE)


def without_pointer(bucket: GoogleBucket) -> None:
    bucket.delete(POINTER)


def without_artifact(bucket: GoogleBucket) -> None:
    bucket.delete(ARTIFACT)


def corrupt(bucket: GoogleBucket) -> None:
    artifact = bytearray(released()[0])
    artifact[1000] ^= 1
    bucket.write(ARTIFACT, bytes(artifact))


def truncated(bucket: GoogleBucket) -> None:
    bucket.write(ARTIFACT, released()[0][:-100])


def no_model_at_all(bucket: GoogleBucket) -> None:
    put_live(bucket, "one", b"not a model, but the manifest says so")


@pytest.mark.parametrize(
    ("harm", "code", "words"),
    [
        (without_pointer, "pointer_missing", "models/live.json"),
        (without_artifact, "artifact_missing", "models/one/model.tflite"),
        (corrupt, "artifact_corrupt", "sha256"),
        (truncated, "artifact_corrupt", "bytes, got"),
        (no_model_at_all, "artifact_corrupt", "expected a LiteRT model"),
    ],
)
def test_failed_load_is_reported_and_recovers_without_a_restart(
    start: Any,
    bucket: GoogleBucket,
    capfd: pytest.CaptureFixture[str],
    harm: Callable[[GoogleBucket], None],
    code: str,
    words: str,
) -> None:
    put_live(bucket, "one")
    harm(bucket)
    client: Client = start()
    refused = client.post("/", json=QUESTION)
    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    error = refused.json()["error"]
    assert error["code"] == code
    assert words in json.loads(capfd.readouterr().out.splitlines()[-1])["reason"]
    health = client.get("/health")
    assert health.status_code == 503
    assert health.json()["error"] == error

    put_live(bucket, "one")
    assert client.post("/", json=QUESTION).json()["digit"] == 1
    assert client.get("/health").json()["state"] == "ready"


def test_error_names_no_bucket_and_no_file(
    start: Any, bucket: GoogleBucket, storage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", "http://127.0.0.1:1")
    client = start(BUCKET_TIMEOUT_SECONDS="0.5")
    refused = client.post("/", json=QUESTION)
    assert refused.status_code == 503
    said = {"code": "bucket_unreachable", "field": None}
    said["message"] = "model: the storage bucket does not answer; retry later"
    assert refused.json()["error"] == said
    assert client.get("/health").json()["error"] == said


def test_promoted_model_is_loaded(start: Any, bucket: GoogleBucket) -> None:
    first = put_live(bucket, "one")
    client = start(MODEL_REFRESH_SECONDS="0")

    def version() -> str:
        answer = client.post("/", json=QUESTION)
        assert answer.status_code == 200
        return str(answer.json()["model"]["version"])

    assert version() == "one"
    put_live(bucket, "two")
    # A request waits only briefly for the bucket; a later one finds the model.
    while version() != "two":
        pass
    point_at(bucket, first)
    while version() != "one":
        pass
