"""Bodies of the responses that list recorded predictions."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from digitreader.http.responses import digit_body
from digitreader.results.prediction import Prediction


def page_body(rows: Sequence[tuple[Prediction, bool]], following: object) -> dict[str, Any]:
    """Return the body of a page of (prediction, identified) pairs and its cursor."""
    return {"results": [_row(*row) for row in rows], "next": following and str(following)}


def _row(prediction: Prediction, identified: bool) -> dict[str, Any]:
    version = prediction.model_version
    probabilities = np.asarray(prediction.probabilities, np.float32)
    row = digit_body(str(prediction.id), prediction.digit, probabilities, identified, version)
    return row | {
        "time": prediction.time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "label": prediction.label,
        "source": prediction.source,
        "filename": prediction.filename,
        "number_id": prediction.number_id and str(prediction.number_id),
        "position": prediction.position,
        "pixels": list(prediction.pixels),
    }
