"""Printed letters: what is no digit, in typefaces for training and in others for evaluation."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from digitreader.preprocess.normalise import normalise
from trainer.data import DataError

LOWER_CASE = "acdefhjkmnprtuvwxy"
"""Lower case without those that pass for digits: b g i l o q s z."""

CAPITALS = "ACEFHKMNPRTUVWXY"

TRAINED_FONTS = (
    "DejaVuSans",
    "DejaVuSans-Bold",
    "DejaVuSans-Oblique",
    "DejaVuSerif",
    "DejaVuSerif-Italic",
    "DejaVuSansMono",
)

UNSEEN_FONTS = ("STIXGeneral", "STIXGeneralItalic", "cmr10", "cmss10", "cmtt10", "cmmi10")
"""Of other families; both of those that matplotlib carries."""


def printed_letters(
    letters: str = LOWER_CASE, fonts: Sequence[str] = UNSEEN_FONTS
) -> NDArray[np.uint8]:
    """uint8 (fonts · letters, 28, 28): each letter in each font, as serving would see it.

    Raises:
        DataError: matplotlib, which carries the fonts, is not installed.
    """
    package = find_spec("matplotlib")
    if package is None or package.origin is None:
        raise DataError("letters: expected the package matplotlib: pip install '.[trainer]'")
    folder = Path(package.origin).parent / "mpl-data" / "fonts" / "ttf"
    images = []
    for font in fonts:
        face = ImageFont.truetype(str(folder / f"{font}.ttf"), 80)
        for letter in letters:
            canvas = Image.new("L", (160, 160))
            ImageDraw.Draw(canvas).text((80, 80), letter, 255, face, anchor="mm")
            images.append(normalise(np.asarray(canvas)))
    return np.stack(images)
