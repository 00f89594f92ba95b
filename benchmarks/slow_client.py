"""A client that asks for much without pause: python -m benchmarks.slow_client PORT photo|batch."""

import sys

from benchmarks.client import Connection, Question
from benchmarks.fairness import BATCH
from benchmarks.images import chosen
from benchmarks.pictures import photo, questions


def main() -> None:
    """Ask until killed; say so once the first answer is there."""
    port, form = int(sys.argv[1]), sys.argv[2]
    images = chosen()
    asked: list[Question]
    if form == "batch":
        asked = images.batch("/", BATCH)
    else:
        asked = questions(images, lambda answer, label: True, photo, "image/jpeg", 2)
    connection = Connection(port)
    connection.ask(asked[0])
    print("answered", flush=True)
    while True:
        for question in asked:
            connection.ask(question)


if __name__ == "__main__":
    main()
