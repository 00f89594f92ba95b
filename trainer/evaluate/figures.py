"""The report's pictures: functions of figures, probabilities and labels, drawn into files."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.data.digits import Digits
from trainer.evaluate.scores import BINS, Probabilities, confusion, misread

MOST = 60
"""Misread digits shown."""


def pyplot() -> Any:
    import matplotlib

    matplotlib.use("Agg")  # files only: no window, no display needed
    from matplotlib import pyplot

    return pyplot


def save(figure: Any, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=80, bbox_inches="tight", metadata={"Software": None})
    pyplot().close(figure)


def curves(history: Sequence[dict[str, float]], path: Path) -> None:
    """Loss in training and validation, and misses in validation, by epoch."""
    epochs = [record["epoch"] for record in history]
    figure, (left, right) = pyplot().subplots(1, 2, figsize=(9, 3.2))
    left.plot(epochs, [record["loss"] for record in history], label="training (augmented)")
    left.plot(epochs, [record["validation_loss"] for record in history], label="validation")
    left.set(xlabel="epoch", title="cross-entropy", yscale="log")
    left.legend()
    right.plot(epochs, [record["validation_misses"] for record in history], color="tab:red")
    samples = int(history[-1]["validation_samples"]) if history else 0
    right.set(xlabel="epoch", title=f"misses of {samples:,} in validation", ylim=(0, None))
    save(figure, path)


def confusion_matrix(counts: NDArray[np.int64], path: Path) -> None:
    """Counts (10, 10); colour shows the misreadings, the diagonal is left pale."""
    wrong = counts.copy()
    np.fill_diagonal(wrong, 0)
    figure, axes = pyplot().subplots(figsize=(5.2, 5.2))
    axes.imshow(wrong, cmap="Reds", vmin=0, vmax=max(1, int(wrong.max())))
    for row, column in np.argwhere(counts > 0):
        axes.text(column, row, f"{counts[row, column]}", ha="center", va="center", fontsize=8)
    axes.set(xticks=range(10), yticks=range(10), xlabel="read as", ylabel="is")
    save(figure, path)


def misread_digits(digits: Digits, probabilities: Probabilities, path: Path) -> None:
    """The misread digits, the most confident first: what each is, what it was read as."""
    wrong = misread(probabilities, digits.labels)[:MOST]
    columns = 10
    rows = max(1, -(-len(wrong) // columns))
    figure, axes = pyplot().subplots(rows, columns, figsize=(columns, rows * 1.3), squeeze=False)
    for place in axes.flat:
        place.axis("off")
    for place, i in zip(axes.flat, wrong, strict=False):
        read = int(probabilities[i].argmax())
        place.imshow(digits.images[i], cmap="gray_r", vmin=0, vmax=255)
        place.set_title(
            f"{digits.labels[i]}, read {read}\n{probabilities[i, read]:.0%}", fontsize=7
        )
    if not len(wrong):
        axes[0, 0].text(0, 0.5, "none")
    save(figure, path)


def reliability(sets: dict[str, tuple[Probabilities, NDArray[np.int64]]], path: Path) -> None:
    """Accuracy against confidence, bin by bin: on the diagonal where calibrated."""
    figure, axes = pyplot().subplots(figsize=(4.2, 4.2))
    axes.plot([0, 1], [0, 1], color="lightgray")
    for name, (probabilities, labels) in sets.items():
        confidence = probabilities.max(axis=1)
        right = probabilities.argmax(axis=1) == labels
        place = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
        held = np.bincount(place, minlength=BINS)
        enough = held >= 5
        axes.plot(
            (np.bincount(place, confidence, BINS) / np.maximum(held, 1))[enough],
            (np.bincount(place, right, BINS) / np.maximum(held, 1))[enough],
            marker="o",
            label=name,
        )
    axes.set(xlabel="confidence", ylabel="accuracy", xlim=(0, 1.02), ylim=(0, 1.02))
    axes.legend(fontsize=7)
    save(figure, path)


def write(
    folder: Path, sets: dict[str, tuple[Digits, Probabilities]], history: Sequence[dict[str, float]]
) -> None:
    """All pictures into `folder`: two for each set, named after it, and those of the run."""
    for name, (digits, probabilities) in sets.items():
        stem = name.replace(",", "").replace(" ", "-")
        confusion_matrix(confusion(probabilities, digits.labels), folder / f"{stem}-confusion.png")
        misread_digits(digits, probabilities, folder / f"{stem}-misread.png")
    reliability(
        {name: (probabilities, digits.labels) for name, (digits, probabilities) in sets.items()},
        folder / "reliability.png",
    )
    if history:
        curves(history, folder / "curves.png")
