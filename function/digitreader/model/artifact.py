"""The artifact format: manifest, object names and live pointer.

models/<version>/model.tflite    the artifact, written once and never changed
models/<version>/manifest.json   the artifact's description
models/<version>/manifest.sig    the manifest's signature, if the manifest is signed
models/<version>/neighbours.npz  the index of training digits, if the version has one
models/<version>/…               Keras weights, report, model card
models/live.json                 the pointer to the live version, with its manifest; written last
"""

import dataclasses
import hashlib
import json
import re
import typing
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import orjson

from digitreader.errors import ArtifactCorrupt

POINTER = "models/live.json"
ARTIFACT_FILE = "model.tflite"
MANIFEST_FILE = "manifest.json"
SIGNATURE_FILE = "manifest.sig"
INDEX_FILE = "neighbours.npz"
LARGEST_ARTIFACT = 16 * 1024 * 1024  # bytes
LARGEST_INDEX = 500_000  # bytes
LARGEST_POINTER = 1024 * 1024  # bytes

_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def object_name(version: str, file: str) -> str:
    """Return the name in the bucket of a version's file."""
    return f"models/{version}/{file}"


def sha256_of(data: bytes) -> str:
    """Return the SHA-256 (FIPS 180-4) as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The description of an artifact: its format, its training and its scores.

    Attributes:
        version: The version's name.
        sha256: SHA-256 of the artifact, 64 lower-case hexadecimal digits.
        size: Size of the artifact in bytes.
        input: Shape, dtype and range of the images.
        output: Shape, dtype and range of the probabilities.
        quantisation: "float32", "float16" or "dynamic-range int8".
        parameters: Number of parameters.
        dataset: Name of the training data.
        test_set: Name of the test set of `misses` and `samples`.
        misses: Misread images of the test set.
        samples: Images in the test set.
        trained_at: End of the training, ISO 8601 in UTC.
        git_commit: Commit of the trainer.
        libraries: Versions by library.
        arguments: Arguments of the training run.
        figures: All scores.
        reference: Distributions that drift is measured against.
        index: Of the index of training digits `sha256`, `size` in bytes, number of `digits`,
            their `source` and its `licence`; empty if there is no index.
    """

    version: str
    sha256: str
    size: int
    input: dict[str, Any]
    output: dict[str, Any]
    quantisation: str
    parameters: int
    dataset: str
    test_set: str
    misses: int
    samples: int
    trained_at: str
    git_commit: str
    libraries: dict[str, str]
    arguments: dict[str, Any]
    figures: dict[str, Any] = field(default_factory=dict)
    reference: dict[str, Any] = field(default_factory=dict)
    index: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not _VERSION.fullmatch(self.version):
            raise ArtifactCorrupt(
                f"manifest: version: expected letters, digits, . _ -, got {self.version!r}"
            )
        _check_file(self.sha256, self.size, LARGEST_ARTIFACT, "manifest")
        if self.index:
            sha256, size = self.index.get("sha256"), self.index.get("size")
            _check_file(sha256, size, LARGEST_INDEX, "manifest: index")

    def to_dict(self) -> dict[str, Any]:
        """Return the fields by name."""
        values = dataclasses.asdict(self)
        if not self.index:  # older manifests keep their bytes, and so their signatures
            del values["index"]
        return values

    def to_json(self) -> bytes:
        """Return the bytes of manifest.json."""
        return _dumped(self.to_dict())

    @classmethod
    def from_dict(cls, values: Any) -> "Manifest":
        """Check the fields and return the manifest.

        Raises:
            ArtifactCorrupt: A key is missing, unknown or of a wrong type; the message names it.
        """
        if not isinstance(values, dict):
            raise ArtifactCorrupt(f"manifest: expected an object, got {type(values).__name__}")
        known = _types_of_fields()
        for key, value in values.items():
            if key not in known:
                raise ArtifactCorrupt(f"manifest: {key[:64]!r} is not a key of a manifest")
            if type(value) is not known[key]:
                raise ArtifactCorrupt(
                    f"manifest: {key}: expected {known[key].__name__}, got {type(value).__name__}"
                )
        try:
            return cls(**values)
        except TypeError as error:
            raise ArtifactCorrupt(f"manifest: {error}") from None

    @classmethod
    def from_json(cls, data: bytes) -> "Manifest":
        """Parse manifest.json.

        Raises:
            ArtifactCorrupt: The bytes are not a manifest.
        """
        return cls.from_dict(_loaded(data, "manifest"))

    def check(self, artifact: bytes) -> None:
        """Check the artifact's size and SHA-256.

        Raises:
            ArtifactCorrupt: The artifact is not the one that the manifest describes.
        """
        _compare(artifact, self.sha256, self.size, f"artifact {self.version}")

    def check_index(self, index: bytes) -> None:
        """Compare the index of training digits with its size and its SHA-256.

        Raises:
            ArtifactCorrupt: It is not the index that the manifest describes.
        """
        _compare(index, self.index["sha256"], self.index["size"], f"index {self.version}")


def _check_file(sha256: Any, size: Any, largest: int, where: str) -> None:
    if not isinstance(sha256, str) or not _SHA256.fullmatch(sha256):
        raise ArtifactCorrupt(f"{where}: sha256: expected 64 hexadecimal digits")
    if type(size) is not int or not 0 < size <= largest:
        raise ArtifactCorrupt(f"{where}: size: expected 1 to {largest} bytes, got {size}")


def _compare(data: bytes, sha256: str, size: int, what: str) -> None:
    if len(data) != size:
        raise ArtifactCorrupt(f"{what}: expected {size} bytes, got {len(data)}")
    if (got := sha256_of(data)) != sha256:
        raise ArtifactCorrupt(f"{what}: expected sha256 {sha256}, got {got}")


@cache
def _types_of_fields() -> dict[str, type]:
    hints = typing.get_type_hints(Manifest)
    return {name: typing.get_origin(hint) or hint for name, hint in hints.items()}


@dataclass(frozen=True, slots=True)
class Pointer:
    """The live version with its manifest, so that one read gives both.

    Attributes:
        manifest: The manifest of the live version.
        promoted_at: When it was made live, ISO 8601 in UTC.
        signature: Ed25519 signature of manifest.json in base64, empty for none.
    """

    manifest: Manifest
    promoted_at: str
    signature: str = ""

    @property
    def version(self) -> str:
        """Return the live version."""
        return self.manifest.version

    def to_json(self) -> bytes:
        """Return the bytes of live.json."""
        return _dumped(
            {
                "version": self.version,
                "promoted_at": self.promoted_at,
                "manifest": self.manifest.to_dict(),
            }
            | ({"signature": self.signature} if self.signature else {})
        )

    @classmethod
    def from_json(cls, data: bytes) -> "Pointer":
        """Parse live.json.

        Raises:
            ArtifactCorrupt: The bytes are not a pointer.
        """
        values = _loaded(data, "pointer")
        if not isinstance(values, dict) or not isinstance(values.get("promoted_at"), str):
            raise ArtifactCorrupt("pointer: expected version, promoted_at and manifest")
        manifest = Manifest.from_dict(values.get("manifest"))
        if values.get("version") != manifest.version:
            raise ArtifactCorrupt(
                f"pointer: version {values.get('version')!r} is not its manifest's "
                f"{manifest.version!r}"
            )
        signature = values.get("signature", "")
        if not isinstance(signature, str):
            raise ArtifactCorrupt(
                f"pointer: signature: expected str, got {type(signature).__name__}"
            )
        return cls(manifest, values["promoted_at"], signature)


def _dumped(values: dict[str, Any]) -> bytes:
    return json.dumps(values, indent=2, ensure_ascii=False).encode() + b"\n"


def _loaded(data: bytes, what: str) -> Any:
    """Parse JSON that the function can also return in a response.

    orjson rejects lone surrogates and parses integers beyond 64 bits as floats, which then have the
    wrong type. Dumping rejects values that are nested too deeply.
    """
    try:
        values = orjson.loads(data)
        orjson.dumps(values)
    except (ValueError, TypeError) as error:
        raise ArtifactCorrupt(f"{what}: expected JSON, got {error}") from None
    return values
