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
        """The limit as the table shows it."""
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


GOALS = (
    Goal("cold start, Cassandra: × the floor", _ratio("cold", "cassandra", "first_answer"), 2.5),
    Goal(
        "cold start, Cassandra: × Keras",
        _ratio("cold", "cassandra", "first_answer", "keras"),
        round(1 / 7, 3),
    ),
    Goal("cold start, store off: × the floor", _ratio("cold", "none", "first_answer"), 1.8),
    Goal("p50, store off: × the floor", _ratio("warm", "none", "p50_1"), 2.0),
    Goal("p50, Cassandra: × the floor", _ratio("warm", "cassandra", "p50_1"), 2.7),
    Goal("p50, Keras: × Cassandra", _ratio("warm", "keras", "p50_1", "cassandra"), 25, True),
    Goal("p50, store off: × FastAPI", _ratio("warm", "none", "p50_1", "fastapi"), 1.0),
    Goal("p50, store off: × BentoML", _ratio("warm", "none", "p50_1", "bentoml"), 1.0),
    *(
        Goal(
            f"throughput at {clients} clients, store off: × {title}",
            _ratio("warm", "none", f"rate_{clients}", peer),
            1.0,
            True,
        )
        for clients in (8, 32)
        for peer, title in (("fastapi", "FastAPI"), ("bentoml", "BentoML"))
    ),
    *(
        Goal(
            f"throughput at {clients} clients, Cassandra: × store off",
            _ratio("warm", "cassandra", f"rate_{clients}", "none"),
            0.6,
            True,
        )
        for clients in (8, 32)
    ),
    Goal(
        "resident after 10,000 requests, Cassandra: MB",
        _median("memory", "cassandra", "resident_10000"),
        145,
    ),
    Goal(
        "its growth from request 1,000: ×",
        _ratio("memory", "cassandra", "resident_10000", "cassandra", "resident_1000"),
        1.02,
    ),
    Goal(
        "batch of 1,024, store off: × the images a second of single requests",
        _ratio("batch", "none", "images_1024", "none", "images_1"),
        8,
        True,
    ),
    Goal(
        "inference of an image in a batch: × LiteRT's benchmark",
        _ratio("inference", "network", "in_batch", "litert", "one"),
        1.3,
    ),
    Goal("inference of one image: ms", _median("inference", "network", "one"), 0.2),
    Goal("installed, the function: MB", _median("size", "none", "installed"), 200),
)


def worse(now: Results, committed: Results) -> Iterator[str]:
    """A line for each ratio to the floor, and each promise, that is 20 % worse than committed."""
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
