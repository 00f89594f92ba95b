"""The emulated bucket rejects pages of other origins."""

from collections.abc import Iterator

import pytest
import requests

from digitreader.bucket.google import GoogleBucket
from emulation import bucket as emulator
from emulation.process import free_port


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("bucket")
    with emulator.same_origin_only(folder, free_port()) as address:
        yield address


def test_bucket_serves_the_client_library(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", address)
    bucket = GoogleBucket(emulator.BUCKET)
    generation = bucket.write("models/a b", b"x" * 3_000_000, if_generation=0)
    assert bucket.read("models/a b").data == b"x" * 3_000_000
    assert list(bucket.names("models/")) == ["models/a b"]
    bucket.delete("models/a b", if_generation=generation)
    assert bucket.generation("models/a b") is None


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
@pytest.mark.parametrize("headers", [{"Origin": "https://example.com"}, {"Host": "example.com:1"}])
def test_bucket_refuses_web_pages(address: str, method: str, headers: dict[str, str]) -> None:
    url = f"{address}/upload/storage/v1/b/digits/o?uploadType=media&name=live.json"
    answered = requests.request(method, url, data=b"{}", headers=headers, timeout=10)
    assert answered.status_code == 403
    assert "Access-Control-Allow-Origin" not in answered.headers
    assert requests.get(f"{address}/storage/v1/b/digits/o/live.json", timeout=10).status_code == 404


def test_bucket_allows_no_origin(address: str) -> None:
    answered = requests.get(f"{address}/storage/v1/b/digits", timeout=10)
    assert answered.status_code == 200
    assert not [name for name in answered.headers if name.lower().startswith("access-control")]
