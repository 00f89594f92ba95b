"""The function's entry point: settings, wiring, and the one coroutine that is served."""

import gc
import sys

gc.disable()  # before the imports; digitreader.cold_start says why

from functions_framework import aio  # noqa: E402, I001
from starlette.requests import Request  # noqa: E402
from starlette.responses import Response  # noqa: E402

from digitreader import cold_start  # noqa: E402
from digitreader.bucket.google import GoogleBucket  # noqa: E402
from digitreader.errors import SettingsError  # noqa: E402
from digitreader.http import server_settings  # noqa: E402
from digitreader.http.routes import Routes  # noqa: E402
from digitreader.model.reader import Reader  # noqa: E402
from digitreader.results import open_store  # noqa: E402
from digitreader.results.recorder import Recorder  # noqa: E402
from digitreader.results_in_threads import ThreadedRecorder, ThreadedStore  # noqa: E402
from digitreader.service import DigitService  # noqa: E402
from digitreader.settings import Settings  # noqa: E402

cold_start.map_large_blocks()
server_settings.apply()


def _wired(settings: Settings) -> Routes:
    """Return the function over real parts; none of them connects before the first request."""
    models = GoogleBucket(settings.model_bucket, settings.bucket_timeout_seconds)
    outbox = None
    if settings.outbox_bucket == settings.model_bucket:
        outbox = models  # whose connection the model's load has made already
    elif settings.outbox_bucket:
        outbox = GoogleBucket(settings.outbox_bucket, settings.bucket_timeout_seconds)
    store = open_store(settings)
    service = DigitService(
        Reader(models, settings.model_refresh_seconds),
        None if store is None else ThreadedStore(store),
        ThreadedRecorder(Recorder(store, outbox, settings)),
        settings,
    )
    return Routes(service, settings)


try:
    routes = _wired(Settings.from_environment())
except SettingsError as error:
    sys.exit(f"digitreader: {error.message}")


@aio.http
async def digits(request: Request) -> Response:
    """Answer any request."""
    return await routes.answer(request)
