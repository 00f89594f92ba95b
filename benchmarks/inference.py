"""Inference in this process on one core: ours beside LiteRT's own benchmark of the same model."""

import json
import os
import statistics
import subprocess
import time
from pathlib import Path

from benchmarks.environments import python_of
from benchmarks.images import Images
from benchmarks.sides import PEERS
from digitreader.model.artifact import ARTIFACT_FILE
from digitreader.model.network import LiteRTNetwork
from emulation.system import RELEASE

RUNS = 2_000
BATCH = 1_024
PEER = "fastapi_litert"  # whose environment has the tool; the function's LiteRT is older


def round_of(images: Images, state: Path, runs: int = RUNS) -> dict[str, dict[str, float]]:
    """Milliseconds of one image by our runtime and by LiteRT's benchmark; of one in a batch."""
    core = {sorted(os.sched_getaffinity(0))[0]}
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, core)
    try:
        network = LiteRTNetwork((RELEASE / ARTIFACT_FILE).read_bytes())
        ours = _median(network, images, runs)
        batch = images.pixels[[number % len(images.pixels) for number in range(BATCH)]]
        network.probabilities(batch)
        started = time.perf_counter()
        network.probabilities(batch)
        in_batch = (time.perf_counter() - started) / BATCH * 1000
        litert = _litert_benchmark(state / "litert.json", runs)
    finally:
        os.sched_setaffinity(0, before)
    return {
        "network": {"one": ours, "in_batch": in_batch},
        "litert": {"one": litert},
    }


def _median(network: LiteRTNetwork, images: Images, runs: int) -> float:
    times = []
    for number in range(runs):
        image = images.pixels[number % len(images.pixels)][None]
        started = time.perf_counter()
        network.probabilities(image)
        times.append(time.perf_counter() - started)
    return statistics.median(times) * 1000


def _litert_benchmark(file: Path, runs: int) -> float:
    """Return the median of LiteRT's own tool in milliseconds, to hundredths, on one thread."""
    python = python_of(PEER, PEERS / PEER / "requirements.txt")
    command = [str(python), "-m", "ai_edge_litert.tools.benchmark_litert_model"]
    command += ["--model", str(RELEASE / ARTIFACT_FILE), "--num_threads", "1"]
    command += ["--num_runs", str(runs), "--warmup_runs", "100", "--result_json", str(file)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return float(json.loads(file.read_text())["latency"]["median_ms"])
