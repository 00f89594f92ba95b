"""One HTTP exchange: a request and its whole response."""

from collections.abc import Mapping
from dataclasses import dataclass

import urllib3

from digitreader.bucket.base import check_size

_CHUNK = 65_536  # bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole HTTP response; the header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    data: bytes


def fetch(
    pool: urllib3.PoolManager,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    largest: int,
    seconds: float,
) -> Answer:
    """Send one request and receive the whole response.

    Raises:
        urllib3.exceptions.HTTPError, OSError: There is no valid response in time.
        ObjectTooLarge: Its body has more than `largest` bytes.
    """
    response = pool.urlopen(
        method,
        url,
        headers=headers,
        body=body,
        timeout=seconds,
        retries=False,
        redirect=False,
        preload_content=False,
    )
    try:
        data = bytearray()
        for chunk in response.stream(_CHUNK, decode_content=False):
            data += chunk
            check_size(url.partition("?")[0], len(data), largest)
        response.release_conn()
    finally:
        response.close()  # a response that was read whole has given its connection back before
    return Answer(
        response.status,
        {key.lower(): value for key, value in response.headers.items()},
        bytes(data),
    )
