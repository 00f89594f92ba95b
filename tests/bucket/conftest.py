"""Buckets of every kind, each empty and of the test's own."""

from tests.buckets import bucket

__all__ = ["bucket"]
