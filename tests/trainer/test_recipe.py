"""Recipes and their presets."""

from trainer.recipe import Recipe, quick, sample


def test_the_presets_are_smaller() -> None:
    for preset in (quick(Recipe()), sample(Recipe())):
        assert max(preset.channels) < max(Recipe().channels)
