"""What the table shows, what the project promises of it, and what has become worse."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.results import Results

WORSE = 1.2
"""A ratio so many times the committed one is pointed out."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One row of the table."""

    section: str
    name: str
    title: str
    unit: str
    digits: int
    more_is_better: bool = False


MEASURES = (
    Measure("cold", "first_answer", "cold start to the first right answer", "s", 2),
    Measure("warm", "p50_1", "1 client, p50", "ms", 2),
    Measure("warm", "p99_1", "1 client, p99", "ms", 2),
    Measure("warm", "rate_8", "8 clients, throughput", "/s", 0, True),
    Measure("warm", "p99_8", "8 clients, p99", "ms", 1),
    Measure("warm", "rate_32", "32 clients, throughput", "/s", 0, True),
    Measure("warm", "p99_32", "32 clients, p99", "ms", 1),
    Measure("memory", "resident_first", "resident after 1 request", "MB", 0),
    Measure("memory", "resident_1000", "resident after 1,000", "MB", 1),
    Measure("memory", "resident_10000", "resident after 10,000", "MB", 1),
    Measure("memory", "proportional", "of it, shared pages counted once", "MB", 0),
    Measure("memory", "peak", "peak", "MB", 0),
    Measure("size", "installed", "installed", "MB", 0),
)
FAIRNESS = tuple(
    Measure("fairness", f"{name}_{when}", f"{name} {when}", "ms", 2)
    for name in ("p50", "p99")
    for when in ("alone", "beside")
)
PICTURES = (
    Measure("pictures", "p50_array", "a 28 × 28 array", "ms", 2),
    Measure("pictures", "p50_png", "a 28 × 28 PNG", "ms", 2),
    Measure("pictures", "p50_jpeg", "a 12-megapixel JPEG", "ms", 1),
)
BATCHES = tuple(
    Measure("batch", f"images_{size}", f"images a second, {size:,} in a request", "/s", 0, True)
    for size in (1, 16, 256, 1024)
)


@dataclass(frozen=True, slots=True)
class Goal:
    """One promise: a figure, and what it may be."""

    title: str
    figure: Callable[[Results], float | None]
    limit: float
    at_least: bool = False

    def holds(self, figure: float) -> bool:
        """Whether the figure is within the limit."""
        return figure >= self.limit if self.at_least else figure <= self.limit

    def words(self) -> str:
        """Return the limit as the table shows it."""
        return f"{'at least' if self.at_least else 'at most'} {self.limit:g}"


def _ratio(
    section: str, side: str, measure: str, base: str = "hello", of_base: str = ""
) -> Callable[[Results], float | None]:
    def figure(results: Results) -> float | None:
        ratio = results.ratio(section, side, measure, base, of_base)
        return ratio.median if ratio else None

    return figure


def _median(section: str, side: str, measure: str) -> Callable[[Results], float | None]:
    return lambda results: results.median(section, side, measure)


def _difference(
    section: str, side: str, measure: str, of: tuple[str, str, str]
) -> Callable[[Results], float | None]:
    """Return the median of a figure less the median of `of`: section, side, measure."""

    def figure(results: Results) -> float | None:
        value, base = results.median(section, side, measure), results.median(*of)
        return None if value is None or base is None else value - base

    return figure


GOALS = (
    Goal("cold start, Cassandra: × hello-world", _ratio("cold", "cassandra", "first_answer"), 2.7),
    Goal("cold start, store off: × hello-world", _ratio("cold", "none", "first_answer"), 2.4),
    Goal("p50, store off: × hello-world", _ratio("warm", "none", "p50_1"), 1.3),
    Goal("p50, store off: × FastAPI", _ratio("warm", "none", "p50_1", "fastapi"), 0.75),
    Goal(
        "p50, Cassandra: ms more than a bare driver's insert",
        _difference("warm", "cassandra", "p50_1", ("store", "driver", "p50_one")),
        1.5,
    ),
    *(
        Goal(
            f"throughput at {clients} clients, {title}",
            _ratio("warm", side, f"rate_{clients}", base),
            limit,
            at_least=True,
        )
        for side, base, title, limits in (
            ("none", "fastapi", "store off: × FastAPI", (1.4, 1.4)),
            ("cassandra", "fastapi", "Cassandra: × FastAPI", (0.45, 0.5)),
            ("sqlite", "none", "SQLite: × store off", (0.65, 0.7)),
        )
        for clients, limit in zip((8, 32), limits, strict=True)
    ),
    Goal(
        "batch of 1,024, store off: × FastAPI's images a second",
        _ratio("batch", "none", "images_1024", "fastapi"),
        2,
        at_least=True,
    ),
    *(
        Goal(
            f"{name} of drawings beside large photos and batches: × alone",
            _ratio("fairness", "none", f"{name}_beside", "none", f"{name}_alone"),
            limit,
        )
        for name, limit in (("p50", 3), ("p99", 40))
    ),
    *(
        Goal(
            f"a request with {title}: × the release before",
            _ratio("pictures", "none", f"p50_{form}", "previous"),
            limit,
        )
        for form, title, limit in (
            ("jpeg", "a 12-megapixel JPEG", 1.3),
            ("png", "a 28 × 28 PNG", 1.3),
            ("array", "a 28 × 28 array", 1.05),
        )
    ),
    Goal(
        "resident after 10,000 requests, Cassandra: MB",
        _median("memory", "cassandra", "resident_10000"),
        160,
    ),
    Goal(
        "its growth from request 1,000: ×",
        _ratio("memory", "cassandra", "resident_10000", "cassandra", "resident_1000"),
        1.02,
    ),
    Goal("installed, the function: MB", _median("size", "none", "installed"), 210),
)


def worse(now: Results, committed: Results) -> Iterator[str]:
    """Yield a line for each ratio and promise that is 20 % worse than the committed one."""
    sides = {side: "" for rounds in now.sections.values() for each in rounds for side in each}
    for measure in MEASURES:
        for side in sides:
            new = now.ratio(measure.section, side, measure.name)
            old = committed.ratio(measure.section, side, measure.name)
            if new and old and side != "hello":
                line = _if_worse(new.median, old.median, measure.more_is_better)
                if line:
                    yield f"{side}, {measure.title}: {line} × the floor"
    for goal in GOALS:
        figures = goal.figure(now), goal.figure(committed)
        if figures[0] is not None and figures[1] is not None:
            line = _if_worse(figures[0], figures[1], goal.at_least)
            if line:
                yield f"{goal.title}: {line}"


def _if_worse(new: float, old: float, more_is_better: bool) -> str:
    is_worse = new * WORSE < old if more_is_better else new > old * WORSE
    return f"{new:.2f}, was {old:.2f}" if is_worse else ""
