"""A session's results as CSV (RFC 4180), for the person who drew them."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain

from digitreader.results.prediction import Prediction
from digitreader.results.store import ResultsStore

PAGE = 200
COLUMNS = (
    ["id", "time", "digit", "confidence", "label", "source", "filename", "model_version"]
    + [f"p{digit}" for digit in range(10)]
    + ["pixels"]
)


def lines(store: ResultsStore, session: str) -> Iterator[str]:
    """Header and rows, newest first, a page at a time; pixels are 784 numbers in one column.

    The first page is read before this returns, so that a store that is down raises
    StoreUnavailable here and not in the middle of the file.
    """
    first = store.page(session, PAGE)
    return map(_line, chain([COLUMNS], map(_row, _all_rows(store, session, first))))


def _all_rows(store: ResultsStore, session: str, page: list[Prediction]) -> Iterator[Prediction]:
    while page:
        yield from page
        page = store.page(session, PAGE, before=page[-1].id) if len(page) == PAGE else []


def _row(result: Prediction) -> Iterable[object]:
    return [
        result.id,
        result.time.isoformat(timespec="milliseconds"),
        result.digit,
        f"{result.confidence:.6f}",
        "" if result.label is None else result.label,
        result.source,
        _inert(result.filename or ""),
        result.model_version,
        *(f"{probability:.6f}" for probability in result.probabilities),
        " ".join(map(str, result.pixels)),
    ]


def _inert(text: str) -> str:
    """A name that a spreadsheet does not take for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _line(values: Iterable[object]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(values)
    return line.getvalue()
