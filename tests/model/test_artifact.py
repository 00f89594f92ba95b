"""Parsing of manifest and pointer, and the errors that name a key."""

import dataclasses
import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitreader.errors import ArtifactCorrupt
from digitreader.model.artifact import (
    ARTIFACT_FILE,
    INDEX_FILE,
    LARGEST_ARTIFACT,
    LARGEST_INDEX,
    TOUCHING_FILE,
    Manifest,
    sha256_of,
)
from digitreader.model.pointer import Pointer

DATA = b"a model"
MANIFEST = Manifest(
    version="20260101-000000-abcd1234",
    sha256=sha256_of(DATA),
    size=len(DATA),
    input={"shape": [None, 28, 28], "dtype": "float32", "range": [0, 255]},
    output={"shape": [None, 10], "dtype": "float32", "range": [0, 1]},
    quantisation="float32",
    parameters=1000,
    dataset="mnist-5k",
    test_set="mnist-5k held out",
    misses=3,
    samples=1000,
    trained_at="2026-01-01T00:00:00Z",
    git_commit="abcd1234",
    libraries={"keras": "3"},
    arguments={"epochs": 1},
)


def test_manifest_and_pointer_survive_their_json() -> None:
    assert Manifest.from_json(MANIFEST.to_json()) == MANIFEST
    pointer = Pointer(MANIFEST, "2026-01-02T00:00:00Z")
    assert Pointer.from_json(pointer.to_json()) == pointer


ENTRY: dict[str, Any] = {"sha256": sha256_of(DATA), "size": len(DATA), "licence": "MIT"}

each_file = pytest.mark.parametrize(
    ("file", "key"), [(INDEX_FILE, "index"), (TOUCHING_FILE, "touching")]
)


@each_file
def test_manifest_without_a_file_has_the_bytes_of_older_ones(file: str, key: str) -> None:
    assert key not in MANIFEST.to_dict()
    assert key.encode() not in MANIFEST.to_json()
    assert MANIFEST.files == [ARTIFACT_FILE] and not MANIFEST.entry(file)


@each_file
def test_manifest_with_a_file_survives_its_json(file: str, key: str) -> None:
    manifest = Manifest.from_dict(MANIFEST.to_dict() | {key: ENTRY})
    assert Manifest.from_json(manifest.to_json()) == manifest
    assert manifest.files == [ARTIFACT_FILE, file] and manifest.entry(file) == ENTRY
    manifest.check(DATA, file)
    with pytest.raises(ArtifactCorrupt, match=f"{key} .*: expected sha256"):
        manifest.check(b"b model", file)


@each_file
def test_check_files_reads_each_file_of_the_version(file: str, key: str) -> None:
    manifest = Manifest.from_dict(MANIFEST.to_dict() | {key: ENTRY})
    files = {ARTIFACT_FILE: DATA, file: DATA}
    manifest.check_files(files.__getitem__)
    for name, what in ((ARTIFACT_FILE, "artifact"), (file, key)):
        with pytest.raises(ArtifactCorrupt, match=f"{what} .*: expected 7 bytes, got 4"):
            manifest.check_files((files | {name: b"half"}).__getitem__)


@each_file
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sha256": None}, "sha256"),
        ({"sha256": "beef"}, "sha256"),
        ({"size": None}, "size: expected 1 to [0-9]+ bytes, got None"),
        ({"size": 0}, "size: .* got 0"),
        ({"size": True}, "size"),
    ],
)
def test_manifest_refuses_an_entry_of_no_file(
    file: str, key: str, change: dict[str, object], words: str
) -> None:
    with pytest.raises(ArtifactCorrupt, match=f"manifest: {key}: {words}"):
        Manifest.from_dict(MANIFEST.to_dict() | {key: ENTRY | change})


@pytest.mark.parametrize(
    ("key", "largest"), [("index", LARGEST_INDEX), ("touching", LARGEST_ARTIFACT)]
)
def test_manifest_refuses_a_file_that_is_too_large(key: str, largest: int) -> None:
    Manifest.from_dict(MANIFEST.to_dict() | {key: ENTRY | {"size": largest}})
    with pytest.raises(ArtifactCorrupt, match=f"{key}: size: expected 1 to {largest} bytes"):
        Manifest.from_dict(MANIFEST.to_dict() | {key: ENTRY | {"size": largest + 1}})


def test_check_accepts_the_described_artifact() -> None:
    MANIFEST.check(DATA)


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"", "expected 7 bytes, got 0"), (DATA[:-1], "got 6"), (b"b model", "expected sha256")],
)
def test_check_refuses_any_other_artifact(data: bytes, words: str) -> None:
    with pytest.raises(ArtifactCorrupt, match=words):
        MANIFEST.check(data)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"version": "../up"}, "version"),
        ({"sha256": "beef"}, "sha256"),
        ({"size": LARGEST_ARTIFACT + 1}, "size"),
        ({"size": "7"}, "size: expected int, got str"),
        ({"misses": True}, "misses: expected int, got bool"),
        ({"colour": "red"}, "'colour' is not a key"),
    ],
)
def test_manifest_names_the_key_of_a_wrong_value(change: dict[str, object], words: str) -> None:
    with pytest.raises(ArtifactCorrupt, match=words):
        Manifest.from_dict(MANIFEST.to_dict() | change)


@pytest.mark.parametrize(
    ("odd", "words"),
    [
        ('"misses": 18446744073709551616', "misses: expected int, got float"),
        ('"misses": 1' + "0" * 5000, "expected JSON"),
        ('"test_set": "\\ud800"', "expected JSON"),
        ('"figures": {"loss": NaN}', "expected JSON"),
        ('"figures": ' + '{"a":' * 400 + "1" + "}" * 400, "expected JSON"),
    ],
    ids=["64 bits", "5,000 digits", "surrogate", "nan", "nested"],
)
def test_manifest_refuses_values_that_json_cannot_hold(odd: str, words: str) -> None:
    values = json.dumps(MANIFEST.to_dict())
    changed = f"{values[:-1]}, {odd}}}".encode()
    with pytest.raises(ArtifactCorrupt, match=words):
        Manifest.from_json(changed)
    pointer = b'{"version": "a", "promoted_at": "now", "manifest": %s}' % changed
    with pytest.raises(ArtifactCorrupt, match=words):
        Pointer.from_json(pointer)


@given(st.dictionaries(st.text(), st.integers() | st.text() | st.floats(), max_size=5))
def test_accepted_manifests_can_be_dumped_as_json(figures: dict[str, object]) -> None:
    data = json.dumps(MANIFEST.to_dict() | {"figures": figures}).encode()
    try:
        manifest = Manifest.from_json(data)
    except ArtifactCorrupt:
        return
    assert orjson.loads(orjson.dumps(manifest.to_dict()))["version"] == MANIFEST.version


@pytest.mark.parametrize("key", [each.name for each in dataclasses.fields(Manifest)][:15])
def test_manifest_names_the_missing_key(key: str) -> None:
    values = MANIFEST.to_dict()
    del values[key]
    with pytest.raises(ArtifactCorrupt, match=key):
        Manifest.from_dict(values)


def test_pointer_refuses_another_version_than_its_manifest() -> None:
    values = json.loads(Pointer(MANIFEST, "2026-01-02T00:00:00Z").to_json())
    values["version"] = "another"
    with pytest.raises(ArtifactCorrupt, match="another"):
        Pointer.from_json(json.dumps(values).encode())


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(st.binary(max_size=60) | json_values.map(lambda value: json.dumps(value).encode()))
def test_pointer_refuses_random_bytes(data: bytes) -> None:
    with pytest.raises(ArtifactCorrupt):
        Pointer.from_json(data)
