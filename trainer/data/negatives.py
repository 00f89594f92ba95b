"""Images that are not digits: letters, scribbles, pairs of digits.

The network is trained to give all ten digits the same probability for them, so that the page says
"could not be identified" (outlier exposure: Hendrycks et al., arXiv:1812.04606).
"""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from digitreader.errors import WrongValue
from digitreader.preprocess.normalise import normalise
from trainer.data.digits import DataError, Digits
from trainer.data.pen_strokes import PENS, Stroke, render

LETTERS = {
    "a": "85 82 63 42 34 36 38 49 68 86 | 84 88 99",
    "c": "83 62 42 34 26 38 59 79 88",
    "d": "84 63 43 35 37 49 68 86 | 80 84 89",
    "e": "35 55 85 83 62 42 34 26 38 59 79 88",
    "f": "80 60 52 55 59 | 34 74",
    "h": "30 34 39 | 36 54 74 85 89",
    "j": "63 67 6b 4c 2b | 60 61",
    "k": "30 35 39 | 73 36 79",
    "m": "13 19 | 15 33 45 49 | 45 63 75 79",
    "n": "33 39 | 35 53 73 84 89",
    "p": "33 38 3d | 34 53 73 85 87 79 59 38",
    "r": "33 39 | 36 44 63 83",
    "t": "50 54 58 69 88 | 34 74",
    "u": "33 37 49 69 86 | 83 86 89",
    "v": "23 59 83",
    "w": "13 39 54 79 93",
    "x": "23 89 | 83 29",
    "y": "23 57 | 83 57 3c",
    "A": "19 50 89 | 26 76",
    "E": "80 20 29 89 | 25 75",
    "F": "80 20 29 | 25 75",
    "H": "20 29 | 80 89 | 25 85",
    "K": "20 29 | 80 25 89",
    "M": "19 20 55 80 99",
    "N": "19 20 89 80",
    "P": "20 29 | 20 60 82 64 25",
    "R": "20 29 | 20 60 82 64 25 | 55 89",
    "T": "10 90 | 50 59",
    "U": "20 26 49 69 86 80",
    "V": "10 59 90",
    "W": "00 29 54 79 a0",
    "X": "10 89 | 80 19",
    "Y": "10 55 | 90 55 59",
    "+": "50 59 | 15 95",
    "*": "50 59 | 12 97 | 92 17",
    "#": "30 29 | 70 69 | 13 93 | 16 96",
    "?": "22 40 70 83 55 57 | 59 59",
}
"""Skeletons of letters: strokes separated by |, points as two hexadecimal figures, x and y
(downwards). Letters that pass for digits (b g i l o q s z and B D G I J L O Q S Z) are left out."""

LOWER_CASE = "acdefhjkmnprtuvwxy"
"""Lower-case letters without those that pass for digits: b g i l o q s z."""

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
"""Fonts for evaluation, of other families than TRAINED_FONTS; matplotlib contains all of them."""


def negatives(count: int, digits: Digits, seed: int) -> NDArray[np.uint8]:
    """Draw images that are not digits: letters, scribbles and pairs of digits.

    Half of them are letters, a quarter scribbles and a quarter pairs of digits.

    Args:
        count: Number of images.
        digits: Digits to make pairs of.
        seed: The same seed gives the same images.

    Returns:
        uint8 (count, 28, 28), normalised.
    """
    generator = np.random.default_rng(seed)
    makers = (_letter, _letter, _scribble, lambda g: _pair(digits, g))
    images = [makers[i % len(makers)](generator) for i in range(count)]
    return np.array(images, np.uint8).reshape(-1, 28, 28)


def more_negatives(count: int, digits: Digits, seed: int) -> NDArray[np.uint8]:
    """Draw images as `negatives` does, half of them letters in TRAINED_FONTS."""
    printed = printed_letters(LOWER_CASE + CAPITALS, TRAINED_FONTS)
    chosen = np.random.default_rng(seed).integers(0, len(printed), count // 2)
    drawn = negatives(count - count // 2, digits, seed)
    return np.concatenate([drawn, printed[chosen]])


def printed_letters(
    letters: str = LOWER_CASE, fonts: Sequence[str] = UNSEEN_FONTS
) -> NDArray[np.uint8]:
    """Print each letter in each font.

    Args:
        letters: The letters.
        fonts: Names of font files that matplotlib contains, without their suffix.

    Returns:
        uint8 (len(fonts) · len(letters), 28, 28), normalised.

    Raises:
        DataError: matplotlib is not installed.
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


def _letter(generator: np.random.Generator) -> NDArray[np.uint8]:
    skeleton = LETTERS[generator.choice(list(LETTERS))]
    strokes = [_points(stroke, generator) for stroke in skeleton.split(" | ")]
    stretch = np.exp(generator.normal(0, 0.15, 2))
    slant = np.array([[1, 0], [generator.normal(-0.1, 0.2), 1]])
    return render([stroke * stretch @ slant for stroke in strokes], pen=generator.uniform(*PENS))


def _points(stroke: str, generator: np.random.Generator) -> Stroke:
    """Return a stroke of a skeleton with unsteady points."""
    points = np.array([[int(p[0], 16), int(p[1], 16)] for p in stroke.split()], np.float64)
    points += generator.normal(0, 0.45, points.shape)
    between = int(generator.integers(1, 5))
    t = np.linspace(0, len(points) - 1, (len(points) - 1) * between + 1)
    at = np.arange(len(points))
    return np.stack([np.interp(t, at, points[:, k]) for k in range(2)], axis=1)


def _scribble(generator: np.random.Generator) -> NDArray[np.uint8]:
    """Draw one or two curves through random points."""
    strokes: list[Stroke] = [
        generator.uniform(0, (10, generator.uniform(4, 14)), (int(generator.integers(7, 18)), 2))
        for _ in range(int(generator.integers(1, 3)))
    ]
    return render(strokes, pen=generator.uniform(*PENS))


def _pair(digits: Digits, generator: np.random.Generator) -> NDArray[np.uint8]:
    """Draw two digits side by side."""
    left, right = digits.images[generator.integers(0, len(digits), 2)]
    overlap = int(generator.integers(2, 9))
    canvas = np.zeros((28, 56 - overlap), np.uint8)
    canvas[:, :28] = left
    canvas[:, -28:] = np.maximum(canvas[:, -28:], right)
    try:
        return normalise(canvas)
    except WrongValue:
        return _pair(digits, generator)
