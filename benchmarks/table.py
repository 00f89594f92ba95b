"""RESULTS.md: the figures as tables, with what they were measured on."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.measures import BATCHES, FAIRNESS, GOALS, MEASURES, PICTURES, Measure
from benchmarks.results import Results

TITLES = {
    "hello": "hello-world function, threads",
    "hello_async": "hello-world function, asynchronous",
    "previous": "ours before, nothing recorded",
    "none": "ours, nothing recorded",
    "sqlite": "ours, SQLite",
    "cassandra": "ours, Cassandra",
    "fastapi": "FastAPI + LiteRT",
    "bentoml": "BentoML + LiteRT",
    "keras": "Keras `model.predict` in a function",
}
STEPS = (
    "interpreter",
    "imports",
    "server",
    "bucket",
    "model",
    "store",
    "inference",
    "after_listening",
)
AT_REST = 0.1
METHOD = Path(__file__).with_name("method.md")


def page(results: Results) -> str:
    """Return the whole of RESULTS.md."""
    about = results.about
    return "\n".join(
        [
            "# Benchmark",
            "",
            f"{about['machine']}. Model {about['model']} ({about['quantisation']}). "
            f"{_rounds(results)}, medians. Measured on {about['date']} by",
            "",
            f"```sh\n{about['command']}\n```",
            "",
            *_others(results),
            "",
            "![Cold start, latency, throughput and memory of each side](results.svg)",
            "",
            *_sides(results),
            "",
            "## Where a cold start goes",
            "",
            *_steps(results),
            "",
            "## Batches",
            "",
            *_batches(results),
            "",
            "## Drawings beside large photos and batches",
            "",
            *_plain(results, FAIRNESS),
            "",
            "## A request by the form of its picture, p50",
            "",
            *_plain(results, PICTURES),
            "",
            *_single(results),
            "",
            "## What is promised",
            "",
            *_goals(results),
            "",
            "## How it is measured",
            "",
            METHOD.read_text(),
        ]
    )


def _rounds(results: Results) -> str:
    """How many, and which sections had fewer."""
    counts = {name: len(each) for name, each in results.sections.items() if name != "size"}
    most = max(counts.values(), default=0)
    fewer = ", ".join(f"{name} {count}" for name, count in counts.items() if count < most)
    return f"{most} rounds" + (f" ({fewer})" if fewer else "")


def _others(results: Results) -> Iterator[str]:
    """Yield how busy other processes kept the processors before each section."""
    busy = results.about.get("busy", {})
    if busy:
        each = ", ".join(f"{section} {share:.0%}" for section, share in busy.items())
        yield f"Of the processors, others used in the two seconds before each section: {each}."
        if max(busy.values()) > AT_REST:
            yield (
                "**The machine was not at rest**: others worked on it, and the figures and ratios "
                "are worse for it, of the quick sides most of all."
            )


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _sides(results: Results) -> Iterator[str]:
    yield _row(["", *TITLES.values()])
    yield _row(["---"] * (len(TITLES) + 1))
    for measure in MEASURES:
        if results.median(measure.section, "hello", measure.name) is None:
            continue
        cells = [_cell(results, measure, side) for side in TITLES]
        yield _row([f"{measure.title}, {measure.unit}", *cells])


def _cell(results: Results, measure: Measure, side: str) -> str:
    median = results.median(measure.section, side, measure.name)
    if median is None:
        return "–"
    text = f"{median:,.{measure.digits}f}"
    ratio = results.ratio(measure.section, side, measure.name)
    if ratio is None or side == "hello":
        return text
    return f"{text} · **{ratio.median:.2f}×** ({ratio.least:.2f}–{ratio.greatest:.2f})"


def _steps(results: Results) -> Iterator[str]:
    yield _row(["milliseconds", *(step.replace("_", " ") for step in STEPS), "sum"])
    yield _row(["---"] * (len(STEPS) + 2))
    for side, title in TITLES.items():
        medians = {step: results.median("cold", side, step) for step in STEPS}
        if medians["server"] is not None:
            medians["after_listening"] = None
        whole = results.median("cold", side, "first_answer")
        cells = [medians[step] for step in STEPS] + [whole]
        yield _row([title, *("–" if each is None else f"{each * 1000:.0f}" for each in cells)])


def _batches(results: Results) -> Iterator[str]:
    yield _row(["", *(measure.title for measure in BATCHES), "1,024 to 1"])
    yield _row(["---"] * (len(BATCHES) + 2))
    for side, title in TITLES.items():
        medians = [results.median("batch", side, measure.name) for measure in BATCHES]
        gain = results.ratio("batch", side, "images_1024", side, "images_1")
        if gain is not None:
            yield _row([title, *(f"{each:,.0f}" for each in medians), f"{gain.median:.1f}×"])


def _plain(results: Results, measures: Sequence[Measure]) -> Iterator[str]:
    """Yield a row for each measured side, without ratios."""
    yield _row(["", *(f"{measure.title}, {measure.unit}" for measure in measures)])
    yield _row(["---"] * (len(measures) + 1))
    for side, title in TITLES.items():
        medians = [results.median(each.section, side, each.name) for each in measures]
        cells = [
            f"{median:,.{each.digits}f}"
            for median, each in zip(medians, measures, strict=True)
            if median is not None
        ]
        if len(cells) == len(measures):
            yield _row([title, *cells])


def _single(results: Results) -> Iterator[str]:
    one = results.median("inference", "network", "one")
    in_batch = results.median("inference", "network", "in_batch")
    litert = results.median("inference", "litert", "one")
    session = results.median("warm", "cassandra", "p50_session")
    if one is not None and in_batch is not None and litert is not None:
        yield (
            f"Inference of one image takes {one:.3f} ms, in a batch {in_batch:.3f} ms; "
            f"LiteRT's own benchmark says {litert:.2f} ms."
        )
    if session is not None:
        yield f"As the page asks, with a session, p50 with Cassandra is {session:.2f} ms."
    for what in ("p50", "p99", "first"):
        ratio = results.ratio("store", "store", what, "driver")
        median = results.median("store", "store", what)
        if ratio is not None and median is not None:
            names = {"p50": "A warm insert, p50", "p99": "p99", "first": "connect and first insert"}
            yield (
                f"{names[what]}: the store {median:.2f} ms, {ratio.median:.2f}× a bare driver "
                f"({ratio.least:.2f}–{ratio.greatest:.2f})."
            )


def _goals(results: Results) -> Iterator[str]:
    yield _row(["promise", "limit", "measured", ""])
    yield _row(["---"] * 4)
    for goal in GOALS:
        figure = goal.figure(results)
        if figure is not None:
            verdict = "holds" if goal.holds(figure) else "**does not hold**"
            yield _row([goal.title, goal.words(), f"{figure:.3g}", verdict])
