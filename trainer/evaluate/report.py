"""The report beside a model: its table, its pictures and all its figures as JSON."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from digitreader.model.artifact import Manifest
from trainer.data.digits import Digits
from trainer.evaluate import figures
from trainer.evaluate.evaluation import LINE, Evaluation


def write_report(
    folder: Path,
    manifest: Manifest,
    tests: Mapping[str, Digits],
    evaluation: Evaluation,
    history: Sequence[dict[str, float]],
) -> None:
    """The pictures, the table, and all figures as JSON into `folder`."""
    answered = {name: (tests[name], evaluation.probabilities[name]) for name in tests}
    figures.write(folder, answered, history)
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


def table(measured: Mapping[str, Any]) -> str:
    """An evaluation's dictionary as Markdown."""
    lines = [
        "| test set | images | misses | accuracy | calibration error | "
        f"at the {LINE:.0%} line: kept | right of those |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, row in measured["sets"].items():
        lines.append(
            f"| {name} | {row['samples']:,} | {row['misses']:,} | {row['accuracy']:.2%} | "
            f"{row['calibration_error']:.2%} | {row['kept']:.2%} | {row['accuracy_kept']:.2%} |"
        )
    corruptions = measured["corruptions"]
    lines += ["", "| corruption | accuracy |", "|---|---|"]
    lines += [f"| {name} | {accuracy:.1%} |" for name, accuracy in corruptions.items()]
    lines += [f"| mean | {sum(corruptions.values()) / len(corruptions):.1%} |"]
    if photos := measured.get("photos"):
        lines += ["", "| photographs | accuracy |", "|---|---|"]
        lines += [f"| {name} | {accuracy:.1%} |" for name, accuracy in photos.items()]
        lines += [f"| mean | {sum(photos.values()) / len(photos):.1%} |"]
    lines += ["", "| no digit | not identified |", "|---|---|"]
    lines += [f"| {name} | {share:.1%} |" for name, share in measured["refused"].items()]
    if apart := measured["parity"]:
        lines += [
            "",
            f"Artifact against Keras over {apart['samples']:,} images: largest difference of "
            f"probabilities {apart['largest_difference']:.1e}, "
            f"{apart['changed_digits']} digits changed.",
        ]
    return "\n".join(lines) + "\n"
