"""The network, and its export as a LiteRT artifact."""

from typing import Any

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

from trainer.recipe import CHANNELS, Channels
from trainer.suppress_output import silence

PARAMETERS = 273_290
"""Trainable and not; asserted by a test."""


def build(channels: Channels = CHANNELS, dropout: float = 0.3) -> keras.Model:
    """Images float32 (n, 28, 28) of 0 to 255 → logits float32 (n, 10).

    3 × 3 convolutions without padding, each with batch normalisation (Ioffe and Szegedy,
    arXiv:1502.03167), so that the maps shrink by two each time, and one dense layer over the last
    ones' places (An et al., arXiv:2008.10400). Between stages maps are halved by maxima, which
    costs no reading and is a fraction of the work.
    """
    images = keras.Input((28, 28), name="images")
    x = layers.Rescaling(1 / 255)(images)
    # Neither here nor at the end a reshape: LiteRT could not resize the batch through one.
    x = keras.ops.expand_dims(x, -1)
    for stage, widths in enumerate(channels):
        if stage:
            x = layers.MaxPooling2D()(x)
        for width in widths:
            x = layers.Conv2D(width, 3, use_bias=False)(x)
            # Statistics of the last ten batches: the weights' average smooths them further.
            x = layers.BatchNormalization(momentum=0.9)(x)
            x = layers.ReLU()(x)
    x = layers.Dropout(dropout)(x)
    x = layers.Conv2D(10, x.shape[1], name="logits")(x)  # (n, 1, 1, 10): dense over all places
    return keras.Model(images, keras.ops.squeeze(x, (1, 2)), name="digits")


def with_softmax(model: keras.Model, temperature: float = 1.0) -> keras.Model:
    """The network as it is served: images float32 (n, 28, 28) → probabilities float32 (n, 10).

    Logits are divided by `temperature` first, which calibrates the probabilities and changes
    no answer (Guo et al., arXiv:1706.04599).
    """
    logits = layers.Rescaling(1 / temperature, name="calibration")(model.output)
    return keras.Model(model.input, layers.Softmax(name="probabilities")(logits), name="digits")


INT8, FLOAT16, FLOAT32 = "dynamic-range int8", "float16", "float32"
"""How weights are kept: int8 with activations quantised as they come, halves that are widened when
loaded, or as trained."""


def to_litert(model: keras.Model, quantisation: str) -> bytes:
    """The LiteRT flatbuffer of `model`, its weights INT8, FLOAT16 or FLOAT32."""
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if quantisation != FLOAT32:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if quantisation == FLOAT16:
        converter.target_spec.supported_types = [tf.float16]
    with silence():  # it lists the graph's endpoints on stdout
        return bytes(converter.convert())


def probabilities(model: Any, images: NDArray[np.uint8], batch: int = 512) -> NDArray[np.float32]:
    """The served network's probabilities float32 (n, 10) of images uint8 (n, 28, 28)."""
    parts = [
        np.asarray(model(images[i : i + batch].astype(np.float32), training=False))
        for i in range(0, len(images), batch)
    ]
    return np.concatenate(parts)
