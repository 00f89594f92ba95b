"""Cancellation of work whose client disconnects or whose time is over."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.requests import Request

from digitreader.errors import MalformedRequest, Overloaded

WORK_SECONDS = 30.0
"""Time-out of a request's queueing and work; the platform's own time-out is 60 seconds."""

_Result = TypeVar("_Result")


async def while_wanted(request: Request, work: Coroutine[Any, Any, _Result]) -> _Result:
    """Return the result of `work`, or cancel it.

    Raises:
        MalformedRequest: The client has disconnected.
        Overloaded: WORK_SECONDS are over.
    """
    done = asyncio.ensure_future(work)
    left = asyncio.ensure_future(request.receive())
    try:
        await asyncio.wait((done, left), timeout=WORK_SECONDS, return_when="FIRST_COMPLETED")
        if done.done():
            return done.result()
        if left.done():
            raise MalformedRequest("request: the client has disconnected")
        raise Overloaded(f"request: expected an answer within {WORK_SECONDS:.0f} s; retry later")
    finally:
        left.cancel()
        done.cancel()
