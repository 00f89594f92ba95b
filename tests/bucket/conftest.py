"""A separate, empty bucket of every kind."""

from tests.buckets import bucket

__all__ = ["bucket"]
