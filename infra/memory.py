"""Measure the memory of one instance under Terraform's settings.

    python -m infra.memory

prints README's table: for each kind of request, the peak memory of a fresh server and its worker
during forty concurrent requests, as the proportional set size, sampled every 20 ms. Linux only.
"""

import io
import json
import re
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import requests
from PIL import Image

from digitreader.http import json_text
from digitreader.preprocess import decode, normalise
from emulation.system import System, system

AT_ONCE = 40
# As in terraform/function.tf, but without a store, whose driver would add to the memory.
SETTINGS = {
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": "131072",
    "RESULTS_STORE": "none",
}
JSON = "application/json"
MEBIBYTE = 1 << 20

Body = tuple[bytes, str]


def _drawing(side: int, noise: int = 30) -> Image.Image:
    """Return a square picture of a slanted stroke on noisy paper."""
    chance = np.random.default_rng(1)
    paper = chance.integers(200, 200 + noise, (side, side), np.uint8)
    rows, columns = np.mgrid[:side, :side]
    stroke = np.abs(rows + 2 * columns - 1.5 * side) < 0.08 * side
    paper[stroke & (np.abs(rows - side / 2) < 0.35 * side)] = 30
    return Image.fromarray(paper)


def _array(side: int) -> Body:
    return json.dumps({"pixels": np.asarray(_drawing(side)).tolist()}).encode(), JSON


def _batch(count: int) -> Body:
    image = np.asarray(_drawing(28)).reshape(-1).tolist()
    return json.dumps({"instances": [image] * count}).encode(), JSON


def _jpeg(side: int, progressive: bool) -> Body:
    file = io.BytesIO()
    _drawing(side).convert("RGB").save(file, "JPEG", progressive=progressive)
    return file.getvalue(), "image/jpeg"


def _png(side: int) -> Body:
    file = io.BytesIO()
    _drawing(side, noise=1).convert("RGBA").save(file, "PNG")
    return file.getvalue(), "image/png"


def _small_lists() -> Body:
    """Return the largest JSON body, whose shape is refused only after parsing."""
    row = b"[" + b",".join([b"300"] * 15) + b"]"
    return b'{"pixels": [' + b",".join([row] * (json_text.MOST_LISTS - 2)) + b"]}", JSON


def kinds() -> dict[str, Callable[[], Body]]:
    """Return the measured requests by the table's rows."""
    png, passes = decode.LARGEST_PIXELS, decode.LARGEST_JPEG_PIXELS_IN_PASSES
    side = normalise.LARGEST
    return {
        "28 × 28 arrays": lambda: _array(28),
        f"arrays of {side} × {side}": lambda: _array(side),
        "batches of 1,024 images": lambda: _batch(1024),
        "JPEG of 12 million pixels, as a phone's": lambda: _jpeg(3464, progressive=False),
        f"JPEG in passes, {passes / 1e6:.0f} million pixels": lambda: _jpeg(
            int(passes**0.5), progressive=True
        ),
        f"PNG with transparency, {png / 1e6:.0f} million pixels": lambda: _png(int(png**0.5)),
        "16 MB of JSON made to hurt: four million numbers in small lists": _small_lists,
    }


def _resident(running: System) -> float:
    """Return the proportional set size of the function's processes in MiB."""
    found, processes = 0, [running.function.process.pid]
    for process in processes:
        task = Path(f"/proc/{process}")
        processes += map(int, (task / f"task/{process}/children").read_text().split())
        found += int(re.findall(r"^Pss:\s+(\d+)", (task / "smaps_rollup").read_text(), re.M)[0])
    return found * 1024 / MEBIBYTE


def peak(running: System, body: Body, count: int) -> str:
    """Return the peak memory during `count` requests, and the statuses."""
    seen = [_resident(running)]
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.02):
            seen.append(_resident(running))

    def post(_: int) -> int:
        data, kind = body
        return requests.post(
            running.function_url, data=data, headers={"Content-Type": kind}, timeout=120
        ).status_code

    watcher = threading.Thread(target=watch)
    watcher.start()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        statuses = set(pool.map(post, range(count)))
    done.set()
    watcher.join()
    return f"{max(seen):.0f} MiB | {', '.join(map(str, sorted(statuses)))}"


def main() -> None:
    """Print the table."""
    print("| requests | MiB at the start | model loaded | peak | answered |\n|---|---|---|---|---|")
    for name, make in kinds().items():
        body = make()
        count = 400 if len(body[0]) < 100_000 else 2 * AT_ONCE
        with tempfile.TemporaryDirectory() as folder, system(Path(folder), settings=SETTINGS) as up:
            started = _resident(up)
            requests.get(f"{up.function_url}/health?load=1", timeout=60).raise_for_status()
            loaded = _resident(up)
            print(
                f"| {name} | {started:.0f} | {loaded:.0f} | {peak(up, body, count)} |", flush=True
            )


if __name__ == "__main__":
    main()
