"""The storage bucket: on Google Cloud, in a folder, or in memory for tests."""

import re

from digitreader.bucket.base import Bucket
from digitreader.errors import SettingsError

FOLDER_PREFIX = "file:"

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]")  # cloud.google.com/storage/docs/buckets


def open_bucket(name: str, timeout: float) -> Bucket:
    """Return the bucket of that name; nothing connects before the first operation.

    Args:
        name: A Cloud Storage bucket's name, or `file:` and a folder's path, which is relative to
            the working folder unless it begins with `/`.
        timeout: Longest duration of one operation in seconds, retries included.

    Raises:
        SettingsError: `name` is no bucket's name, or `file:` names no folder.
    """
    if name.startswith(FOLDER_PREFIX):
        from digitreader.bucket.folder import FolderBucket

        path = name.removeprefix(FOLDER_PREFIX)
        if not path:
            raise SettingsError("bucket: expected file:<folder>, got 'file:' without a folder")
        return FolderBucket(path, timeout)
    from digitreader.bucket.google import GoogleBucket

    if not _NAME.fullmatch(name):
        raise SettingsError(f"bucket: expected a bucket's name or file:<folder>, got {name!r}")
    return GoogleBucket(name, timeout)
