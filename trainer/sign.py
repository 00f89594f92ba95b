"""Signatures of manifests with an Ed25519 private key."""

import base64
from pathlib import Path
from typing import TYPE_CHECKING

from digitreader.errors import ArtifactCorrupt, DigitReaderError
from digitreader.model.artifact import Manifest
from digitreader.model.pointer import Pointer
from digitreader.model.signature import verify

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


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
    return base64.b64encode(_key_in(key_file).sign(manifest.to_json())).decode()


def check_key(live: Pointer, key_file: Path) -> None:
    """Raise SigningKeyError if the live model is signed by another key."""
    if not live.signature:
        return
    try:
        verify(live, _key_in(key_file).public_key().public_bytes_raw())
    except ArtifactCorrupt:
        raise SigningKeyError(
            f"{key_file}: expected the key that signed the live {live.version}, got another: "
            "functions with its MODEL_PUBLIC_KEY would refuse the model; use it anyway with --force"
        ) from None


def _key_in(key_file: Path) -> "Ed25519PrivateKey":
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
    return key
