"""Signatures of manifests by Ed25519 (RFC 8032).

The signed bytes are those of manifest.json, whose SHA-256 of the artifact extends the signature to
the artifact.
"""

import base64
import binascii

from digitreader.errors import ArtifactCorrupt
from digitreader.model.pointer import Pointer


def verify(pointer: Pointer, public_key: bytes) -> None:
    """Verify the signature of the pointer's manifest.

    Args:
        pointer: The live pointer.
        public_key: The key's 32 bytes.

    Raises:
        ArtifactCorrupt: The manifest is not signed, or not by this key.
    """
    # Imported here to start quickly where no key is set.
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    signed = f"manifest {pointer.version}: expected a signature by MODEL_PUBLIC_KEY"
    if not pointer.signature:
        raise ArtifactCorrupt(f"{signed}, got none; publish it with --sign-with")
    try:
        signature = base64.b64decode(pointer.signature, validate=True)
        key = Ed25519PublicKey.from_public_bytes(public_key)
        key.verify(signature, pointer.manifest.to_json())
    except (binascii.Error, ValueError, InvalidSignature):
        raise ArtifactCorrupt(f"{signed}, got one by another key or for other contents") from None
