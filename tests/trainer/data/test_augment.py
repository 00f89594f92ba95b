"""Augmentation: each change alone, and all of them reproducibly."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trainer.samples import bars
from trainer.data.augment import Images, Strength, augment

STILL = Strength(
    rotation=0,
    shear=0,
    scale=(1, 1),
    aspect=0,
    shift=0,
    elastic=0,
    stroke=0,
    blur=0,
    contrast=0,
    noise=0,
    occlusion=0,
    faint=0,
)


def only(change: str) -> Strength:
    """Return the strength of one change alone, at its largest."""
    return Strength(**dataclasses.asdict(STILL) | {change: 1.0})


def changed(strength: Strength, seed: int = 1, count: int = 64) -> Images:
    images = bars(count).images.astype(np.float32)
    return augment(images, np.random.default_rng(seed), strength)


def test_augment_without_strength_changes_nothing() -> None:
    assert np.allclose(changed(STILL), bars(64).images, atol=0.01)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 40))
def test_augment_returns_grey_values(seed: int, count: int) -> None:
    images = changed(Strength(), seed, count)
    assert images.shape == (count, 28, 28) and images.dtype == np.float32
    assert images.min() >= 0 and images.max() <= 255


def test_augment_depends_on_the_seed_alone() -> None:
    assert (changed(Strength(), 1) == changed(Strength(), 1)).all()
    assert (changed(Strength(), 1) != changed(Strength(), 2)).any()


def test_shift_moves_the_ink_by_at_most_its_limit() -> None:
    images = changed(dataclasses.replace(STILL, shift=1.5))
    columns = images.sum(axis=1) @ np.arange(28) / images.sum(axis=(1, 2))
    before = bars(64).images.astype(np.float32)
    were = before.sum(axis=1) @ np.arange(28) / before.sum(axis=(1, 2))
    assert 0.2 < np.abs(columns - were).max() < 1.51


def test_scale_changes_the_amount_of_ink() -> None:
    before = bars(64).images.sum(dtype=float)
    assert changed(dataclasses.replace(STILL, scale=(0.5, 0.5))).sum() < 0.4 * before
    # A bar of 20 rows at 1.3 is 26 rows: still inside.
    assert changed(dataclasses.replace(STILL, scale=(1.3, 1.3))).sum() > 1.5 * before


@pytest.mark.parametrize("change", ["occlusion", "faint"])
def test_occlusion_and_faint_ink_only_remove_ink(change: str) -> None:
    images = changed(only(change))
    assert (images <= bars(64).images + 0.01).all()
    assert images.sum() < 0.99 * bars(64).images.sum(dtype=float)


@pytest.mark.parametrize("change", ["stroke", "blur", "contrast", "noise"])
def test_each_other_change_alters_the_images(change: str) -> None:
    images = changed(only(change))
    assert (np.abs(images - bars(64).images).max(axis=(1, 2)) > 5).mean() > 0.5
