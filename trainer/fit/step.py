"""One compiled optimizer step and the moving average of the weights."""

from collections.abc import Callable
from typing import Any

import keras


def compile_step(
    model: keras.Model, averaged: keras.Model, momentum: float
) -> Callable[[int, Any, Any], float]:
    """Return a function that takes one step and returns its loss.

    Args:
        model: Compiled network of logits, which the steps change.
        averaged: Network of the same shape, whose weights follow as a moving average (Polyak and
            Juditsky, 1992), closely in the first steps.
        momentum: Share of the average that a step keeps, 0 to 1.

    Returns:
        A function of the step's number, images float32 (n, 28, 28) and targets float32 (n, 10).
    """
    import tensorflow as tf

    variables = model.trainable_variables

    @tf.function(reduce_retracing=True)  # type: ignore[untyped-decorator]
    def step(images: Any, targets: Any, share: Any) -> Any:
        with tf.GradientTape() as tape:
            logits = model(images, training=True)
            loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(targets, logits))
        gradients = tape.gradient(loss, variables)
        model.optimizer.apply_gradients(zip(gradients, variables, strict=True))
        for mean, weight in zip(averaged.weights, model.weights, strict=True):
            mean.assign_add(share * (weight - mean))
        return loss

    def run(number: int, images: Any, targets: Any) -> float:
        share = 1 - min(momentum, (1 + number) / (10 + number))
        return float(step(images, targets, tf.constant(share, tf.float32)))

    return run
