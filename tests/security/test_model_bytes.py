"""Models that do not match their manifest are rejected before they are interpreted."""

import contextlib
import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digitreader.bucket.google import GoogleBucket
from digitreader.errors import ArtifactCorrupt
from digitreader.model.artifact import ARTIFACT_FILE, LARGEST_ARTIFACT, Manifest, object_name
from digitreader.model.pointer import POINTER, Pointer
from emulation.system import RELEASE, ROOT
from tests.drawings import ONE
from tests.function.conftest import Start
from tests.harness.client import Client
from tests.models import PROMOTED_AT, point_at, put_live, released
from tests.security.model_bytes import damaged

LOADER = Path(__file__).with_name("model_bytes.py")


def endings(count: int) -> dict[str, int]:
    """Return the outcomes of loading damaged release models."""
    done = subprocess.run(
        [sys.executable, str(LOADER), str(RELEASE / ARTIFACT_FILE), str(count)],
        env=os.environ | {"PYTHONPATH": str(ROOT / "function")},
        capture_output=True,
        text=True,
        check=True,
    )
    told: dict[str, int] = json.loads(done.stdout)
    return told


def test_checksum_refuses_every_damaged_model() -> None:
    whole, manifest = released()
    for seed in range(2_000):
        model = damaged(whole, seed)
        if model != whole:
            with pytest.raises(ArtifactCorrupt):
                manifest.check(model)


def litert_faults(told: dict[str, int]) -> int:
    """Count the crashes of LiteRT, which only the checksum prevents."""
    assert "another error" not in told
    return sum(told.values()) - told["loaded"] - told["refused"]


def test_damaged_models_with_valid_checksums_rarely_crash() -> None:
    assert litert_faults(endings(100)) <= 1


@pytest.mark.long
def test_thousands_of_damaged_models_rarely_crash() -> None:
    told = endings(5_000)
    print(told)
    assert litert_faults(told) <= 5


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_damaged_pointer_is_read_or_refused(data: st.DataObject) -> None:
    whole = Pointer(released()[1], PROMOTED_AT).to_json()
    at = data.draw(st.integers(0, len(whole)))
    noise = data.draw(st.binary(max_size=40) | st.sampled_from([b"[" * 100_000, b"9" * 5_000]))
    damaged = whole[:at] + noise + whole[at + data.draw(st.integers(0, 40)) :]
    for read in (Pointer.from_json, Manifest.from_json):
        with contextlib.suppress(ArtifactCorrupt):
            read(damaged)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([each.name for each in dataclasses.fields(Manifest)]),
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers()),
)
def test_manifest_value_of_another_type_is_refused(key: str, value: object) -> None:
    fields = released()[1].to_dict() | {key: value}
    with contextlib.suppress(ArtifactCorrupt):
        assert type(getattr(Manifest.from_dict(fields), key)) is type(value)


def refused(client: Client) -> str:
    response = client.post("/", json={"pixels": ONE})
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    code: str = response.json()["error"]["code"]
    return code


def test_object_larger_than_its_manifest_is_refused(start: Start, bucket: GoogleBucket) -> None:
    put_live(bucket, "one")
    bucket.write(object_name("one", ARTIFACT_FILE), bytes(LARGEST_ARTIFACT * 2))
    assert refused(start()) == "artifact_corrupt"


def test_pointer_of_megabytes_is_refused(start: Start, bucket: GoogleBucket) -> None:
    bucket.write(POINTER, b"[" * LARGEST_ARTIFACT)
    assert refused(start()) == "artifact_corrupt"


def test_promoted_bad_model_does_not_replace_the_served_one(
    start: Start, bucket: GoogleBucket
) -> None:
    good = put_live(bucket, "good")
    client = start(MODEL_REFRESH_SECONDS="0")
    question = {"pixels": ONE}
    assert client.post("/", json=question).json()["model"]["version"] == "good"
    put_live(bucket, "bad", b"no model at all")
    for _ in range(2):
        assert client.post("/", json=question).json()["model"]["version"] == "good"
    assert "damaged" in client.get("/health").json()["refresh"]
    point_at(bucket, good)
    assert client.post("/", json=question).status_code == 200
