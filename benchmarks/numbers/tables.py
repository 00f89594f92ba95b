"""The readings as tables in Markdown."""

from collections.abc import Callable, Mapping, Sequence

from benchmarks.numbers.contest import Reading

Readings = Mapping[str, Sequence[Reading]]
"""By set, one of each side."""


def scores(readings: Readings, titles: Sequence[str]) -> str:
    """Return the shares of the numbers read exactly and of the digits by edit distance."""
    return _table(
        readings,
        titles,
        {"numbers exactly": _exact, "digits": lambda each: f"{_digits(each):.1%}"},
        with_counts=True,
    )


def costs(readings: Readings, titles: Sequence[str]) -> str:
    """Return milliseconds a sheet and the peak of memory."""
    return _table(
        readings,
        titles,
        {
            "processor, ms": lambda each: f"{1000 * each.cost.processor:,.0f}",
            "clock, ms": lambda each: f"{1000 * each.cost.wall:,.0f}",
            "memory, MB": lambda each: f"{each.cost.peak / 1e6:,.0f}",
        },
    )


def _table(
    readings: Readings,
    titles: Sequence[str],
    columns: Mapping[str, Callable[[Reading], str]],
    with_counts: bool = False,
) -> str:
    head = ["set", *(["numbers"] if with_counts else [])]
    head += [f"{name}: {title}" for name in columns for title in titles]
    rows = [head, ["---"] * len(head)]
    for name, sides in readings.items():
        counts = [f"{sides[0].score.numbers:,}"] if with_counts else []
        cells = [show(each) for show in columns.values() for each in sides]
        rows.append([name, *counts, *cells])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _exact(reading: Reading) -> str:
    return f"{reading.score.exact_share:.1%}"


def _digits(reading: Reading) -> float:
    return reading.score.digits_share
