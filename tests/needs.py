"""What a test needs from the machine: missing, it is skipped with a line, and fails under CI."""

import os

import pytest


def need(present: object, what_to_do: str) -> None:
    """Skip the running test unless `present`; under CI=true fail instead."""
    if present:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"needed under CI=true: {what_to_do}")
    pytest.skip(what_to_do)
