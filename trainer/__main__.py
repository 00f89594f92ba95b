"""The commands of `python -m trainer`."""

import argparse
import asyncio
import dataclasses
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from digitreader.bucket import open_bucket
from digitreader.bucket.base import Bucket
from digitreader.errors import DigitReaderError, PointerMissing
from digitreader.model.artifact import ARTIFACT_FILE
from digitreader.model.network import LiteRTNetwork
from digitreader.results import open_store
from digitreader.results.prediction import Prediction
from digitreader.settings import Settings
from trainer import publish, suppress_output
from trainer.arguments import parser
from trainer.data import feedback, pendigits
from trainer.data.digits import DataError, Digits
from trainer.data.prepare import Sources
from trainer.model.folder import read_manifest
from trainer.recipe import VARIANTS, Recipe, continued, quick, sample, shortened


def main(arguments: list[str] | None = None) -> int:
    """Run one command.

    Returns:
        The exit status: 0, or 1 after an error message of one line on stderr.
    """
    options = parser().parse_args(arguments)
    try:
        _COMMANDS[options.command](options)
    except DigitReaderError as error:
        print(f"trainer: {error.message}", file=sys.stderr)
        return 1
    return 0


def _path(option: Path | None, variable: str) -> Path | None:
    """Return the path of an option, else of an environment variable, else None."""
    named = os.environ.get(variable)
    return option or (Path(named) if named else None)


def _sources(options: argparse.Namespace) -> Sources:
    return Sources(_path(options.npz, "MNIST_NPZ"), _path(options.strokes, "PEN_STROKES"))


def _recipe(options: argparse.Namespace, sources: Sources) -> Recipe:
    """Return the default recipe for the data that the options name."""
    strokes = sources.strokes.name if sources.strokes else None
    recipe = Recipe(dataset=options.dataset or "mnist", strokes=strokes)
    return sample(recipe) if recipe.dataset == "mnist-5k" else recipe


def _with_options(recipe: Recipe, options: argparse.Namespace) -> Recipe:
    """Apply the options of `train` to a recipe."""
    if options.quick:
        recipe = quick(recipe)
    if options.start_from:
        recipe = continued(recipe)
    if options.epochs is not None:
        recipe = shortened(recipe, options.epochs)
    given = {name: getattr(options, name) for name in ("seed", "held_out")}
    given = {name: value for name, value in given.items() if value is not None}
    return dataclasses.replace(recipe, quantise=not options.float32, **given)


def _train(options: argparse.Namespace) -> None:
    suppress_output.import_tensorflow()
    from trainer import run, seeds

    sources = _sources(options)
    recipe = _with_options(_recipe(options, sources), options)
    keywords: dict[str, Any] = {
        "corrections": _corrections(options) if options.with_feedback else None,
        "start_from": options.start_from,
        "restart": options.restart,
    }
    if options.seeds > 1:
        manifest = seeds.train(recipe, sources, options.out, options.seeds, **keywords)
    else:
        manifest = run.train(recipe, sources, options.out, **keywords)
    print(
        f"{manifest.parameters:,} parameters · {manifest.misses:,} misses of "
        f"{manifest.samples:,} · {manifest.figures['seconds']:,} s · {options.out}"
    )


def _compare(options: argparse.Namespace) -> None:
    suppress_output.import_tensorflow()
    from trainer import compare

    for name in options.variant:
        if name not in VARIANTS:
            raise DataError(f"variant: expected one of {', '.join(VARIANTS)}, got {name}")
    sources = _sources(options)
    recipe = _recipe(options, sources)
    size = compare.Size(options.images, options.validation, options.epochs)
    names = options.variant or list(VARIANTS)
    print(compare.compare(recipe, sources, size, names, options.seeds, options.out))


def _predictions(since: datetime | None) -> list[Prediction]:
    """Read the predictions in the results store since a time, by default UTC."""
    store = open_store(Settings.from_environment())
    if store is None:
        raise DataError("RESULTS_STORE: expected sqlite or cassandra, got 'none'")
    try:
        begin = since or datetime(1970, 1, 1, tzinfo=UTC)
        return list(store.since(begin if begin.tzinfo else begin.replace(tzinfo=UTC)))
    finally:
        asyncio.run(store.close())


def _corrections(options: argparse.Namespace) -> Digits:
    judges = []
    for folder in options.judge or [Path("release")]:
        read_manifest(folder)
        judges.append(LiteRTNetwork((folder / ARTIFACT_FILE).read_bytes()))
    corrections = feedback.collect(_predictions(options.since), judges)
    print("\n".join(corrections.lines()), flush=True)
    return corrections.digits


def _drift(options: argparse.Namespace) -> None:
    from trainer.evaluate import drift

    pointer = publish.live(_bucket(options)).pointer
    if pointer is None:
        raise PointerMissing("drift: expected a live model with a reference, found none")
    predictions = _predictions(datetime.now(UTC) - timedelta(days=options.days))
    if options.log:
        drift.log_drift(pointer.manifest, predictions)
        return
    differences = drift.compare(pointer.manifest, predictions)
    print(f"{len(predictions):,} results of {options.days:g} days against {pointer.version}")
    for difference in differences:
        print(difference.line())
    drift.draw(differences, options.picture)
    print(options.picture)


def _evaluate(options: argparse.Namespace) -> None:
    suppress_output.import_tensorflow()
    from trainer import run
    from trainer.evaluate import model_folder

    recipe = run.recipe_of(options.folder)
    if options.dataset:
        recipe = dataclasses.replace(recipe, dataset=options.dataset)
    print(model_folder.evaluate_folder(options.folder, recipe, _sources(options)))


def _index(options: argparse.Namespace) -> None:
    from trainer.model import index

    manifest = index.add(options.folder)
    print(f"{manifest.version}: {manifest.index['digits']:,} digits · {options.folder}")


def _touching(options: argparse.Namespace) -> None:
    suppress_output.import_tensorflow()
    from trainer import touching

    manifest = touching.add(options.folder, _sources(options))
    entry = manifest.touching
    print(
        f"{manifest.version}: {entry['validation_misses']:,} misses of "
        f"{entry['validation']:,} cut digits · {entry['seconds']:,} s · {options.folder}"
    )


def _strokes(options: argparse.Namespace) -> None:
    count = pendigits.convert(options.source, options.target)
    print(f"{count:,} drawings · {options.target}")


def _bucket(options: argparse.Namespace) -> Bucket:
    settings = Settings.from_environment()
    return open_bucket(options.bucket or settings.model_bucket, settings.bucket_timeout_seconds)


def _publish(options: argparse.Namespace) -> None:
    print(
        publish.publish(
            _bucket(options),
            options.folder,
            force=options.force,
            if_none_live=options.if_none_live,
            sign_with=_path(options.sign_with, "MODEL_PRIVATE_KEY_FILE"),
        )
    )


def _list(options: argparse.Namespace) -> None:
    for line in publish.describe(_bucket(options)):
        print(line)


def _promote(options: argparse.Namespace) -> None:
    print(publish.promote(_bucket(options), options.version, force=options.force))


_COMMANDS = {
    "train": _train,
    "compare": _compare,
    "evaluate": _evaluate,
    "publish": _publish,
    "list": _list,
    "promote": _promote,
    "index": _index,
    "touching": _touching,
    "drift": _drift,
    "strokes": _strokes,
}

if __name__ == "__main__":
    sys.exit(main())
