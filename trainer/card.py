"""MODEL_CARD.md: what a model is, how it was made, how well it reads, what it cannot."""

import shlex
from typing import Any

from digitreader.artifact import Manifest
from trainer.evaluate import table


def command(arguments: dict[str, Any]) -> str:
    """The command that trained with these arguments."""
    words = ["python", "-m", "trainer", "train", "--dataset", arguments["dataset"]]
    if arguments["preset"] == "quick":
        words += ["--quick"]
    if arguments.get("strokes"):
        words += ["--strokes", arguments["strokes"]]
    words += ["--epochs", str(arguments["epochs"]), "--seed", str(arguments["seed"])]
    return shlex.join(words)


def card(manifest: Manifest) -> str:
    """The card in Markdown, every figure out of the manifest."""
    arguments, figures = manifest.arguments, manifest.figures
    strokes = (
        f"""
Pen strokes: `{arguments["strokes"]}`, drawings rendered as the page renders them, each
{arguments["stroke_copies"]} times with pens of different widths. The last {arguments["held_out"]:,}
drawings of the file are of writers that training never saw: they are a test set below.
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
pairs of digits) are synthesised and answered with all ten digits alike. {
        arguments["epochs"]
    } epochs
are strongly augmented; {arguments["polish"]} more, gently, come after them.

## Figures

By the artifact itself, through the function's preprocessing and runtime.

{table(figures)}
Probabilities are calibrated on the validation set: logits divided by {figures["temperature"]:.3f}.

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
