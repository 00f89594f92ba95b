"""The command line of `python -m trainer`."""

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from trainer.data.mnist import DATASETS
from trainer.recipe import VARIANTS, Recipe

RUN = Path("runs/digits")
"""Where `train` leaves its model by default."""

_DEFAULT = "default: %(default)s"


def parser() -> ArgumentParser:
    """Return the parser; `command` is the name of the command."""
    result = ArgumentParser(prog="python -m trainer", description="Trains digit readers.")
    commands = result.add_subparsers(dest="command", required=True, metavar="COMMAND")
    data, bucket = _data_options(), _bucket_options()
    _add_train(commands, data)
    _add_compare(commands, data)
    _add_evaluate(commands, data)
    _add_index(commands)
    _add_touching(commands, data)
    _add_drift(commands, bucket)
    _add_strokes(commands)
    _add_publish(commands, bucket)
    commands.add_parser("list", parents=[bucket], help="list the versions in the bucket")
    promote = commands.add_parser(
        "promote", parents=[bucket], help="make an uploaded version live, also to roll back"
    )
    promote.add_argument("version")
    promote.add_argument("--force", action="store_true", help="even if it lacks a signature")
    return result


def _data_options() -> ArgumentParser:
    options = ArgumentParser(add_help=False)
    options.add_argument("--dataset", choices=DATASETS, help="default: mnist")
    options.add_argument(
        "--npz", type=Path, help="MNIST as Keras packs it; default: MNIST_NPZ, else a download"
    )
    options.add_argument(
        "--strokes", type=Path, help="pen strokes to add, as JSON; default: PEN_STROKES"
    )
    return options


def _bucket_options() -> ArgumentParser:
    options = ArgumentParser(add_help=False)
    options.add_argument(
        "--bucket", help="a bucket's name or file:FOLDER; default: MODEL_BUCKET, else digits"
    )
    return options


def _add_train(commands: Any, data: ArgumentParser) -> None:
    command = commands.add_parser(
        "train", parents=[data], help="train a model into a folder, or resume an interrupted run"
    )
    command.add_argument("--out", type=Path, default=RUN, help=f"the folder; {_DEFAULT}")
    command.add_argument("--quick", action="store_true", help="under five minutes on two cores")
    command.add_argument("--epochs", type=int, help="strong epochs; the others are in proportion")
    command.add_argument("--seed", type=int, help=f"default: {Recipe().seed}")
    command.add_argument(
        "--seeds",
        type=int,
        default=1,
        help="number of seeds, each in a folder of its own; the best in validation goes to --out",
    )
    command.add_argument(
        "--held-out",
        type=int,
        help=f"pen drawings at the file's end to test on; default: {Recipe().held_out:,}",
    )
    command.add_argument("--float32", action="store_true", help="do not quantise the weights")
    command.add_argument("--start-from", type=Path, help="a model.keras to start with")
    command.add_argument(
        "--restart", action="store_true", help="forget the folder's interrupted run"
    )
    command.add_argument(
        "--with-feedback", action="store_true", help="train on the results that users labelled, too"
    )
    command.add_argument(
        "--since", type=datetime.fromisoformat, help="earliest time of these results; default: all"
    )
    command.add_argument(
        "--judge",
        type=Path,
        action="append",
        help="a model; labels that every judge doubts are left out; default: release",
    )


def _add_compare(commands: Any, data: ArgumentParser) -> None:
    command = commands.add_parser(
        "compare", parents=[data], help="compare variants of the recipe in validation"
    )
    command.add_argument(
        "variant", nargs="*", metavar="VARIANT", help=f"of {', '.join(VARIANTS)}; default: all"
    )
    command.add_argument("--seeds", type=int, default=2, help=_DEFAULT)
    command.add_argument(
        "--images", type=int, default=10_000, help=f"digits to train on; {_DEFAULT}"
    )
    command.add_argument(
        "--validation", type=int, default=20_000, help=f"digits held out; {_DEFAULT}"
    )
    command.add_argument("--epochs", type=int, default=10, help=_DEFAULT)
    command.add_argument("--out", type=Path, default=Path("runs/comparison"), help=_DEFAULT)


def _add_evaluate(commands: Any, data: ArgumentParser) -> None:
    command = commands.add_parser(
        "evaluate", parents=[data], help="evaluate a trained model and rewrite its report and card"
    )
    command.add_argument("folder", type=Path, nargs="?", default=RUN, help=_DEFAULT)


def _add_index(commands: Any) -> None:
    command = commands.add_parser(
        "index",
        help="give a trained model an index of training digits, as `train` does, and a new version",
    )
    command.add_argument("folder", type=Path, nargs="?", default=RUN, help=_DEFAULT)


def _add_touching(commands: Any, data: ArgumentParser) -> None:
    command = commands.add_parser(
        "touching",
        parents=[data],
        help="train a network for touching digits beside a trained model, which gets a new version",
    )
    command.add_argument("folder", type=Path, nargs="?", default=RUN, help=_DEFAULT)


def _add_drift(commands: Any, bucket: ArgumentParser) -> None:
    command = commands.add_parser(
        "drift", parents=[bucket], help="compare recent results with the live model's reference"
    )
    command.add_argument("--days", type=float, default=7, help="default: %(default)g")
    command.add_argument("--picture", type=Path, default=Path("runs/drift.png"), help=_DEFAULT)
    command.add_argument(
        "--log",
        action="store_true",
        help="write one log line for an alert and draw nothing; few results are no drift",
    )


def _add_strokes(commands: Any) -> None:
    command = commands.add_parser(
        "strokes", help="convert UCI's pendigits-orig.tra into a file for --strokes"
    )
    command.add_argument("source", type=Path)
    command.add_argument("target", type=Path, help="ends in .json or .json.gz")


def _add_publish(commands: Any, bucket: ArgumentParser) -> None:
    command = commands.add_parser(
        "publish", parents=[bucket], help="upload a trained model and make it live"
    )
    command.add_argument("folder", type=Path, nargs="?", default=RUN, help=_DEFAULT)
    command.add_argument(
        "--force",
        action="store_true",
        help="even if the live model is better, signed otherwise, or damaged",
    )
    command.add_argument(
        "--if-none-live", action="store_true", help="leave a version live that is so already"
    )
    command.add_argument(
        "--sign-with",
        type=Path,
        help="PEM file of an Ed25519 private key; default: MODEL_PRIVATE_KEY_FILE, else unsigned",
    )
