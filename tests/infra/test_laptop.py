"""The deployment on one machine does the main job, as the plan has it."""

import io
import json
import math
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import requests
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Page, Route

from digitreader.preprocess import decode
from emulation.process import Child
from tests.infra.conftest import PROJECT
from tests.infra.laptop import FUNCTION, Deployment, deploy, mebibytes
from tests.infra.tools import Workspace, resources, values

SESSION = "0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="module")
def deployment(
    workspace: Workspace,
    cassandra_plan: dict[str, Any],
    pinned: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Deployment]:
    """The main job's parts, running."""
    with deploy(workspace, cassandra_plan, pinned, tmp_path_factory.mktemp("laptop")) as deployed:
        yield deployed


@pytest.fixture(scope="module")
def browser_page(browser: Browser, deployment: Deployment) -> Iterator[Page]:
    """Chromium, in which the page's origin and another one lead to the emulated page bucket."""
    # A service worker would fetch past the routes.
    context = browser.new_context(service_workers="block")
    page = context.new_page()
    for origin in (deployment.page_origin, "https://elsewhere.example"):
        page.route(f"{origin}/**", lambda route: _from_bucket(route, deployment))
    yield page
    context.close()


def _from_bucket(route: Route, deployment: Deployment) -> None:
    name = re.sub(r"^https://[^/]+/", "", route.request.url)
    answer = deployment.page_file(name)
    kept = ("content-type", "cache-control", "etag")
    headers = {key: value for key, value in answer.headers.items() if key.lower() in kept}
    route.fulfill(status=answer.status_code, headers=headers, body=answer.content)


POST_ALL = """async (images) => {
    const { call } = await import("./api.js");
    const answers = [];
    for (const pixels of images) answers.push(await call("POST", "/", { pixels, session: "%s" }));
    return answers;
}"""


def test_page_reads_mnist_from_its_own_origin(
    deployment: Deployment,
    browser_page: Page,
    sample: tuple[NDArray[np.uint8], NDArray[np.int64]],
) -> None:
    """Within the memory limit, through the browser's own CORS check, recorded in Cassandra."""
    images, labels = sample
    chosen = np.random.default_rng(1).choice(len(labels), 100, replace=False)
    browser_page.goto(f"{deployment.page_origin}/index.html")
    pixels = images[chosen].reshape(-1, 784).tolist()
    answers = browser_page.evaluate(POST_ALL % SESSION, pixels)
    misread = sum(a["digit"] != label for a, label in zip(answers, labels[chosen], strict=True))
    assert misread <= 2
    # On a busy machine store and bucket may miss their budgets: outbox or log have the result.
    assert all(answer["recorded"] for answer in answers)
    deployment.jobs.run("replay")
    deployment.jobs.run("replay", "--log", str(deployment.function.log))
    listed = requests.get(
        f"{deployment.function_url}/results?session={SESSION}&limit=100", timeout=5
    ).json()
    assert {row["id"] for row in listed["results"]} == {answer["id"] for answer in answers}


def test_another_origin_is_refused(deployment: Deployment, browser_page: Page) -> None:
    browser_page.goto("https://elsewhere.example/index.html")
    outcome = browser_page.evaluate(
        "(url) => fetch(url + '/health').then(() => 'answered', (error) => error.message)",
        deployment.function_url,
    )
    assert outcome == "Failed to fetch"
    answer = requests.get(
        f"{deployment.function_url}/health", headers={"Origin": "https://elsewhere.example"}
    )
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_page_is_served_with_the_planned_headers(deployment: Deployment) -> None:
    pages = [
        each["values"]
        for each in resources(deployment.plan)
        if each["type"] == "google_storage_bucket_object" and each["name"].startswith("page")
    ]
    assert len(pages) > 5
    for planned in pages:
        served = deployment.page_file(planned["name"])
        assert served.headers["Content-Type"] == planned["content_type"]
        assert served.headers["Cache-Control"] == planned["cache_control"]


def test_largest_requests_at_once_stay_within_the_memory(
    deployment: Deployment, sample: tuple[NDArray[np.uint8], NDArray[np.int64]]
) -> None:
    """As many at a time as an instance takes, of the largest pictures and arrays it accepts.

    Bodies beyond their budget get 503.
    """
    config = values(deployment.plan, FUNCTION)["service_config"][0]
    at_once = config["max_instance_request_concurrency"]
    digit = sample[0][0]
    picture = io.BytesIO()
    side = math.isqrt(decode.LARGEST_PIXELS)
    Image.fromarray(digit).resize((side, side)).convert("RGBA").save(
        picture, "PNG", compress_level=1
    )
    array = json.dumps(
        {"pixels": np.kron(digit, np.ones((36, 36), np.uint8)).tolist(), "record": False}
    )

    def post(body: bytes, kind: str) -> int:
        headers = {"Content-Type": kind}
        url = deployment.function_url
        return requests.post(url, data=body, headers=headers, timeout=120).status_code

    with ThreadPoolExecutor(at_once) as pool:
        images = [pool.submit(post, picture.getvalue(), "image/png") for _ in range(at_once)]
        arrays = [pool.submit(post, array.encode(), "application/json") for _ in range(at_once)]
    for answers in (images, arrays):
        assert 200 in {each.result() for each in answers} <= {200, 503}
    assert _resident(deployment.function) < mebibytes(config["available_memory"])


def _resident(child: Child) -> float:
    """Proportional set size of a process and its children, in MiB."""
    found = 0.0
    for process in (child.process.pid, *_children(child.process.pid)):
        text = Path(f"/proc/{process}/smaps_rollup").read_text()
        found += int(re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)[1]) / 1024  # type: ignore[index]
    return found


def _children(process: int) -> list[int]:
    text = Path(f"/proc/{process}/task/{process}/children").read_text()
    return [int(each) for each in text.split()]


def test_outbox_is_replayed(
    deployment: Deployment, sample: tuple[NDArray[np.uint8], NDArray[np.int64]]
) -> None:
    """By the scheduled job's own command, once the store answers again."""
    session = "f" * 32
    body = {"pixels": sample[0][0].reshape(784).tolist(), "session": session}
    deployment.cassandra.pause()
    try:
        for _ in range(5):  # on a busy machine the bucket may miss its budget, too
            answer = requests.post(deployment.function_url, json=body, timeout=30).json()
            if answer["recorded"] == "queued":
                break
    finally:
        deployment.cassandra.resume()
    assert answer["recorded"] == "queued"
    (noted,) = _logged(deployment.jobs.run("replay"), "replayed")
    assert noted["moved"] >= 1 and 0 <= noted["oldest_seconds"] < 60
    listed = requests.get(f"{deployment.function_url}/results?session={session}", timeout=30).json()
    assert answer["id"] in [row["id"] for row in listed["results"]]


def _logged(text: str, message: str) -> list[dict[str, Any]]:
    """The structured lines with that message."""
    entries = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    return [entry for entry in entries if entry["message"] == message]


def test_metrics_find_their_fields_in_the_logs(
    deployment: Deployment, sample: tuple[NDArray[np.uint8], NDArray[np.int64]]
) -> None:
    """What a metric extracts is in the line that its filter selects, and links to its trace."""
    trace = "0af7651916cd43dd8448eb211c80319c"
    requests.post(
        deployment.function_url,
        json={"pixels": sample[0][0].reshape(784).tolist()},
        headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"},
        timeout=30,
    ).raise_for_status()
    metric = values(deployment.plan, "google_logging_metric.predictions")
    assert 'jsonPayload.message="predicted"' in metric["filter"]
    entry = _logged(deployment.function.log.read_text(), "predicted")[-1]
    for extracted in metric["label_extractors"].values():
        assert re.fullmatch(r"EXTRACT\(jsonPayload\.(\w+)\)", extracted)[1] in entry  # type: ignore[index]
    assert entry["logging.googleapis.com/trace"] == f"projects/{PROJECT}/traces/{trace}"


def test_migrating_again_changes_nothing(deployment: Deployment) -> None:
    assert "0 applied now" in deployment.jobs.run("migrate")


def test_trainers_job_learns_labels_and_publishes_a_version(
    deployment: Deployment, sample: tuple[NDArray[np.uint8], NDArray[np.int64]]
) -> None:
    """By the job's own command; then the release is made live again, as `make` would do it."""
    images, labels = sample
    session = "e" * 32
    body = {"pixels": images[5].reshape(784).tolist(), "session": session}
    answer = requests.post(deployment.function_url, json=body, timeout=30).json()
    label = {"id": answer["id"], "label": int(labels[5]), "session": session}
    requests.post(f"{deployment.function_url}/feedback", json=label, timeout=30).raise_for_status()
    deployment.jobs.run("replay")  # should the store have missed its budget
    release = deployment.live_pointer()["version"]
    trainer = deployment.jobs.container("trainer")
    try:
        said = deployment.jobs.run("trainer")
        published = deployment.live_pointer()
    finally:
        promote = ["python", "-m", "trainer", "promote", release]
        deployment.jobs.execute(trainer, promote)
    assert "1 labelled results" in said
    assert published["version"] != release
    arguments = published["manifest"]["arguments"]
    assert (arguments["dataset"], arguments["epochs"]) == ("mnist-5k", 1)
    assert arguments["corrections"] == 1
    assert deployment.live_pointer()["version"] == release


def test_drift_job_logs_the_field_of_its_alert(deployment: Deployment) -> None:
    metric = values(deployment.plan, 'google_logging_metric.noted["drift"]')
    noted = _logged(deployment.jobs.run("drift"), "compared with the model's reference")
    field = re.fullmatch(r"EXTRACT\(jsonPayload\.(\w+)\)", metric["value_extractor"])[1]  # type: ignore[index]
    assert f"jsonPayload.{field}>=0" in metric["filter"]
    assert [0 <= entry[field] <= 1 for entry in noted] == [True]
