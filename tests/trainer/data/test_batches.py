"""Batches and their targets."""

import numpy as np

from tests.trainer.samples import bars


def test_targets_are_smoothed_labels_or_uniform() -> None:
    from trainer.data.batches import targets

    digits = bars(3)
    wanted = targets(digits, no_digits=2, smoothing=0.1)
    assert np.allclose(wanted.sum(axis=1), 1)
    assert (wanted[:3].argmax(axis=1) == digits.labels).all()
    assert np.allclose(wanted[:3].max(axis=1), 0.91)
    assert np.allclose(wanted[3:], 0.1)


def test_batches_hold_each_image_once_in_a_new_order() -> None:
    from trainer.data.batches import Batches

    images = np.arange(50, dtype=np.uint8)[:, None, None].repeat(28, 1).repeat(28, 2)
    numbers = np.arange(50, dtype=np.float32)[:, None].repeat(10, 1)
    batches = Batches(images, numbers, 8, 1)
    orders = [np.concatenate([wanted[:, 0] for _, wanted in batches.epoch(e)]) for e in (0, 1)]
    assert [sorted(order) for order in orders] == [list(range(50))] * 2
    assert (orders[0] != orders[1]).any()
