"""The report in a model folder: a table, figures, and all scores as JSON."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from digitreader.model.artifact import Manifest
from trainer.data.digits import Digits
from trainer.evaluate import figures
from trainer.evaluate.evaluation import THRESHOLD, Evaluation


def write_report(
    folder: Path,
    manifest: Manifest,
    tests: Mapping[str, Digits],
    evaluation: Evaluation,
    history: Sequence[dict[str, float]],
) -> None:
    """Write the report.

    Args:
        folder: Folder of the report, which is created if it does not exist.
        manifest: The model's manifest.
        tests: Test sets by name.
        evaluation: Scores on `tests`.
        history: A record of each epoch; empty to leave an earlier history as it is.
    """
    answered = {name: (tests[name], evaluation.probabilities[name]) for name in tests}
    figures.draw_all(folder, answered, history)
    files: dict[str, Any] = {
        "arguments.json": manifest.arguments,
        "evaluation.json": evaluation.to_dict(),
    }
    if history:
        files["history.json"] = history
    for name, content in files.items():
        text = json.dumps(content, indent=1, allow_nan=False)
        (folder / name).write_text(text + "\n", encoding="utf-8")
    (folder / "evaluation.md").write_text(table(evaluation.to_dict()), encoding="utf-8")


def read_evaluation(folder: Path) -> dict[str, Any]:
    """Return the evaluation in the folder of a report; empty where there is none."""
    file = folder / "evaluation.json"
    if not file.exists():
        return {}
    evaluation: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return evaluation


def table(evaluation: Mapping[str, Any]) -> str:
    """Return the dictionary of an Evaluation as tables in Markdown."""
    lines = [
        "| test set | images | misses | accuracy | calibration error | "
        f"identified at {THRESHOLD:.0%} | accuracy of those |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, row in evaluation["sets"].items():
        lines.append(
            f"| {name} | {row['samples']:,} | {row['misses']:,} | {row['accuracy']:.2%} | "
            f"{row['calibration_error']:.2%} | {row['kept']:.2%} | {row['accuracy_kept']:.2%} |"
        )
    lines += _accuracies("corruption", evaluation["corruptions"])
    if photos := evaluation.get("photos"):
        lines += _accuracies("photographs", photos)
    if sheets := evaluation.get("sheets"):
        lines += _sheets(sheets)
    lines += ["", "| images that are not digits | not identified |", "|---|---|"]
    lines += [f"| {name} | {share:.1%} |" for name, share in evaluation["refused"].items()]
    if parity := evaluation["parity"]:
        lines += [
            "",
            f"Artifact against Keras over {parity['samples']:,} images: largest difference of "
            f"probabilities {parity['largest_difference']:.1e}, "
            f"{parity['changed_digits']} digits changed.",
        ]
    return "\n".join(lines) + "\n"


def _accuracies(title: str, accuracies: Mapping[str, float]) -> list[str]:
    lines = ["", f"| {title} | accuracy |", "|---|---|"]
    lines += [f"| {name} | {accuracy:.1%} |" for name, accuracy in accuracies.items()]
    return [*lines, f"| mean | {sum(accuracies.values()) / len(accuracies):.1%} |"]


def _sheets(kinds: Mapping[str, Mapping[str, Any]]) -> list[str]:
    written = {name: row for name, row in kinds.items() if "numbers" in row}
    empty = {name: row for name, row in kinds.items() if "numbers" not in row}
    lines = [
        "",
        "| sheets of numbers | sheets | numbers | exactly | digits |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {name} | {row['sheets']:,} | {row['numbers']:,} | {row['exact']:.1%} | "
        f"{row['digits']:.1%} |"
        for name, row in written.items()
    ]
    lines += ["", "| pages without a digit | pages | none identified |", "|---|---|---|"]
    return lines + [
        f"| {name.removeprefix('no digit: ')} | {row['sheets']:,} | {row['none_identified']:.1%} |"
        for name, row in empty.items()
    ]
