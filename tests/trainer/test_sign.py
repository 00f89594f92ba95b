"""Signed models: a function with a key serves no others."""

import asyncio
import base64
import subprocess
import sys
from pathlib import Path
from shutil import which

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from digitreader.bucket.base import Bucket
from digitreader.bucket.memory import MemoryBucket
from digitreader.errors import ArtifactCorrupt
from digitreader.model.network import FixedNetwork
from digitreader.model.pointer import POINTER, Pointer
from digitreader.model.reader import Reader
from digitreader.model.signature import verify
from digitreader.settings import Settings
from tests.needs import need
from tests.trainer.samples import put_model
from trainer import publish
from trainer.__main__ import main
from trainer.model.folder import read_manifest
from trainer.publish import PublishRefused
from trainer.sign import SigningKeyError


def new_key(file: Path) -> bytes:
    """Write a private key and return the public one as the settings parse it."""
    key = Ed25519PrivateKey.generate()
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    line = pem.splitlines()[1]
    keys = {
        Settings.from_environment({"MODEL_PUBLIC_KEY": text}).model_public_key
        for text in (pem, line, f"{line}\n")
    }
    assert keys == {key.public_key().public_bytes_raw()}
    return keys.pop()


def served_version(bucket: Bucket, public_key: bytes = b"") -> str:
    """Return the version that a function with this key serves."""
    reader = Reader(bucket, build=lambda data: FixedNetwork(7), public_key=public_key)
    return asyncio.run(reader.load()).manifest.version


def test_function_serves_a_model_signed_by_its_key(bucket: Bucket, tmp_path: Path) -> None:
    key = new_key(tmp_path / "key.pem")
    folder = put_model(tmp_path / "a", "1", misses=20)
    publish.publish(bucket, folder, sign_with=tmp_path / "key.pem")
    assert served_version(bucket, key) == served_version(bucket) == "1"


def test_function_refuses_an_unsigned_model(bucket: Bucket, tmp_path: Path) -> None:
    key = new_key(tmp_path / "key.pem")
    publish.publish(bucket, put_model(tmp_path / "a", "1", misses=20))
    with pytest.raises(ArtifactCorrupt, match="1: expected a signature .*, got none"):
        served_version(bucket, key)
    assert served_version(bucket) == "1"


def test_function_refuses_a_model_signed_by_another_key(tmp_path: Path) -> None:
    key, _ = new_key(tmp_path / "key.pem"), new_key(tmp_path / "other.pem")
    bucket, folder = MemoryBucket(), put_model(tmp_path / "a", "1", misses=20)
    publish.publish(bucket, folder, sign_with=tmp_path / "other.pem")
    with pytest.raises(ArtifactCorrupt, match="got one by another key"):
        served_version(bucket, key)


def test_function_refuses_a_signature_of_another_model(tmp_path: Path) -> None:
    key = new_key(tmp_path / "key.pem")
    bucket = MemoryBucket()
    signed = put_model(tmp_path / "a", "1", misses=20)
    publish.publish(bucket, signed, sign_with=tmp_path / "key.pem")
    signature = Pointer.from_json(bucket.read(POINTER).data).signature
    publish.publish(bucket, put_model(tmp_path / "b", "2", misses=10), force=True)
    manifest = Pointer.from_json(bucket.read(POINTER).data).manifest
    bucket.write(POINTER, Pointer(manifest, "now", signature).to_json())
    with pytest.raises(ArtifactCorrupt, match="2: expected a signature"):
        served_version(bucket, key)


@pytest.mark.parametrize("signature", ["x", "AAAA", "ü", "A" * 88, base64.b64encode(b"a").decode()])
def test_verify_refuses_what_is_not_a_signature(signature: str, tmp_path: Path) -> None:
    key = new_key(tmp_path / "key.pem")
    manifest = read_manifest(put_model(tmp_path / "a", "1", misses=20))
    with pytest.raises(ArtifactCorrupt, match="expected a signature"):
        verify(Pointer(manifest, "now", signature), key)


def test_publish_signs_a_model_that_is_live_unsigned(tmp_path: Path) -> None:
    key = new_key(tmp_path / "key.pem")
    bucket, folder = MemoryBucket(), put_model(tmp_path / "a", "1", misses=20)
    publish.publish(bucket, folder)
    publish.publish(bucket, folder, sign_with=tmp_path / "key.pem")
    assert served_version(bucket, key) == "1"
    assert publish.publish(bucket, folder) == "1 is live already"


def test_promote_keeps_the_signature_of_a_version(bucket: Bucket, tmp_path: Path) -> None:
    key = new_key(tmp_path / "key.pem")
    for version, misses in (("1", 20), ("2", 10)):
        folder = put_model(tmp_path / version, version, misses)
        publish.publish(bucket, folder, sign_with=tmp_path / "key.pem")
    publish.promote(bucket, "1")
    assert served_version(bucket, key) == "1"


def test_publish_keeps_a_signed_model_from_an_unsigned_one(tmp_path: Path) -> None:
    key = new_key(tmp_path / "key.pem")
    bucket, unsigned = MemoryBucket(), put_model(tmp_path / "2", "2", misses=10)
    publish.publish(bucket, unsigned)
    signed = put_model(tmp_path / "1", "1", misses=10)
    publish.publish(bucket, signed, sign_with=tmp_path / "key.pem")
    with pytest.raises(PublishRefused, match="2: expected a signature"):
        publish.publish(bucket, unsigned)
    with pytest.raises(PublishRefused, match="2: expected a signature"):
        publish.promote(bucket, "2")
    assert served_version(bucket, key) == "1"
    publish.promote(bucket, "2", force=True)
    assert served_version(bucket) == "2"


def test_publish_keeps_a_signed_model_from_another_key(tmp_path: Path) -> None:
    new_key(tmp_path / "key.pem")
    other = new_key(tmp_path / "other.pem")
    bucket, better = MemoryBucket(), put_model(tmp_path / "2", "2", misses=10)
    folder = put_model(tmp_path / "1", "1", misses=20)
    publish.publish(bucket, folder, sign_with=tmp_path / "key.pem")
    with pytest.raises(SigningKeyError, match=r"other\.pem: expected the key that signed"):
        publish.publish(bucket, better, sign_with=tmp_path / "other.pem")
    publish.publish(bucket, better, sign_with=tmp_path / "other.pem", force=True)
    assert served_version(bucket, other) == "2"


def test_refused_upload_keeps_the_signature_of_the_version(tmp_path: Path) -> None:
    key = new_key(tmp_path / "key.pem")
    bucket, folder = MemoryBucket(), put_model(tmp_path / "1", "1", misses=20)
    publish.publish(bucket, folder, sign_with=tmp_path / "key.pem")
    same_name = put_model(tmp_path / "again", "1", misses=10)
    with pytest.raises(PublishRefused, match="a version is written once"):
        publish.publish(bucket, same_name, sign_with=tmp_path / "key.pem")
    better = put_model(tmp_path / "2", "2", misses=10)
    publish.publish(bucket, better, sign_with=tmp_path / "key.pem")
    publish.promote(bucket, "1")
    assert served_version(bucket, key) == "1"


def test_openssl_verifies_what_publish_signs(tmp_path: Path) -> None:
    need(which("openssl"), "install openssl")
    new_key(tmp_path / "key.pem")
    folder = put_model(tmp_path / "a", "1", misses=20)
    target = tmp_path / "bucket"
    command = ["publish", str(folder), "--bucket", f"file:{target}"]
    assert main([*command, "--sign-with", str(tmp_path / "key.pem")]) == 0
    signature = base64.b64decode((target / "models/1/manifest.sig").read_bytes())
    (tmp_path / "signature").write_bytes(signature)
    command = ["openssl", "pkeyutl", "-verify", "-rawin", "-inkey", str(tmp_path / "key.pem")]
    command += ["-sigfile", str(tmp_path / "signature")]
    command += ["-in", str(target / "models/1/manifest.json")]
    verified = subprocess.run(command, check=False)
    assert verified.returncode == 0


@pytest.mark.parametrize("content", [None, b"", b"no key", b"-----BEGIN PRIVATE KEY-----\n"])
def test_publish_names_a_file_that_is_not_a_key(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "key.pem").write_bytes(content)
    bucket, folder = MemoryBucket(), put_model(tmp_path / "a", "1", misses=20)
    with pytest.raises(SigningKeyError, match=r"key\.pem: expected a PEM file"):
        publish.publish(bucket, folder, sign_with=tmp_path / "key.pem")
    assert list(bucket.names("")) == []


def test_publish_refuses_a_key_of_another_kind(tmp_path: Path) -> None:
    other = generate_private_key(SECP256R1())
    pem = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key.pem").write_bytes(pem)
    folder = put_model(tmp_path / "a", "1", misses=20)
    with pytest.raises(SigningKeyError, match="expected an Ed25519 private key, got EC"):
        publish.publish(MemoryBucket(), folder, sign_with=tmp_path / "key.pem")


def test_function_without_a_key_imports_no_cryptography() -> None:
    code = "import sys, digitreader.model.reader; sys.exit('cryptography' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
