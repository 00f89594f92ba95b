"""MODEL_CARD.md: what a model is, how it was made, how well it reads, what it cannot."""

import shlex
import statistics
import textwrap
from collections.abc import Callable, Sequence
from typing import Any

from digitreader.model.artifact import Manifest
from trainer.evaluate.report import table
from trainer.recipe import Recipe, quick, sample

_USUAL: dict[str, Callable[[Recipe], Recipe]] = {
    "full": lambda recipe: recipe,
    "quick": quick,
    "sample": sample,
}


def command(arguments: dict[str, Any]) -> str:
    """The command that trained with these arguments."""
    words = ["python", "-m", "trainer", "train", "--dataset", arguments["dataset"]]
    if arguments["preset"] == "quick":
        words += ["--quick"]
    if arguments.get("strokes"):
        words += ["--strokes", arguments["strokes"]]
    words += ["--seed", str(arguments["seed"])]
    usual = _USUAL[arguments["preset"]](Recipe(dataset=arguments["dataset"]))
    if arguments["epochs"] != usual.epochs:
        words += ["--epochs", str(arguments["epochs"])]
    return shlex.join(words)


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _epochs(arguments: dict[str, Any]) -> str:
    """How it was trained, in words."""
    sentences = [
        f"{_number(arguments['epochs'], 'epoch')} with {arguments['augmentation']} augmentation "
        f"came before {_number(arguments['polish'], 'epoch')} with gentle augmentation."
    ]
    if arguments.get("strokes") and arguments.get("held_out") and arguments.get("further"):
        sentences.append(
            "After the held-out writers were measured on, "
            f"{_number(arguments['further'], 'epoch')} with the drawings of all writers made this "
            "network."
        )
    return "\n".join(textwrap.wrap(" ".join(sentences), 100))


def _seeds(rows: Sequence[dict[str, Any]]) -> str:
    """All seeds that were run, their median, and how one was chosen.

    The last ones may be marked "afterwards": they were run when the choice was made already.
    """
    if not rows:
        return ""
    lines = ["| seed | validation misses | test misses | seconds |", "|---|---|---|---|"]
    lines += [
        f"| {row['seed']} | {row['validation_misses']} | {row['misses']} | {row['seconds']:,} |"
        for row in rows
    ]
    middle = statistics.median(row["misses"] for row in rows)
    told = f"{len(rows)} seeds were run; the median is {middle:g} misses. "
    first = sum(not row.get("afterwards") for row in rows)
    more = first < len(rows)
    told += f"Of the first {first} the one" if more else "The one"
    told += " with the fewest validation misses was taken, the smaller loss deciding between equals"
    if more:
        told += "; the others were run afterwards, and tell how much chance there is in it"
    lines += ["", *textwrap.wrap(told + ".", 100), "", ""]
    return "\n".join(lines)


def card(manifest: Manifest) -> str:
    """The card in Markdown, every figure out of the manifest."""
    arguments, figures = manifest.arguments, manifest.figures
    strokes = (
        f"""
Pen strokes: `{arguments["strokes"]}`, drawings rendered as the page renders them, each
{_number(arguments["stroke_copies"], "time")} with pens of different widths. The last
{arguments["held_out"]:,} drawings of the file are of writers that training had not seen when they
were measured on below.
"""
        if arguments.get("strokes")
        else ""
    )
    return f"""# Model {manifest.version}

Reads one handwritten digit from 28 × 28 grey values. A convolutional network of
{manifest.parameters:,} parameters; {manifest.quantisation}, {manifest.size:,} bytes, as LiteRT.
It misreads **{manifest.misses:,} of {manifest.samples:,}** ({manifest.test_set}).

## Data

Trained on {manifest.dataset}, less {arguments["validation"]:,} images kept for validation, by which
everything is chosen. The test set is only reported. MNIST: LeCun, Cortes and Burges, CC BY-SA 3.0.
{strokes}
{arguments["negatives"] + arguments["polish_negatives"]:,} images of no digit (letters, scribbles,
pairs of digits) are synthesised and answered with all ten digits alike.

{_epochs(arguments)}

## Figures

By the artifact itself, through the function's preprocessing and runtime.

{table(figures)}
{
        _seeds(figures.get("seeds", []))
    }Probabilities are calibrated on the validation set: logits divided by {
        figures["temperature"]:.3f}.

## Limits

- One digit at a time, Western Arabic figures, written by adults of the United States (MNIST){
        " and of the pen strokes' thirty writers" if arguments.get("strokes") else ""
    }. Other hands and other scripts' figures were not measured.
- What is no digit is often, not always, refused: see "not identified" above.
- About 15 of MNIST's test labels are themselves wrong; fewer misses than that mean nothing.

## Reproduce

```
{command(arguments)}
```

Commit {manifest.git_commit}, {", ".join(f"{k} {v}" for k, v in manifest.libraries.items())};
trained in {figures["seconds"]:,} s, finished {manifest.trained_at}. The same seed gives
the same batches; floating-point sums on another machine differ in their last digits.
"""
