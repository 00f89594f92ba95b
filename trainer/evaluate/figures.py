"""The report's figures: scores, probabilities and labels drawn into PNG files."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.data.digits import Digits
from trainer.evaluate.scores import BINS, Probabilities, confusion_matrix, misread

MOST = 60
"""Most misread digits that a figure shows."""


def pyplot() -> Any:
    """Import matplotlib.pyplot without a display."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    return pyplot


def save(figure: Any, path: Path) -> None:
    """Save the figure as PNG and close it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=80, bbox_inches="tight", metadata={"Software": None})
    pyplot().close(figure)


def draw_curves(history: Sequence[dict[str, float]], path: Path) -> None:
    """Draw the losses and the validation misses by epoch."""
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


def draw_confusion_matrix(counts: NDArray[np.int64], path: Path) -> None:
    """Draw the counts int64 (10, 10), coloured off the diagonal."""
    wrong = counts.copy()
    np.fill_diagonal(wrong, 0)
    figure, axes = pyplot().subplots(figsize=(5.2, 5.2))
    axes.imshow(wrong, cmap="Reds", vmin=0, vmax=max(1, int(wrong.max())))
    for row, column in np.argwhere(counts > 0):
        axes.text(column, row, f"{counts[row, column]}", ha="center", va="center", fontsize=8)
    axes.set(xticks=range(10), yticks=range(10), xlabel="read as", ylabel="is")
    save(figure, path)


def draw_misread(digits: Digits, probabilities: Probabilities, path: Path) -> None:
    """Draw the misread digits, the most confident first, with label and reading."""
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


def draw_reliability(sets: dict[str, tuple[Probabilities, NDArray[np.int64]]], path: Path) -> None:
    """Draw accuracy against confidence, bin by bin."""
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


def draw_all(
    folder: Path, sets: dict[str, tuple[Digits, Probabilities]], history: Sequence[dict[str, float]]
) -> None:
    """Draw all figures into `folder`."""
    for name, (digits, probabilities) in sets.items():
        stem = name.replace(",", "").replace(" ", "-")
        counts = confusion_matrix(probabilities, digits.labels)
        draw_confusion_matrix(counts, folder / f"{stem}-confusion.png")
        draw_misread(digits, probabilities, folder / f"{stem}-misread.png")
    draw_reliability(
        {name: (probabilities, digits.labels) for name, (digits, probabilities) in sets.items()},
        folder / "reliability.png",
    )
    if history:
        draw_curves(history, folder / "curves.png")
