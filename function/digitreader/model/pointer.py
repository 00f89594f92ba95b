"""The pointer to the live version, the object that says which model is served."""

from dataclasses import dataclass

from digitreader.errors import ArtifactCorrupt
from digitreader.model.artifact import Manifest
from digitreader.model.json_text import dump, parse

POINTER = "models/live.json"
LARGEST_POINTER = 1024 * 1024  # bytes


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
        return dump(
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
        values = parse(data, "pointer")
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
