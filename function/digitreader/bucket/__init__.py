"""The storage bucket: on Google Cloud, in a folder, or in memory for tests."""

from digitreader.bucket.base import Bucket
from digitreader.errors import SettingsError

FOLDER_PREFIX = "file:"


def open_bucket(name: str, timeout: float) -> Bucket:
    """Return the bucket of that name; nothing connects before the first operation.

    Args:
        name: A Cloud Storage bucket's name, or `file:` and a folder's path, which is relative to
            the working folder unless it begins with `/`.
        timeout: Longest duration of one operation in seconds, retries included.

    Raises:
        SettingsError: `name` is empty, or `file:` names no folder.
    """
    if name.startswith(FOLDER_PREFIX):
        from digitreader.bucket.folder import FolderBucket

        path = name.removeprefix(FOLDER_PREFIX)
        if not path:
            raise SettingsError("bucket: expected file:<folder>, got 'file:' without a folder")
        return FolderBucket(path, timeout)
    from digitreader.bucket.google import GoogleBucket

    if not name:
        raise SettingsError("bucket: expected a bucket's name or file:<folder>, got ''")
    return GoogleBucket(name, timeout)
