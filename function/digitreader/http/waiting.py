"""Waiting for work only while its client waits for the answer, and not for ever."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.requests import Request

from digitreader.errors import MalformedRequest, Overloaded

WORK_SECONDS = 30.0
"""How long a request may wait for its turn and be worked on; the platform waits 60."""

_Result = TypeVar("_Result")


async def while_wanted(request: Request, work: Coroutine[Any, Any, _Result]) -> _Result:
    """Return what the work returns, unless its client leaves or its time is over."""
    done = asyncio.ensure_future(work)
    left = asyncio.ensure_future(request.receive())
    try:
        await asyncio.wait((done, left), timeout=WORK_SECONDS, return_when="FIRST_COMPLETED")
        if done.done():
            return done.result()
        if left.done():
            raise MalformedRequest("request: its client has left")
        raise Overloaded(f"request: expected its answer within {WORK_SECONDS:.0f} s")
    finally:
        left.cancel()
        done.cancel()
