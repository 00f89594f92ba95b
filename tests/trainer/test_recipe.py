"""Recipes and their presets."""

from trainer.recipe import Recipe, quick, sample


def test_presets_are_narrower() -> None:
    for preset in (quick(Recipe()), sample(Recipe())):
        assert max(preset.channels) < max(Recipe().channels)
