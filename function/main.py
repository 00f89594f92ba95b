"""The function's entry point: settings, wiring and the coroutine for requests."""

import gc
import sys

gc.disable()  # before the imports; digitreader.cold_start says why

from functions_framework import aio
from starlette.requests import Request
from starlette.responses import Response

from digitreader import cold_start
from digitreader.bucket import open_bucket
from digitreader.errors import SettingsError
from digitreader.http import server_settings
from digitreader.http.routes import Routes
from digitreader.model.reader import Reader
from digitreader.number_service import NumberService
from digitreader.results import open_store
from digitreader.results.recorder import Recorder
from digitreader.service import DigitService
from digitreader.settings import Settings

cold_start.map_large_blocks()
server_settings.apply()


def _wired(settings: Settings) -> Routes:
    """Return the routes over bucket and store, which connect at the first request."""
    models = open_bucket(settings.model_bucket, settings.bucket_timeout_seconds)
    outbox = None
    if settings.outbox_bucket == settings.model_bucket:
        outbox = models  # loading the model has already connected it
    elif settings.outbox_bucket:
        outbox = open_bucket(settings.outbox_bucket, settings.bucket_timeout_seconds)
    store = open_store(settings)
    reader = Reader(models, settings.model_refresh_seconds, public_key=settings.model_public_key)
    recorder = Recorder(store, outbox, settings)
    service = DigitService(reader, store, recorder, settings)
    return Routes(service, NumberService(reader, recorder, settings), settings)


try:
    routes = _wired(Settings.from_environment())
except SettingsError as error:
    sys.exit(f"digitreader: {error.message}")


@aio.http
async def digits(request: Request) -> Response:
    """Answer any request."""
    return await routes.answer(request)
