"""Read pictures as the function does: python -m benchmarks.numbers.ours MODEL LIST ANSWERS.

MODEL is a model folder. LIST names a picture a line. ANSWERS becomes JSON: for each picture its
numbers, each as its text and the box of each digit.
"""

import json
import sys
from pathlib import Path

from digitreader.cold_start import map_large_blocks
from digitreader.errors import TooLarge
from digitreader.model.network import Network
from digitreader.numbers import Line, read_lines
from digitreader.preprocess.decode import decode_grey
from digitreader.preprocess.segment.slice_boxes import Box
from digitreader.settings import Settings
from trainer.model.folder import read_networks

AsJson = tuple[str, list[Box]]


def main(model: Path, pictures: Path, answers: Path) -> None:
    """Read the pictures and write the answers."""
    map_large_blocks()
    networks = read_networks(model)
    found = [_numbers(Path(name), *networks) for name in pictures.read_text().split()]
    answers.write_text(json.dumps(found))


def _numbers(picture: Path, network: Network, touching: Network) -> list[AsJson]:
    levels = decode_grey(picture.read_bytes())
    try:
        lines = read_lines(
            levels, network.probabilities, touching.probabilities, Settings().identified_from
        )
    except TooLarge:  # answered with 413
        return []
    return [_number(line) for line in lines]


def _number(line: Line) -> AsJson:
    read = (str(int(each.probabilities.argmax())) if each.identified else "?" for each in line)
    return "".join(read), [each.box for each in line]


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
