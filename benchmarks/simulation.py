"""What load costs: arrivals, cold starts, concurrency and idle time-out, by discrete events.

python -m benchmarks.simulation [--seed 1]

Prints the tables of docs/scale.md. Its inputs are what results.json measured. An instance is a
queue with one server, as one core and Python's lock are what requests share; it takes `CONCURRENCY`
requests at a time, and another one is started when every one has that many.
"""

import argparse
import heapq
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.results import Results

CONCURRENCY = 40  # infra/terraform/function_variables.tf
IDLE_SECONDS = 900.0  # after which the platform takes an instance away
BILLED_STEP = 0.1  # seconds
BURST_SECONDS = 5.0  # mean length

# Dollars, as infra/README.md has them.
VCPU_SECOND, GIB_SECOND, MILLION_REQUESTS = 0.000024, 0.0000025, 0.40
ANSWERS_OUT = 0.07  # a million


@dataclass(frozen=True, slots=True)
class Function:
    """One instance, as it was measured."""

    cold_seconds: float
    floor_seconds: float  # of an answer while nothing waits
    rate: float  # answers a second at 8 clients
    gibibytes: float = 1.0

    @classmethod
    def measured(cls, results: Results, side: str = "cassandra") -> "Function":
        """Return the medians of a side; raise ValueError when one of them is missing."""
        cold = results.median("cold", side, "first_answer")
        floor = results.median("warm", side, "p50_1")
        rate = results.median("warm", side, "rate_8")
        if cold is None or floor is None or rate is None:
            raise ValueError(f"results.json: expected cold and warm figures of {side}")
        return cls(cold, floor / 1000, rate)


@dataclass(slots=True)
class Outcome:
    """What became of the requests."""

    requests: int
    seconds: float
    latencies: list[float]  # sorted
    cold_starts: int
    most_instances: int
    billed_seconds: float

    def quantile(self, share: float) -> float:
        """Seconds within which that share was answered."""
        return self.latencies[min(int(share * self.requests), self.requests - 1)]

    def dollars_a_million(self, gibibytes: float) -> float:
        """Return the function's own price in dollars, without free tiers."""
        a_second = VCPU_SECOND + gibibytes * GIB_SECOND
        return self.billed_seconds * a_second / self.requests * 1e6 + MILLION_REQUESTS


def arrivals(
    rate: float, seconds: float, burstiness: float, random_: random.Random
) -> Iterator[float]:
    """Yield the times of a Poisson process of `rate` a second on average.

    It comes in bursts of `burstiness` times that rate, exponential in length, with silence between
    them; 1 is an even stream.
    """
    now, burst_end = 0.0, math.inf
    if burstiness > 1:
        burst_end = random_.expovariate(1 / BURST_SECONDS)
    while True:
        now += random_.expovariate(rate * burstiness)
        while now > burst_end:
            silence = random_.expovariate(1 / (BURST_SECONDS * (burstiness - 1)))
            now = burst_end + silence + random_.expovariate(rate * burstiness)
            burst_end += silence + random_.expovariate(1 / BURST_SECONDS)
        if now > seconds:
            return
        yield now


class Fleet:
    """The instances: idle ones newest last, busy ones by when they are free."""

    def __init__(self, function: Function, warm: int) -> None:
        """Start with so many idle instances."""
        self._function = function
        self._service = 1 / function.rate
        self._idle: list[float] = [0.0] * warm  # since when
        self._busy: list[tuple[float, float]] = []  # free at, busy since
        self._starting: tuple[float, float, int] | None = None  # ready at, since, requests
        self.cold_starts = 0
        self.most = warm
        self.billed = 0.0

    def answer(self, now: float) -> float:
        """Take one request; returns its latency in seconds."""
        if self._starting and self._starting[0] <= now:
            self._started()
        while self._busy and self._busy[0][0] <= now:
            self._rest(*heapq.heappop(self._busy))
        while self._idle and now - self._idle[0] > IDLE_SECONDS:
            self._idle.pop(0)
        if self._idle:
            self._idle.pop()
            heapq.heappush(self._busy, (now + self._service, now))
            return self._function.floor_seconds
        if self._busy:
            free_at, since = self._busy[0]
            if free_at - now < (CONCURRENCY - 0.5) * self._service:
                heapq.heapreplace(self._busy, (free_at + self._service, since))
                return free_at - now + self._function.floor_seconds
        if self._starting is None or self._starting[2] == CONCURRENCY:
            self._started()
            self.cold_starts += 1
            self._starting = now + self._function.cold_seconds, now, 0
            self.most = max(self.most, len(self._busy) + len(self._idle) + 1)
        ready, since, requests = self._starting
        self._starting = ready, since, requests + 1
        return ready - now + requests * self._service + self._function.floor_seconds

    def finish(self) -> None:
        """Bill what is still at work."""
        self._started()
        while self._busy:
            self._rest(*heapq.heappop(self._busy))

    def _started(self) -> None:
        """Count the starting instance, if there is one, among the others from now on."""
        if self._starting:
            ready, since, requests = self._starting
            heapq.heappush(self._busy, (ready + requests * self._service, since))
            self._starting = None

    def _rest(self, free_at: float, since: float) -> None:
        self.billed += math.ceil((free_at - since) / BILLED_STEP) * BILLED_STEP
        self._idle.append(free_at)


def simulate(
    function: Function,
    rate: float,
    seconds: float,
    burstiness: float = 1.0,
    seed: int = 1,
    warm: int = 0,
) -> Outcome:
    """`seconds` of load on a fleet that starts with `warm` instances."""
    fleet = Fleet(function, warm)
    times = arrivals(rate, seconds, burstiness, random.Random(seed))
    latencies = [fleet.answer(now) for now in times]
    fleet.finish()
    return Outcome(
        len(latencies), seconds, sorted(latencies), fleet.cold_starts, fleet.most, fleet.billed
    )


def report(function: Function, seed: int) -> Iterator[str]:
    """Print the tables of docs/scale.md."""
    yield f"one instance: {function.rate:,.0f} answers a second, cold {function.cold_seconds:.2f} s"
    yield ""
    yield "| predictions a second | instances | p50, ms | p99, ms | cold starts | $ a million |"
    yield "|---|---|---|---|---|---|"
    for rate, seconds in ((10, 3_600.0), (1_000, 120.0), (100_000, 5.0)):
        warm = math.ceil(rate / function.rate / 0.6)
        outcome = simulate(function, rate, seconds, seed=seed, warm=warm)
        price = outcome.dollars_a_million(function.gibibytes) + ANSWERS_OUT
        yield (
            f"| {rate:,} | {outcome.most_instances:,} | {outcome.quantile(0.5) * 1000:.1f} "
            f"| {outcome.quantile(0.99) * 1000:.1f} | {outcome.cold_starts:,} | {price:.2f} |"
        )
    yield ""
    yield "| bursts of × the mean rate (1,000 a second) | instances | p50, ms | p99, ms |"
    yield "|---|---|---|---|"
    for burstiness in (1, 2, 5, 10, 20):
        warm = math.ceil(1_000 / function.rate / 0.6)
        outcome = simulate(function, 1_000, 120, burstiness, seed, warm)
        yield (
            f"| {burstiness} | {outcome.most_instances} | {outcome.quantile(0.5) * 1000:.1f} "
            f"| {outcome.quantile(0.99) * 1000:.1f} |"
        )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    results = Results.load(Path(__file__).with_name("results.json"))
    print("\n".join(report(Function.measured(results), options.seed)))


if __name__ == "__main__":
    main()
