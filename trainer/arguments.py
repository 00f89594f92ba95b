"""The command line of `python -m trainer`."""

import argparse
from datetime import datetime
from pathlib import Path

from trainer.data.mnist import DATASETS
from trainer.recipe import VARIANTS, Recipe

RUN = Path("runs/digits")
"""Where `train` leaves its model unless told otherwise."""


def parser() -> argparse.ArgumentParser:
    """What can be said on the command line; `command` is the name of the command."""
    every = argparse.ArgumentParser(prog="python -m trainer", description="Trains digit readers.")
    commands = every.add_subparsers(dest="command", required=True, metavar="COMMAND")
    bucket = argparse.ArgumentParser(add_help=False)
    bucket.add_argument(
        "--bucket", help="a bucket, or file:FOLDER; default: MODEL_BUCKET, else digits"
    )

    sources = argparse.ArgumentParser(add_help=False)
    sources.add_argument("--dataset", choices=DATASETS, help="default: mnist")
    sources.add_argument(
        "--npz", type=Path, help="MNIST as Keras packs it; default: MNIST_NPZ, else Keras' download"
    )
    sources.add_argument(
        "--strokes", type=Path, help="pen strokes as JSON, to be added; default: PEN_STROKES"
    )

    command = commands.add_parser(
        "train", parents=[sources], help="train a model into a folder; goes on where it stopped"
    )
    command.add_argument("--out", type=Path, default=RUN, help="the folder; default: %(default)s")
    command.add_argument("--quick", action="store_true", help="under five minutes on two cores")
    command.add_argument("--epochs", type=int, help="gently augmented ones follow in proportion")
    command.add_argument("--seed", type=int, help=f"default: {Recipe().seed}")
    command.add_argument(
        "--seeds",
        type=int,
        default=1,
        help="train so many, each in its own folder; the best in validation goes into --out",
    )
    command.add_argument(
        "--held-out",
        type=int,
        help=f"pen drawings at the file's end to measure on; default: {Recipe().held_out:,}",
    )
    command.add_argument("--float32", action="store_true", help="weights are kept as trained")
    command.add_argument("--start-from", type=Path, help="a model.keras to begin with")
    command.add_argument(
        "--restart", action="store_true", help="forget the folder's interrupted run"
    )
    command.add_argument(
        "--with-feedback", action="store_true", help="also what users labelled, from the results"
    )
    command.add_argument(
        "--since", type=datetime.fromisoformat, help="of the feedback; default: all there is"
    )
    command.add_argument(
        "--judge",
        type=Path,
        action="append",
        help="a model; a label that all of them doubt is left out; default: release",
    )

    command = commands.add_parser(
        "compare", parents=[sources], help="what each part of the recipe is worth, in validation"
    )
    command.add_argument(
        "variant", nargs="*", metavar="VARIANT", help=f"of {', '.join(VARIANTS)}; default: all"
    )
    command.add_argument("--seeds", type=int, default=2, help="default: %(default)s")
    command.add_argument(
        "--images", type=int, default=10_000, help="digits to train on; default: %(default)s"
    )
    command.add_argument(
        "--validation", type=int, default=20_000, help="digits held out; default: %(default)s"
    )
    command.add_argument("--epochs", type=int, default=10, help="default: %(default)s")
    command.add_argument(
        "--out", type=Path, default=Path("runs/comparison"), help="default: %(default)s"
    )

    command = commands.add_parser(
        "evaluate", parents=[sources], help="measure a trained model; rewrites its report"
    )
    command.add_argument("folder", type=Path, nargs="?", default=RUN, help="default: %(default)s")

    command = commands.add_parser(
        "drift", parents=[bucket], help="compare the last results with the live model's reference"
    )
    command.add_argument("--days", type=float, default=7, help="default: %(default)g")
    command.add_argument(
        "--picture", type=Path, default=Path("runs/drift.png"), help="default: %(default)s"
    )
    command.add_argument(
        "--log",
        action="store_true",
        help="say it in one log line, for an alert to read, and draw nothing; "
        "few results are no drift",
    )

    command = commands.add_parser(
        "strokes", help="convert UCI's pendigits-orig.tra into a file for --strokes"
    )
    command.add_argument("source", type=Path)
    command.add_argument("target", type=Path, help="ends in .json or .json.gz")

    command = commands.add_parser(
        "publish", parents=[bucket], help="upload a trained model and make it live"
    )
    command.add_argument("folder", type=Path, nargs="?", default=RUN, help="default: %(default)s")
    command.add_argument(
        "--force", action="store_true", help="also if the live one is better on the same test"
    )
    command.add_argument(
        "--if-none-live", action="store_true", help="upload; a live version stays live"
    )

    command = commands.add_parser("list", parents=[bucket], help="the versions in the bucket")

    command = commands.add_parser(
        "promote", parents=[bucket], help="make an uploaded version live; also to roll back"
    )
    command.add_argument("version")
    return every
