"""The network and its conversion to LiteRT."""

from typing import Any

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

from trainer.recipe import CHANNELS, Channels
from trainer.suppress_output import suppress_output

PARAMETERS = 273_290
"""Parameters of the default network, trainable or not; a test asserts the number."""


def build(channels: Channels = CHANNELS, dropout: float = 0.3) -> keras.Model:
    """Build the network.

    Convolutions of 3 × 3 without padding, each with batch normalisation (Ioffe and Szegedy,
    arXiv:1502.03167), shrink the maps by two pixels each; one dense layer reads all places of the
    last maps (An et al., arXiv:2008.10400). Between stages max pooling halves the maps, which
    costs no accuracy and saves most of the work.

    Args:
        channels: Width of each convolution, stage by stage.
        dropout: Share of the last maps that is dropped in training, 0 to 1.

    Returns:
        A network from images float32 (n, 28, 28), 0 to 255, to logits float32 (n, 10).
    """
    images = keras.Input((28, 28), name="images")
    x = layers.Rescaling(1 / 255)(images)  # (n, 28, 28), 0 to 1
    # No reshape, neither here nor at the end: LiteRT cannot resize the batch through one.
    x = keras.ops.expand_dims(x, -1)  # (n, 28, 28, 1)
    for stage, widths in enumerate(channels):
        if stage:
            x = layers.MaxPooling2D()(x)
        for width in widths:
            x = layers.Conv2D(width, 3, use_bias=False)(x)
            # Statistics of about ten batches are enough: averaging the weights smooths them more.
            x = layers.BatchNormalization(momentum=0.9)(x)
            x = layers.ReLU()(x)
    x = layers.Dropout(dropout)(x)
    x = layers.Conv2D(10, x.shape[1], name="logits")(x)  # (n, 1, 1, 10), dense over all places
    return keras.Model(images, keras.ops.squeeze(x, (1, 2)), name="digits")


def with_softmax(model: keras.Model, temperature: float = 1.0) -> keras.Model:
    """Return the network as it is served, with probabilities for logits.

    Args:
        model: The network of logits.
        temperature: Divisor of the logits, which calibrates the probabilities and changes no
            answer (Guo et al., arXiv:1706.04599).

    Returns:
        A network from images float32 (n, 28, 28), 0 to 255, to probabilities float32 (n, 10).
    """
    logits = layers.Rescaling(1 / temperature, name="calibration")(model.output)
    return keras.Model(model.input, layers.Softmax(name="probabilities")(logits), name="digits")


INT8, FLOAT16, FLOAT32 = "dynamic-range int8", "float16", "float32"
"""Weights of the artifact: int8 with activations quantised at run time, halves that are widened
when they are loaded, or float32 as trained."""


def to_litert(model: keras.Model, quantisation: str) -> bytes:
    """Convert the model to a LiteRT flatbuffer with weights INT8, FLOAT16 or FLOAT32."""
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if quantisation != FLOAT32:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if quantisation == FLOAT16:
        converter.target_spec.supported_types = [tf.float16]
    with suppress_output():  # the converter lists the graph's endpoints on stdout
        return bytes(converter.convert())


def probabilities(model: Any, images: NDArray[np.uint8], batch: int = 512) -> NDArray[np.float32]:
    """Return probabilities float32 (n, 10) of images uint8 (n, 28, 28)."""
    parts = [
        np.asarray(model(images[i : i + batch].astype(np.float32), training=False))
        for i in range(0, len(images), batch)
    ]
    return np.concatenate(parts)
