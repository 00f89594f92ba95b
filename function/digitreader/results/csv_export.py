"""Export of a session's results as CSV (RFC 4180)."""

import csv
import io
import re
from collections.abc import AsyncIterator, Iterable

from digitreader.results.prediction import Prediction
from digitreader.results.store import ResultsStore
from digitreader.threads import Pool

PAGE = 25
COLUMNS = (
    ["id", "time", "digit", "confidence", "label", "source", "filename", "model_version"]
    + [f"p{digit}" for digit in range(10)]
    + ["pixels", "number_id", "position"]
)

_FORMATTING = Pool("csv", 1)  # one page at a time, however many clients download
_FORMULA = re.compile(r"(?:^|[;,|\t\r\n])[\s\"]*(?=[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])")
_OVERRIDES = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_DECIMALS = [str(value) for value in range(256)]


async def lines(store: ResultsStore, session: str) -> AsyncIterator[str]:
    """Return an iterator over the header and the rows, newest first.

    The first page is read before this call returns, the others as they are needed. A store that is
    down therefore fails before the file begins.

    Raises:
        StoreUnavailable: The store does not answer.
    """
    return _lines(store, session, await store.page(session, PAGE))


async def _lines(store: ResultsStore, session: str, page: list[Prediction]) -> AsyncIterator[str]:
    yield _line(COLUMNS)
    while page:
        for line in await _FORMATTING.run(_lines_of, page):
            yield line
        page = await store.page(session, PAGE, before=page[-1].id) if len(page) == PAGE else []


def _lines_of(page: list[Prediction]) -> list[str]:
    return [_line(_cells(result)) for result in page]


def _cells(result: Prediction) -> Iterable[object]:
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
        " ".join([_DECIMALS[value] for value in result.pixels]),
        "" if result.number_id is None else result.number_id,
        "" if result.position is None else result.position,
    ]


def _inert(text: str) -> str:
    """Escape a name, lest a spreadsheet run it as a formula (OWASP, CSV injection).

    In some languages, spreadsheets also split cells at `;` or a tab. Characters that override the
    direction of text are removed.
    """
    return _FORMULA.sub(r"\g<0>'", _OVERRIDES.sub("", text))


def _line(values: Iterable[object]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(values)
    return line.getvalue()
