"""The picture of RESULTS.md: four measures, a bar for each side."""

from pathlib import Path

from benchmarks.results import Results
from benchmarks.table import TITLES

PANELS = (
    ("cold", "first_answer", "cold start, s"),
    ("warm", "p50_1", "1 client, p50, ms"),
    ("warm", "rate_8", "8 clients, requests a second"),
    ("memory", "peak", "peak memory, MB"),
)
COLOURS = {
    "hello": "#8a8f98",
    "hello_async": "#8a8f98",
    "previous": "#7fb0e6",
    "none": "#1b6ac9",
    "sqlite": "#1b6ac9",
    "cassandra": "#1b6ac9",
}
OTHERS = "#c98a1b"


def draw(results: Results, file: Path) -> None:
    """Write the picture; whiskers reach from the least to the greatest round."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "benchmark"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(2, 2, figsize=(11, 6.4), constrained_layout=True)
    for axis, (section, measure, title) in zip(axes.flat, PANELS, strict=True):
        names = [name for name in TITLES if results.values(section, name, measure)]
        if not names:
            continue
        rounds = [results.values(section, name, measure) for name in names]
        medians = [results.median(section, name, measure) or 0 for name in names]
        errors = [
            [median - min(values) for median, values in zip(medians, rounds, strict=True)],
            [max(values) - median for median, values in zip(medians, rounds, strict=True)],
        ]
        titles = [TITLES[name].replace("`", "") for name in names]
        colours = [COLOURS.get(name, OTHERS) for name in names]
        bars = axis.barh(titles, medians, xerr=errors, color=colours, ecolor="#333333")
        axis.bar_label(bars, labels=[f"{each:,.3g}" for each in medians], padding=6)
        axis.invert_yaxis()
        axis.set_xscale("log")
        axis.set_xlim(min(medians) / 2, max(medians) * 4)
        axis.set_title(title)
        axis.spines[["top", "right"]].set_visible(False)
    figure.savefig(file, metadata={"Date": None})
    pyplot.close(figure)
