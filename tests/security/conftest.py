"""The function as in `tests/function`, and as a process whose memory can be watched."""

from tests.function.conftest import bucket, client, served, start

__all__ = ["bucket", "client", "served", "start"]
