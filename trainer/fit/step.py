"""One step of training, compiled: answers, loss, gradients, weights, and their average."""

from collections.abc import Callable
from typing import Any

import keras


def stepper(
    model: keras.Model, averaged: keras.Model, momentum: float
) -> Callable[[int, Any, Any], float]:
    """A step of the compiled `model`: its number, images float32 (n, 28, 28) and what to answer
    (n, 10) → the loss.

    The weights of `averaged` follow (Polyak and Juditsky, 1992), closely at first.
    """
    import tensorflow as tf

    variables = model.trainable_variables

    @tf.function(reduce_retracing=True)  # type: ignore[untyped-decorator]
    def step(images: Any, wanted: Any, share: Any) -> Any:
        with tf.GradientTape() as tape:
            logits = model(images, training=True)
            loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(wanted, logits))
        gradients = tape.gradient(loss, variables)
        model.optimizer.apply_gradients(zip(gradients, variables, strict=True))
        for mean, weight in zip(averaged.weights, model.weights, strict=True):
            mean.assign_add(share * (weight - mean))
        return loss

    def run(number: int, images: Any, wanted: Any) -> float:
        share = 1 - min(momentum, (1 + number) / (10 + number))
        return float(step(images, wanted, tf.constant(share, tf.float32)))

    return run
