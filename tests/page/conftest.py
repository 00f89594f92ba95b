"""A real Chromium on the running system, and drawings for it."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, expect

from emulation.system import System
from tests.needs import need
from tests.page.pen import Drawn, digits_of_writers
from tests.page.visitor import Visitor

HERE = Path(__file__).parent
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "device_scale_factor": 3}

STRANGERS = 1250  # drawings at the end of the file that the trainer keeps for testing

PATIENCE = 60_000  # milliseconds that a browser on a slow machine may take for anything

expect.set_options(timeout=PATIENCE)

Visit = Callable[..., Visitor]


@pytest.fixture
def visit(browser: Browser, running_system: System) -> Iterator[Visit]:
    """Return a function that opens the page for a new visitor, with context options."""
    visitors: list[Visitor] = []

    def open_page(
        *, phone: bool = False, url: str = running_system.page_url, **options: object
    ) -> Visitor:
        chosen = (PHONE if phone else {}) | options
        context = browser.new_context(**chosen)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        visitors.append(Visitor(context, url, finger=phone))
        return visitors[-1]

    yield open_page
    for visitor in visitors:
        visitor.context.close()
    assert not [error for visitor in visitors for error in visitor.errors]


@pytest.fixture(scope="session")
def written() -> list[Drawn]:
    """Return 1,250 digits of writers on whom the release model was not trained."""
    path = Path(os.environ.get("PEN_STROKES", ""))
    need(path.is_file(), "set PEN_STROKES to the path of pen-strokes-30-writers.json.gz")
    return digits_of_writers(path)[-STRANGERS:]


@pytest.fixture
def seven() -> Drawn:
    """Return a plain 7 in two strokes, of few points: each is an event for the browser."""
    top = [(x / 5, 0.0) for x in range(6)]
    stem = [(1 - x / 12.5, x / 5) for x in range(1, 10)]
    bar = [(0.4 + x / 10, 0.9) for x in range(6)]
    return Drawn(7, [top + stem, bar])


@pytest.fixture
def one() -> Drawn:
    """Return a 1 in a straight stroke."""
    return Drawn(1, [[(0.0, y / 6) for y in range(7)]])


@pytest.fixture(scope="session")
def axe() -> str:
    """Return the script of the accessibility checker, installed by npm."""
    need(shutil.which("npm"), "install Node.js with npm (apt install nodejs npm)")
    script = HERE / "node_modules" / "axe-core" / "axe.min.js"
    if not script.exists():
        subprocess.run(["npm", "ci", "--silent"], cwd=HERE, check=True)
    return script.read_text()


@pytest.fixture
def picture_of_seven(tmp_path: Path, seven: Drawn) -> str:
    """Write a picture of the 7 like a photo: a dark pen on grey paper."""
    picture = Image.new("L", (300, 400), 190)
    pen = ImageDraw.Draw(picture)
    for stroke in seven.placed(80, 90, 140, 220):
        pen.line(stroke, fill=40, width=16, joint="curve")
    path = tmp_path / "seven.png"
    picture.save(path)
    return str(path)
