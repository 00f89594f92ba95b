"""MODEL_CARD.md: what a model is, how it was trained, its scores and its limits."""

import shlex
import statistics
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from digitreader.model.artifact import Manifest
from trainer.evaluate.report import table
from trainer.recipe import Recipe, quick, sample

_WIDTH = 100
_PRESETS: dict[str, Callable[[Recipe], Recipe]] = {
    "full": lambda recipe: recipe,
    "quick": quick,
    "sample": sample,
}


def model_card(manifest: Manifest, evaluation: Mapping[str, Any] | None = None) -> str:
    """Return the card in Markdown.

    Args:
        manifest: The model's manifest.
        evaluation: The dictionary of a later Evaluation, whose scores replace the manifest's.
    """
    sections = [
        _summary(manifest),
        _data(manifest),
        _scores(manifest.figures | dict(evaluation or {})),
        _limits(manifest.arguments),
        _reproduction(manifest),
    ]
    return "\n\n".join(sections) + "\n"


def command(arguments: dict[str, Any]) -> str:
    """Return the command that trained with these arguments of a recipe."""
    words = ["python", "-m", "trainer", "train", "--dataset", arguments["dataset"]]
    if arguments["preset"] == "quick":
        words += ["--quick"]
    if arguments.get("strokes"):
        words += ["--strokes", arguments["strokes"]]
    words += ["--seed", str(arguments["seed"])]
    preset = _PRESETS[arguments["preset"]](Recipe(dataset=arguments["dataset"]))
    if arguments["epochs"] != preset.epochs:
        words += ["--epochs", str(arguments["epochs"])]
    return shlex.join(words)


def _summary(manifest: Manifest) -> str:
    text = _wrapped(
        "The model reads one handwritten digit from 28 × 28 grey values. It is a convolutional "
        f"network of {manifest.parameters:,} parameters, exported to LiteRT as "
        f"{manifest.quantisation} ({manifest.size:,} bytes). It misreads "
        f"**{manifest.misses:,} of {manifest.samples:,}** images ({manifest.test_set})."
    )
    return f"# Model {manifest.version}\n\n{text}"


def _data(manifest: Manifest) -> str:
    arguments = manifest.arguments
    paragraphs = [
        f"The network was trained on {manifest.dataset}, without {arguments['validation']:,} "
        "images kept for validation. All choices are made on the validation set; the test set is "
        "only reported. MNIST is by LeCun, Cortes and Burges, CC BY-SA 3.0."
    ]
    if arguments.get("strokes"):
        paragraphs.append(
            f"Pen strokes: the drawings in `{arguments['strokes']}` are rendered with the page's "
            f"geometry, each {_counted(arguments['stroke_copies'], 'time')} with pens of different "
            f"widths. The last {arguments['held_out']:,} drawings of the file are by writers whom "
            "the network had not been trained on when it was scored on them."
        )
    paragraphs += [
        f"{arguments['negatives'] + arguments['polish_negatives']:,} images that are not digits "
        "(letters, scribbles, pairs of digits) are generated. Their target is the same "
        "probability for all ten digits.",
        _training(arguments),
    ]
    if index := manifest.index:
        paragraphs.append(
            f"`neighbours.npz` holds {index['digits']:,} digits to show beside a drawing: "
            f"{index['source']}, {index['licence']}."
        )
    if manifest.touching:
        paragraphs.append(_touching(manifest.touching))
    return "## Data\n\n" + "\n\n".join(_wrapped(paragraph) for paragraph in paragraphs)


def _touching(entry: dict[str, Any]) -> str:
    return (
        "`touching.tflite` is a second network of the same shape, which reads the pieces of a "
        "number that may be several digits. It began with this network's weights and was trained "
        f"in {_counted(entry['epochs'], 'epoch')} on {entry['digits']:,} digits of written "
        f"numbers, cut where they touch, {entry['others']:,} wrong cuts, {entry['whole']:,} digits "
        f"of the training set and {entry['no_digits']:,} images that are not digits. It misreads "
        f"{entry['validation_misses']:,} of {entry['validation']:,} cut digits of the "
        "validation set."
    )


def _training(arguments: dict[str, Any]) -> str:
    text = (
        f"Training: {_counted(arguments['epochs'], 'epoch')} with {arguments['augmentation']} "
        f"augmentation, then {_counted(arguments['polish'], 'epoch')} with gentle augmentation."
    )
    if arguments.get("strokes") and arguments.get("held_out") and arguments.get("further"):
        text += (
            " After the scores on the held-out writers were taken, "
            f"{_counted(arguments['further'], 'epoch')} with the drawings of all writers followed."
        )
    return text


def _scores(figures: dict[str, Any]) -> str:
    parts = [
        "## Scores",
        "All scores are of the artifact itself, through the function's preprocessing and runtime.",
        table(figures).rstrip(),
    ]
    if rows := figures.get("seeds"):
        parts += [_seed_table(rows), _wrapped(_choice(rows))]
    parts.append(
        "The probabilities are calibrated on the validation set: the logits are divided by "
        f"{figures['temperature']:.3f}."
    )
    return "\n\n".join(parts)


def _seed_table(rows: Sequence[dict[str, Any]]) -> str:
    lines = ["| seed | validation misses | test misses | seconds |", "|---|---|---|---|"]
    lines += [
        f"| {row['seed']} | {row['validation_misses']} | {row['misses']} | {row['seconds']:,} |"
        for row in rows
    ]
    return "\n".join(lines)


def _choice(rows: Sequence[dict[str, Any]]) -> str:
    """Say how one seed was chosen before those marked "afterwards" were run."""
    median = statistics.median(row["misses"] for row in rows)
    before = sum(not row.get("afterwards") for row in rows)
    among = f"Of the first {before}, the" if before < len(rows) else "The"
    text = (
        f"{_counted(len(rows), 'seed')} were run; the median is {median:g} test misses. {among} "
        "seed with the fewest validation misses was chosen, and among equals the one with the "
        "smallest validation loss."
    )
    if before < len(rows):
        text += " The others were run after the choice; they show how much of it is chance."
    return text


def _limits(arguments: dict[str, Any]) -> str:
    writers = " and by the thirty writers of the pen strokes" if arguments.get("strokes") else ""
    points = [
        "One digit at a time, in Western Arabic figures, written by adults of the United States "
        f"(MNIST){writers}. Other handwriting and the figures of other scripts were not measured.",
        'Images that are not digits are often refused, but not always: see "not identified" above.',
        "About 15 of MNIST's test labels are themselves wrong, so that fewer misses than that "
        "mean nothing.",
    ]
    return "## Limits\n\n" + "\n".join(
        textwrap.fill(point, _WIDTH, initial_indent="- ", subsequent_indent="  ")
        for point in points
    )


def _reproduction(manifest: Manifest) -> str:
    libraries = ", ".join(f"{name} {version}" for name, version in manifest.libraries.items())
    text = _wrapped(
        f"Commit {manifest.git_commit}, {libraries}. Training took "
        f"{manifest.figures['seconds']:,} s and ended at {manifest.trained_at}. The same seed "
        "gives the same batches; floating-point sums on another machine differ in their last "
        "digits."
    )
    return f"## Reproduce\n\n```\n{command(manifest.arguments)}\n```\n\n{text}"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _wrapped(text: str) -> str:
    return textwrap.fill(text, _WIDTH, break_on_hyphens=False, break_long_words=False)
