"""The asynchronous floor: what functions-framework takes to answer anything at all, on ASGI.

After https://github.com/GoogleCloudPlatform/functions-framework-python, examples for `aio`.
"""

import functions_framework.aio
from starlette.requests import Request


@functions_framework.aio.http
async def hello(request: Request) -> str:
    return "Hello world!"
