"""The use case: a question → normalised images → probabilities → recorded predictions → answers."""

import contextlib
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from digitreader import log
from digitreader.errors import ModelUnavailable, NothingKept, WrongValue
from digitreader.http.requests import Question
from digitreader.model.reader import Reader
from digitreader.preprocess.centre import centre_all
from digitreader.preprocess.normalise import normalise
from digitreader.results.ids import time_of, uuid7
from digitreader.results.prediction import Prediction
from digitreader.results.recorder import Recorded
from digitreader.results.store import ResultsStore
from digitreader.results_in_loop import BlockingRecorder
from digitreader.settings import Settings


class DigitService:
    """What the function does, free of HTTP."""

    def __init__(
        self,
        reader: Reader,
        store: ResultsStore | None,
        recorder: BlockingRecorder,
        settings: Settings,
    ) -> None:
        self._reader = reader
        self._store = store
        self._recorder = recorder
        self._settings = settings

    def answer(self, question: Question) -> list[dict[str, Any]]:
        """An answer for each image, recorded before it is given unless the question says not to.

        Raises WrongValue for an image that holds no digit, ModelUnavailable without a model; a
        results store that is down is no error, it is told in the answer's `recorded`.
        """
        images = _normalised(question)
        log.end_step("preprocess")
        self._warm_store()
        probabilities, manifest = self._reader.probabilities(images)
        log.end_step("inference")
        ids = [own_id or uuid7() for own_id in question.ids]
        recorded: Recorded = False
        if question.record and self._store is not None:
            recorded = self._recorder.record(
                [
                    _prediction(image, row, id, question, manifest.version)
                    for image, row, id in zip(images, probabilities, ids, strict=True)
                ]
            )
        log.end_step("store")
        answers = [
            self._public(id, digit, row, manifest.version) | {"recorded": recorded}
            for id, digit, row in zip(
                ids, probabilities.argmax(axis=1).tolist(), probabilities, strict=True
            )
        ]
        if question.show_pixels:
            for answer, image in zip(answers, images, strict=True):
                answer["pixels"] = image.ravel()
        log.add(
            outcome="predicted",
            count=len(answers),
            digit=answers[0]["digit"],
            confidence=round(float(answers[0]["confidence"]), 4),
            identified=all(answer["identified"] for answer in answers),
            recorded=recorded,
            source=question.source,
            dialect=question.dialect,
            model_version=manifest.version,
        )
        return answers

    def label(self, id: UUID, label: int, session: str | None) -> None:
        """Store the true digit with its prediction; raises UnknownPrediction, StoreUnavailable."""
        self._recorder.label(id, label, session)

    def erase(self, session: str, id: UUID | None) -> None:
        """Remove the session's predictions, or that one, everywhere; raises StoreUnavailable."""
        self._recorder.erase(session, id)

    def results(self) -> ResultsStore:
        """The results store; raises StoreUnavailable when it is switched off."""
        if self._store is None:
            raise NothingKept
        return self._store

    def listed(self, prediction: Prediction) -> dict[str, Any]:
        """A recorded prediction as `GET /results` shows it."""
        row = np.asarray(prediction.probabilities, np.float32)
        public = self._public(prediction.id, prediction.digit, row, prediction.model_version)
        return public | {
            "time": prediction.time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "label": prediction.label,
            "source": prediction.source,
            "filename": prediction.filename,
            "pixels": list(prediction.pixels),
        }

    def card(self) -> dict[str, Any]:
        """The live model's status as TensorFlow Serving words it, and its card.

        Loads the model first; raises ModelUnavailable.
        """
        manifest = self._reader.load().manifest
        status = {"error_code": "OK", "error_message": ""}
        return {
            "model_version_status": [
                {"version": manifest.version, "state": "AVAILABLE", "status": status}
            ],
            "card": {
                "version": manifest.version,
                "sha256": manifest.sha256,
                "test_set": manifest.test_set,
                "misses": manifest.misses,
                "samples": manifest.samples,
                "parameters": manifest.parameters,
                "quantisation": manifest.quantisation,
                "trained_at": manifest.trained_at,
            },
        }

    def health(self, load: bool) -> tuple[bool, dict[str, Any]]:
        """(fit to answer, the state in words); `load` sets the model up first."""
        if load:
            self._warm_store()
            with contextlib.suppress(ModelUnavailable):
                self._reader.load()
        reader, store = self._reader, self._store
        report: dict[str, Any] = {
            "state": reader.state,
            "model": None if reader.manifest is None else {"version": reader.manifest.version},
            "setup_seconds": reader.setup_seconds,
            "results": {
                "store": self._settings.results_store,
                "state": "off" if store is None else store.state(),
            },
        }
        trouble = reader.failure
        if trouble is not None:
            report["error"] = {"code": trouble.code, "message": trouble.public, "field": None}
        if reader.refresh_trouble:
            report["refresh"] = reader.refresh_trouble
        return reader.state != "failed", report

    def _warm_store(self) -> None:
        """On a cold start the store connects beside the model's load, not after it."""
        if self._store is not None and self._reader.state != "ready":
            self._store.warm()

    def _public(
        self, id: UUID, digit: int, row: NDArray[np.float32], version: str
    ) -> dict[str, Any]:
        confidence = row[digit]
        return {
            "id": str(id),
            "digit": digit,
            "confidence": confidence,
            "identified": float(confidence) >= self._settings.identified_from,
            "probabilities": row,
            "model": {"version": version},
        }


def _normalised(question: Question) -> NDArray[np.uint8]:
    """(n, 28, 28); an error names the instance at fault."""
    if question.dialect != "instances":
        (image,) = question.images
        return normalise(image)[None]
    images = []
    quick = centre_all(question.images)
    for index, (image, moved) in enumerate(zip(question.images, quick, strict=True)):
        try:
            images.append(normalise(image) if moved is None else moved)
        except WrongValue as error:
            where = f"instances[{index}]"
            raise WrongValue(f"{where}: {error.message}", field=where, code=error.code) from None
    return np.stack(images)


def _prediction(
    image: NDArray[np.uint8],
    row: NDArray[np.float32],
    id: Any,
    question: Question,
    version: str,
) -> Prediction:
    digit = int(row.argmax())
    return Prediction(
        id=id,
        time=time_of(id) or datetime.now(UTC),
        digit=digit,
        confidence=float(row[digit]),
        probabilities=tuple(row.tolist()),
        pixels=image.tobytes(),
        source=question.source,
        filename=question.filename,
        session=question.session,
        model_version=version,
    )
