"""Measure how the released model reads synthetic sheets, through the function's own way.

    python -m trainer.sheets [--seed N] [--train] [--count N] [SET …]

prints a table. `--train` takes MNIST's training digits and the drawings of every other writer, for
work on the segmentation; the figures to report are of the test digits and the other writers.
"""

import argparse
import time
from pathlib import Path
from typing import Any

from emulation.system import RELEASE
from trainer.model.folder import read_networks
from trainer.sheets.evaluation import HEAD, ONE_DIGIT, reader, score_set, table_row
from trainer.sheets.scenes import SCENES
from trainer.sheets.writing import load_writing


def main(arguments: Any = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m trainer.sheets")
    parser.add_argument("sets", nargs="*", help="names to score, by their beginnings")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--train", action="store_true")
    parser.add_argument("--count", type=int, default=300, help="sheets of each set")
    parser.add_argument("--misread", action="store_true", help="print what was misread")
    given = parser.parse_args(arguments)
    numbers, digits = reader(*read_networks(Path(RELEASE))), load_writing(given.train)
    print(HEAD)
    for name in [*SCENES, ONE_DIGIT]:
        if given.sets and not name.startswith(tuple(given.sets)):
            continue
        start = time.process_time()
        got = score_set(name, digits, numbers, given.count, given.seed)
        seconds = (time.process_time() - start) / given.count
        print(f"{table_row(name, got)} {1000 * seconds:.0f} |", flush=True)
        if given.misread:
            print(got.misread)


if __name__ == "__main__":
    main()
