"""Rounding of weights to the 8-bit grid of the int8 artifact.

LiteRT's dynamic-range int8 keeps each output channel of a kernel in steps of 1/127 of its largest
weight. A Keras model whose weights lie on that grid has the same weights as its artifact; the two
then differ only by the rounding of activations (Jacob et al., arXiv:1712.05877). Folding batch
normalisation into a kernel scales whole channels, so a kernel on the grid stays on it.
"""

import keras
import numpy as np
from numpy.typing import NDArray

STEPS = 127


def on_grid(kernel: NDArray[np.float32]) -> NDArray[np.float32]:
    """Round a kernel (height, width, in, out) to the steps of each output channel."""
    step = np.abs(kernel).max(axis=(0, 1, 2)) / STEPS
    step = np.maximum(step, np.finfo(np.float32).tiny)
    return np.asarray(np.rint(kernel / step) * step, np.float32)


def rounded(model: keras.Model) -> keras.Model:
    """Return a copy of the model with its convolutions' weights on the grid."""
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    for layer in copy.layers:
        if isinstance(layer, keras.layers.Conv2D):
            layer.kernel.assign(on_grid(np.asarray(layer.kernel)))
    return copy
