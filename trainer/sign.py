"""Signatures of manifests with an Ed25519 private key."""

import base64
from pathlib import Path

from digitreader.errors import DigitReaderError
from digitreader.model.artifact import Manifest


class SigningKeyError(DigitReaderError):
    """The private key cannot be used."""

    default_code = "bad_signing_key"


def sign(manifest: Manifest, key_file: Path) -> str:
    """Sign a manifest's JSON.

    Args:
        manifest: The manifest.
        key_file: PEM file of an Ed25519 private key without a password, as
            `openssl genpkey -algorithm ed25519` writes it.

    Returns:
        The signature in base64.

    Raises:
        SigningKeyError: The file holds no such key.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(key_file.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SigningKeyError(
            f"{key_file}: expected a PEM file of an Ed25519 private key without a password: {error}"
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise SigningKeyError(
            f"{key_file}: expected an Ed25519 private key, got {type(key).__name__}"
        )
    return base64.b64encode(key.sign(manifest.to_json())).decode()
