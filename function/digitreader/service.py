"""The use cases, free of HTTP: read, label, list and erase, and report health."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from digitreader import log
from digitreader.errors import ModelUnavailable, NothingKept
from digitreader.images import Picture, Prepared, in_chunks, is_quick, prepare
from digitreader.model.artifact import Manifest
from digitreader.model.reader import Model, Reader, State
from digitreader.results.ids import time_of, uuid7
from digitreader.results.prediction import Label, Prediction
from digitreader.results.recorder import Recorded, Recorder
from digitreader.results.store import ResultsStore
from digitreader.settings import Settings
from digitreader.threads import Pool

if TYPE_CHECKING:
    from digitreader.model.explanation import Explanation

_PICTURES = Pool("pictures", 2)
_BATCHES = Pool("batches", 1)
_EXPLANATIONS = Pool("explanations", 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Images to read, with the options of the request.

    `ids` has the client's id for each image, or None. `explain` needs a single image.
    """

    images: tuple[Picture, ...]
    ids: tuple[UUID | None, ...]
    source: str = "api"
    filename: str | None = None
    session: str | None = None
    record: bool = True
    show_pixels: bool = False
    explain: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The answers to a question: one for each of its n images."""

    ids: Sequence[UUID]
    images: NDArray[np.uint8]
    """(n, 28, 28), as the network saw the images."""
    probabilities: NDArray[np.float32]
    """(n, 10)"""
    digits: Sequence[int]
    identified: Sequence[bool]
    """Whether the image is one digit, read with enough confidence."""
    digits_found: Sequence[int]
    model_version: str
    recorded: Recorded = False
    explanation: "Explanation | None" = None


@dataclass(frozen=True, slots=True)
class Health:
    """The state that `GET /health` reports."""

    state: State
    model_version: str | None
    setup_seconds: Mapping[str, float]
    store: str
    store_state: str
    kept_days: int
    failure: ModelUnavailable | None
    refresh_trouble: str

    @property
    def fit(self) -> bool:
        """Whether requests can be answered."""
        return self.state != "failed"


class DigitService:
    """The use cases over a model, a recorder and a store."""

    def __init__(
        self,
        reader: Reader,
        store: ResultsStore | None,
        recorder: Recorder,
        settings: Settings,
    ) -> None:
        """Store the parts; without a store, nothing is recorded."""
        self._reader = reader
        self._store = store
        self._recorder = recorder
        self._settings = settings

    async def read(self, question: Question) -> Reading:
        """Read each image and record the answers, unless the question opts out.

        A results store that is down raises no error; `recorded` reports where the answers are.

        Raises:
            WrongValue, MalformedRequest, TooLarge: An image cannot be read or has no digit.
            ModelUnavailable: No model can be served now.
        """
        if is_quick(question.images):
            prepared = prepare(question.images)
        else:
            pool = _PICTURES if len(question.images) == 1 else _BATCHES
            prepared = await pool.run(prepare, question.images)
        images = prepared.pixels
        log.end_step("preprocess")
        self._warm_store()
        model = await self._reader.load()
        if len(images) == 1:
            probabilities = model.network.probabilities(images)
        else:
            probabilities = await _BATCHES.run(in_chunks, model.network.probabilities, images)
        log.end_step("inference")
        reading = self._reading(question, prepared, probabilities, model.manifest.version)
        if question.explain:
            explanation = await self._explanation(model, images[0])
            reading = replace(reading, explanation=explanation)
            log.end_step("explain")
        recorded: Recorded = False
        if question.record and self._store is not None:
            if len(images) == 1:
                rows = predictions(question, reading)
            else:
                rows = await _BATCHES.run(predictions, question, reading)
            recorded = await self._recorder.record(rows)
        log.end_step("store")
        log.add(
            outcome="predicted",
            count=len(images),
            digit=reading.digits[0],
            confidence=round(float(probabilities[0].max()), 4),
            identified=all(reading.identified),
            recorded=recorded,
            source=question.source,
            model_version=reading.model_version,
        )
        return replace(reading, recorded=recorded)

    async def label(self, id: UUID, label: Label | None, session: str | None) -> None:
        """Store the true label with the prediction; see `Recorder.label`."""
        await self._recorder.label(id, label, session)

    async def erase(self, session: str, id: UUID | None) -> None:
        """Erase the session's predictions, or one of them; see `Recorder.erase`."""
        await self._recorder.erase(session, id)

    async def page(
        self, session: str, limit: int, before: UUID | None
    ) -> tuple[list[Prediction], UUID | None]:
        """Return the session's newest predictions, and the last id if there are more."""
        rows = await self.results().page(session, limit + 1, before)
        return rows[:limit], rows[limit - 1].id if len(rows) > limit else None

    def results(self) -> ResultsStore:
        """Return the results store, or raise NothingKept if there is none."""
        if self._store is None:
            raise NothingKept
        return self._store

    def is_identified(self, confidence: float) -> bool:
        """Return whether a digit with this confidence counts as identified."""
        return confidence >= self._settings.identified_from

    async def card(self) -> Manifest:
        """Return the live model's manifest, loading the model if necessary."""
        return (await self._reader.load()).manifest

    async def health(self, load: bool) -> Health:
        """Return the state, after loading the model if `load` is set."""
        if load:
            self._warm_store()
            with contextlib.suppress(ModelUnavailable):
                await self._reader.load()
        reader, store = self._reader, self._store
        return Health(
            reader.state,
            None if reader.manifest is None else reader.manifest.version,
            reader.setup_seconds,
            self._settings.results_store,
            "off" if store is None else store.state(),
            self._settings.results_ttl_days,
            reader.failure,
            reader.refresh_trouble,
        )

    async def _explanation(self, model: Model, image: NDArray[np.uint8]) -> "Explanation":
        """Return what the network did with the image, computed in a thread."""
        from digitreader.model.explanation import explain  # not on a cold start

        index = await self._reader.index(model)
        return await _EXPLANATIONS.run(explain, model.network, index, image)

    def _warm_store(self) -> None:
        """Connect the store while the model is loaded, not afterwards."""
        if self._store is not None and self._reader.state != "ready":
            self._store.warm()

    def _reading(
        self,
        question: Question,
        prepared: Prepared,
        probabilities: NDArray[np.float32],
        version: str,
    ) -> Reading:
        highest = probabilities.max(axis=1).tolist()
        return Reading(
            ids=[own_id or uuid7() for own_id in question.ids],
            images=prepared.pixels,
            probabilities=probabilities,
            digits=probabilities.argmax(axis=1).tolist(),
            identified=[
                found == 1 and self.is_identified(confidence)
                for confidence, found in zip(highest, prepared.digits_found, strict=True)
            ],
            digits_found=prepared.digits_found,
            model_version=version,
        )


def predictions(question: Question, reading: Reading) -> list[Prediction]:
    """Return the predictions to record."""
    now = datetime.now(UTC)
    return [
        Prediction(
            id=id,
            time=time_of(id) or now,
            digit=digit,
            confidence=float(row[digit]),
            probabilities=tuple(row.tolist()),
            pixels=image.tobytes(),
            source=question.source,
            filename=question.filename,
            session=question.session,
            model_version=reading.model_version,
        )
        for id, digit, row, image in zip(
            reading.ids, reading.digits, reading.probabilities, reading.images, strict=True
        )
    ]
