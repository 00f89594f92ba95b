"""What an answer says of the network's inside: images as base64 of their bytes, row by row."""

import base64
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitreader.service import Reading


def explanation_of(reading: Reading) -> dict[str, Any]:
    """Return the key `explanation`, 38 kB for the released model; nothing when none was asked."""
    explanation = reading.explanation
    if explanation is None:
        return {}
    body = {
        "layers": [asdict(layer) for layer in explanation.layers],
        "feature_maps": _base64(explanation.feature_maps),
        "logits": explanation.logits,
        "importance": _base64(explanation.importance),
        "neighbours": [
            {
                "digit": neighbour.digit,
                "distance": neighbour.distance,
                "pixels": _base64(neighbour.thumbnail),
            }
            for neighbour in explanation.neighbours
        ],
    }
    return {"explanation": body}


def _base64(image: NDArray[np.uint8]) -> str:
    return base64.b64encode(image.tobytes()).decode()
