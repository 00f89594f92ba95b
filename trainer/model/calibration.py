"""Temperature scaling, which makes a network's probabilities say how often it is right."""

import numpy as np
from numpy.typing import NDArray

Probabilities = NDArray[np.float32]
Labels = NDArray[np.int64]


def temperature(probabilities: Probabilities, labels: Labels) -> float:
    """What to divide the logits by so that the labels are likeliest, of 0.3 to 3
    (Guo et al., arXiv:1706.04599)."""
    logs = np.log(np.maximum(probabilities.astype(np.float64), 1e-12))

    def loss(candidate: float) -> float:
        scaled = logs / candidate
        scaled -= scaled.max(axis=1, keepdims=True)
        total = np.log(np.exp(scaled).sum(axis=1))
        return float((total - scaled[np.arange(len(labels)), labels]).mean())

    candidates = np.geomspace(0.3, 3.0, 116)
    return float(min(candidates, key=loss))
