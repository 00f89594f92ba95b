"""The function in this process, and as a separate process."""

from tests.function.conftest import bucket, client, served, start

__all__ = ["bucket", "client", "served", "start"]
