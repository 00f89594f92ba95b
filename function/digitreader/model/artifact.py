"""The artifact format: manifest and object names.

models/<version>/model.tflite    the artifact, written once and never changed
models/<version>/manifest.json   the artifact's description
models/<version>/manifest.sig    the manifest's signature, if the manifest is signed
models/<version>/neighbours.npz  the index of training digits, if the version has one
models/<version>/touching.tflite the network that reads cut digits, if the version has one
models/<version>/…               Keras weights, report, model card
models/live.json                 the pointer to the live version (see `pointer`); written last
"""

import dataclasses
import hashlib
import re
import typing
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from digitreader.errors import ArtifactCorrupt
from digitreader.model.json_text import dump, parse

ARTIFACT_FILE = "model.tflite"
MANIFEST_FILE = "manifest.json"
SIGNATURE_FILE = "manifest.sig"
INDEX_FILE = "neighbours.npz"
TOUCHING_FILE = "touching.tflite"
LARGEST_ARTIFACT = 16 * 1024 * 1024  # bytes
LARGEST_INDEX = 500_000  # bytes

OPTIONAL_FILES = {
    INDEX_FILE: ("index", LARGEST_INDEX),
    TOUCHING_FILE: ("touching", LARGEST_ARTIFACT),
}
"""Of each file that a version may have its key in the manifest and its largest size in bytes."""

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
        touching: Of the network that reads cut digits at least `sha256` and `size` in bytes;
            empty if there is none.
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
    touching: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not _VERSION.fullmatch(self.version):
            raise ArtifactCorrupt(
                f"manifest: version: expected letters, digits, . _ -, got {self.version!r}"
            )
        _check_entry(self.entry(ARTIFACT_FILE), LARGEST_ARTIFACT, "manifest")
        for file, (key, largest) in OPTIONAL_FILES.items():
            if entry := self.entry(file):
                _check_entry(entry, largest, f"manifest: {key}")

    @property
    def files(self) -> list[str]:
        """The version's files that are checked: the artifact and its OPTIONAL_FILES."""
        return [ARTIFACT_FILE, *filter(self.entry, OPTIONAL_FILES)]

    def entry(self, file: str) -> dict[str, Any]:
        """Return the `sha256` and the `size` of a checked file; empty if there is no such file."""
        if file == ARTIFACT_FILE:
            return {"sha256": self.sha256, "size": self.size}
        entry: dict[str, Any] = getattr(self, OPTIONAL_FILES[file][0])
        return entry

    def to_dict(self) -> dict[str, Any]:
        """Return the fields by name."""
        values = dataclasses.asdict(self)
        for key, _ in OPTIONAL_FILES.values():
            if not values[key]:  # older manifests keep their bytes, and so their signatures
                del values[key]
        return values

    def to_json(self) -> bytes:
        """Return the bytes of manifest.json."""
        return dump(self.to_dict())

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
        return cls.from_dict(parse(data, "manifest"))

    def check(self, data: bytes, file: str = ARTIFACT_FILE) -> None:
        """Check the size and the SHA-256 of one of the version's files.

        Raises:
            ArtifactCorrupt: The bytes are not those that the manifest describes.
        """
        entry = self.entry(file)
        name = "artifact" if file == ARTIFACT_FILE else OPTIONAL_FILES[file][0]
        what = f"{name} {self.version}"
        if len(data) != entry["size"]:
            raise ArtifactCorrupt(f"{what}: expected {entry['size']} bytes, got {len(data)}")
        if (got := sha256_of(data)) != entry["sha256"]:
            raise ArtifactCorrupt(f"{what}: expected sha256 {entry['sha256']}, got {got}")

    def check_files(self, read: Callable[[str], bytes]) -> None:
        """Check all of the version's files; `read` returns one by its name.

        Raises:
            ArtifactCorrupt: A file is not the one that the manifest describes.
        """
        for file in self.files:
            self.check(read(file), file)


def _check_entry(entry: dict[str, Any], largest: int, where: str) -> None:
    sha256, size = entry.get("sha256"), entry.get("size")
    if not isinstance(sha256, str) or not _SHA256.fullmatch(sha256):
        raise ArtifactCorrupt(f"{where}: sha256: expected 64 hexadecimal digits")
    if type(size) is not int or not 0 < size <= largest:
        raise ArtifactCorrupt(f"{where}: size: expected 1 to {largest} bytes, got {size}")


@cache
def _types_of_fields() -> dict[str, type]:
    hints = typing.get_type_hints(Manifest)
    return {name: typing.get_origin(hint) or hint for name, hint in hints.items()}
