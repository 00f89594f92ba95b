"""Images a second when one request holds 1, 16, 256 or 1,024 of them."""

from collections.abc import Mapping

from benchmarks.client import one_by_one
from benchmarks.images import Images
from benchmarks.laboratory import Laboratory

SIZES = (1, 16, 256, 1024)


def round_of(
    laboratory: Laboratory, ports: Mapping[str, int], images: Images, seconds: float
) -> dict[str, dict[str, float]]:
    """Measure each side that reads batches, in turn."""
    figures: dict[str, dict[str, float]] = {}
    for side in laboratory.sides:
        if not side.batch_path:
            continue
        figures[side.name] = {}
        for size in SIZES:
            load = one_by_one(ports[side.name], side.batch(images, size), seconds)
            figures[side.name][f"images_{size}"] = size / load.quantile(0.5)
    return figures
